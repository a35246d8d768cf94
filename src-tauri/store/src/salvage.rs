//! What can be had back from a cache that does not open any more.
//!
//! The cache can be read or imported again, so a damaged one never keeps Usher
//! from starting: it is set aside under another name and a new one begun.
//! Imported snapshots that still read whole are carried over, since no service
//! can give them back; everything else is read anew.

use crate::table::{CACHE, snapshots};
use crate::{Database, Key, Settings, StoreError};
use std::path::{Path, PathBuf};
use usher_model::Snapshot;

/// Sets a damaged cache aside and begins a new one with what still reads.
///
/// # Errors
/// Those of making the new one; the old one is kept whatever happens.
pub(crate) fn begin_anew(path: &Path, key: &Key) -> Result<Database, StoreError> {
    let aside = set_aside(path)?;
    let anew = Database::open(path, key, Settings::CACHE, CACHE)?;
    if let Ok(damaged) = Database::open_existing_read_only(&aside, key, Settings::CACHE, CACHE) {
        for snapshot in readable(&damaged) {
            // One that breaks off stays unpublished, and is swept like a broken import.
            drop(carry_over(&damaged, &anew, &snapshot));
        }
    }
    Ok(anew)
}

fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let named = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let aside = named(".damaged");
    for suffix in ["", "-wal", "-shm"] {
        let (from, to) = (named(suffix), named(&format!(".damaged{suffix}")));
        if from.exists() {
            std::fs::rename(&from, &to).map_err(|error| StoreError::io(path, &error))?;
        }
    }
    Ok(aside)
}

fn readable(damaged: &Database) -> Vec<Snapshot> {
    let Ok(reader) = damaged.reader() else {
        return Vec::new();
    };
    let ids = snapshots::ids(&reader).unwrap_or_default();
    let published = ids.into_iter().filter(|(_, _, published)| *published);
    published
        .filter_map(|(id, _, _)| snapshots::get(&reader, &id).ok().flatten())
        .collect()
}

fn carry_over(damaged: &Database, anew: &Database, snapshot: &Snapshot) -> Result<(), StoreError> {
    let reader = damaged.reader()?;
    let (id, audience) = (snapshot.id.clone(), snapshot.audience.clone());
    anew.write_blocking(move |tx| snapshots::begin(tx, &id, &audience))?;
    let mut rows = 0;
    for (first_row, count) in snapshots::blocks(&reader, &snapshot.id)? {
        let block = crate::block::encode(&snapshots::block(&reader, &snapshot.id, first_row)?)?;
        let id = snapshot.id.clone();
        anew.write_blocking(move |tx| snapshots::add_block(tx, &id, first_row, count, &block))?;
        rows += count;
    }
    if rows != snapshot.rows {
        return Err(StoreError::Damaged("a snapshot has lost rows".into()));
    }
    let whole = snapshot.clone();
    anew.write_blocking(move |tx| snapshots::publish(tx, &whole))
}
