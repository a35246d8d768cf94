//! Which of the mapped fields, a set for each row.

/// Sets of field positions, one a row, as bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSets {
    words: usize,
    bits: Vec<u64>,
}

impl FieldSets {
    /// For rows of that many fields.
    pub fn new(fields: usize) -> Self {
        Self {
            words: fields.div_ceil(64),
            bits: Vec::new(),
        }
    }

    /// From the words of all rows, as [`FieldSets::words`] gave them.
    pub fn from_words(fields: usize, bits: Vec<u64>) -> Self {
        Self {
            bits,
            ..Self::new(fields)
        }
    }

    /// The words of all rows: the same number for each, the lowest bit first.
    pub fn words(&self) -> &[u64] {
        &self.bits
    }

    /// Adds a row without any field.
    pub(crate) fn push(&mut self) {
        self.bits.resize(self.bits.len() + self.words, 0);
    }

    /// Puts a field into the last row's set.
    pub(crate) fn set(&mut self, field: usize) {
        let start = self.bits.len() - self.words;
        self.bits[start + field / 64] |= 1 << (field % 64);
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
