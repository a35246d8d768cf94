//! Comma-separated values as RFC 4180 has them, a character at a time.

use std::collections::BTreeMap;
use std::path::Path;

/// One record by its columns' names.
pub(crate) type Record = BTreeMap<String, String>;

pub(crate) fn read(path: &Path) -> Vec<Record> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = cut(&text);
    let names = lines.remove(0);
    let named = |cells: Vec<String>| {
        assert_eq!(cells.len(), names.len());
        names.iter().cloned().zip(cells).collect()
    };
    lines.into_iter().map(named).collect()
}

fn cut(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(one) = rest.next() {
        match one {
            '"' if quoted && rest.peek() == Some(&'"') => cell.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            other => cell.push(other),
        }
    }
    records
}
