//! Reads delimited text files into Arrow record batches.
//!
//! Four stages, each in a file of its own: [`text`] turns any encoding into UTF-8
//! bytes, [`record`] cuts those into records, [`verdict`] decides whether a record
//! is a row, [`batch`] gathers rows. Only [`record`] knows how quotes work, so a
//! faster parser takes its place without touching the others.
//!
//! Every value stays the text it is in the file: what a value means depends on the
//! field it is later mapped to, and a number that was parsed too early has already
//! lost its leading zeros. Memory is bounded by the limits below, never by the file.

mod batch;
mod delimiter;
mod encoding;
mod error;
mod header;
mod lines;
mod reader;
mod record;
mod source;
mod text;
mod verdict;

#[cfg(test)]
mod tests;

pub use error::FileError;
pub use reader::Reader;

/// The most bytes of one field, after decoding to UTF-8.
pub const MAX_FIELD: usize = 1 << 20;

/// The most columns of one file.
pub const MAX_COLUMNS: usize = 2_000;

/// The two shapes of delimited text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Some delimiter, found from a sample unless it is given.
    Csv,
    /// Tabs.
    Tsv,
}

/// What the person says about the file; what is not said is found out.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// By default tabs for a name that ends in `.tsv`, otherwise [`Format::Csv`].
    pub format: Option<Format>,
    /// A label of the WHATWG encoding standard; UTF-8 by default. A byte order mark
    /// in the file goes before it.
    pub encoding: Option<String>,
    /// One ASCII character; goes before what the format says.
    pub delimiter: Option<u8>,
}
