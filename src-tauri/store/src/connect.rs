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
}

impl Settings {
    /// For what cannot be had again.
    pub const JOURNAL: Self = Self {
        durability: Durability::Full,
        page_size: 4096,
        application_id: 0x5573_686a,
    };
    /// For what can be read again, in large blocks.
    pub const CACHE: Self = Self {
        durability: Durability::Normal,
        page_size: 16384,
        application_id: 0x5573_6863,
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
         PRAGMA journal_size_limit = 67108864;",
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
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| StoreError::from(error).about(path))?;
    // The cipher's own log goes to stderr, where our errors are documents.
    connection.execute_batch("PRAGMA cipher_log = off")?;
    unlock(&connection, key)?;
    connection.execute_batch(&format!(
        "PRAGMA cipher_page_size = {}; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1;
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
