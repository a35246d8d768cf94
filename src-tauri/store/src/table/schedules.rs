//! When each sync runs next by itself.

use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, params};
use usher_model::{SyncId, Timestamp};

pub(crate) const MIGRATION: &str = "
CREATE TABLE schedules (
    sync    TEXT PRIMARY KEY,
    since   INTEGER NOT NULL,
    next_at INTEGER
) STRICT;";

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

/// Forgets it with its sync, or with its schedule.
pub fn remove(db: &Db, sync: &SyncId) -> Result<(), StoreError> {
    db.execute("DELETE FROM schedules WHERE sync = ?1", [sync.as_str()])?;
    Ok(())
}
