//! The batches of a run: written down before they leave, settled by their receipts.

use super::{from_json, from_lines, to_json, to_lines};
use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, Row, params};
use usher_model::{Batch, BatchKind, BatchState, Item, Receipt, RunId, SentFile, Timestamp};

pub(crate) const MIGRATION: &str = "
CREATE TABLE batches (
    run      TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    state    TEXT NOT NULL,
    attempt  INTEGER NOT NULL DEFAULT 0,
    sent_at  INTEGER,
    people   INTEGER NOT NULL,
    items    BLOB NOT NULL,
    receipts BLOB,
    PRIMARY KEY (run, seq)
) STRICT;";

/// What is known of a batch that goes as a file, as JSON.
pub(crate) const FILES: &str = "ALTER TABLE batches ADD COLUMN file TEXT;";

/// All that is asked of batches that have no receipts, without a look at their people.
pub(crate) const OPEN: &str = "
CREATE INDEX batches_open ON batches (run, seq, kind, state, people, file, sent_at)
    WHERE receipts IS NULL;";

/// How often they were sent is asked, too.
pub(crate) const OPEN_TRIED: &str = "
DROP INDEX batches_open;
CREATE INDEX batches_open ON batches (run, seq, kind, state, attempt, people, file, sent_at)
    WHERE receipts IS NULL;";

/// When batches were settled is asked of all of a run, without a look at their people.
pub(crate) const SETTLED: &str =
    "CREATE INDEX batches_settled ON batches (run, state, sent_at, seq, kind);";

/// What is dated by a clock that was ahead is sought in the batches of all runs.
pub(crate) const BY_TIME: &str =
    "CREATE INDEX batches_by_time ON batches (state, sent_at, run, seq);";

/// What was settled later than a time was settled then.
const DATE_BACK: &str = "UPDATE batches SET sent_at = ?2 WHERE state = ?1 AND sent_at > ?2";

/// Writes a batch down as it is, without receipts, after all others of its run.
pub fn plan(db: &Db, run: &RunId, batch: &Batch) -> Result<(), StoreError> {
    let sql = "INSERT INTO batches (run, seq, kind, state, attempt, sent_at, people, items, file)
               SELECT ?1, COALESCE(MAX(seq), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM batches WHERE run = ?1";
    let file = batch.file.as_ref().map(to_json).transpose()?;
    db.prepare_cached(sql)?.execute(params![
        run.as_str(),
        to_json(&batch.kind)?,
        to_json(&batch.state)?,
        batch.attempt,
        batch.sent_at,
        batch.items.len(),
        to_lines(&batch.items)?,
        file
    ])?;
    Ok(())
}

/// Notes that the service took a batch's file at `now`, and its number for it.
pub fn imports(
    db: &Db,
    run: &RunId,
    seq: i64,
    now: i64,
    file: &SentFile,
) -> Result<(), StoreError> {
    let sql = "UPDATE batches SET state = ?3, sent_at = ?4, file = ?5 WHERE run = ?1 AND seq = ?2";
    let state = to_json(&BatchState::Importing)?;
    db.prepare_cached(sql)?
        .execute(params![run.as_str(), seq, state, now, to_json(file)?])?;
    Ok(())
}

/// Writes a batch's people and their answers anew, as many of each as there
/// are: others went elsewhere, or less is kept of them. One without answers stays open.
pub fn rewrite(db: &Db, run: &RunId, batch: &Batch) -> Result<(), StoreError> {
    let sql =
        "UPDATE batches SET people = ?3, items = ?4, receipts = ?5 WHERE run = ?1 AND seq = ?2";
    let receipts = (!batch.receipts.is_empty())
        .then(|| to_lines(&batch.receipts))
        .transpose()?;
    db.prepare_cached(sql)?.execute(params![
        run.as_str(),
        batch.seq,
        batch.items.len(),
        to_lines(&batch.items)?,
        receipts
    ])?;
    Ok(())
}

/// Writes a batch down after all others of its run, settled at `now` by the
/// receipts it has.
pub fn plan_settled(db: &Db, run: &RunId, now: i64, batch: &Batch) -> Result<(), StoreError> {
    plan(db, run, batch)?;
    let last = "SELECT MAX(seq) FROM batches WHERE run = ?1";
    let seq = db
        .prepare_cached(last)?
        .query_row([run.as_str()], |row| row.get(0))?;
    settle(db, run, seq, now, &batch.receipts)
}

/// Marks a batch as it leaves, or as it is left in doubt.
pub fn mark(
    db: &Db,
    run: &RunId,
    seq: i64,
    state: BatchState,
    attempt: u32,
    sent_at: Option<i64>,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE batches SET state = ?3, attempt = ?4, sent_at = ?5 WHERE run = ?1 AND seq = ?2";
    db.prepare_cached(sql)?.execute(params![
        run.as_str(),
        seq,
        to_json(&state)?,
        attempt,
        sent_at
    ])?;
    Ok(())
}

/// Settles a batch: a receipt for every item, by position, known at `now`.
pub fn settle(
    db: &Db,
    run: &RunId,
    seq: i64,
    now: i64,
    receipts: &[Receipt],
) -> Result<(), StoreError> {
    let sql =
        "UPDATE batches SET state = ?3, sent_at = ?4, receipts = ?5 WHERE run = ?1 AND seq = ?2";
    let done = to_json(&BatchState::Done)?;
    db.prepare_cached(sql)?
        .execute(params![run.as_str(), seq, done, now, to_lines(receipts)?])?;
    Ok(())
}

/// Takes a batch away, because others with its people took its place.
pub fn remove(db: &Db, run: &RunId, seq: i64) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM batches WHERE run = ?1 AND seq = ?2",
        params![run.as_str(), seq],
    )?;
    Ok(())
}

