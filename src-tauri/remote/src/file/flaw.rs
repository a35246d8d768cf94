//! Why a record is no row, whatever the format. Such a record is set aside.

use super::MAX_FIELD;
use std::fmt;

/// The most bytes of a row where a file can repeat a value for nothing: small files
/// must not become large rows.
pub(super) const MAX_ROW: usize = 64 << 20;

/// Why a record is no row. Its words hold numbers, never a value of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The text ends within quotes, so where the record ends is not known.
    Unclosed,
    /// A field over [`MAX_FIELD`].
    Oversized,
    /// A row over [`MAX_ROW`].
    OversizedRow,
    /// Another number of fields than there are columns.
    Fields { found: u64, expected: usize },
    /// No text in the file's encoding.
    Undecodable,
    /// Text with U+0000 in it, which no service takes.
    Nul,
    /// A value left or right of the named columns of a sheet.
    Outside,
    /// A formula of a sheet that has no value, such as `#N/A`.
    SheetError,
    /// A number of a sheet that is longer than a sheet keeps numbers: its last digits
    /// are lost.
    TooManyDigits,
    /// A date of a year that has not four digits, or a time beyond its day.
    NoDate,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed => f.write_str("a quote that is never closed"),
            Self::Oversized => f.write_str("a field over 1 MiB"),
            Self::OversizedRow => f.write_str("a row over 64 MiB"),
            Self::Fields { found, expected } => {
                let values = if *found == 1 { "" } else { "s" };
                let columns = if *expected == 1 { "" } else { "s" };
                write!(f, "{found} value{values} for {expected} column{columns}")
            }
            Self::Undecodable => f.write_str("undecodable bytes"),
            Self::Nul => f.write_str("a NUL character"),
            Self::Outside => f.write_str("a value outside the named columns"),
            Self::SheetError => f.write_str("an error value such as #N/A"),
            Self::TooManyDigits => f.write_str("a number whose last digits the sheet has lost"),
            Self::NoDate => f.write_str("a date or time that does not exist"),
        }
    }
}

/// Whether a text may be a cell of a row.
pub(super) fn cell(text: &str) -> Result<(), Flaw> {
    if text.len() > MAX_FIELD {
        return Err(Flaw::Oversized);
    }
    match text.as_bytes().contains(&0) {
        true => Err(Flaw::Nul),
        false => Ok(()),
    }
}
