//! What was delivered to whom, appended a column block at a time; later entries win.
//!
//! An entry of a lead has hashes of field values, or what became of its place
//! on the list, or both. Small blocks that follow one another are merged after a run.

use crate::block;
use crate::error::StoreError;
use arrow_array::builder::{StringBuilder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt64Type};
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray, UInt64Array};
use rusqlite::{Connection as Db, params};
use std::sync::Arc;
use usher_model::SyncId;

pub(crate) const MIGRATION: &str = "
CREATE TABLE ledger (
    sync  TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    block BLOB NOT NULL,
    PRIMARY KEY (sync, seq)
) STRICT;";

/// What is remembered of one lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The lead.
    pub lead: i64,
    /// Fields and the hashes of the values that were delivered or seen equal.
    pub values: Vec<(String, u64)>,
    /// The place on the list: `Some(Some(key))` filled under that key,
    /// `Some(None)` given up, `None` nothing new.
    pub place: Option<Option<String>>,
}

/// Bytes below which a block is merged with its neighbours, and about as many as they make.
const SMALL: usize = 128 * 1024;
const LARGE: usize = 512 * 1024;

/// What an entry says of a place that Usher gave up.
const GIVEN_UP: &str = "";
/// The key of a place whose person was erased; an empty one would give it up.
pub const ERASED: &str = "erased";

/// Appends entries.
pub fn append(db: &Db, sync: &SyncId, entries: &[Entry]) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let sql = "INSERT INTO ledger (sync, seq, block)
               SELECT ?1, COALESCE(MAX(seq), 0) + 1, ?2 FROM ledger WHERE sync = ?1";
    db.prepare_cached(sql)?
        .execute(params![sync.as_str(), block::encode(&columns(entries)?)?])?;
    Ok(())
}

/// A number that grows with every entry of a sync.
pub fn mark(db: &Db, sync: &SyncId) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(seq), 0) FROM ledger WHERE sync = ?1";
    Ok(db
        .prepare_cached(sql)?
        .query_row([sync.as_str()], |row| row.get(0))?)
}

/// Entries that were appended together, in columns.
pub struct Entries {
    leads: Int64Array,
    places: StringArray,
    fields: Vec<(String, UInt64Array)>,
}

impl Entries {
    /// The leads that they are of.
    pub fn leads(&self) -> &[i64] {
        self.leads.values()
    }

    /// Of each entry, what became of the place on the list, as in [`Entry`].
    pub fn places(&self) -> impl Iterator<Item = Option<Option<&str>>> {
        let places = self.places.iter();
        places.map(|said| said.map(|key| (key != GIVEN_UP).then_some(key)))
    }

    /// Fields with, of each entry, the hash of the value that was delivered or seen equal.
    pub fn fields(
        &self,
    ) -> impl Iterator<Item = (&str, impl Iterator<Item = Option<u64>> + Clone)> {
        let fields = self.fields.iter();
        fields.map(|(name, hashes)| (name.as_str(), hashes.iter()))
    }

    /// Those of a block as [`each_packed`] gives it.
    ///
    /// # Errors
    /// `Damaged` for anything else.
    pub fn unpacked(block: &[u8]) -> Result<Self, StoreError> {
        let batch = block::decode(block)?;
        let schema = batch.schema();
        let fields = (2..batch.num_columns()).map(|at| {
            let name = schema.field(at).name().strip_prefix("field:");
            let hashes = batch.column(at).as_primitive_opt::<UInt64Type>();
            let (name, hashes) = name.zip(hashes).ok_or_else(unreadable)?;
            Ok((name.to_owned(), hashes.clone()))
        });
        let leads = batch.column(0).as_primitive_opt::<Int64Type>();
        let places = batch.column(1).as_string_opt::<i32>();
        Ok(Self {
            leads: leads.ok_or_else(unreadable)?.clone(),
            places: places.ok_or_else(unreadable)?.clone(),
            fields: fields.collect::<Result<_, StoreError>>()?,
        })
    }

