//! When each sync runs next by itself, and which have to run for a change of their audience.

use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, params};
use usher_model::{SyncId, Timestamp};

pub(crate) const MIGRATION: &str = "
CREATE TABLE schedules (
    sync    TEXT PRIMARY KEY,
    since   INTEGER NOT NULL,
    next_at INTEGER
) STRICT;";

pub(crate) const OWED: &str = "
CREATE TABLE owed_runs (
    sync TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;";

/// How far a sync's schedule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// When the schedule was given, from which intervals are counted.
    pub since: Timestamp,
    /// The next time that was not dealt with; none when no time is left.
    pub next_at: Option<Timestamp>,
}

/// A sync's, if it has a schedule.
pub fn of(db: &Db, sync: &SyncId) -> Result<Option<Turn>, StoreError> {
    let sql = "SELECT since, next_at FROM schedules WHERE sync = ?1";
    let found = db.prepare_cached(sql)?.query_row([sync.as_str()], |row| {
        Ok(Turn {
            since: Timestamp(row.get(0)?),
            next_at: row.get::<_, Option<i64>>(1)?.map(Timestamp),
        })
    });
    Ok(found.optional()?)
}

/// Notes how far it is.
pub fn put(db: &Db, sync: &SyncId, turn: &Turn) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO schedules (sync, since, next_at) VALUES (?1, ?2, ?3)";
    let next_at = turn.next_at.map(|at| at.0);
    db.prepare_cached(sql)?
        .execute(params![sync.as_str(), turn.since.0, next_at])?;
    Ok(())
}

/// Notes that a sync has to run, for its audience changed.
pub fn owe(db: &Db, sync: &SyncId) -> Result<(), StoreError> {
    db.prepare_cached("INSERT OR IGNORE INTO owed_runs (sync) VALUES (?1)")?
        .execute([sync.as_str()])?;
    Ok(())
}

/// A run of it began, or there is none to begin.
pub fn owe_no_more(db: &Db, sync: &SyncId) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM owed_runs WHERE sync = ?1")?
        .execute([sync.as_str()])?;
    Ok(())
}

/// The syncs that have to run.
pub fn owed(db: &Db) -> Result<Vec<SyncId>, StoreError> {
    let mut query = db.prepare_cached("SELECT sync FROM owed_runs")?;
    let syncs = query.query_map([], |row| row.get(0).map(SyncId))?;
    Ok(syncs.collect::<Result<_, _>>()?)
}

/// Forgets it with its sync, or with its schedule.
pub fn remove(db: &Db, sync: &SyncId) -> Result<(), StoreError> {
    db.execute("DELETE FROM schedules WHERE sync = ?1", [sync.as_str()])?;
    Ok(())
}
