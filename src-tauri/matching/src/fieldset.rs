//! Which of the mapped fields, a set for each row.

/// Sets of field positions, one a row, as bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSets {
    words: usize,
    bits: Vec<u64>,
}

impl FieldSets {
    /// Empty sets, for so many rows of that many fields.
    pub fn new(fields: usize, rows: usize) -> Self {
        let words = fields.div_ceil(64);
        Self {
            words,
            bits: vec![0; words * rows],
        }
    }

    /// From the words of all rows, as [`FieldSets::words`] gave them.
    pub fn from_words(fields: usize, bits: Vec<u64>) -> Self {
        Self {
            bits,
            ..Self::new(fields, 0)
        }
    }

    /// The words of all rows: the same number for each, the lowest bit first.
    pub fn words(&self) -> &[u64] {
        &self.bits
    }

    /// Puts a field into a row's set.
    pub(crate) fn set(&mut self, row: usize, field: usize) {
        self.bits[row * self.words + field / 64] |= 1 << (field % 64);
    }

    /// Whether a row has none.
    pub fn is_empty(&self, row: usize) -> bool {
        self.of_row(row).iter().all(|word| *word == 0)
    }

    /// The fields of a row, in order.
    pub fn fields(&self, row: usize) -> impl Iterator<Item = usize> {
        let words = self.of_row(row).iter().enumerate();
        words.flat_map(|(at, word)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| at * 64 + bit)
        })
    }

    pub(crate) fn of_row(&self, row: usize) -> &[u64] {
        &self.bits[row * self.words..(row + 1) * self.words]
    }
}