    fn each(&self, take: &mut impl FnMut(Entry)) {
        for (row, place) in self.places().enumerate() {
            let hash = |(name, hashes): &(String, UInt64Array)| {
                hashes
                    .is_valid(row)
                    .then(|| (name.clone(), hashes.value(row)))
            };
            take(Entry {
                lead: self.leads.value(row),
                values: self.fields.iter().filter_map(hash).collect(),
                place: place.map(|key| key.map(str::to_owned)),
            });
        }
    }
}

/// Gives all blocks to `take` as they were appended, oldest first, until it says `false`;
/// all of one moment, whatever is appended or merged meanwhile.
pub fn each_packed(
    db: &Db,
    sync: &SyncId,
    mut take: impl FnMut(Vec<u8>) -> bool,
) -> Result<(), StoreError> {
    let mut query = db.prepare_cached("SELECT block FROM ledger WHERE sync = ?1 ORDER BY seq")?;
    let mut rows = query.query([sync.as_str()])?;
    while let Some(row) = rows.next()? {
        if !take(row.get(0)?) {
            break;
        }
    }
    Ok(())
}

/// Gives every entry to `take`, oldest first.
pub fn each(db: &Db, sync: &SyncId, mut take: impl FnMut(Entry)) -> Result<(), StoreError> {
    let mut read = Ok(());
    each_packed(db, sync, |block| {
        read = Entries::unpacked(&block).map(|entries| entries.each(&mut take));
        read.is_ok()
    })?;
    read
}

