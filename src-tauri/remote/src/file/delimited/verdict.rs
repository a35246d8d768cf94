//! Stage 3: whether a record is a row, or why it is set aside.

use super::Flaw;
use super::record::Record;

/// The record's text, with a character boundary at each end of a field; or the first
/// flaw. The limits come first: beyond them the text was not kept.
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
/// The whole record is checked at once, as that is much faster than field by field.
/// Halves of a character in two neighbouring fields would pass for one: hence the
/// look at the boundaries.
pub(super) fn readable<'a>(record: &Record<'a>) -> Result<&'a str, Flaw> {
    whole(record)?;
    let text = std::str::from_utf8(record.text).map_err(|_| Flaw::Undecodable)?;
    if !record.ends.iter().all(|end| text.is_char_boundary(*end)) {
        return Err(Flaw::Undecodable);
    }
    if record.text.contains(&0) {
        return Err(Flaw::Nul);
    }
    Ok(text)
}

fn whole(record: &Record) -> Result<(), Flaw> {
    match (record.unclosed, record.oversized) {
        (true, _) => Err(Flaw::Unclosed),
        (false, true) => Err(Flaw::Oversized),
        (false, false) => Ok(()),
    }
}
