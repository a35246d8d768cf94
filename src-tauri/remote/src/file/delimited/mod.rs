//! Delimited text: CSV and its like.
//!
//! Four stages, each in a file of its own: [`text`] turns any encoding into UTF-8
//! bytes, [`record`] cuts those into records, [`verdict`] decides whether a record
//! is a row, [`Batch`] gathers rows.
//!
//! Every value stays the text it is in the file: what a value means depends on the
//! field it is later mapped to, and a number that was parsed too early has already
//! lost its leading zeros.

mod delimiter;
mod encoding;
mod header;
mod lines;
mod marks;
mod reader;
mod record;
mod text;
mod verdict;

#[cfg(test)]
mod tests;

pub(super) use reader::Reader;

use super::batch::Batch;
use super::flaw::Flaw;
use super::source::Source;
use super::{FileError, MAX_COLUMNS, MAX_FIELD, Options, columns};
