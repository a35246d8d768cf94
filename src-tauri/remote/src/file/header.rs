//! The first record: the names of the columns.

use super::record::Records;
use super::text::Text;
use super::{FileError, MAX_COLUMNS, verdict};
use std::collections::HashMap;

/// How much of a column's name a message shows.
const SHOWN: usize = 60;

/// Reads the names, trimmed. Every column has one and no two have the same, since a
/// mapping knows a column by its name alone.
pub(super) fn read(records: &mut Records, text: &mut Text) -> Result<Vec<String>, FileError> {
    let name = text.source().name().to_owned();
    let Some(record) = records.next(text)? else {
        return Err(FileError::Empty { name });
    };
    if record.fields > MAX_COLUMNS as u64 {
        return Err(FileError::TooManyColumns {
            count: record.fields,
        });
    }
    let line = record.line;
    let all = verdict::readable(&record).map_err(|flaw| FileError::Header {
        name,
        line,
        problem: flaw.to_string(),
    })?;
    let mut columns = Vec::with_capacity(record.ends.len());
    let mut start = 0;
    for end in record.ends {
        columns.push(all[start..*end].trim().to_owned());
        start = *end;
    }
    check(&columns)?;
    records.limit(columns.len());
    Ok(columns)
}

fn check(columns: &[String]) -> Result<(), FileError> {
    let mut seen = HashMap::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let position = index + 1;
        if column.is_empty() {
            return Err(FileError::UnnamedColumn { position });
        }
        if let Some(first) = seen.insert(column.as_str(), position) {
            let column = column.chars().take(SHOWN).collect();
            return Err(FileError::DuplicateColumn {
                first,
                second: position,
                column,
            });
        }
    }
    Ok(())
}
