//! Stage 3: whether a record is a row, or why it is set aside.

use super::Flaw;
use super::record::Record;

/// The record's text, or its first flaw. The limits come first: beyond them it was not
/// kept.
pub(super) fn judge<'a>(record: &Record<'a>, expected: usize) -> Result<&'a str, Flaw> {
    whole(record)?;
    if record.fields != expected as u64 {
        return Err(Flaw::Fields {
            found: record.fields,
            expected,
        });
    }
    readable(record)
}

/// The same without the number of fields, which the first record sets.
///
/// The whole record is looked at at once, which is much faster than field by field.
/// What is between the fields keeps halves of a character in two of them apart.
pub(super) fn readable<'a>(record: &Record<'a>) -> Result<&'a str, Flaw> {
    whole(record)?;
    if let Some(text) = record.text {
        return Ok(text);
    }
    let text = std::str::from_utf8(record.bytes).map_err(|_| Flaw::Undecodable)?;
    match record.bytes.contains(&0) {
        true => Err(Flaw::Nul),
        false => Ok(text),
    }
}

fn whole(record: &Record) -> Result<(), Flaw> {
    match (record.unclosed, record.oversized) {
        (true, _) => Err(Flaw::Unclosed),
        (false, true) => Err(Flaw::Oversized),
        (false, false) => Ok(()),
    }
}
