//! A column of text as it is looked at: cell by cell, or word by word where few words
//! fill it, as names, countries and dates do. What is asked of every cell is then
//! asked of each word once.

use arrow_array::cast::AsArray;
use arrow_array::types::UInt16Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, StringArray, UInt16Array};
use std::borrow::Cow;
use std::sync::Arc;

/// A word's number in the column.
pub(super) type Code = UInt16Type;

/// Words are looked for in columns of at least so many cells.
const FEWEST_CELLS: usize = 256;
/// Cells after which no more than half may have been new words.
const SEEN: usize = 1024;
/// A column that repeats itself less often than this is kept cell by cell.
const REPEATED: usize = 4;
/// Room for words, four times as much as there may be of them.
const ROOM: usize = 1 << 14;

/// A column of text.
#[derive(Clone, Debug)]
pub enum Cells {
    /// Every cell by itself.
    Each(StringArray),
    /// The words, each once, and which of them each cell is.
    Words(UInt16Array, StringArray),
}

impl Cells {
    /// The cells of a column; none of a column that is no text.
    pub fn of(column: &ArrayRef) -> Option<Self> {
        if let Some(each) = column.as_string_opt::<i32>() {
            return Some(Self::Each(each.clone()));
        }
        let words = column.as_dictionary_opt::<Code>()?;
        let texts = words.values().as_string_opt::<i32>()?;
        Some(Self::Words(words.keys().clone(), texts.clone()))
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Each(cells) => cells.len(),
            Self::Words(codes, _) => codes.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell's text; none where it is null.
    pub fn get(&self, row: usize) -> Option<&str> {
        let (texts, at) = match self {
            Self::Each(cells) => (cells, row),
            Self::Words(codes, words) => (words, usize::from(codes.value(row))),
        };
        texts.is_valid(at).then(|| texts.value(at))
    }

    /// All cells, in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// What `of` says of every cell, in order.
    pub fn map<T: Copy>(&self, of: impl FnMut(Option<&str>) -> T) -> Vec<T> {
        match self {
            Self::Each(cells) => cells.iter().map(of).collect(),
            Self::Words(codes, words) => {
                let said: Vec<T> = words.iter().map(of).collect();
                let codes = codes.values().iter();
                codes.map(|code| said[usize::from(*code)]).collect()
            }
        }
    }

    /// Cell by cell.
    pub fn text(&self) -> Cow<'_, StringArray> {
        match self {
            Self::Each(cells) => Cow::Borrowed(cells),
            Self::Words(..) => Cow::Owned(self.iter().collect()),
        }
    }
}

/// The same column by its words, where it has few; else as it is.
pub(super) fn by_words(column: &ArrayRef) -> ArrayRef {
    let cells = column.as_string_opt::<i32>();
    match cells.and_then(coded) {
        Some(coded) => Arc::new(coded),
        None => column.clone(),
    }
}

fn coded(cells: &StringArray) -> Option<DictionaryArray<Code>> {
    if cells.len() < FEWEST_CELLS {
        return None;
    }
    let mut found = Found::default();
    let mut codes = Vec::with_capacity(cells.len());
    for (row, cell) in cells.iter().enumerate() {
        codes.push(found.code(cell, row, cells)?);
        if row == SEEN && found.rows.len() * 2 > row {
            return None;
        }
    }
    if found.rows.len() * REPEATED > cells.len() {
        return None;
    }
    let words: StringArray = found
        .rows
        .iter()
        .map(|row| cells.is_valid(*row).then(|| cells.value(*row)))
        .collect();
    DictionaryArray::try_new(codes.into(), Arc::new(words)).ok()
}

/// The words of a column so far.
struct Found {
    /// By a number that is made of a word, and on from there: its code and one more;
    /// zero where there is none.
    slots: Vec<u16>,
    /// The row in which each came first.
    rows: Vec<usize>,
    /// The code of null, if it came.
    null: Option<u16>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            slots: vec![0; ROOM],
            rows: Vec::new(),
            null: None,
        }
    }
}

impl Found {
    /// The code of a cell, which is a new word perhaps; none if there are too many.
    fn code(&mut self, cell: Option<&str>, row: usize, cells: &StringArray) -> Option<u16> {
        let Some(text) = cell else {
            return match self.null {
                Some(code) => Some(code),
                None => {
                    self.null = Some(self.add(row)?);
                    self.null
                }
            };
        };
        let mut at = number_of(text.as_bytes()) % ROOM;
        loop {
            let Some(code) = self.slots[at].checked_sub(1) else {
                let code = self.add(row)?;
                self.slots[at] = code + 1;
                return Some(code);
            };
            if cells.value(self.rows[usize::from(code)]) == text {
                return Some(code);
            }
            at = (at + 1) % ROOM;
        }
    }

    fn add(&mut self, row: usize) -> Option<u16> {
        let code = u16::try_from(self.rows.len()).ok()?;
        self.rows.push(row);
        (self.rows.len() * 4 <= ROOM).then_some(code)
    }
}

/// A number by which a word is found again. Both ends of it, and all of a long one,
/// have a part in it.
fn number_of(word: &[u8]) -> usize {
    let ends = match (word.first_chunk::<8>(), word.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            let mut all = u64::from_le_bytes(*last).rotate_left(29);
            for part in word.as_chunks::<8>().0 {
                all = (all ^ u64::from_le_bytes(*part)).wrapping_mul(SPREAD);
                all ^= all >> 32;
            }
            all ^ u64::from_le_bytes(*first)
        }
        _ => match (word.first_chunk::<4>(), word.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
                u64::from(first) << 32 | u64::from(last)
            }
            _ => word.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)),
        },
    };
    let spread = (ends ^ word.len() as u64).wrapping_mul(SPREAD);
    usize::try_from(spread >> 40).unwrap_or_default()
}

/// An odd number whose bits are mixed well (the golden ratio's).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use super::{Cells, by_words};
    use arrow_array::{ArrayRef, StringArray};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn text() -> impl Strategy<Value = Option<String>> {
        prop_oneof![
            1 => Just(None),
            1 => Just(Some(String::new())),
            8 => "[ab\u{eb}]{0,3}".prop_map(Some),
            2 => "[ab]{7,9}".prop_map(Some),
            1 => "[a-z]{20}".prop_map(Some),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn words_say_what_the_cells_say(cells in prop::collection::vec(text(), 200..3000)) {
            let each: ArrayRef = Arc::new(cells.iter().cloned().collect::<StringArray>());
            let by_words = Cells::of(&by_words(&each)).unwrap();
            let each = Cells::of(&each).unwrap();
            prop_assert_eq!(by_words.len(), cells.len());
            prop_assert!(by_words.iter().eq(each.iter()));
            let length = |cell: Option<&str>| cell.map(str::len);
            prop_assert_eq!(by_words.map(length), each.map(length));
            prop_assert_eq!(by_words.text(), each.text());
        }
    }

    #[test]
    fn few_words_are_kept_once_and_many_are_not() {
        let column = |words: usize| -> ArrayRef {
            let cells = (0..16_384).map(|row| Some(format!("word {}", row * 7919 % words)));
            Arc::new(cells.collect::<StringArray>())
        };
        for (words, few) in [
            (1, true),
            (20, true),
            (300, true),
            (4095, false),
            (16_384, false),
        ] {
            let cells = Cells::of(&by_words(&column(words))).unwrap();
            assert_eq!(matches!(cells, Cells::Words(..)), few, "{words} words");
        }
    }
}
