//! Plans that were shown and may be sent: a document, and a line a person.

use super::{from_json, from_lines, to_json, to_lines};
use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use usher_model::{PlanId, SyncId};

pub(crate) const MIGRATION: &str = "
CREATE TABLE plans (
    seq       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    sync      TEXT NOT NULL,
    digest    TEXT NOT NULL DEFAULT '',
    published INTEGER NOT NULL DEFAULT 0,
    doc       TEXT
) STRICT;
CREATE INDEX plans_by_sync ON plans (sync, digest, seq);
CREATE TABLE plan_people (
    plan  TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    block BLOB NOT NULL,
    PRIMARY KEY (plan, seq)
) STRICT;";

/// Begins a plan that nobody sees yet.
pub fn begin(db: &Db, id: &PlanId, sync: &SyncId) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO plans (id, sync) VALUES (?1, ?2)",
        [id.as_str(), sync.as_str()],
    )?;
    Ok(())
}

/// Adds people, in order; an error once the plan was forgotten.
pub fn add_people<T: Serialize>(
    db: &Db,
    id: &PlanId,
    seq: u64,
    people: &[T],
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO plan_people (plan, seq, block) SELECT id, ?2, ?3 FROM plans WHERE id = ?1";
    let added = db
        .prepare_cached(sql)?
        .execute(params![id.as_str(), seq, to_lines(people)?])?;
    if added == 1 { Ok(()) } else { Err(gone(id)) }
}

/// Publishes it under its digest, with its document; an error once it was forgotten.
pub fn publish<T: Serialize>(
    db: &Db,
    id: &PlanId,
    digest: &str,
    doc: &T,
) -> Result<(), StoreError> {
    let sql = "UPDATE plans SET published = 1, digest = ?2, doc = ?3 WHERE id = ?1";
    let published = db.execute(sql, [id.as_str(), digest, &to_json(doc)?])?;
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

/// Gives the blocks of a plan's people to `take`, in order. A plan that was
/// forgotten is an error, never a plan without people.
pub fn each_block<T: DeserializeOwned, E: From<StoreError>>(
    db: &Db,
    id: &PlanId,
    mut take: impl FnMut(Vec<T>) -> Result<(), E>,
) -> Result<(), E> {
    let read = |error: rusqlite::Error| E::from(StoreError::from(error));
    let sql = "SELECT block FROM plans LEFT JOIN plan_people ON plan = id WHERE id = ?1 ORDER BY plan_people.seq";
    let mut query = db.prepare_cached(sql).map_err(read)?;
    let mut rows = query.query([id.as_str()]).map_err(read)?;
    let mut is_there = false;
    while let Some(row) = rows.next().map_err(read)? {
        is_there = true;
        if let Some(block) = row.get::<_, Option<Vec<u8>>>(0).map_err(read)? {
            take(from_lines(&block)?)?;
        }
    }
    if is_there {
        Ok(())
    } else {
        Err(gone(id).into())
    }
}

/// Forgets all plans, those that are being made too; says how many.
pub fn remove_all(db: &Db) -> Result<u64, StoreError> {
    db.execute("DELETE FROM plan_people", [])?;
    Ok(db.execute("DELETE FROM plans", [])? as u64)
}

/// Forgets the plans of a sync but its newest `keep`.
pub fn prune(db: &Db, sync: &SyncId, keep: u32) -> Result<(), StoreError> {
    let old = "SELECT id FROM plans WHERE sync = ?1 AND published = 1 ORDER BY seq DESC LIMIT -1 OFFSET ?2";
    db.execute(
        &format!("DELETE FROM plan_people WHERE plan IN ({old})"),
        params![sync.as_str(), keep],
    )?;
    db.execute(
        &format!("DELETE FROM plans WHERE id IN ({old})"),
        params![sync.as_str(), keep],
    )?;
    Ok(())
}

/// Forgets what a crash left unfinished.
pub fn sweep(db: &Db) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM plan_people WHERE plan IN (SELECT id FROM plans WHERE published = 0)",
        [],
    )?;
    db.execute("DELETE FROM plans WHERE published = 0", [])?;
    Ok(())
}

fn gone(id: &PlanId) -> StoreError {
    StoreError::NotFound {
        kind: "plan",
        name: id.to_string(),
    }
}