/// Merges the first small blocks of a sync that follow one another into one, in which
/// entries stay in order; whether there were any.
pub fn merge(db: &Db, sync: &SyncId) -> Result<bool, StoreError> {
    let sql = "SELECT seq, length(block) FROM ledger WHERE sync = ?1 ORDER BY seq";
    let mut query = db.prepare_cached(sql)?;
    let sizes: Vec<(i64, usize)> = query
        .query_map([sync.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let is_small = |(_, size): &(i64, usize)| *size < SMALL;
    let mut runs = sizes.chunk_by(|one, next| is_small(one) && is_small(next));
    let Some(small) = runs.find(|run| run.len() > 1) else {
        return Ok(false);
    };
    let mut total = 0;
    let fits = small.iter().take_while(|(_, size)| {
        total += size;
        total - size < LARGE
    });
    let places: Vec<i64> = fits.map(|(seq, _)| *seq).collect();
    let mut all = Vec::new();
    for seq in &places {
        let bytes: Vec<u8> = db
            .prepare_cached("SELECT block FROM ledger WHERE sync = ?1 AND seq = ?2")?
            .query_row(params![sync.as_str(), seq], |row| row.get(0))?;
        Entries::unpacked(&bytes)?.each(&mut |entry| all.push(entry));
        db.prepare_cached("DELETE FROM ledger WHERE sync = ?1 AND seq = ?2")?
            .execute(params![sync.as_str(), seq])?;
    }
    // Under the last of their numbers: the mark stays what it was.
    db.prepare_cached("INSERT INTO ledger (sync, seq, block) VALUES (?1, ?2, ?3)")?
        .execute(params![
            sync.as_str(),
            places.last(),
            block::encode(&columns(&all)?)?
        ])?;
    Ok(true)
}

/// Forgets what a sync delivered.
pub fn remove(db: &Db, sync: &SyncId) -> Result<(), StoreError> {
    db.execute("DELETE FROM ledger WHERE sync = ?1", [sync.as_str()])?;
    Ok(())
}

/// Erases whom `is_them` names: their values, and the keys of their places.
/// A place stays, under [`ERASED`], so that they can still be taken off the
/// list. Says how many entries changed.
pub fn erase(db: &Db, sync: &SyncId, is_them: impl Fn(&Entry) -> bool) -> Result<u64, StoreError> {
    let mut query = db.prepare_cached("SELECT seq FROM ledger WHERE sync = ?1 ORDER BY seq")?;
    let places: Vec<i64> = query
        .query_map([sync.as_str()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut erased = 0;
    for seq in places {
        let bytes: Vec<u8> = db
            .prepare_cached("SELECT block FROM ledger WHERE sync = ?1 AND seq = ?2")?
            .query_row(params![sync.as_str(), seq], |row| row.get(0))?;
        let (mut kept, before) = (Vec::new(), erased);
        Entries::unpacked(&bytes)?.each(&mut |entry| {
            if is_them(&entry) {
                erased += 1;
                kept.extend(nameless(entry));
            } else {
                kept.push(entry);
            }
        });
        if kept.is_empty() {
            db.prepare_cached("DELETE FROM ledger WHERE sync = ?1 AND seq = ?2")?
                .execute(params![sync.as_str(), seq])?;
        } else if erased > before {
            db.prepare_cached("UPDATE ledger SET block = ?3 WHERE sync = ?1 AND seq = ?2")?
                .execute(params![
                    sync.as_str(),
                    seq,
                    block::encode(&columns(&kept)?)?
                ])?;
        }
    }
    Ok(erased)
}

/// What is left of an entry once its person is erased: the place, if it says
/// anything of one.
fn nameless(entry: Entry) -> Option<Entry> {
    let place = entry.place?;
    Some(Entry {
        lead: entry.lead,
        values: Vec::new(),
        place: Some(place.map(|_| ERASED.to_owned())),
    })
}

fn columns(entries: &[Entry]) -> Result<RecordBatch, StoreError> {
    let leads: Int64Array = entries.iter().map(|entry| entry.lead).collect();
    let mut places = StringBuilder::new();
    for entry in entries {
        places.append_option(
            entry
                .place
                .as_ref()
                .map(|place| place.as_deref().unwrap_or(GIVEN_UP)),
        );
    }
    let mut fields: Vec<&str> = Vec::new();
    for (field, _) in entries.iter().flat_map(|entry| &entry.values) {
        if !fields.contains(&field.as_str()) {
            fields.push(field);
        }
    }
    let mut named: Vec<(String, ArrayRef)> = vec![
        ("lead".into(), Arc::new(leads)),
        ("place".into(), Arc::new(places.finish())),
    ];
    for field in fields {
        let mut hashes = UInt64Builder::new();
        for entry in entries {
            hashes.append_option(
                entry
                    .values
                    .iter()
                    .rev()
                    .find(|(name, _)| name == field)
                    .map(|(_, hash)| *hash),
            );
        }
        named.push((format!("field:{field}"), Arc::new(hashes.finish())));
    }
    let nullable = named.into_iter().map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(nullable).map_err(|_| unreadable())
}

fn unreadable() -> StoreError {
    super::damaged("a block of the ledger does not read back")
}

#[cfg(test)]
mod tests {
    use super::{Entry, MIGRATION, append, each, mark, merge};
    use rusqlite::Connection;
    use usher_model::SyncId;

    #[test]
    fn merged_blocks_say_the_same_in_the_same_order() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(MIGRATION).unwrap();
        let syncs = ["one", "other"].map(|name| SyncId(name.to_owned()));
        for nth in 0..5_i64 {
            for sync in &syncs {
                let entry = |lead: i64| Entry {
                    lead,
                    values: vec![(format!("field{}", lead % 2), lead as u64)],
                    place: (nth > 2).then(|| (nth == 3).then(|| format!("key{lead}"))),
                };
                append(&db, sync, &[entry(nth), entry(nth + 1)]).unwrap();
            }
        }
        let said = |sync: &SyncId| {
            let mut all = Vec::new();
            each(&db, sync, |entry| all.push(entry)).unwrap();
            (all, mark(&db, sync).unwrap())
        };
        let before = syncs.each_ref().map(said);
        assert!(merge(&db, &syncs[0]).unwrap());
        assert!(!merge(&db, &syncs[0]).unwrap(), "one is left");
        assert_eq!(syncs.each_ref().map(said), before);
        let count = "SELECT COUNT(*) FROM ledger";
        let count: i64 = db.query_row(count, [], |row| row.get(0)).unwrap();
        assert_eq!(count, 1 + 5);
    }
}
