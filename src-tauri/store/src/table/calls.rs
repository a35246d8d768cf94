//! The calls of the last seconds and of the day, by service instance, so that
//! limits hold across processes and restarts.

use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, params};

pub(crate) const MIGRATION: &str = "
CREATE TABLE calls (
    id       INTEGER PRIMARY KEY,
    instance TEXT NOT NULL,
    free_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX calls_by_instance ON calls (instance, free_at);
CREATE TABLE call_days (
    instance TEXT NOT NULL,
    day      TEXT NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (instance, day)
) STRICT, WITHOUT ROWID;";

pub(crate) const OTHERS: &str = "
CREATE TABLE call_others (
    instance TEXT PRIMARY KEY,
    day      TEXT NOT NULL,
    count    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;";

/// Notes a call before it starts. `free_at` (milliseconds since 1970) is when
/// its slot is free at the latest, should nothing be heard of it; `day` counts
/// it. What was free at `now` is forgotten.
pub fn start(
    db: &Db,
    instance: &str,
    now: i64,
    free_at: i64,
    day: &str,
) -> Result<i64, StoreError> {
    db.prepare_cached("DELETE FROM calls WHERE free_at <= ?1")?
        .execute([now])?;
    db.prepare_cached("INSERT INTO calls (instance, free_at) VALUES (?1, ?2)")?
        .execute(params![instance, free_at])?;
    let id = db.last_insert_rowid();
    let sql = "INSERT INTO call_days (instance, day, count) VALUES (?1, ?2, 1)
               ON CONFLICT (instance, day) DO UPDATE SET count = count + 1";
    db.prepare_cached(sql)?.execute([instance, day])?;
    Ok(id)
}

/// Notes when the slot of a call that ended is free.
pub fn end(db: &Db, id: i64, free_at: i64) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE calls SET free_at = ?2 WHERE id = ?1")?
        .execute([id, free_at])?;
    Ok(())
}

/// Brings slots of an instance back that are free later than any can be, by a clock that
/// was ahead.
pub fn free_by(db: &Db, instance: &str, latest: i64) -> Result<(), StoreError> {
    let sql = "UPDATE calls SET free_at = ?2 WHERE instance = ?1 AND free_at > ?2";
    db.prepare_cached(sql)?.execute(params![instance, latest])?;
    Ok(())
}

/// Puts the slots of an instance off by so many milliseconds, by which a clock leapt ahead.
pub fn put_off(db: &Db, instance: &str, leap: i64) -> Result<(), StoreError> {
    let sql = "UPDATE calls SET free_at = free_at + ?2 WHERE instance = ?1";
    db.prepare_cached(sql)?.execute(params![instance, leap])?;
    Ok(())
}

/// Forgets a call that never left.
pub fn unsent(db: &Db, id: i64, instance: &str, day: &str) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM calls WHERE id = ?1")?
        .execute([id])?;
    let sql = "UPDATE call_days SET count = count - 1 WHERE instance = ?1 AND day = ?2";
    db.prepare_cached(sql)?.execute([instance, day])?;
    Ok(())
}

/// When the slot will be free that has to be, for one more call to be among
/// `most` at once; nothing when there is room now.
pub fn full_until(db: &Db, instance: &str, now: i64, most: u32) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT free_at FROM calls WHERE instance = ?1 AND free_at > ?2
               ORDER BY free_at DESC LIMIT 1 OFFSET ?3";
    let row = params![instance, now, most.saturating_sub(1)];
    Ok(db
        .prepare_cached(sql)?
        .query_row(row, |row| row.get(0))
        .optional()?)
}

/// The calls of a day.
pub fn on_day(db: &Db, instance: &str, day: &str) -> Result<u64, StoreError> {
    let sql = "SELECT count FROM call_days WHERE instance = ?1 AND day = ?2";
    Ok(db
        .prepare_cached(sql)?
        .query_row([instance, day], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

/// Notes how many calls others made on a day, as far as the service said.
pub fn note_others(db: &Db, instance: &str, day: &str, count: u64) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO call_others (instance, day, count) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)?
        .execute(params![instance, day, count])?;
    Ok(())
}

/// The calls of others on a day, as far as the service said.
pub fn others_on(db: &Db, instance: &str, day: &str) -> Result<u64, StoreError> {
    let sql = "SELECT count FROM call_others WHERE instance = ?1 AND day = ?2";
    Ok(db
        .prepare_cached(sql)?
        .query_row([instance, day], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}
