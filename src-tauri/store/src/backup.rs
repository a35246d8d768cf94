//! A copy of a database beside itself, taken before its schema changes.

use crate::{Key, Settings, StoreError, connect};
use rusqlite::Connection;
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// `VACUUM INTO` gives the copy the key of its source, but the cipher's default
/// page size, and that default is one for the whole process. The seal it gives is the
/// default too, with which every file opens (`Settings::seals`).
static PAGE_SIZE: Mutex<()> = Mutex::new(());

/// Writes `<name>.before-<n>`, under the same key, and removes the one before
/// it. The copy is opened once before it gets its name, so neither a crash nor
/// a copy that does not open takes the place of a good one.
///
/// # Errors
/// `Unwritable` when there is no room for it; the source is never changed.
pub(crate) fn back_up(
    connection: &Connection,
    path: &Path,
    key: &Key,
    settings: &Settings,
    number: u32,
) -> Result<(), StoreError> {
    let (draft, backup) = (beside(path, "part"), beside(path, &number.to_string()));
    let failed = |error: io::Error| StoreError::io(&draft, &error);
    remove(&draft)
        .and_then(|()| connect::create_private(&draft))
        .map_err(failed)?;
    copy(connection, &draft, settings).map_err(|error| error.about(&draft))?;
    connect::read_only(&draft, key, settings)
        .map_err(|_| StoreError::internal("the copy made before a migration does not open"))?;
    fs::OpenOptions::new()
        .write(true)
        .open(&draft)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&draft, &backup))
        .and_then(|()| remove_others(path, &backup))
        .map_err(failed)
}

fn copy(connection: &Connection, to: &Path, settings: &Settings) -> Result<(), StoreError> {
    let name = to
        .to_str()
        .ok_or_else(|| StoreError::internal("the folder's name is not Unicode text"))?;
    let _alone = PAGE_SIZE.lock().unwrap_or_else(PoisonError::into_inner);
    let default =
        |size: u32| connection.execute_batch(&format!("PRAGMA cipher_default_page_size = {size}"));
    default(settings.page_size)?;
    let copied = connection.execute("VACUUM INTO ?1", [name]);
    default(Settings::JOURNAL.page_size)?;
    copied?;
    Ok(())
}

fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".before-{what}"));
    PathBuf::from(name)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn remove_others(path: &Path, kept: &Path) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Ok(());
    };
    let prefix = format!("{}.before-", name.to_string_lossy());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) && entry.path() != kept {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
