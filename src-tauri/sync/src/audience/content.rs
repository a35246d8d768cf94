//! The content hash of a snapshot: made at import, and again when somebody was
//! erased from it.

use super::blocks::Columns;
use sha2::{Digest, Sha256};

/// SHA-256 over the columns' names and all cells in row order, each behind its
/// length: the same for the same content, whatever the blocks.
pub(crate) struct Content {
    hash: Sha256,
    row: Vec<u8>,
}

impl Content {
    pub(crate) fn new(names: &[String]) -> Self {
        let mut content = Self {
            hash: Sha256::new(),
            row: Vec::new(),
        };
        content.take(names.iter().map(String::as_str));
        content
    }

    pub(crate) fn add(&mut self, columns: &Columns, count: usize) {
        for at in 0..columns.rows() {
            self.take((0..count).map(|column| columns.column(column).value(at)));
        }
    }

    fn take<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        self.row.clear();
        for cell in cells {
            self.row
                .extend_from_slice(&(cell.len() as u64).to_le_bytes());
            self.row.extend_from_slice(cell.as_bytes());
        }
        self.hash.update(&self.row);
    }

    pub(crate) fn finish(self) -> String {
        self.hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
