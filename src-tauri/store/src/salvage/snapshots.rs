//! Which snapshots came over whole. Of an audience whose newest may be missing a
//! part, nothing is offered in its place.

use super::damaged::Damaged;
use super::rows::Read;
use crate::table::{from_json, snapshots};
use crate::{Database, StoreError, Tx};
use rusqlite::Row;
use std::collections::BTreeMap;
use usher_model::{AudienceId, Snapshot, SnapshotId};

/// Marks as lost what misses rows, and takes away rows that belong to nothing.
pub(super) fn settle(damaged: &Damaged, anew: &Database, read: Read) -> Result<(), StoreError> {
    // The indexes name also those whose own row does not read.
    let named = |index: &str, column: &str| {
        let mut found: BTreeMap<i64, String> = BTreeMap::new();
        let sql = format!(
            "SELECT seq, {column} FROM snapshots INDEXED BY {index} ORDER BY {column}, seq"
        );
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let whole = damaged.walk(&sql, read, |(seq, text)| drop(found.insert(seq, text)));
        (found, whole)
    };
    let (mut by_audience, lists_all) = named("snapshots_by_audience", "audience");
    let (ids, _) = named("sqlite_autoindex_snapshots_1", "id");
    anew.write_blocking(move |tx| {
        let mut there = Vec::new();
        let mut query = tx.prepare("SELECT seq, id, audience, doc FROM snapshots")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (seq, audience): (i64, String) = (row.get(0)?, row.get(2)?);
            let (id, doc) = (SnapshotId(row.get(1)?), row.get::<_, Option<String>>(3)?);
            by_audience.remove(&seq);
            there.push((seq, id, AudienceId(audience), doc));
        }
        let named = |seq: &i64| by_audience.contains_key(seq);
        let knows_newest =
            lists_all || (read.knows_all_snapshots && read.unread_snapshots.iter().all(named));
        for (seq, id, audience, doc) in &there {
            // One that was still being imported has no document, and is swept.
            let whole = doc.as_deref().map(|doc| is_whole(tx, &from_json(doc)?));
            if !whole.unwrap_or(Ok(true))? {
                snapshots::mark_lost(tx, *seq, id, audience)?;
            }
        }
        for (seq, audience) in &by_audience {
            let id = ids.get(seq).cloned();
            let id = SnapshotId(id.unwrap_or_else(|| format!("lost_{seq}")));
            snapshots::mark_lost(tx, *seq, &id, &AudienceId(audience.clone()))?;
        }
        if !knows_newest {
            let seqs = there.iter().map(|(seq, ..)| seq).chain(by_audience.keys());
            let last = seqs.copied().max().unwrap_or(0);
            let mut audiences: Vec<_> = there.into_iter().map(|(_, _, one, _)| one).collect();
            audiences.sort_unstable_by(|a, b| a.as_str().cmp(b.as_str()));
            audiences.dedup();
            for (audience, seq) in audiences.iter().zip(last + 1..) {
                snapshots::mark_lost(tx, seq, &SnapshotId(format!("lost_{seq}")), audience)?;
            }
        }
        for table in ["snapshot_columns", "snapshot_blocks"] {
            let sql =
                format!("DELETE FROM {table} WHERE snapshot NOT IN (SELECT id FROM snapshots)");
            tx.execute(&sql, [])?;
        }
        Ok(())
    })
}

/// Whether a snapshot's blocks follow one another from its first row to its last.
fn is_whole(tx: &Tx<'_>, snapshot: &Snapshot) -> Result<bool, StoreError> {
    let mut next = 0;
    for (first_row, rows) in snapshots::blocks(tx, &snapshot.id)? {
        if first_row != next {
            return Ok(false);
        }
        next += rows;
    }
    Ok(next == snapshot.rows)
}
