//! What was told of syncs, to whom it still has to be told, and where alerts go.

use super::{from_json, to_json};
use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use usher_model::{RunId, SyncId, Timestamp};

pub(crate) const MIGRATION: &str = "
CREATE TABLE alert_marks (
    sync TEXT PRIMARY KEY,
    doc  TEXT NOT NULL
) STRICT;
CREATE TABLE alerts (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    sync    TEXT NOT NULL,
    run     TEXT,
    made_at INTEGER NOT NULL,
    open    INTEGER NOT NULL,
    doc     TEXT NOT NULL
) STRICT;
CREATE INDEX alerts_open ON alerts (seq) WHERE open;
CREATE INDEX alerts_run ON alerts (run);
CREATE TABLE alert_channels (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    doc TEXT NOT NULL
) STRICT;";

/// What was told of a sync so far, if anything is to be told of it.
pub fn mark<T: DeserializeOwned>(db: &Db, sync: &SyncId) -> Result<Option<T>, StoreError> {
    let sql = "SELECT doc FROM alert_marks WHERE sync = ?1";
    let found: Option<String> = db
        .prepare_cached(sql)?
        .query_row([sync.as_str()], |row| row.get(0))
        .optional()?;
    found.map(|doc| from_json(&doc)).transpose()
}

/// Notes what was told of it.
pub fn put_mark<T: Serialize>(db: &Db, sync: &SyncId, mark: &T) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO alert_marks (sync, doc) VALUES (?1, ?2)";
    db.prepare_cached(sql)?
        .execute([sync.as_str(), &to_json(mark)?])?;
    Ok(())
}

/// Forgets what was told of a sync of which nothing is to be told any more.
pub fn remove_mark(db: &Db, sync: &SyncId) -> Result<(), StoreError> {
    db.execute("DELETE FROM alert_marks WHERE sync = ?1", [sync.as_str()])?;
    Ok(())
}

/// Forgets a sync's alerts with it.
pub fn remove(db: &Db, sync: &SyncId) -> Result<(), StoreError> {
    remove_mark(db, sync)?;
    db.execute("DELETE FROM alerts WHERE sync = ?1", [sync.as_str()])?;
    Ok(())
}

/// What an alert is kept under.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Opaque.
    pub id: &'a str,
    /// Of which sync it is.
    pub sync: &'a SyncId,
    /// Of which run, where there is one.
    pub run: Option<&'a RunId>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Keeps a new alert, which has to be told.
pub fn insert<T: Serialize>(db: &Db, place: Place<'_>, doc: &T) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO alerts (id, sync, run, made_at, open, doc) VALUES (?1, ?2, ?3, ?4, 1, ?5)";
    let run = place.run.map(RunId::as_str);
    db.prepare_cached(sql)?.execute(params![
        place.id,
        place.sync.as_str(),
        run,
        place.made_at.0,
        to_json(doc)?
    ])?;
    Ok(())
}

/// Changes an alert. `change` says whether it still has to be told to anybody. One that is
/// gone with its sync stays gone.
pub fn edit<T: Serialize + DeserializeOwned>(
    db: &Db,
    id: &str,
    change: impl FnOnce(&mut T) -> bool,
) -> Result<(), StoreError> {
    let found: Option<String> = db
        .prepare_cached("SELECT doc FROM alerts WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(found) = found else { return Ok(()) };
    let mut doc: T = from_json(&found)?;
    let open = change(&mut doc);
    db.prepare_cached("UPDATE alerts SET open = ?2, doc = ?3 WHERE id = ?1")?
        .execute(params![id, open, to_json(&doc)?])?;
    Ok(())
}

/// Alerts that still have to be told to somebody, oldest first.
pub fn open<T: DeserializeOwned>(db: &Db) -> Result<Vec<T>, StoreError> {
    let mut query = db.prepare_cached("SELECT doc FROM alerts WHERE open ORDER BY seq")?;
    let docs = query.query_map([], |row| row.get::<_, String>(0))?;
    docs.map(|doc| from_json(&doc?)).collect()
}

/// All alerts, or those of a sync, newest first.
pub fn all<T: DeserializeOwned>(db: &Db, sync: Option<&SyncId>) -> Result<Vec<T>, StoreError> {
    let sql = "SELECT doc FROM alerts WHERE ?1 IS NULL OR sync = ?1 ORDER BY seq DESC";
    let mut query = db.prepare_cached(sql)?;
    let docs = query.query_map([sync.map(SyncId::as_str)], |row| row.get::<_, String>(0))?;
    docs.map(|doc| from_json(&doc?)).collect()
}

/// The alerts of a run, oldest first.
pub fn of_run<T: DeserializeOwned>(db: &Db, run: &str) -> Result<Vec<T>, StoreError> {
    let mut query = db.prepare_cached("SELECT doc FROM alerts WHERE run = ?1 ORDER BY seq")?;
    let docs = query.query_map([run], |row| row.get::<_, String>(0))?;
    docs.map(|doc| from_json(&doc?)).collect()
}

/// Forgets alerts that were made before this and have been told.
pub fn sweep(db: &Db, before: Timestamp) -> Result<(), StoreError> {
    let sql = "DELETE FROM alerts WHERE NOT open AND made_at < ?1";
    db.execute(sql, [before.0])?;
    Ok(())
}

/// Where alerts go beside the desktop.
pub fn channels<T: DeserializeOwned>(db: &Db) -> Result<Option<T>, StoreError> {
    let found: Option<String> = db
        .prepare_cached("SELECT doc FROM alert_channels")?
        .query_row([], |row| row.get(0))
        .optional()?;
    found.map(|doc| from_json(&doc)).transpose()
}

/// Notes where they go.
pub fn put_channels<T: Serialize>(db: &Db, channels: &T) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO alert_channels (one, doc) VALUES (1, ?1)";
    db.execute(sql, [to_json(channels)?])?;
    Ok(())
}
