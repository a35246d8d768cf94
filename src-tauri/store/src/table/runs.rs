//! Runs: a document each, and a line a person as the plan had it. A schedule makes thousands of
//! them in a year, so whoever needs a few asks for these, and no more documents are read.

use super::{from_json, from_lines, to_json, to_lines};
use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, Params, params};
use serde::{Serialize, de::DeserializeOwned};
use std::ops::ControlFlow;
use usher_model::{ConnectionId, DestinationId, PlanId, RunId, SyncId, Timestamp};

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

/// What runs are sought by, as their documents have it. `ended_at` is in milliseconds since
/// 1970, and later than everything for one that has not ended. One is open until nothing of it
/// can be gone on with: it did everything, or a later run took its place.
pub(crate) const SOUGHT: &str = "
ALTER TABLE runs ADD COLUMN destination TEXT
    GENERATED ALWAYS AS (doc ->> '$.destination') VIRTUAL;
ALTER TABLE runs ADD COLUMN connection TEXT
    GENERATED ALWAYS AS (doc ->> '$.connection') VIRTUAL;
ALTER TABLE runs ADD COLUMN ended_at INTEGER
    GENERATED ALWAYS AS (ifnull(
        CAST(round(1000 * unixepoch(doc ->> '$.finished_at', 'subsec')) AS INTEGER),
        9223372036854775807)) VIRTUAL;
ALTER TABLE runs ADD COLUMN is_open INTEGER
    GENERATED ALWAYS AS (doc ->> '$.state' <> 'completed' AND NOT doc ->> '$.closed') VIRTUAL;
CREATE INDEX runs_by_destination ON runs (destination, ended_at);
CREATE INDEX runs_by_connection ON runs (connection, ended_at, destination);
CREATE INDEX runs_by_end ON runs (ended_at);
CREATE INDEX runs_open ON runs (sync, seq) WHERE is_open;";

/// What is asked at every look, each found by an index: `?1` is the sync, the destination, the
/// connection or a time.
const OF_SYNC: &str = "SELECT doc FROM runs WHERE sync = ?1 ORDER BY seq DESC LIMIT ?2";
const OPEN: &str = "SELECT doc FROM runs INDEXED BY runs_open WHERE is_open ORDER BY seq DESC";
const OPEN_OF_SYNC: &str = "SELECT doc FROM runs WHERE is_open AND sync = ?1 ORDER BY seq DESC";
const ENDED_AFTER: &str =
    "SELECT doc FROM runs WHERE destination = ?1 AND ended_at > ?2 ORDER BY seq";
const ELSEWHERE: &str = "SELECT doc FROM runs WHERE connection = ?1 AND destination <> ?2
    ORDER BY ended_at DESC";
const UNPURGED: &str = "SELECT doc FROM runs INDEXED BY runs_by_end
    LEFT JOIN purges ON purges.run = runs.id
    WHERE ended_at < ?1 AND (done_at IS NULL OR (people_at IS NULL AND ended_at < ?2))
    ORDER BY seq DESC";

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

/// Gives the documents that a query finds to `take`, until it breaks off with something.
fn each<T: DeserializeOwned, B>(
    db: &Db,
    sql: &str,
    sought: impl Params,
    mut take: impl FnMut(T) -> ControlFlow<B>,
) -> Result<Option<B>, StoreError> {
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query(sought)?;
    while let Some(row) = rows.next()? {
        if let ControlFlow::Break(found) = take(from_json(&row.get::<_, String>(0)?)?) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn gathered<T: DeserializeOwned>(
    db: &Db,
    sql: &str,
    sought: impl Params,
) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::new();
    each(db, sql, sought, |run| -> ControlFlow<()> {
        all.push(run);
        ControlFlow::Continue(())
    })?;
    Ok(all)
}

/// All runs, or those of a sync, newest first.
pub fn all<T: DeserializeOwned>(db: &Db, sync: Option<&SyncId>) -> Result<Vec<T>, StoreError> {
    first(db, sync, u32::MAX)
}

/// The newest of all runs or of a sync's, newest first, `most` at most.
pub fn first<T: DeserializeOwned>(
    db: &Db,
    sync: Option<&SyncId>,
    most: u32,
) -> Result<Vec<T>, StoreError> {
    match sync {
        None => gathered(
            db,
            "SELECT doc FROM runs ORDER BY seq DESC LIMIT ?1",
            [most],
        ),
        Some(sync) => gathered(db, OF_SYNC, params![sync.as_str(), most]),
    }
}

/// How many runs there are, or how many of a sync.
pub fn count(db: &Db, sync: Option<&SyncId>) -> Result<u64, StoreError> {
    let count = match sync {
        None => db.query_row("SELECT count(*) FROM runs", (), |row| row.get(0)),
        Some(sync) => {
            let sql = "SELECT count(*) FROM runs WHERE sync = ?1";
            db.query_row(sql, [sync.as_str()], |row| row.get(0))
        }
    };
    Ok(count?)
}

/// The newest run of a sync.
pub fn newest<T: DeserializeOwned>(db: &Db, sync: &SyncId) -> Result<Option<T>, StoreError> {
    Ok(first(db, Some(sync), 1)?.pop())
}

/// Gives the runs of a sync to `take`, newest first, until it breaks off with something.
pub fn newest_first<T: DeserializeOwned, B>(
    db: &Db,
    sync: &SyncId,
    take: impl FnMut(T) -> ControlFlow<B>,
) -> Result<Option<B>, StoreError> {
    each(db, OF_SYNC, params![sync.as_str(), u32::MAX], take)
}

/// The runs that are not over for good, or those of a sync, newest first: of a sync its newest
/// one, and what no later run took the place of.
pub fn open<T: DeserializeOwned>(db: &Db, sync: Option<&SyncId>) -> Result<Vec<T>, StoreError> {
    match sync {
        None => gathered(db, OPEN, ()),
        Some(sync) => gathered(db, OPEN_OF_SYNC, [sync.as_str()]),
    }
}

/// The runs of a sync that took this plan.
pub fn of_plan<T: DeserializeOwned>(
    db: &Db,
    sync: &SyncId,
    plan: &PlanId,
) -> Result<Vec<T>, StoreError> {
    let sql = "SELECT doc FROM runs WHERE sync = ?1 AND doc ->> '$.plan' = ?2";
    gathered(db, sql, [sync.as_str(), plan.as_str()])
}

/// The runs for a destination that ended after this time or have not ended, oldest first.
pub fn ended_after<T: DeserializeOwned>(
    db: &Db,
    destination: &DestinationId,
    since: Timestamp,
) -> Result<Vec<T>, StoreError> {
    gathered(db, ENDED_AFTER, params![destination.as_str(), since.0])
}

/// Gives the runs by a connection for other destinations than this to `take`, those that have
/// not ended before all others, then the last that ended first, until it breaks off.
pub fn elsewhere<T: DeserializeOwned, B>(
    db: &Db,
    connection: &ConnectionId,
    but: &DestinationId,
    take: impl FnMut(T) -> ControlFlow<B>,
) -> Result<Option<B>, StoreError> {
    each(db, ELSEWHERE, [connection.as_str(), but.as_str()], take)
}

/// The runs that ended before a time and still have values, and those that ended before
/// `people` and still have people; newest first.
pub fn unpurged<T: DeserializeOwned>(
    db: &Db,
    values: Timestamp,
    people: Option<Timestamp>,
) -> Result<Vec<T>, StoreError> {
    gathered(db, UNPURGED, params![values.0, people.map(|at| at.0)])
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

#[cfg(test)]
mod tests;
