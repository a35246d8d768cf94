//! What was read of the destination's people, and for which keys it is complete.
//!
//! A reading belongs to a connection and a dedupe field. For a key that was
//! asked for it holds every lead, or none: so nobody is thought absent who was
//! only never looked up. The newest reading that has a key counts. Leads are a
//! stack of blocks of text; beside each block stand flat columns of numbers and
//! hashes, by name, which are all that planning looks at.

use super::{When, from_json, to_json};
use crate::block;
use crate::error::StoreError;
use arrow_array::RecordBatch;
use rusqlite::{Connection as Db, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use usher_model::{RunId, Timestamp};

pub(crate) const MIGRATION: &str = "
CREATE TABLE readings (
    seq        INTEGER PRIMARY KEY,
    scope      TEXT NOT NULL,
    published  INTEGER NOT NULL,
    superseded INTEGER NOT NULL DEFAULT 0,
    doc        TEXT NOT NULL
) STRICT;
CREATE INDEX readings_by_scope ON readings (scope, seq);
CREATE TABLE reading_blocks (
    reading INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    leads   INTEGER NOT NULL,
    asked   INTEGER NOT NULL,
    block   BLOB NOT NULL,
    PRIMARY KEY (reading, seq)
) STRICT;
CREATE TABLE reading_columns (
    reading INTEGER NOT NULL,
    name    TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    bytes   BLOB NOT NULL,
    PRIMARY KEY (reading, name, seq)
) STRICT;";

/// What a reading is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The fields that were asked for.
    pub fields: Vec<String>,
    /// When it began and ended.
    #[serde(flatten)]
    pub when: When,
    /// The calls it took.
    pub calls: u64,
    /// How many keys it is complete for, where they were asked for.
    pub keys: u64,
    /// Whether it is of all people, so that it is complete for every key.
    pub whole: bool,
    /// How many blocks it has; it says all that it should only while it has them.
    pub blocks: u64,
    /// The service's own time when it began, or somewhat before; nothing where that is
    /// not known. Activities are told by that clock.
    #[serde(default)]
    pub there_at: Option<Timestamp>,
    /// The partitions that the user could see then, by number.
    #[serde(default)]
    pub partitions: Vec<i64>,
    /// For a reading of changes: since when, by the service's clock. It asks for no key;
    /// its leads are laid over older readings, and one without any value is gone.
    #[serde(default)]
    pub changes_since: Option<Timestamp>,
    /// For what a run was told: which one. It asks for no key either, and is laid over what
    /// was read before the run sent anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_by: Option<RunId>,
    /// For one by exports that is not finished: which of them are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exports: Option<Exports>,
}

/// How far a reading by exports is: what a process after this one needs to go on with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exports {
    /// The time that they cover, by the service's clock.
    pub since: Timestamp,
    /// To its end.
    pub until: Timestamp,
    /// Where those begin that are kept.
    pub kept: Vec<Timestamp>,
    /// When the last of these was kept.
    pub kept_at: Timestamp,
}

impl Reading {
    /// Whether it is of changes only.
    pub fn is_of_changes(&self) -> bool {
        self.changes_since.is_some()
    }

    /// Whether it is laid over those before it, and speaks for no key.
    pub fn is_laid_over(&self) -> bool {
        self.is_of_changes() || self.told_by.is_some()
    }
}

/// A block of leads with the flat columns beside it, by name.
pub struct Leads {
    /// How many there are.
    pub count: u64,
    /// How many keys were asked for to find them.
    pub asked: u64,
    /// The text of them, an encoded record batch.
    pub block: Vec<u8>,
    /// Flat columns, packed by [`block::encode_bytes`].
    pub columns: Vec<(String, Vec<u8>)>,
}

/// Begins a reading that nobody sees yet.
pub fn begin(db: &Db, scope: &str, reading: &Reading) -> Result<i64, StoreError> {
    let sql = "INSERT INTO readings (scope, published, doc) VALUES (?1, 0, ?2)";
    db.execute(sql, [scope, &to_json(reading)?])?;
    Ok(db.last_insert_rowid())
}

