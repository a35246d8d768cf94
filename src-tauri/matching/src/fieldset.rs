//! Which of the mapped fields, a set for each row.

/// Sets of field positions, one a row, as bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSets {
    fields: usize,
    words: usize,
    bits: Vec<u64>,
}

impl FieldSets {
    /// Empty sets, for so many rows of that many fields.
    pub fn new(fields: usize, rows: usize) -> Self {
        let words = fields.div_ceil(64);
        Self {
            fields,
            words,
            bits: vec![0; words * rows],
        }
    }

    /// Eight fields a column: a byte of each row, the lowest bit first.
    pub fn bytes(&self) -> Vec<Vec<u8>> {
        let column = |at: usize| {
            let words = self.bits.iter().skip(at / 8).step_by(self.words);
            words.map(|word| word.to_le_bytes()[at % 8]).collect()
        };
        (0..self.fields.div_ceil(8)).map(column).collect()
    }

    /// The sets whose [`FieldSets::bytes`] are these.
    pub fn from_bytes(columns: &[&[u8]]) -> Self {
        let rows = columns.first().map_or(0, |column| column.len());
        let mut sets = Self::new(columns.len() * 8, rows);
        for (at, column) in columns.iter().enumerate() {
            let words = sets.bits.iter_mut().skip(at / 8).step_by(sets.words);
            for (word, byte) in words.zip(*column) {
                *word |= u64::from(*byte) << (at % 8 * 8);
            }
        }
        sets
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
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                // Taking the lowest bit away; nothing is left of nothing.
                left &= left.checked_sub(1)?;
                Some(at * 64 + bit)
            })
        })
    }

    /// A row's set, the lowest bit first: equal sets are equal words.
    pub fn of_row(&self, row: usize) -> &[u64] {
        &self.bits[row * self.words..(row + 1) * self.words]
    }
}

#[cfg(test)]
mod tests {
    use super::FieldSets;

    #[test]
    fn bytes_are_the_same_sets() {
        for fields in [0, 1, 8, 9, 63, 64, 65, 200] {
            let mut sets = FieldSets::new(fields, 5);
            let members =
                |row: usize| (0..fields).filter(move |field| (field + row).is_multiple_of(row + 1));
            for row in 0..5 {
                members(row).for_each(|field| sets.set(row, field));
            }
            let bytes = sets.bytes();
            assert_eq!(bytes.len(), fields.div_ceil(8));
            let columns: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
            let back = FieldSets::from_bytes(&columns);
            for row in (0..5).filter(|_| fields > 0) {
                assert!(
                    back.fields(row).eq(members(row)),
                    "{fields} fields, row {row}"
                );
            }
        }
    }
}
