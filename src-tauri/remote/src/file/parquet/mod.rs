//! Parquet, row group by row group.
//!
//! The library reads what honest programs write. What it is given is looked at first,
//! so that a file cannot make it reserve what there is no memory for: [`footer`] holds
//! the claims about columns, rows and places against the file, [`pages`] unpacks each
//! page within a [`budget`]. Values become text in [`cells`].
//!
//! Read are flat columns of text, numbers, dates and times, also in groups, and packed
//! with any codec but LZO. Lists, maps and binary columns are refused by name.

mod budget;
mod cells;
mod delta;
mod footer;
mod pages;
mod reader;
mod schema;
mod thrift;
mod unpack;
mod write;

#[cfg(test)]
mod tests;

pub(super) use footer::MAGIC;
pub(super) use reader::Reader;
pub use write::ParquetWriter;

use super::FileError;
