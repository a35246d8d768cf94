//! XLSX, a sheet of it, cell by cell.
//!
//! The library goes through a sheet without holding it, but takes what a workbook has
//! beside its sheets as it comes. So [`guard`] goes through the file first, and refuses
//! what would not fit. [`sheet`] chooses the sheet, [`table`] makes rows of its cells,
//! [`shown`] writes a number as the sheet shows it.
//!
//! The first row that is not blank has the names, the table is as wide as they are.
//! Blank rows are no rows. Of merged cells the first has the value, the others are
//! blank. A formula counts with the value that it had when the file was saved, and is
//! blank if it never had one. Hidden rows and columns are read like the others.

mod guard;
mod reader;
mod sheet;
mod shown;
mod table;

#[cfg(test)]
mod tests;

pub(super) use reader::Reader;

use super::FileError;
