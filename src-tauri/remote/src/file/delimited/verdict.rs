//! Stage 3: whether a record is a row, or why it is set aside.

use super::record::Record;
use std::fmt;

/// Why a record is no row. Its words hold numbers, never a value of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The file ends within quotes, so where the record ends is not known.
    Unclosed,
    /// A field over the limit.
    Oversized,
    /// Another number of fields than there are columns.
    Fields { found: u64, expected: usize },
    /// No text in the file's encoding.
    Undecodable,
    /// Text with U+0000 in it, which no service takes.
    Nul,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed => f.write_str("a quote that is never closed"),
            Self::Oversized => f.write_str("a field over 1 MiB"),
            Self::Fields { found: 1, expected } => write!(f, "1 field, {expected} expected"),
            Self::Fields { found, expected } => write!(f, "{found} fields, {expected} expected"),
            Self::Undecodable => f.write_str("undecodable bytes"),
            Self::Nul => f.write_str("a NUL character"),
        }
    }
}

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