/// Keeps a block under its number, in the place of one that was there.
pub fn put_block(db: &Db, reading: i64, seq: u64, leads: &Leads) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO reading_blocks (reading, seq, leads, asked, block) VALUES (?1, ?2, ?3, ?4, ?5)";
    db.prepare_cached(sql)?.execute(params![
        reading,
        seq,
        leads.count,
        leads.asked,
        leads.block
    ])?;
    db.prepare_cached("DELETE FROM reading_columns WHERE reading = ?1 AND seq = ?2")?
        .execute(params![reading, seq])?;
    for (name, bytes) in &leads.columns {
        put_column(db, reading, seq, name, bytes)?;
    }
    Ok(())
}

/// Keeps one flat column of a block, packed by [`block::encode_bytes`].
pub fn put_column(
    db: &Db,
    reading: i64,
    seq: u64,
    name: &str,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO reading_columns (reading, name, seq, bytes) VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?
        .execute(params![reading, name, seq, bytes])?;
    Ok(())
}

/// Dates what is dated later `than` this back `to` another time: a clock was ahead, and was set
/// back, so that its age is not known. Whether there was any.
pub fn date_back(db: &Db, than: Timestamp, to: Timestamp) -> Result<bool, StoreError> {
    let mut query = db.prepare_cached("SELECT seq, doc FROM readings")?;
    let (mut rows, mut dated) = (query.query([])?, false);
    while let Some(row) = rows.next()? {
        let (id, mut reading): (i64, Reading) =
            (row.get(0)?, from_json(&row.get::<_, String>(1)?)?);
        if reading.when.date_back(than, to) {
            dated = true;
            db.prepare_cached("UPDATE readings SET doc = ?2 WHERE seq = ?1")?
                .execute(params![id, to_json(&reading)?])?;
        }
    }
    Ok(dated)
}

/// Publishes it.
pub fn publish(db: &Db, id: i64, reading: &Reading) -> Result<(), StoreError> {
    db.execute(
        "UPDATE readings SET published = 1, doc = ?2 WHERE seq = ?1",
        params![id, to_json(reading)?],
    )?;
    Ok(())
}

/// Notes how far one is that nobody sees yet.
pub fn note(db: &Db, id: i64, reading: &Reading) -> Result<(), StoreError> {
    let sql = "UPDATE readings SET doc = ?2 WHERE seq = ?1 AND published = 0";
    db.execute(sql, params![id, to_json(reading)?])?;
    Ok(())
}

/// The readings of a scope that nobody sees yet, newest first.
pub fn unfinished(db: &Db, scope: &str) -> Result<Vec<(i64, Reading)>, StoreError> {
    by_scope(db, scope, "published = 0")
}

/// Forgets the blocks behind one, where an end was cut off.
pub fn cut(db: &Db, reading: i64, last: u64) -> Result<(), StoreError> {
    for table in ["reading_columns", "reading_blocks"] {
        let sql = format!("DELETE FROM {table} WHERE reading = ?1 AND seq > ?2");
        db.execute(&sql, params![reading, last])?;
    }
    Ok(())
}

/// The published readings of a scope that still say something, newest first.
pub fn of_scope(db: &Db, scope: &str) -> Result<Vec<(i64, Reading)>, StoreError> {
    by_scope(db, scope, "published = 1 AND superseded = 0")
}

fn by_scope(db: &Db, scope: &str, which: &str) -> Result<Vec<(i64, Reading)>, StoreError> {
    let sql =
        format!("SELECT seq, doc FROM readings WHERE scope = ?1 AND {which} ORDER BY seq DESC");
    let mut query = db.prepare_cached(&sql)?;
    let rows = query.query_map([scope], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (id, doc) = row?;
        Ok((id, from_json(&doc)?))
    })
    .collect()
}

/// A published reading by its number, also one that was superseded.
pub fn get(db: &Db, id: i64) -> Result<Option<Reading>, StoreError> {
    let sql = "SELECT doc FROM readings WHERE seq = ?1 AND published = 1";
    let doc: Option<String> = db
        .prepare_cached(sql)?
        .query_row([id], |row| row.get(0))
        .optional()?;
    doc.map(|doc| from_json(&doc)).transpose()
}

