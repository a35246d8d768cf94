//! What was read of the destination's people, and for which keys it is complete.
//!
//! A reading belongs to a connection and a dedupe field. For a key that was
//! asked for it holds every lead, or none: so nobody is thought absent who was
//! only never looked up. The newest reading that has a key counts.

use super::{from_json, from_lines, to_json, to_lines};
use crate::error::StoreError;
use rusqlite::{Connection as Db, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use usher_model::Timestamp;

pub(crate) const MIGRATION: &str = "
CREATE TABLE readings (
    seq       INTEGER PRIMARY KEY,
    scope     TEXT NOT NULL,
    published INTEGER NOT NULL,
    doc       TEXT NOT NULL
) STRICT;
CREATE INDEX readings_by_scope ON readings (scope, seq);
CREATE TABLE reading_blocks (
    reading INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    keys    BLOB NOT NULL,
    leads   BLOB NOT NULL,
    PRIMARY KEY (reading, seq)
) STRICT;";

/// What a reading is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The fields that were asked for.
    pub fields: Vec<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// The calls it took.
    pub calls: u64,
    /// The keys it is complete for.
    pub keys: u64,
}

/// A lead as it was read: its id, and its values by field.
pub type ReadLead = (i64, Map<String, Value>);

/// Begins a reading that nobody sees yet.
pub fn begin(db: &Db, scope: &str, reading: &Reading) -> Result<i64, StoreError> {
    let sql = "INSERT INTO readings (scope, published, doc) VALUES (?1, 0, ?2)";
    db.execute(sql, [scope, &to_json(reading)?])?;
    Ok(db.last_insert_rowid())
}

/// Adds keys that were asked for, as hashes, and all leads that have them.
pub fn add_block(
    db: &Db,
    reading: i64,
    keys: &[u128],
    leads: &[ReadLead],
) -> Result<(), StoreError> {
    let bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_be_bytes()).collect();
    let sql = "INSERT INTO reading_blocks (reading, seq, keys, leads)
               SELECT ?1, COALESCE(MAX(seq), 0) + 1, ?2, ?3 FROM reading_blocks WHERE reading = ?1";
    db.prepare_cached(sql)?
        .execute(params![reading, bytes, to_lines(leads)?])?;
    Ok(())
}

/// Publishes it.
pub fn publish(db: &Db, id: i64, reading: &Reading) -> Result<(), StoreError> {
    db.execute(
        "UPDATE readings SET published = 1, doc = ?2 WHERE seq = ?1",
        params![id, to_json(reading)?],
    )?;
    Ok(())
}

/// The published readings of a scope, newest first.
pub fn of_scope(db: &Db, scope: &str) -> Result<Vec<(i64, Reading)>, StoreError> {
    let sql = "SELECT seq, doc FROM readings WHERE scope = ?1 AND published = 1 ORDER BY seq DESC";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([scope], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (id, doc) = row?;
        Ok((id, from_json(&doc)?))
    })
    .collect()
}

/// Gives each block of a reading to `take`: the keys asked for, and their leads.
pub fn each_block(
    db: &Db,
    reading: i64,
    mut take: impl FnMut(Vec<u128>, Vec<ReadLead>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let sql = "SELECT keys, leads FROM reading_blocks WHERE reading = ?1 ORDER BY seq";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([reading])?;
    while let Some(row) = rows.next()? {
        let keys: Vec<u8> = row.get(0)?;
        let leads: Vec<u8> = row.get(1)?;
        let (keys, _) = keys.as_chunks::<16>();
        take(
            keys.iter().map(|key| u128::from_be_bytes(*key)).collect(),
            from_lines(&leads)?,
        )?;
    }
    Ok(())
}

/// All readings: number, scope, and whether it is published.
pub fn ids(db: &Db) -> Result<Vec<(i64, String, bool)>, StoreError> {
    let mut query = db.prepare_cached("SELECT seq, scope, published FROM readings ORDER BY seq")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Gives each block of a reading to `change`, and keeps those anew of which it
/// says that they changed. A key must go with its leads, and leads with their
/// keys: a key that is left without them says that nobody is there.
pub fn edit_blocks(
    db: &Db,
    reading: i64,
    mut change: impl FnMut(&mut Vec<u128>, &mut Vec<ReadLead>) -> bool,
) -> Result<(), StoreError> {
    let mut query =
        db.prepare_cached("SELECT seq FROM reading_blocks WHERE reading = ?1 ORDER BY seq")?;
    let places: Vec<i64> = query
        .query_map([reading], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let load = "SELECT keys, leads FROM reading_blocks WHERE reading = ?1 AND seq = ?2";
    let save = "UPDATE reading_blocks SET keys = ?3, leads = ?4 WHERE reading = ?1 AND seq = ?2";
    for seq in places {
        let (keys, leads): (Vec<u8>, Vec<u8>) = db
            .prepare_cached(load)?
            .query_row([reading, seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (chunks, _) = keys.as_chunks::<16>();
        let mut keys: Vec<u128> = chunks.iter().map(|key| u128::from_be_bytes(*key)).collect();
        let mut leads: Vec<ReadLead> = from_lines(&leads)?;
        if change(&mut keys, &mut leads) {
            let bytes: Vec<u8> = keys.iter().flat_map(|key| key.to_be_bytes()).collect();
            db.prepare_cached(save)?
                .execute(params![reading, seq, bytes, to_lines(&leads)?])?;
        }
    }
    Ok(())
}

/// Forgets readings.
pub fn remove(db: &Db, ids: &[i64]) -> Result<(), StoreError> {
    for id in ids {
        db.execute("DELETE FROM reading_blocks WHERE reading = ?1", [id])?;
        db.execute("DELETE FROM readings WHERE seq = ?1", [id])?;
    }
    Ok(())
}

/// Forgets what a crash left unfinished.
pub fn sweep(db: &Db) -> Result<(), StoreError> {
    db.execute("DELETE FROM reading_blocks WHERE reading IN (SELECT seq FROM readings WHERE published = 0)", [])?;
    db.execute("DELETE FROM readings WHERE published = 0", [])?;
    Ok(())
}
