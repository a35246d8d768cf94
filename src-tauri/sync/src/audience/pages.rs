//! Pages of members anywhere in an audience, for a table of millions of rows.

use super::blocks::Columns;
use super::members::MemberQuery;
use crate::usher::Usher;
use serde::Serialize;
use ts_rs::TS;
use usher_model::{Problem, Snapshot, SnapshotId};
use usher_store::table::snapshots;

/// Rows that have a text, under the snapshot and the text.
pub(crate) type FoundRows = crate::memo::Last<(SnapshotId, String), Vec<u64>>;

/// The most members of a page.
const LARGEST: u64 = 200;

/// Some members of an audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MemberPage {
    /// All members, or all that the search found.
    pub total: u64,
    /// Those that were asked for.
    pub members: Vec<MemberRow>,
}

/// A member as a row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct MemberRow {
    /// The 1-based data row.
    pub row: u64,
    /// Its cells, in the audience's order of columns.
    pub cells: Vec<String>,
}

impl Usher {
    /// A page of members, at most 200. Where a text is searched for, the rows that
    /// have it are found once and kept for the next page.
    pub fn member_page(
        &self,
        id_or_name: &str,
        query: &MemberQuery,
    ) -> Result<MemberPage, Problem> {
        let (_, snapshot) = self.audience(id_or_name)?;
        let limit = query.limit.min(LARGEST);
        let (total, rows) = match query.search.as_deref().filter(|text| !text.is_empty()) {
            None => {
                let end = snapshot.rows.min(query.offset.saturating_add(limit));
                (snapshot.rows, (query.offset..end).collect())
            }
            Some(text) => {
                let found = self.rows_with(&snapshot, text)?;
                let rows = found.iter().copied();
                let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
                let page: Vec<u64> = rows.skip(offset).take(limit as usize).collect();
                (found.len() as u64, page)
            }
        };
        Ok(MemberPage {
            total,
            members: self.rows_at(&snapshot, &rows)?,
        })
    }

    /// The rows that have a text in any column, 0-based and in order.
    pub(crate) fn rows_with(
        &self,
        snapshot: &Snapshot,
        text: &str,
    ) -> Result<std::sync::Arc<Vec<u64>>, Problem> {
        let key = (snapshot.id.clone(), text.to_owned());
        self.found_rows.or_make(key, || {
            let mut rows = Vec::new();
            self.each_hit(snapshot, text, |first_row, _, row| {
                rows.push(first_row + row as u64);
                Ok(true)
            })?;
            Ok(rows)
        })
    }

    /// The members of these rows, 0-based and in order.
    fn rows_at(&self, snapshot: &Snapshot, rows: &[u64]) -> Result<Vec<MemberRow>, Problem> {
        let reader = self.cache.reader()?;
        let mut left = rows;
        let mut members = Vec::with_capacity(rows.len());
        for (first_row, count) in snapshots::blocks(&reader, &snapshot.id)? {
            let here = left.partition_point(|row| *row < first_row + count);
            let (now, later) = left.split_at(here);
            left = later;
            if now.is_empty() {
                continue;
            }
            let block = snapshots::block(&reader, &snapshot.id, first_row)?;
            let columns = Columns::new(&block)?;
            let mut cells = Vec::new();
            for row in now {
                columns.row((row - first_row) as usize, &mut cells);
                members.push(MemberRow {
                    row: row + 1,
                    cells: cells.iter().map(|&cell| cell.to_owned()).collect(),
                });
            }
            if left.is_empty() {
                break;
            }
        }
        Ok(members)
    }
}