/// A batch that has no receipts yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Its place.
    pub seq: i64,
    /// What it does.
    pub kind: BatchKind,
    /// How far it is.
    pub state: BatchState,
    /// How often it was sent.
    pub attempt: u32,
    /// When its last attempt ended or should have, in milliseconds since 1970.
    pub sent_at: Option<i64>,
    /// People in it.
    pub people: u64,
    /// Whether they go, or went, as a file.
    pub file: Option<SentFile>,
}

/// The batches of a run that have no receipts yet, in order.
pub fn open(db: &Db, run: &RunId) -> Result<Vec<Open>, StoreError> {
    let sql = "SELECT seq, kind, state, people, file, sent_at, attempt FROM batches
               WHERE run = ?1 AND receipts IS NULL ORDER BY seq";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([run.as_str()], |row| Ok(read_open(row)))?;
    rows.map(|row| row?).collect()
}

/// One of them.
pub fn open_one(db: &Db, run: &RunId, seq: i64) -> Result<Open, StoreError> {
    let sql = "SELECT seq, kind, state, people, file, sent_at, attempt FROM batches
               WHERE run = ?1 AND seq = ?2 AND receipts IS NULL";
    let mut query = db.prepare_cached(sql)?;
    query.query_row(params![run.as_str(), seq], |row| Ok(read_open(row)))?
}

/// The batches of all runs that were sent and have no receipts yet, of one kind.
pub fn under_way(db: &Db, kind: BatchKind) -> Result<Vec<(RunId, Open)>, StoreError> {
    let sql = "SELECT seq, kind, state, people, file, sent_at, attempt, run FROM batches
               WHERE receipts IS NULL AND kind = ?1 AND state <> ?2";
    let mut query = db.prepare_cached(sql)?;
    let planned = to_json(&BatchState::Planned)?;
    let rows = query.query_map(params![to_json(&kind)?, planned], |row| {
        Ok((RunId(row.get(7)?), read_open(row)))
    })?;
    rows.map(|row| {
        let (run, open) = row?;
        Ok((run, open?))
    })
    .collect()
}

/// Brings batches without receipts back that left later than `now`, by a clock that was
/// ahead: they left now at the latest.
pub fn left_by(db: &Db, now: i64) -> Result<(), StoreError> {
    let sql = "UPDATE batches SET sent_at = ?1 WHERE receipts IS NULL AND sent_at > ?1";
    db.prepare_cached(sql)?.execute([now])?;
    Ok(())
}

fn read_open(row: &Row<'_>) -> Result<Open, StoreError> {
    let file: Option<String> = row.get(4)?;
    Ok(Open {
        seq: row.get(0)?,
        kind: from_json(&row.get::<_, String>(1)?)?,
        state: from_json(&row.get::<_, String>(2)?)?,
        attempt: row.get(6)?,
        sent_at: row.get(5)?,
        people: row.get(3)?,
        file: file.map(|file| from_json(&file)).transpose()?,
    })
}

