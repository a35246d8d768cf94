//! Pages of an audience's members, and searching them.

use super::blocks::Columns;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;
use usher_model::Problem;

/// Which members are wanted.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
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
        let member = |first_row: u64, columns: &Columns, row: usize| {
            let mut cells = Vec::new();
            columns.row(row, &mut cells);
            let named = snapshot.columns.iter().cloned();
            Member {
                row: first_row + row as u64 + 1,
                values: named.zip(cells.into_iter().map(Value::from)).collect(),
            }
        };
        let mut left = query.limit;
        match query.search.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => {
                let mut pass = query.offset;
                self.each_hit(&snapshot, text, |first_row, columns, row| {
                    if pass > 0 {
                        pass -= 1;
                    } else if left > 0 {
                        take(member(first_row, columns, row))?;
                        left -= 1;
                    }
                    Ok(left > 0)
                })
            }
            None => self.each_block(&snapshot, query.offset, |first_row, columns| {
                let skip = query.offset.saturating_sub(first_row);
                for row in usize::try_from(skip).unwrap_or(usize::MAX)..columns.rows() {
                    if left == 0 {
                        break;
                    }
                    take(member(first_row, &columns, row))?;
                    left -= 1;
                }
                Ok(left > 0)
            }),
        }
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
