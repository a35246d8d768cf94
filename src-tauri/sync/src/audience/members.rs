//! Pages of an audience's members, and searching them.

use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use usher_model::Problem;

/// Which members are wanted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct MemberQuery {
    /// Only those who have this text in any column, whatever the case.
    pub search: Option<String>,
    /// How many of them to pass over.
    pub offset: u64,
    /// The most to return.
    pub limit: u64,
}

/// A line of `audience members`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The 1-based data row.
    pub row: u64,
    /// Column to cell.
    pub values: Map<String, Value>,
}

impl Usher {
    /// Gives the wanted members of an audience to `take`, in row order. Without
    /// a search, only the blocks that hold them are read.
    pub fn members(
        &self,
        id_or_name: &str,
        query: &MemberQuery,
        mut take: impl FnMut(Member) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let (_, snapshot) = self.audience(id_or_name)?;
        let needle = query
            .search
            .as_deref()
            .map(str::to_lowercase)
            .filter(|needle| !needle.is_empty());
        let from_row = if needle.is_some() { 0 } else { query.offset };
        let mut passed = if needle.is_some() { 0 } else { query.offset };
        let mut left = query.limit;
        self.each_block(&snapshot, from_row, |first_row, columns| {
            let mut cells = Vec::new();
            let skip = usize::try_from(from_row.saturating_sub(first_row)).unwrap_or(usize::MAX);
            for at in skip..columns.rows() {
                if left == 0 {
                    return Ok(false);
                }
                columns.row(at, &mut cells);
                if needle
                    .as_deref()
                    .is_some_and(|needle| !cells.iter().any(|cell| contains(cell, needle)))
                {
                    continue;
                }
                if passed < query.offset {
                    passed += 1;
                    continue;
                }
                let named = snapshot
                    .columns
                    .iter()
                    .cloned()
                    .zip(cells.iter().map(|cell| Value::from(*cell)));
                take(Member {
                    row: first_row + at as u64 + 1,
                    values: named.collect(),
                })?;
                left -= 1;
            }
            Ok(left > 0)
        })
    }
}

/// Whether a text contains another that is lower-case already, whatever the
/// case; ASCII is looked at without a copy.
pub(crate) fn contains(text: &str, needle: &str) -> bool {
    if text.is_ascii() && needle.is_ascii() {
        let needle = needle.as_bytes();
        return text
            .as_bytes()
            .windows(needle.len())
            .any(|window| window.eq_ignore_ascii_case(needle));
    }
    text.to_lowercase().contains(needle)
}
