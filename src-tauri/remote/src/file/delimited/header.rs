//! The first record: the names of the columns.

use super::record::{GAP, Records};
use super::text::Text;
use super::{FileError, columns, verdict};

/// Reads the names.
pub(super) fn read(records: &mut Records, text: &mut Text) -> Result<Vec<String>, FileError> {
    let name = text.source().name().to_owned();
    let Some(record) = records.next(text)? else {
        return Err(FileError::Empty { name });
    };
    columns::count(record.fields)?;
    let text = verdict::readable(&record).map_err(|flaw| FileError::Header {
        name,
        line: record.line,
        problem: flaw.to_string(),
    })?;
    let mut start = 0;
    let names = record.ends.iter().map(|end| {
        let name = &text[start..*end];
        start = end + GAP;
        name
    });
    let names = columns::named(names)?;
    records.limit(names.len());
    Ok(names)
}