/// Numbers that change whenever a batch of any run is settled.
pub fn settled_mark(db: &Db) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT COUNT(*), COALESCE(MAX(sent_at), 0) FROM batches WHERE state = ?1";
    let mut query = db.prepare_cached(sql)?;
    let done = to_json(&BatchState::Done)?;
    Ok(query.query_row([done], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// One batch in full.
pub fn get(db: &Db, run: &RunId, seq: i64) -> Result<Batch, StoreError> {
    let sql = "SELECT seq, kind, state, attempt, sent_at, items, receipts, file FROM batches WHERE run = ?1 AND seq = ?2";
    db.prepare_cached(sql)?
        .query_row(params![run.as_str(), seq], |row| Ok(read(row)))?
}

/// A batch that has answers, without its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Its place.
    pub seq: i64,
    /// What it did.
    pub kind: BatchKind,
    /// When its answers came, in milliseconds since 1970.
    pub at: i64,
}

/// The batches of a run whose answers came between two times, in order.
pub fn settled(db: &Db, run: &RunId, since: i64, until: i64) -> Result<Vec<Settled>, StoreError> {
    let sql = "SELECT seq, kind, sent_at FROM batches
               WHERE run = ?1 AND state = ?2 AND sent_at BETWEEN ?3 AND ?4 ORDER BY seq";
    let mut query = db.prepare_cached(sql)?;
    let done = to_json(&BatchState::Done)?;
    let rows = query.query_map(params![run.as_str(), done, since, until], |row| {
        Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
    })?;
    rows.map(|row| {
        let (seq, kind, at) = row?;
        let kind = from_json(&kind)?;
        Ok(Settled { seq, kind, at })
    })
    .collect()
}

/// Dates answers that came later `than` this, by a clock that was ahead and was set back, back
/// to then. Whether there were any.
pub fn date_back(db: &Db, than: Timestamp) -> Result<bool, StoreError> {
    let done = to_json(&BatchState::Done)?;
    Ok(db.execute(DATE_BACK, params![done, than.0])? > 0)
}

/// The answers of a batch, without its people.
pub fn receipts(db: &Db, run: &RunId, seq: i64) -> Result<Vec<Receipt>, StoreError> {
    let sql = "SELECT receipts FROM batches WHERE run = ?1 AND seq = ?2";
    let lines: Option<Vec<u8>> = db
        .prepare_cached(sql)?
        .query_row(params![run.as_str(), seq], |row| row.get(0))?;
    lines.map_or(Ok(Vec::new()), |lines| from_lines(&lines))
}

/// The people of a batch; none where it is there no more.
pub fn items(db: &Db, run: &RunId, seq: i64) -> Result<Vec<Item>, StoreError> {
    let sql = "SELECT items FROM batches WHERE run = ?1 AND seq = ?2";
    let items: Option<Vec<u8>> = db
        .prepare_cached(sql)?
        .query_row(params![run.as_str(), seq], |row| row.get(0))
        .optional()?;
    items.map_or(Ok(Vec::new()), |items| from_lines(&items))
}

/// The batches of a run that have answers, where of somebody it is not known what became
/// of them.
pub fn unconfirmed(db: &Db, run: &RunId) -> Result<Vec<Batch>, StoreError> {
    let sql = "SELECT seq, receipts FROM batches
               WHERE run = ?1 AND receipts IS NOT NULL ORDER BY seq";
    let mut query = db.prepare_cached(sql)?;
    let mut rows = query.query([run.as_str()])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let receipts: Vec<Receipt> = from_lines(&row.get::<_, Vec<u8>>(1)?)?;
        if receipts.contains(&Receipt::Unconfirmed) {
            all.push(get(db, run, row.get(0)?)?);
        }
    }
    Ok(all)
}

/// The first batches of a run behind this place.
pub fn after(db: &Db, run: &RunId, seq: i64, most: usize) -> Result<Vec<Batch>, StoreError> {
    let sql = "SELECT seq, kind, state, attempt, sent_at, items, receipts, file FROM batches
               WHERE run = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map(params![run.as_str(), seq, most], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

/// Gives every batch of a run to `take`, in order.
pub fn each<E: From<StoreError>>(
    db: &Db,
    run: &RunId,
    mut take: impl FnMut(Batch) -> Result<(), E>,
) -> Result<(), E> {
    let sql = "SELECT seq, kind, state, attempt, sent_at, items, receipts, file FROM batches WHERE run = ?1 ORDER BY seq";
    let error = |error: rusqlite::Error| E::from(StoreError::from(error));
    let mut query = db.prepare_cached(sql).map_err(error)?;
    let mut rows = query.query([run.as_str()]).map_err(error)?;
    while let Some(row) = rows.next().map_err(error)? {
        take(read(row)?)?;
    }
    Ok(())
}

/// When something of a run left last, in milliseconds since 1970; nothing where nothing did.
pub fn last_sent_at(db: &Db, run: &RunId) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT MAX(sent_at) FROM batches WHERE run = ?1";
    let at = db
        .prepare_cached(sql)?
        .query_row([run.as_str()], |row| row.get(0))?;
    Ok(at)
}

/// Forgets the batches of a run.
pub fn remove_all(db: &Db, run: &RunId) -> Result<(), StoreError> {
    db.execute("DELETE FROM batches WHERE run = ?1", [run.as_str()])?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Batch, StoreError> {
    let receipts: Option<Vec<u8>> = row.get(6)?;
    let file: Option<String> = row.get(7)?;
    Ok(Batch {
        seq: row.get(0)?,
        kind: from_json(&row.get::<_, String>(1)?)?,
        state: from_json(&row.get::<_, String>(2)?)?,
        attempt: row.get(3)?,
        sent_at: row.get(4)?,
        file: file.map(|file| from_json(&file)).transpose()?,
        items: from_lines(&row.get::<_, Vec<u8>>(5)?)?,
        receipts: receipts
            .map(|block| from_lines(&block))
            .transpose()?
            .unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests;
