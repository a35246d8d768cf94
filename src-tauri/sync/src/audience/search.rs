//! Finding a text in millions of rows: whole columns are looked through at once,
//! and only what is near a hit is looked at cell by cell.

use super::blocks::Columns;
use super::members::contains;
use crate::threads::{THREADS, made_on_threads};
use crate::usher::Usher;
use arrow_array::{Array, StringArray};
use memchr::memmem::Finder;
use usher_model::{Problem, Snapshot};
use usher_store::block::Cells;
use usher_store::table::snapshots;

/// Blocks that are looked through at once, at most.
const AT_ONCE: usize = 8 * THREADS;

/// A text as it is looked for: whatever the case.
struct Needle<'a> {
    text: &'a str,
    finder: Finder<'a>,
}

impl Usher {
    /// Gives every row that has a text in any column, whatever the case, to `take`:
    /// the block's first row, the block, and the row in it; `false` from it ends
    /// the search.
    pub(super) fn each_hit(
        &self,
        snapshot: &Snapshot,
        text: &str,
        mut take: impl FnMut(u64, &Columns, usize) -> Result<bool, Problem>,
    ) -> Result<(), Problem> {
        let text = text.to_lowercase();
        let needle = Needle {
            text: &text,
            finder: Finder::new(text.as_bytes()),
        };
        let blocks = snapshots::blocks(&*self.cache.reader()?, &snapshot.id)?;
        // What is common is found at once; what is rare is looked for by all hands.
        let mut at_once = 1;
        let mut rest = blocks.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(at_once.min(rest.len()));
            let found = made_on_threads(now, |(first_row, _)| {
                let reader = self.cache.reader()?;
                let columns = Columns::new(&snapshots::block(&reader, &snapshot.id, *first_row)?)?;
                let hits = hits(&columns, &needle);
                // Only what has a hit stays in memory.
                Ok((!hits.is_empty()).then_some((columns, hits)))
            })?;
            for ((first_row, _), found) in now.iter().zip(&found) {
                let Some((columns, hits)) = found else {
                    continue;
                };
                for row in hits {
                    if !take(*first_row, columns, *row)? {
                        return Ok(());
                    }
                }
            }
            rest = later;
            at_once = (at_once * 2).min(AT_ONCE);
        }
        Ok(())
    }
}

/// The rows of a block that have the text in any column, in order.
fn hits(columns: &Columns, needle: &Needle<'_>) -> Vec<usize> {
    let mut rows: Vec<usize> = columns
        .all()
        .flat_map(|column| hits_in(column, needle))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn hits_in(column: &Cells, needle: &Needle<'_>) -> Vec<usize> {
    match column {
        Cells::Each(cells) => hits_in_text(cells, needle),
        Cells::Words(codes, words) => {
            let hits = hits_in_text(words, needle);
            if hits.is_empty() {
                return hits;
            }
            let mut is_hit = vec![false; words.len()];
            hits.into_iter().for_each(|word| is_hit[word] = true);
            let codes = codes.values().iter().enumerate();
            let rows = codes.filter(|(_, code)| is_hit[usize::from(**code)]);
            rows.map(|(row, _)| row).collect()
        }
    }
}

fn hits_in_text(column: &StringArray, needle: &Needle<'_>) -> Vec<usize> {
    let offsets = column.value_offsets();
    let letters = column.value_data();
    let mut rows = Vec::new();
    if needle.text.is_ascii() {
        let lower = letters.to_ascii_lowercase();
        let mut from = 0;
        while let Some(found) = needle.finder.find(&lower[from..]) {
            let at = from + found;
            let row = offsets.partition_point(|offset| *offset as usize <= at) - 1;
            let end = offsets.get(row + 1).map_or(0, |end| *end as usize);
            from = match at + needle.text.len() <= end {
                true => {
                    rows.push(row);
                    end
                }
                // It begins in one cell and ends in another; one may begin right behind.
                false => at + 1,
            };
        }
    }
    // Other letters change their length with their case, and some become ASCII.
    if !letters.is_ascii() {
        let others = (0..column.len()).filter(|row| !column.value(*row).is_ascii());
        rows.extend(others.filter(|row| contains(column.value(*row), needle.text)));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::{Needle, contains, hits_in, hits_in_text};
    use arrow_array::{ArrayRef, RecordBatch, StringArray};
    use memchr::memmem::Finder;
    use std::sync::Arc;
    use usher_store::block::{self, Cells};

    #[test]
    fn columns_of_few_words_say_what_their_cells_say() {
        let words = ["Nord", "SÜD", "straße", "", "norden"];
        let cells: Vec<&str> = (0..1000).map(|row| words[row * 7 % words.len()]).collect();
        let column: ArrayRef = Arc::new(StringArray::from(cells.clone()));
        let batch = RecordBatch::try_from_iter([("word", column)]).unwrap();
        let column = Cells::of(block::worded(&batch).column(0)).unwrap();
        assert!(matches!(column, Cells::Words(..)));
        for text in ["nord", "norden", "s\u{fc}d", "ss", "\u{df}", "q"] {
            let needle = Needle {
                text,
                finder: Finder::new(text.as_bytes()),
            };
            let slow: Vec<usize> = (0..cells.len())
                .filter(|row| contains(cells[*row], text))
                .collect();
            assert_eq!(hits_in(&column, &needle), slow, "{text}");
        }
    }

    #[test]
    fn whole_columns_say_what_their_cells_say() {
        let cells = [
            "ada",
            "ADA",
            "a",
            "da",
            "",
            "Zo\u{eb}",
            "ZO\u{cb}",
            "\u{212a}elvin",
            "stra\u{df}e",
            "\u{130}stanbul",
            "aaa",
            "ab",
            "abab",
            "x\u{e9}ada",
        ];
        let column = StringArray::from(cells.to_vec());
        for text in [
            "ada", "a", "aa", "zo\u{eb}", "k", "kelvin", "ss", "ab", "bab", "i\u{307}", "dad", "q",
        ] {
            let needle = Needle {
                text,
                finder: Finder::new(text.as_bytes()),
            };
            let mut found = hits_in_text(&column, &needle);
            found.sort_unstable();
            found.dedup();
            let slow: Vec<usize> = (0..cells.len())
                .filter(|row| contains(cells[*row], text))
                .collect();
            assert_eq!(found, slow, "{text}");
        }
    }
}
