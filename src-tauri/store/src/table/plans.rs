//! Plans that were shown and may be sent: a document, and what is intended for
//! each row, in columns.
//!
//! A plan names the snapshot and the readings that it was made from; the words
//! for a person are made from all three. Equal plans share their columns.

use super::{from_json, to_json};
use crate::block;
use crate::error::StoreError;
use arrow_array::RecordBatch;
use rusqlite::{Connection as Db, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use usher_model::{PlanId, SnapshotId, SyncId};

pub(crate) const MIGRATION: &str = "
CREATE TABLE plans (
    seq       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    sync      TEXT NOT NULL,
    snapshot  TEXT NOT NULL,
    readings  TEXT NOT NULL,
    digest    TEXT NOT NULL DEFAULT '',
    published INTEGER NOT NULL DEFAULT 0,
    doc       TEXT,
    content   TEXT NOT NULL DEFAULT '',
    columns   TEXT NOT NULL
) STRICT;
CREATE INDEX plans_by_sync ON plans (sync, digest, seq);
CREATE TABLE plan_blocks (
    columns TEXT NOT NULL,
    part    TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    block   BLOB NOT NULL,
    PRIMARY KEY (columns, part, seq)
) STRICT;";

/// What a block of a plan is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The audience's rows, in order.
    Rows,
    /// Those who leave the list.
    Leavers,
}

impl Part {
    fn as_str(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Leavers => "leavers",
        }
    }
}

/// Begins a plan that nobody sees yet, made from this snapshot and these readings.
pub fn begin(
    db: &Db,
    id: &PlanId,
    sync: &SyncId,
    snapshot: &SnapshotId,
    readings: &[i64],
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO plans (id, sync, snapshot, readings, columns) VALUES (?1, ?2, ?3, ?4, ?1)";
    let readings = to_json(&readings)?;
    db.execute(
        sql,
        [id.as_str(), sync.as_str(), snapshot.as_str(), &readings],
    )?;
    Ok(())
}

/// Adds a block; an error once the plan was forgotten.
pub fn add_block(
    db: &Db,
    id: &PlanId,
    part: Part,
    seq: u64,
    block: &[u8],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO plan_blocks (columns, part, seq, block)
               SELECT columns, ?2, ?3, ?4 FROM plans WHERE id = ?1";
    let added = db
        .prepare_cached(sql)?
        .execute(params![id.as_str(), part.as_str(), seq, block])?;
    if added == 1 { Ok(()) } else { Err(gone(id)) }
}

/// Lets a plan have the columns of a published one of its sync that was made from
/// the same and has the same content; says whether there is one.
pub fn share(db: &Db, id: &PlanId, content: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE plans SET columns = other.columns FROM plans other
               WHERE plans.id = ?1 AND other.content = ?2 AND other.published = 1
               AND other.sync = plans.sync AND other.snapshot = plans.snapshot
               AND other.readings = plans.readings";
    Ok(db.execute(sql, [id.as_str(), content])? > 0)
}

/// Publishes it under its digest and the mark of its columns, with its document;
/// an error once it was forgotten.
pub fn publish<T: Serialize>(
    db: &Db,
    id: &PlanId,
    digest: &str,
    content: &str,
    doc: &T,
) -> Result<(), StoreError> {
    let sql = "UPDATE plans SET published = 1, digest = ?2, content = ?3, doc = ?4 WHERE id = ?1";
    let published = db.execute(sql, [id.as_str(), digest, content, &to_json(doc)?])?;
    if published == 1 {
        Ok(())
    } else {
        Err(gone(id))
    }
}

