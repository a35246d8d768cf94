//! One connection to one encrypted file: the key first, then the settings, then a look.

use crate::{Key, StoreError};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{fs::OpenOptions, path::Path};
use zeroize::Zeroizing;

/// What a commit promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// It survives a power cut.
    Full,
    /// It survives a crash of Usher; a power cut may take the last ones back.
    Normal,
}

/// How one of the files is made and opened. Page size and mark are fixed when
/// it is made; a file opened with others does not open.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What a commit promises.
    pub durability: Durability,
    /// Bytes a page: small for rows, large for blocks.
    pub page_size: u32,
    /// SQLite's `application_id`, by which one file is not taken for the other.
    pub application_id: i32,
    /// Pages of the log after which it is cleared into the file.
    pub log_pages: u32,
    /// What each page is sealed with: the first in a new file, the others in files
    /// that earlier builds made.
    pub seals: &'static [&'static str],
}

impl Settings {
    /// For what cannot be had again.
    pub const JOURNAL: Self = Self {
        durability: Durability::Full,
        page_size: 4096,
        application_id: 0x5573_686a,
        log_pages: 1000,
        seals: &["HMAC_SHA512"],
    };
    /// For what can be read again, in large blocks.
    pub const CACHE: Self = Self {
        durability: Durability::Normal,
        page_size: 16384,
        application_id: 0x5573_6863,
        log_pages: 4000,
        // What processors have an instruction for: half the time of the other.
        seals: &["HMAC_SHA256", "HMAC_SHA512"],
    };
}

/// The first version without a fault that could lose a commit of the write-ahead log.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Opens the file for the writer, making it (0600) when it is not there.
pub(crate) fn read_write(
    path: &Path,
    key: &Key,
    settings: &Settings,
) -> Result<Connection, StoreError> {
    create_private(path).map_err(|error| StoreError::io(path, &error))?;
    let connection = open(path, key, settings, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let synchronous = match settings.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        let detail = "its disk cannot be shared between processes".to_owned();
        return Err(StoreError::Unwritable(detail).about(path));
    }
    // On macOS a plain fsync does not reach the disk; elsewhere fullfsync does nothing.
    connection.execute_batch(&format!(
        "PRAGMA synchronous = {synchronous}; PRAGMA fullfsync = {full};
         PRAGMA checkpoint_fullfsync = 1; PRAGMA foreign_keys = 1; PRAGMA secure_delete = 1;
         PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = {pages};",
        pages = settings.log_pages,
        full = u8::from(settings.durability == Durability::Full),
    ))?;
    Ok(connection)
}

/// Opens an existing file for reading only.
pub(crate) fn read_only(
    path: &Path,
    key: &Key,
    settings: &Settings,
) -> Result<Connection, StoreError> {
    let connection = open(path, key, settings, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.execute_batch("PRAGMA query_only = 1")?;
    Ok(connection)
}

/// The steps both share. The key is looked at once, by reading the first page:
/// SQLite opens a file lazily and would report a wrong key at some later place.
fn open(
    path: &Path,
    key: &Key,
    settings: &Settings,
    flags: OpenFlags,
) -> Result<Connection, StoreError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(StoreError::internal(format!(
            "SQLite {} is too old",
            rusqlite::version()
        )));
    }
    let mut opened = Err(StoreError::KeyWrong(path.to_owned()));
    for seal in settings.seals {
        opened = open_sealed(path, key, settings, flags, seal);
        if !matches!(opened, Err(StoreError::KeyWrong(_))) {
            break;
        }
    }
    opened
}

fn open_sealed(
    path: &Path,
    key: &Key,
    settings: &Settings,
    flags: OpenFlags,
    seal: &str,
) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| StoreError::from(error).about(path))?;
    // The cipher's own log goes to stderr, where our errors are documents.
    connection.execute_batch("PRAGMA cipher_log = off")?;
    unlock(&connection, key)?;
    connection.execute_batch(&format!(
        "PRAGMA cipher_page_size = {}; PRAGMA cipher_hmac_algorithm = {seal};
         PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1;
         PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA busy_timeout = 5000;",
        settings.page_size
    ))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    look(&connection, path, settings).map_err(|error| match error {
        // With a wrong key the first page is noise, which SQLite calls no database.
        StoreError::Damaged(_) => StoreError::KeyWrong(path.to_owned()),
        error => error.about(path),
    })?;
    Ok(connection)
}

/// Whether a connection met no bad page so far. The cipher gives the last page
/// of a long value as zeros when it is bad, without an error, and fails from
/// then on: what such a value says must carry a checksum.
pub(crate) fn is_sound(connection: &Connection) -> bool {
    let status: Result<String, _> =
        connection.query_row("PRAGMA cipher_status", [], |row| row.get(0));
    status.is_ok_and(|status| status == "1")
}

/// Gives the raw key. No error of this step may carry its statement.
fn unlock(connection: &Connection, key: &Key) -> Result<(), StoreError> {
    let cipher: Result<String, _> =
        connection.query_row("PRAGMA cipher_version", [], |row| row.get(0));
    if cipher.is_err() {
        return Err(StoreError::internal("the database library cannot encrypt"));
    }
    let hex = key.to_hex();
    let mut statement = Zeroizing::new(String::with_capacity(96));
    statement.push_str("PRAGMA key = \"x'");
    statement.push_str(&hex);
    statement.push_str("'\"");
    connection
        .execute_batch(&statement)
        .map_err(|_| StoreError::internal("the database library takes no key"))
}

fn look(connection: &Connection, path: &Path, settings: &Settings) -> Result<(), StoreError> {
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let mark: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if tables > 0 && mark != settings.application_id {
        return Err(StoreError::internal(format!(
            "{} is another kind of file",
            path.display()
        )));
    }
    Ok(())
}

/// Makes the file when it is not there, and private in any case: one that came
/// back from a backup may not be. SQLite gives its side files the same mode.
pub(crate) fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    drop(file);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Settings, read_only, read_write};
    use crate::{Key, StoreError};

    #[test]
    fn a_file_sealed_as_before_opens_still() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cache.db");
        let key = Key::random().unwrap();
        let before = Settings {
            seals: &["HMAC_SHA512"],
            ..Settings::CACHE
        };
        let old = read_write(&path, &key, &before).unwrap();
        old.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (7)")
            .unwrap();
        old.execute_batch(&format!(
            "PRAGMA application_id = {}",
            before.application_id
        ))
        .unwrap();
        drop(old);
        let now = read_only(&path, &key, &Settings::CACHE).unwrap();
        let x: i64 = now
            .query_row("SELECT x FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(x, 7);
        let other = read_only(&path, &Key::random().unwrap(), &Settings::CACHE);
        assert!(matches!(other, Err(StoreError::KeyWrong(_))));
    }
}
