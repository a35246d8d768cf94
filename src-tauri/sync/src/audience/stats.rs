//! What a column holds: how many cells are filled, and with what, for instance.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use usher_store::block::Cells;

/// Examples that are shown of a column.
const EXAMPLES: usize = 3;
/// The longest example, in characters.
const LONGEST: usize = 60;

/// A column, summed up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ColumnStats {
    /// Its name.
    pub name: String,
    /// Cells with more than white space in them.
    pub filled: u64,
    /// Its first different values, shortened.
    pub examples: Vec<String>,
}

impl ColumnStats {
    /// Of a column that nothing was seen of yet.
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Counts the cells of one more block.
    pub(super) fn add(&mut self, cells: &Cells) {
        let is_filled = |cell: Option<&str>| !cell.unwrap_or_default().trim().is_empty();
        self.filled += cells.map(is_filled).into_iter().map(u64::from).sum::<u64>();
        for cell in cells.iter().flatten() {
            if self.examples.len() >= EXAMPLES {
                break;
            }
            let example = shortened(cell.trim());
            if !example.is_empty() && !self.examples.contains(&example) {
                self.examples.push(example);
            }
        }
    }
}

impl ColumnStats {
    /// Adds what was found of the same column further on.
    pub(super) fn add_later(&mut self, later: Self) {
        self.filled += later.filled;
        for example in later.examples {
            if self.examples.len() < EXAMPLES && !self.examples.contains(&example) {
                self.examples.push(example);
            }
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