/// A block of a reading: where it is and how much it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The reading.
    pub reading: i64,
    /// The block's number in it.
    pub seq: u64,
    /// How many leads it has.
    pub leads: u64,
    /// How many keys were asked for to find them.
    pub asked: u64,
}

/// The blocks of a reading, in order.
pub fn blocks(db: &Db, reading: i64) -> Result<Vec<Place>, StoreError> {
    let sql = "SELECT seq, leads, asked FROM reading_blocks WHERE reading = ?1 ORDER BY seq";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([reading], |row| {
        Ok(Place {
            reading,
            seq: row.get(0)?,
            leads: row.get(1)?,
            asked: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The text of a block.
pub fn block(db: &Db, place: Place) -> Result<RecordBatch, StoreError> {
    let bytes: Vec<u8> = db
        .prepare_cached("SELECT block FROM reading_blocks WHERE reading = ?1 AND seq = ?2")?
        .query_row(params![place.reading, place.seq], |row| row.get(0))?;
    block::decode(&bytes)
}

/// One flat column of a block, if it is kept; a damaged one is not.
pub fn column(db: &Db, place: Place, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT bytes FROM reading_columns WHERE reading = ?1 AND name = ?2 AND seq = ?3";
    let bytes: Option<Vec<u8>> = db
        .prepare_cached(sql)?
        .query_row(params![place.reading, name, place.seq], |row| row.get(0))
        .optional()?;
    Ok(bytes.and_then(|bytes| block::decode_bytes(&bytes).ok()))
}

/// The blocks of a reading, by number, beside which a flat column is kept.
pub fn kept_columns(db: &Db, reading: i64, name: &str) -> Result<Vec<u64>, StoreError> {
    let sql = "SELECT seq FROM reading_columns WHERE reading = ?1 AND name = ?2";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map(params![reading, name], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// All readings: number, scope, and whether it is published.
pub fn ids(db: &Db) -> Result<Vec<(i64, String, bool)>, StoreError> {
    let mut query = db.prepare_cached("SELECT seq, scope, published FROM readings ORDER BY seq")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes that newer readings say all that these say: only plans that were made
/// from them need them still.
pub fn supersede(db: &Db, ids: &[i64]) -> Result<(), StoreError> {
    for id in ids {
        db.execute("UPDATE readings SET superseded = 1 WHERE seq = ?1", [id])?;
    }
    Ok(())
}

/// Forgets superseded readings but those that are `needed`.
pub fn prune(db: &Db, needed: &[i64]) -> Result<(), StoreError> {
    let mut query = db.prepare_cached("SELECT seq FROM readings WHERE superseded = 1")?;
    let spent: Vec<i64> = query
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut unneeded = spent.iter().filter(|id| !needed.contains(id));
    unneeded.try_for_each(|id| remove(db, *id))
}

/// Forgets one reading.
pub fn remove(db: &Db, id: i64) -> Result<(), StoreError> {
    db.execute("DELETE FROM reading_columns WHERE reading = ?1", [id])?;
    db.execute("DELETE FROM reading_blocks WHERE reading = ?1", [id])?;
    db.execute("DELETE FROM readings WHERE seq = ?1", [id])?;
    Ok(())
}

/// Forgets the published readings that are meant, superseded ones as well.
pub fn remove_where(db: &Db, is_meant: impl Fn(&Reading) -> bool) -> Result<(), StoreError> {
    for (id, _, _) in ids(db)? {
        if get(db, id)?.is_some_and(|reading| is_meant(&reading)) {
            remove(db, id)?;
        }
    }
    Ok(())
}

/// Forgets the readings that nobody sees yet, but those that stay.
pub fn sweep(db: &Db, stays: impl Fn(i64, &Reading) -> bool) -> Result<(), StoreError> {
    let mut query = db.prepare_cached("SELECT seq, doc FROM readings WHERE published = 0")?;
    let unfinished: Vec<(i64, String)> = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, doc) in unfinished {
        if !from_json(&doc).is_ok_and(|reading| stays(id, &reading)) {
            remove(db, id)?;
        }
    }
    Ok(())
}
