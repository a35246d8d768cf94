//! Runs: a document each, and a line a person as the plan had it.

use super::{from_json, from_lines, to_json, to_lines};
use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use usher_model::{RunId, SyncId};

pub(crate) const MIGRATION: &str = "
CREATE TABLE runs (
    seq  INTEGER PRIMARY KEY,
    id   TEXT NOT NULL UNIQUE,
    sync TEXT NOT NULL,
    doc  TEXT NOT NULL
) STRICT;
CREATE INDEX runs_by_sync ON runs (sync, seq);
CREATE TABLE run_people (
    run   TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    block BLOB NOT NULL,
    PRIMARY KEY (run, seq)
) STRICT;";

pub(crate) const HELD: &str = "
CREATE TABLE held_runs (
    run TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;";

/// Notes that a run was asked to hold on, or to go on.
pub fn hold(db: &Db, id: &str, holds: bool) -> Result<(), StoreError> {
    let sql = match holds {
        true => "INSERT OR IGNORE INTO held_runs (run) VALUES (?1)",
        false => "DELETE FROM held_runs WHERE run = ?1",
    };
    db.prepare_cached(sql)?.execute([id])?;
    Ok(())
}

/// Whether a run was asked to hold on, and not to go on since.
pub fn is_held(db: &Db, id: &RunId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM held_runs WHERE run = ?1";
    Ok(db.prepare_cached(sql)?.exists([id.as_str()])?)
}

/// Keeps a new run.
pub fn insert<T: Serialize>(db: &Db, id: &RunId, sync: &SyncId, doc: &T) -> Result<(), StoreError> {
    let sql = "INSERT INTO runs (id, sync, doc) VALUES (?1, ?2, ?3)";
    db.execute(sql, [id.as_str(), sync.as_str(), &to_json(doc)?])?;
    Ok(())
}

/// Replaces a run's document.
pub fn replace<T: Serialize>(db: &Db, id: &RunId, doc: &T) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE runs SET doc = ?2 WHERE id = ?1")?
        .execute([id.as_str(), &to_json(doc)?])?;
    Ok(())
}

/// The run of this id.
pub fn find<T: DeserializeOwned>(db: &Db, id: &str) -> Result<T, StoreError> {
    let doc: Option<String> = db
        .prepare_cached("SELECT doc FROM runs WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    match doc {
        Some(doc) => from_json(&doc),
        None => Err(StoreError::NotFound {
            kind: "run",
            name: id.to_owned(),
        }),
    }
}

/// All runs, or those of a sync, newest first.
pub fn all<T: DeserializeOwned>(db: &Db, sync: Option<&SyncId>) -> Result<Vec<T>, StoreError> {
    let sql = "SELECT doc FROM runs WHERE ?1 IS NULL OR sync = ?1 ORDER BY seq DESC";
    let mut query = db.prepare_cached(sql)?;
    let docs = query.query_map([sync.map(SyncId::as_str)], |row| row.get::<_, String>(0))?;
    docs.map(|doc| from_json(&doc?)).collect()
}

/// The newest run of a sync.
pub fn newest<T: DeserializeOwned>(db: &Db, sync: &SyncId) -> Result<Option<T>, StoreError> {
    let sql = "SELECT doc FROM runs WHERE sync = ?1 ORDER BY seq DESC LIMIT 1";
    let doc: Option<String> = db
        .prepare_cached(sql)?
        .query_row([sync.as_str()], |row| row.get(0))
        .optional()?;
    doc.map(|doc| from_json(&doc)).transpose()
}

/// Adds the plan's people to a run, in order.
pub fn add_people<T: Serialize>(
    db: &Db,
    id: &RunId,
    seq: u64,
    people: &[T],
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO run_people (run, seq, block) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)?
        .execute(params![id.as_str(), seq, to_lines(people)?])?;
    Ok(())
}

/// Gives the blocks of a run's people to `take`, in order.
pub fn each_block<T: DeserializeOwned, E: From<StoreError>>(
    db: &Db,
    id: &RunId,
    mut take: impl FnMut(Vec<T>) -> Result<(), E>,
) -> Result<(), E> {
    let read = |error: rusqlite::Error| E::from(StoreError::from(error));
    let mut query = db
        .prepare_cached("SELECT block FROM run_people WHERE run = ?1 ORDER BY seq")
        .map_err(read)?;
    let mut rows = query.query([id.as_str()]).map_err(read)?;
    while let Some(row) = rows.next().map_err(read)? {
        take(from_lines(&row.get::<_, Vec<u8>>(0).map_err(read)?)?)?;
    }
    Ok(())
}

/// The places of the blocks of a run's people, in order.
pub fn people_blocks(db: &Db, id: &RunId) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT seq FROM run_people WHERE run = ?1 ORDER BY seq";
    let mut query = db.prepare_cached(sql)?;
    let places = query.query_map([id.as_str()], |row| row.get(0))?;
    Ok(places.collect::<Result<_, _>>()?)
}

/// One block of a run's people, by its place.
pub fn people_block<T: DeserializeOwned>(
    db: &Db,
    id: &RunId,
    seq: i64,
) -> Result<Vec<T>, StoreError> {
    let sql = "SELECT block FROM run_people WHERE run = ?1 AND seq = ?2";
    let block: Vec<u8> = db
        .prepare_cached(sql)?
        .query_row(params![id.as_str(), seq], |row| row.get(0))?;
    from_lines(&block)
}

/// Gives the blocks of a run's people to `change`, in order, and keeps those
/// anew of which it says that they changed.
pub fn edit_people<T: Serialize + DeserializeOwned>(
    db: &Db,
    id: &RunId,
    mut change: impl FnMut(&mut Vec<T>) -> bool,
) -> Result<(), StoreError> {
    for seq in people_blocks(db, id)? {
        let mut people = people_block(db, id, seq)?;
        if change(&mut people) {
            db.prepare_cached("UPDATE run_people SET block = ?3 WHERE run = ?1 AND seq = ?2")?
                .execute(params![id.as_str(), seq, to_lines(&people)?])?;
        }
    }
    Ok(())
}

/// Changes the first block of a run's people behind this place, and keeps it
/// anew; its place, or nothing where there is none.
pub fn edit_next<T: Serialize + DeserializeOwned>(
    db: &Db,
    id: &RunId,
    after: i64,
    change: impl FnOnce(&mut Vec<T>),
) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT seq, block FROM run_people WHERE run = ?1 AND seq > ?2 ORDER BY seq LIMIT 1";
    let next: Option<(i64, Vec<u8>)> = db
        .prepare_cached(sql)?
        .query_row(params![id.as_str(), after], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((seq, block)) = next else {
        return Ok(None);
    };
    let mut people = from_lines(&block)?;
    change(&mut people);
    db.prepare_cached("UPDATE run_people SET block = ?3 WHERE run = ?1 AND seq = ?2")?
        .execute(params![id.as_str(), seq, to_lines(&people)?])?;
    Ok(Some(seq))
}

/// Forgets a run's people.
pub fn remove_people(db: &Db, id: &RunId) -> Result<(), StoreError> {
    db.execute("DELETE FROM run_people WHERE run = ?1", [id.as_str()])?;
    Ok(())
}

/// Forgets a run's people and the run.
pub fn remove(db: &Db, id: &RunId) -> Result<(), StoreError> {
    remove_people(db, id)?;
    hold(db, id.as_str(), false)?;
    db.execute("DELETE FROM runs WHERE id = ?1", [id.as_str()])?;
    Ok(())
}
