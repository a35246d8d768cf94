//! Which sheet of a workbook is read.

use super::super::error::listed;
use super::FileError;
use super::reader::{Book, broken};
use calamine::{DataRef, Reader, SheetType, SheetVisible};

/// The sheet that is named; or else the one of those that are not hidden that is not
/// empty. If there are several, only the person knows which is meant.
pub(super) fn choose(
    book: &mut Book,
    wanted: Option<&str>,
    name: &str,
) -> Result<String, FileError> {
    let sheets = book.sheets_metadata().iter();
    let sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let (all, visible): (Vec<String>, Vec<bool>) = sheets
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .unzip();
    if let Some(wanted) = wanted {
        return match all.iter().any(|sheet| sheet == wanted) {
            true => Ok(wanted.to_owned()),
            false => Err(FileError::NoSuchSheet {
                wanted: wanted.to_owned(),
                sheets: listed(&all),
            }),
        };
    }
    let mut filled = Vec::new();
    for (sheet, _) in all.into_iter().zip(visible).filter(|(_, visible)| *visible) {
        if has_cells(book, &sheet).map_err(|error| broken(name, &error))? {
            filled.push(sheet);
        }
    }
    match <[String; 1]>::try_from(filled) {
        Ok([sheet]) => Ok(sheet),
        Err(none) if none.is_empty() => Err(FileError::Empty {
            name: name.to_owned(),
        }),
        Err(several) => Err(FileError::SeveralSheets {
            name: name.to_owned(),
            sheets: several,
        }),
    }
}

fn has_cells(book: &mut Book, sheet: &str) -> Result<bool, calamine::XlsxError> {
    let mut cells = book.worksheet_cells_reader(sheet)?;
    while let Some(cell) = cells.next_cell()? {
        let is_blank = match cell.get_value() {
            DataRef::Empty => true,
            DataRef::String(text) => text.is_empty(),
            DataRef::SharedString(text) => text.is_empty(),
            _ => false,
        };
        if !is_blank {
            return Ok(true);
        }
    }
    Ok(false)
}