/// The newest stored plan of a sync with this digest.
pub fn find<T: DeserializeOwned>(
    db: &Db,
    sync: &SyncId,
    digest: &str,
) -> Result<Option<(PlanId, T)>, StoreError> {
    let sql = "SELECT id, doc FROM plans WHERE sync = ?1 AND digest = ?2 AND published = 1 ORDER BY seq DESC LIMIT 1";
    let row: Option<(String, String)> = db
        .prepare_cached(sql)?
        .query_row([sync.as_str(), digest], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    row.map(|(id, doc)| Ok((PlanId(id), from_json(&doc)?)))
        .transpose()
}

/// The document of a plan; an error once it was forgotten.
pub fn get<T: DeserializeOwned>(db: &Db, id: &PlanId) -> Result<T, StoreError> {
    let sql = "SELECT doc FROM plans WHERE id = ?1 AND published = 1";
    let doc: Option<String> = db
        .prepare_cached(sql)?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    from_json(&doc.ok_or_else(|| gone(id))?)
}

/// How many blocks a part of a plan has. A plan that was forgotten is an
/// error, never a plan without people.
pub fn blocks(db: &Db, id: &PlanId, part: Part) -> Result<u64, StoreError> {
    let sql =
        "SELECT (SELECT COUNT(*) FROM plan_blocks b WHERE b.columns = plans.columns AND part = ?2)
               FROM plans WHERE id = ?1 AND published = 1";
    let count = db
        .prepare_cached(sql)?
        .query_row([id.as_str(), part.as_str()], |row| row.get(0))
        .optional()?;
    count.ok_or_else(|| gone(id))
}

/// A block of a plan.
pub fn block(db: &Db, id: &PlanId, part: Part, seq: u64) -> Result<RecordBatch, StoreError> {
    let sql = "SELECT b.block FROM plans JOIN plan_blocks b ON b.columns = plans.columns
               WHERE plans.id = ?1 AND b.part = ?2 AND b.seq = ?3";
    let bytes: Option<Vec<u8>> = db
        .prepare_cached(sql)?
        .query_row(params![id.as_str(), part.as_str(), seq], |row| row.get(0))
        .optional()?;
    block::decode(&bytes.ok_or_else(|| gone(id))?)
}

/// Forgets a plan, with what was kept of it so far.
pub fn remove(db: &Db, id: &PlanId) -> Result<(), StoreError> {
    db.execute("DELETE FROM plans WHERE id = ?1", [id.as_str()])?;
    remove_unused_blocks(db)
}

/// Forgets all plans, those that are being made too; says how many.
pub fn remove_all(db: &Db) -> Result<u64, StoreError> {
    db.execute("DELETE FROM plan_blocks", [])?;
    Ok(db.execute("DELETE FROM plans", [])? as u64)
}

/// Forgets the plans of a sync but its newest `keep`.
pub fn prune(db: &Db, sync: &SyncId, keep: u32) -> Result<(), StoreError> {
    let old = "SELECT id FROM plans WHERE sync = ?1 AND published = 1 ORDER BY seq DESC LIMIT -1 OFFSET ?2";
    db.execute(
        &format!("DELETE FROM plans WHERE id IN ({old})"),
        params![sync.as_str(), keep],
    )?;
    remove_unused_blocks(db)
}

/// Forgets the plans that were made from a snapshot that is forgotten.
pub fn remove_of_snapshot(db: &Db, snapshot: &SnapshotId) -> Result<(), StoreError> {
    db.execute("DELETE FROM plans WHERE snapshot = ?1", [snapshot.as_str()])?;
    remove_unused_blocks(db)
}

/// The readings that plans were made from.
pub fn readings(db: &Db) -> Result<Vec<i64>, StoreError> {
    let mut query = db.prepare_cached("SELECT DISTINCT readings FROM plans")?;
    let docs = query.query_map([], |row| row.get::<_, String>(0))?;
    let mut all = Vec::new();
    for doc in docs {
        all.extend(from_json::<Vec<i64>>(&doc?)?);
    }
    Ok(all)
}

/// Forgets what a crash left unfinished.
pub fn sweep(db: &Db) -> Result<(), StoreError> {
    db.execute("DELETE FROM plans WHERE published = 0", [])?;
    remove_unused_blocks(db)
}

fn remove_unused_blocks(db: &Db) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM plan_blocks WHERE columns NOT IN (SELECT columns FROM plans)",
        [],
    )?;
    Ok(())
}

fn gone(id: &PlanId) -> StoreError {
    StoreError::NotFound {
        kind: "plan",
        name: id.to_string(),
    }
}
