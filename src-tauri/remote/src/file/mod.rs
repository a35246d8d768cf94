//! Reads files into Arrow record batches, whatever program wrote them.
//!
//! [`open`] finds out what a file is, by its first bytes and then by its name, and
//! gives [`Rows`] of it: batches of columns that are all text and never null. Each
//! format is a folder of its own behind that: [`delimited`] for CSV and its like,
//! [`mod@parquet`].
//!
//! Memory is bounded by the limits below and in the formats, never by the file or by
//! what it claims about itself.

mod batch;
mod columns;
mod delimited;
mod error;
mod flaw;
mod kind;
mod number;
mod packed;
mod parquet;
mod source;

#[cfg(test)]
mod tests;

pub use error::FileError;
pub use parquet::ParquetWriter;

use crate::rows::Rows;
use source::Opened;
use std::path::Path;

/// The most bytes of one field, as UTF-8.
pub const MAX_FIELD: usize = 1 << 20;

/// The most columns of one file.
pub const MAX_COLUMNS: usize = 2_000;

/// What a file can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text with some delimiter, found from a sample unless it is given.
    Csv,
    /// Text with tabs.
    Tsv,
    /// Columns, as analysts' programs write them.
    Parquet,
}

/// What the person says about the file; what is not said is found out.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// By default what the first bytes say, then the name, then [`Format::Csv`].
    pub format: Option<Format>,
    /// A label of the WHATWG encoding standard; UTF-8 by default. A byte order mark
    /// in the file goes before it.
    pub encoding: Option<String>,
    /// One ASCII character; goes before what the format says.
    pub delimiter: Option<u8>,
}

/// Opens a file and reads the names of its columns.
pub fn open(path: &Path, options: &Options) -> Result<Box<dyn Rows>, FileError> {
    let mut opened = Opened::open(path)?;
    let kind = kind::of(&mut opened, options)?;
    let delimiter = match kind.format {
        Format::Parquet => return Ok(Box::new(parquet::Reader::new(opened)?)),
        Format::Tsv => Some(b'\t'),
        Format::Csv => None,
    };
    let source = opened.into_source(kind.packing)?;
    Ok(Box::new(delimited::Reader::new(
        source, delimiter, options,
    )?))
}
