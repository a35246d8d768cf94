//! What can be had back from a damaged cache.
//!
//! The cache can be read or imported again, so damage never keeps Usher from
//! starting: the file is set aside, and every row of it that reads and whose
//! checksum holds goes into a new one. What misses a part of itself is not taken
//! for the whole: a snapshot is named as lost, stored plans are forgotten.
//!
//! A page is legible or it is not: its cipher's mark covers every byte of it.
//! Of a file whose first page is not, nothing is.

mod damaged;
mod places;
mod rows;
mod snapshots;
#[cfg(test)]
mod tests;

use crate::migrate::{Schema, compare};
use crate::table::CACHE;
use crate::{Database, Disk, Folder, Key, Migration, Settings, StoreError, connect};
use damaged::Damaged;
use std::io;
use std::path::{Path, PathBuf};

/// The side files that go wherever a database goes; the database comes first.
const PARTS: [&str; 3] = ["", "-wal", "-shm"];

/// Notes that the cache was seen to be damaged: the next owner salvages it.
///
/// # Errors
/// `Unwritable`.
pub fn suspect_cache(folder: &Folder) -> Result<(), StoreError> {
    let mark = mark(&folder.cache());
    connect::create_private(&mark).map_err(|error| StoreError::io(&mark, &error))
}

/// Opens the cache as its owner, salvaging it where it does not open or was
/// seen to be damaged. Takes as long as reading all of it does.
///
/// # Errors
/// Those of [`Database::open`] but damage; what was set aside is kept.
pub(crate) fn open(folder: &Folder, key: &Key, disk: &Disk) -> Result<Database, StoreError> {
    let path = &folder.cache();
    let begin = || Database::open_on(disk, path, key, Settings::CACHE, CACHE);
    // Marked without a cache: an earlier salvage was cut off, and goes on.
    if !mark(path).exists() || path.exists() {
        match begin() {
            Ok(cache) if !mark(path).exists() => return Ok(cache),
            Ok(cache) => {
                if is_whole(&cache)? {
                    remove(&mark(path))?;
                    return Ok(cache);
                }
            }
            // The journal opened, so the key is right, and the file is not.
            Err(StoreError::Damaged(_) | StoreError::KeyWrong(_)) => suspect_cache(folder)?,
            Err(other) => return Err(other),
        }
        set_aside(path)?;
    }
    let (aside, draft) = (beside(path, ".damaged"), beside(path, ".salvaged"));
    for part in &PARTS[1..] {
        rename(&beside(path, part), &beside(&aside, part))?;
    }
    for part in PARTS {
        remove(&beside(&draft, part))?;
    }
    carry_over(&aside, &draft, key)?;
    rename(&draft, path)?;
    remove(&mark(path))?;
    begin()
}

/// Whether every page and every block of it is as it was written.
fn is_whole(cache: &Database) -> Result<bool, StoreError> {
    let sound = |health: crate::Health| health.faults.is_empty();
    Ok(cache.check().is_ok_and(sound) && rows::blocks_hold(&*cache.reader()?))
}

/// Moves the damaged file away, in place of one that was set aside before.
fn set_aside(path: &Path) -> Result<(), StoreError> {
    let aside = beside(path, ".damaged");
    for part in PARTS {
        remove(&beside(&aside, part))?;
    }
    rename(path, &aside)
}

/// Makes the new file, of the schema that the old one has.
fn carry_over(aside: &Path, draft: &Path, key: &Key) -> Result<(), StoreError> {
    let damaged = Damaged::open(aside, key);
    let known = match &damaged {
        Some(damaged) => schema_of(damaged, aside)?,
        None => CACHE,
    };
    let anew = Database::open(draft, key, Settings::CACHE, known)?;
    if let Some(damaged) = &damaged {
        let read = rows::carry_over(damaged, &anew)?;
        snapshots::settle(damaged, &anew, read)?;
    }
    anew.close()
}

/// The steps that made a file. Of one that no longer tells, this version's: it
/// was brought up to date when it was last opened.
fn schema_of(damaged: &Damaged, path: &Path) -> Result<&'static [Migration], StoreError> {
    match damaged.ask(|db| compare(db, path, CACHE)) {
        Ok(Schema::Behind(at)) if at > 0 => Ok(&CACHE[..at]),
        Ok(_) | Err(StoreError::Damaged(_)) => Ok(CACHE),
        Err(other) => Err(other),
    }
}

fn mark(path: &Path) -> PathBuf {
    beside(path, ".suspect")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    there(from, std::fs::rename(from, to))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    there(path, std::fs::remove_file(path))
}

/// A file that is not there is no error.
fn there(path: &Path, done: io::Result<()>) -> Result<(), StoreError> {
    match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(path, &error)),
        _ => Ok(()),
    }
}
