//! The content hash of a snapshot: made at import, and again when somebody was
//! erased from it.

use super::blocks::Columns;
use arrow_array::StringArray;
use blake3::Hasher;

/// BLAKE3 over the columns' names and all cells, of each column the lengths by
/// themselves and the letters by themselves: the same for the same content,
/// whatever the blocks.
pub(crate) struct Content {
    names: Hasher,
    columns: Vec<(Hasher, Hasher)>,
}

impl Content {
    pub(crate) fn new(names: &[String]) -> Self {
        let mut content = Self {
            names: Hasher::new(),
            columns: vec![Default::default(); names.len()],
        };
        for name in names {
            content.names.update(&(name.len() as u64).to_le_bytes());
            content.names.update(name.as_bytes());
        }
        content
    }

    /// Adds the next rows.
    pub(crate) fn add(&mut self, columns: &Columns) {
        for ((lengths, letters), cells) in self.columns.iter_mut().zip(columns.all()) {
            let cells = cells.text();
            let ends = cells.value_offsets();
            let length = |pair: &[i32]| (pair[1] - pair[0]).to_le_bytes();
            let all: Vec<[u8; 4]> = ends.windows(2).map(length).collect();
            lengths.update(all.as_flattened());
            letters.update(letters_of(&cells));
        }
    }

    pub(crate) fn finish(mut self) -> String {
        for (lengths, letters) in &self.columns {
            self.names.update(lengths.finalize().as_bytes());
            self.names.update(letters.finalize().as_bytes());
        }
        self.names.finalize().to_hex().to_string()
    }
}

/// The letters of all cells, one after another: cells without a value have none.
fn letters_of(cells: &StringArray) -> &[u8] {
    match cells.value_offsets() {
        [first, .., last] => &cells.value_data()[*first as usize..*last as usize],
        _ => &[],
    }
}
