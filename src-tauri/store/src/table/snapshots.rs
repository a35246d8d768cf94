//! Audiences as of a time: blocks of rows, and beside each block flat columns of
//! hashes, of keys and of values, for every column that was asked for.
//!
//! A snapshot is marked building until its last commit publishes it; what a
//! crash left building is swept at start. One that damage took rows from stays
//! as the audience's newest, marked lost: neither it nor an older one is taken
//! for the audience until the file is imported again.

use super::{from_json, to_json};
use crate::block;
use crate::error::StoreError;
use arrow_array::RecordBatch;
use rusqlite::{Connection as Db, OptionalExtension, params};
use usher_model::{AudienceId, Snapshot, SnapshotId};

/// The table `snapshots` itself is as it was made at first.
pub(crate) const MIGRATION: &str = "
CREATE TABLE snapshot_blocks (
    snapshot  TEXT NOT NULL,
    first_row INTEGER NOT NULL,
    rows      INTEGER NOT NULL,
    block     BLOB NOT NULL,
    PRIMARY KEY (snapshot, first_row)
) STRICT;
CREATE TABLE snapshot_columns (
    snapshot  TEXT NOT NULL,
    column_at INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    first_row INTEGER NOT NULL,
    hashes    BLOB NOT NULL,
    PRIMARY KEY (snapshot, column_at, kind, first_row)
) STRICT;";

/// Begins a snapshot that nobody sees yet.
pub fn begin(db: &Db, id: &SnapshotId, audience: &AudienceId) -> Result<(), StoreError> {
    let sql = "INSERT INTO snapshots (id, audience, published) VALUES (?1, ?2, 0)";
    db.execute(sql, [id.as_str(), audience.as_str()])?;
    Ok(())
}

/// Adds rows from `first_row` (0-based) on; `block` is an encoded record batch.
pub fn add_block(
    db: &Db,
    id: &SnapshotId,
    first_row: u64,
    rows: u64,
    block: &[u8],
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO snapshot_blocks (snapshot, first_row, rows, block) VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?
        .execute(params![id.as_str(), first_row, rows, block])?;
    Ok(())
}

/// Adds what one column is as hashes of a kind, for the rows from `first_row`
/// (0-based) on, packed by [`block::encode_bytes`].
pub fn put_column(
    db: &Db,
    id: &SnapshotId,
    column: usize,
    kind: &str,
    first_row: u64,
    hashes: &[u8],
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO snapshot_columns (snapshot, column_at, kind, first_row, hashes) VALUES (?1, ?2, ?3, ?4, ?5)";
    db.prepare_cached(sql)?
        .execute(params![id.as_str(), column, kind, first_row, hashes])?;
    Ok(())
}

/// Publishes it: from here on it is the audience's newest, and a lost one that
/// it makes up for is forgotten.
pub fn publish(db: &Db, snapshot: &Snapshot) -> Result<(), StoreError> {
    let sql = "UPDATE snapshots SET published = 1, doc = ?2 WHERE id = ?1";
    db.execute(sql, [snapshot.id.as_str(), &to_json(snapshot)?])?;
    let made_up_for = "SELECT id FROM snapshots WHERE audience = ?1 AND published = 2
                       AND seq < (SELECT seq FROM snapshots WHERE id = ?2)";
    let mut query = db.prepare_cached(made_up_for)?;
    let lost: Vec<String> = query
        .query_map([snapshot.audience.as_str(), snapshot.id.as_str()], |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    lost.into_iter()
        .try_for_each(|id| remove(db, &SnapshotId(id)))
}

/// A snapshot that damage took rows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LostSnapshot {
    /// The rows it had, where that is still known.
    pub rows: Option<u64>,
    /// Those of them that still read.
    pub readable: u64,
}

/// Marks a snapshot as lost, by its place among all of them; one whose row is
/// lost too is begun anew there.
pub(crate) fn mark_lost(
    db: &Db,
    seq: i64,
    id: &SnapshotId,
    audience: &AudienceId,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO snapshots (seq, id, audience, published) VALUES (?1, ?2, ?3, 2)
               ON CONFLICT (seq) DO UPDATE SET published = 2";
    db.execute(sql, params![seq, id.as_str(), audience.as_str()])?;
    Ok(())
}

