//! The names of the columns, of every format alike.

use super::{FileError, MAX_COLUMNS};
use std::collections::HashMap;

/// How much of a column's name a message shows.
const SHOWN: usize = 60;

/// Refuses more columns than can be kept, before anything is made for each.
pub(super) fn count(columns: u64) -> Result<(), FileError> {
    if columns > MAX_COLUMNS as u64 {
        return Err(FileError::TooManyColumns { count: columns });
    }
    Ok(())
}

/// The names, trimmed. Every column has one and no two have the same, since a mapping
/// knows a column by its name alone.
pub(super) fn named<'a>(names: impl Iterator<Item = &'a str>) -> Result<Vec<String>, FileError> {
    let names: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
    let mut seen = HashMap::with_capacity(names.len());
    for (index, column) in names.iter().enumerate() {
        let position = index + 1;
        if column.is_empty() {
            return Err(FileError::UnnamedColumn { position });
        }
        if let Some(first) = seen.insert(column.as_str(), position) {
            return Err(FileError::DuplicateColumn {
                first,
                second: position,
                column: shown(column),
            });
        }
    }
    Ok(names)
}

/// A column's name as a message shows it.
pub(super) fn shown(column: &str) -> String {
    column.chars().take(SHOWN).collect()
}
