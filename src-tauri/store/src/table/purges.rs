//! How far the values of runs that are over, and then their people, were taken out of them.

use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, params};
use usher_model::{RunId, Timestamp};

pub(crate) const MIGRATION: &str = "
CREATE TABLE purges (
    run     TEXT PRIMARY KEY,
    people  INTEGER NOT NULL,
    batches INTEGER NOT NULL,
    done_at INTEGER
) STRICT;";

pub(crate) const PEOPLE: &str = "ALTER TABLE purges ADD COLUMN people_at INTEGER;";

/// What was taken out of a run so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purge {
    /// The last block of people without values; -1 before the first.
    pub people: i64,
    /// The last batch without values; 0 before the first.
    pub batches: i64,
    /// When the last of them had gone.
    pub done_at: Option<Timestamp>,
    /// When its people went as a whole.
    pub people_at: Option<Timestamp>,
}

impl Default for Purge {
    fn default() -> Self {
        Self {
            people: -1,
            batches: 0,
            done_at: None,
            people_at: None,
        }
    }
}

/// What was taken out of a run.
pub fn of(db: &Db, run: &RunId) -> Result<Purge, StoreError> {
    let sql = "SELECT people, batches, done_at, people_at FROM purges WHERE run = ?1";
    let found = db.prepare_cached(sql)?.query_row([run.as_str()], |row| {
        Ok(Purge {
            people: row.get(0)?,
            batches: row.get(1)?,
            done_at: row.get::<_, Option<i64>>(2)?.map(Timestamp),
            people_at: row.get::<_, Option<i64>>(3)?.map(Timestamp),
        })
    });
    Ok(found.optional()?.unwrap_or_default())
}

/// Notes how far it is.
pub fn put(db: &Db, run: &RunId, purge: &Purge) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO purges (run, people, batches, done_at, people_at)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    db.prepare_cached(sql)?.execute(params![
        run.as_str(),
        purge.people,
        purge.batches,
        purge.done_at.map(|at| at.0),
        purge.people_at.map(|at| at.0),
    ])?;
    Ok(())
}

/// Forgets it with its run.
pub fn remove(db: &Db, run: &RunId) -> Result<(), StoreError> {
    db.execute("DELETE FROM purges WHERE run = ?1", [run.as_str()])?;
    Ok(())
}
