//! An audience summed up: how full its columns are, whom its addresses can find,
//! and the snapshots that are kept of it.

use super::blocks::Columns;
use super::keys::{RowColumn, address_columns, key_hashes};
use super::stats::ColumnStats;
use crate::threads::made_on_threads;
use crate::usher::Usher;
use serde::Serialize;
use ts_rs::TS;
use usher_matching::KeyHash;
use usher_model::{Problem, Snapshot, Timestamp};
use usher_store::table::snapshots;

/// An audience, summed up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AudienceProfile {
    /// Its rows.
    pub rows: u64,
    /// Its columns.
    pub columns: Vec<ColumnStats>,
    /// The columns that hold e-mail addresses, as keys.
    pub keys: Vec<KeyCoverage>,
    /// What is kept of it, newest first.
    pub snapshots: Vec<SnapshotLine>,
}

/// How well a column identifies people. Its counts add up to the rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct KeyCoverage {
    /// The column.
    pub column: String,
    /// Rows whose key is the first of its kind.
    pub usable: u64,
    /// Rows whose key an earlier row has.
    pub repeated: u64,
    /// Rows whose cell cannot be a key.
    pub invalid: u64,
    /// Rows whose cell is blank.
    pub blank: u64,
}

/// A snapshot that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SnapshotLine {
    /// As of when.
    pub taken_at: Timestamp,
    /// Its rows.
    pub rows: u64,
    /// Lines that were set aside.
    pub quarantined: u64,
}

impl Usher {
    /// Sums an audience up. It reads all of it: a second for some millions of rows.
    pub fn audience_profile(&self, id_or_name: &str) -> Result<AudienceProfile, Problem> {
        let (audience, snapshot) = self.audience(id_or_name)?;
        let reader = self.cache.reader()?;
        let blocks = snapshots::blocks(&reader, &snapshot.id)?;
        let parts = made_on_threads(&blocks, |(first_row, _)| {
            let reader = self.cache.reader()?;
            let block = snapshots::block(&reader, &snapshot.id, *first_row)?;
            let columns = Columns::new(&block)?;
            let names = snapshot.columns.iter();
            let mut stats: Vec<_> = names.map(|name| ColumnStats::named(name)).collect();
            let all = stats.iter_mut().zip(columns.all());
            all.for_each(|(stats, cells)| stats.add(cells));
            let addresses = match *first_row {
                0 => address_columns(&columns, snapshot.columns.len()),
                _ => Vec::new(),
            };
            Ok((stats, addresses))
        })?;
        let mut parts = parts.into_iter();
        let (mut columns, addresses) = parts.next().unwrap_or_default();
        for (more, _) in parts {
            for (column, more) in columns.iter_mut().zip(more) {
                column.add_later(more);
            }
        }
        if columns.is_empty() {
            let names = snapshot.columns.iter();
            columns = names.map(|name| ColumnStats::named(name)).collect();
        }
        let keys = addresses.iter();
        let keys = keys.map(|column| self.coverage(&snapshot, &blocks, column));
        let kept = snapshots::of_audience(&reader, &audience.id)?.into_iter();
        Ok(AudienceProfile {
            rows: snapshot.rows,
            keys: keys.collect::<Result<_, _>>()?,
            columns,
            snapshots: kept
                .map(|kept| SnapshotLine {
                    taken_at: kept.taken_at,
                    rows: kept.rows,
                    quarantined: kept.quarantine.count,
                })
                .collect(),
        })
    }

    fn coverage(
        &self,
        snapshot: &Snapshot,
        blocks: &[(u64, u64)],
        column: &RowColumn,
    ) -> Result<KeyCoverage, Problem> {
        let reader = self.cache.reader()?;
        let mut valid = Vec::new();
        let (mut blank, mut invalid) = (0, 0);
        for (first_row, _) in blocks {
            for key in key_hashes(&self.row_column(&reader, snapshot, column, *first_row)?) {
                match key {
                    KeyHash::BLANK => blank += 1,
                    KeyHash::INVALID => invalid += 1,
                    key => valid.push(key),
                }
            }
        }
        let all = valid.len() as u64;
        valid.sort_unstable();
        valid.dedup();
        Ok(KeyCoverage {
            column: snapshot.columns[column.place()].clone(),
            usable: valid.len() as u64,
            repeated: all - valid.len() as u64,
            invalid,
            blank,
        })
    }
}
