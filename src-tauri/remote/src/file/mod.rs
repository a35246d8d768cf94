//! Reads files into Arrow record batches, whatever program wrote them.
//!
//! [`open`] finds out what a file is, by its first bytes and then by its name, and
//! gives [`Rows`] of it: batches of columns that are all text and never null. Each
//! format is a folder of its own behind that: `delimited` for CSV and its like,
//! `parquet`, `xlsx`.
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
mod xlsx;

#[cfg(test)]
mod tests;

pub use error::FileError;
pub use parquet::ParquetWriter;

use crate::rows::Rows;
use source::{Opened, Source};
use std::io::Cursor;
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
    /// A sheet of a workbook.
    Xlsx,
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
    /// The sheet of a workbook; by default the only one that is not empty or hidden.
    pub sheet: Option<String>,
}

impl Options {
    /// Refuses what was said and would have no effect.
    fn check(&self, format: Format) -> Result<(), FileError> {
        let format = match format {
            Format::Csv | Format::Tsv if self.sheet.is_some() => {
                let (flag, format) = ("--sheet", "text");
                return Err(FileError::Misplaced { flag, format });
            }
            Format::Csv | Format::Tsv => return Ok(()),
            Format::Parquet => "Parquet",
            Format::Xlsx => "XLSX",
        };
        let flag = match self {
            _ if self.encoding.is_some() => "--encoding",
            _ if self.delimiter.is_some() => "--delimiter",
            _ if self.sheet.is_some() && format == "Parquet" => "--sheet",
            _ => return Ok(()),
        };
        Err(FileError::Misplaced { flag, format })
    }
}

/// Reads text with commas that a service sent, under a name to call it by.
pub fn sent(bytes: Vec<u8>, name: &str) -> Result<Box<dyn Rows>, FileError> {
    let len = bytes.len() as u64;
    let source = Source::from_read(Cursor::new(bytes), name, len);
    let options = Options::default();
    Ok(Box::new(delimited::Reader::new(
        source,
        Some(b','),
        &options,
    )?))
}

/// Opens a file and reads the names of its columns.
pub fn open(path: &Path, options: &Options) -> Result<Box<dyn Rows>, FileError> {
    let mut opened = Opened::open(path)?;
    let kind = kind::of(&mut opened, options)?;
    options.check(kind.format)?;
    let delimiter = match kind.format {
        Format::Xlsx => {
            let sheet = options.sheet.as_deref();
            return Ok(Box::new(xlsx::Reader::new(opened, sheet)?));
        }
        Format::Parquet => return Ok(Box::new(parquet::Reader::new(opened)?)),
        Format::Tsv => Some(b'\t'),
        Format::Csv => None,
    };
    let source = opened.into_source(kind.packing)?;
    Ok(Box::new(delimited::Reader::new(
        source, delimiter, options,
    )?))
}