/// The audience's newest snapshot, if it is lost.
pub fn lost(db: &Db, audience: &AudienceId) -> Result<Option<LostSnapshot>, StoreError> {
    let sql = "SELECT id, published, doc FROM snapshots WHERE audience = ?1 AND published > 0
               ORDER BY seq DESC LIMIT 1";
    let newest: Option<(String, i64, Option<String>)> = db
        .prepare_cached(sql)?
        .query_row([audience.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((id, 2, doc)) = newest else {
        return Ok(None);
    };
    let whole: Option<Snapshot> = doc.map(|doc| from_json(&doc)).transpose()?;
    let there = blocks(db, &SnapshotId(id))?;
    Ok(Some(LostSnapshot {
        rows: whole.map(|snapshot| snapshot.rows),
        readable: there.into_iter().map(|(_, rows)| rows).sum(),
    }))
}

/// Forgets the rows that are left of lost snapshots, which stay marked.
pub fn forget_lost_rows(db: &Db) -> Result<(), StoreError> {
    for table in ["snapshot_columns", "snapshot_blocks"] {
        db.execute(
            &format!(
                "DELETE FROM {table} WHERE snapshot IN (SELECT id FROM snapshots WHERE published = 2)"
            ),
            [],
        )?;
    }
    Ok(())
}

/// The audience's published snapshots, newest first; those that a lost one came
/// after are not offered in its place.
pub fn of_audience(db: &Db, audience: &AudienceId) -> Result<Vec<Snapshot>, StoreError> {
    let sql = "SELECT doc FROM snapshots WHERE audience = ?1 AND published = 1
               AND seq > (SELECT COALESCE(MAX(seq), 0) FROM snapshots WHERE audience = ?1 AND published = 2)
               ORDER BY seq DESC";
    let mut query = db.prepare_cached(sql)?;
    let docs = query.query_map([audience.as_str()], |row| row.get::<_, String>(0))?;
    docs.map(|doc| from_json(&doc?)).collect()
}

/// The snapshot of this id, if it is published and still here.
pub fn get(db: &Db, id: &SnapshotId) -> Result<Option<Snapshot>, StoreError> {
    let sql = "SELECT doc FROM snapshots WHERE id = ?1 AND published = 1";
    let doc: Option<String> = db
        .prepare_cached(sql)?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    doc.map(|doc| from_json(&doc)).transpose()
}

/// Where the blocks are: first row (0-based) and rows of each, in order.
pub fn blocks(db: &Db, id: &SnapshotId) -> Result<Vec<(u64, u64)>, StoreError> {
    let sql = "SELECT first_row, rows FROM snapshot_blocks WHERE snapshot = ?1 ORDER BY first_row";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The rows of the block that starts at `first_row`.
pub fn block(db: &Db, id: &SnapshotId, first_row: u64) -> Result<RecordBatch, StoreError> {
    let sql = "SELECT block FROM snapshot_blocks WHERE snapshot = ?1 AND first_row = ?2";
    let bytes: Vec<u8> = db
        .prepare_cached(sql)?
        .query_row(params![id.as_str(), first_row], |row| row.get(0))?;
    block::decode(&bytes)
}

/// Some columns of the block that starts at `first_row`, by place and in that order.
pub fn block_columns(
    db: &Db,
    id: &SnapshotId,
    first_row: u64,
    columns: &[usize],
) -> Result<RecordBatch, StoreError> {
    let sql = "SELECT block FROM snapshot_blocks WHERE snapshot = ?1 AND first_row = ?2";
    let bytes: Vec<u8> = db
        .prepare_cached(sql)?
        .query_row(params![id.as_str(), first_row], |row| row.get(0))?;
    block::decode_columns(&bytes, columns)
}

/// What a column is as hashes of a kind, for the block that starts at
/// `first_row`, if that is kept; damaged ones are not, since they can be made
/// again from the rows.
pub fn column(
    db: &Db,
    id: &SnapshotId,
    column: usize,
    kind: &str,
    first_row: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT hashes FROM snapshot_columns WHERE snapshot = ?1 AND column_at = ?2 AND kind = ?3 AND first_row = ?4";
    let bytes: Option<Vec<u8>> = db
        .prepare_cached(sql)?
        .query_row(params![id.as_str(), column, kind, first_row], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(bytes.and_then(|bytes| block::decode_bytes(&bytes).ok()))
}

/// The blocks, by first row, beside which a column is kept as hashes of a kind.
pub fn kept_columns(
    db: &Db,
    id: &SnapshotId,
    column: usize,
    kind: &str,
) -> Result<Vec<u64>, StoreError> {
    let sql = "SELECT first_row FROM snapshot_columns WHERE snapshot = ?1 AND column_at = ?2 AND kind = ?3";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map(params![id.as_str(), column, kind], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts other rows in the place of the block that starts at `first_row`.
pub fn replace_block(
    db: &Db,
    id: &SnapshotId,
    first_row: u64,
    block: &[u8],
) -> Result<(), StoreError> {
    let sql = "UPDATE snapshot_blocks SET block = ?3 WHERE snapshot = ?1 AND first_row = ?2";
    db.prepare_cached(sql)?
        .execute(params![id.as_str(), first_row, block])?;
    Ok(())
}

/// Forgets all columns of hashes of a block; they are made again from its text.
pub fn remove_columns(db: &Db, id: &SnapshotId, first_row: u64) -> Result<(), StoreError> {
    let sql = "DELETE FROM snapshot_columns WHERE snapshot = ?1 AND first_row = ?2";
    db.prepare_cached(sql)?
        .execute(params![id.as_str(), first_row])?;
    Ok(())
}

/// Forgets a snapshot with all its rows.
pub fn remove(db: &Db, id: &SnapshotId) -> Result<(), StoreError> {
    for table in ["snapshot_columns", "snapshot_blocks"] {
        db.execute(
            &format!("DELETE FROM {table} WHERE snapshot = ?1"),
            [id.as_str()],
        )?;
    }
    db.execute("DELETE FROM snapshots WHERE id = ?1", [id.as_str()])?;
    Ok(())
}

/// The ids of all snapshots, with their audience and whether they were published.
pub fn ids(db: &Db) -> Result<Vec<(SnapshotId, AudienceId, bool)>, StoreError> {
    let mut query =
        db.prepare_cached("SELECT id, audience, published FROM snapshots ORDER BY seq")?;
    let rows = query.query_map([], |row| {
        Ok((
            SnapshotId(row.get(0)?),
            AudienceId(row.get(1)?),
            row.get(2)?,
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
