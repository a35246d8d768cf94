//! The store's foundation, from outside: folders, keys, databases, migrations.

#![allow(clippy::unwrap_used)]

mod database;
mod folder;
mod migrations;
mod secrecy;
mod vault;
mod writer;

use std::{path::Path, sync::Arc};
use tempfile::TempDir;
use usher_model::Secret;
use usher_store::{
    Database, Folder, Key, KeychainKind, MemoryKeychain, Migration, SECRETS_TABLE, Settings,
    StoreError, Unlock, open_folder,
};

const TABLE: &str = "CREATE TABLE things (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;";

const FIRST: [Migration; 2] = [
    Migration {
        number: 1,
        sql: SECRETS_TABLE,
    },
    Migration {
        number: 2,
        sql: TABLE,
    },
];

/// A folder and what opens it.
struct World {
    dir: TempDir,
    keychain: Arc<MemoryKeychain>,
}

impl World {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            keychain: Arc::default(),
        }
    }

    fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("data")
    }

    fn open(&self) -> Result<(Folder, Key), StoreError> {
        self.open_as(None, None)
    }

    fn open_as(
        &self,
        kind: Option<KeychainKind>,
        passphrase: Option<&str>,
    ) -> Result<(Folder, Key), StoreError> {
        let passphrase = passphrase.map(|text| Secret::new(text.into()));
        open_folder(
            &self.path(),
            &Unlock {
                kind,
                passphrase,
                keychain: self.keychain.clone(),
            },
        )
    }

    fn database(&self, settings: Settings) -> (Folder, Key, Database) {
        let (folder, key) = self.open().unwrap();
        let path = if settings.page_size == 4096 {
            folder.journal()
        } else {
            folder.cache()
        };
        let database = Database::open(&path, &key, settings, &FIRST).unwrap();
        (folder, key, database)
    }
}

/// Another key than any folder has.
fn wrong_key() -> Key {
    Key::from_hex(&"5a".repeat(32)).unwrap()
}

fn add(database: &Database, text: &str) -> Result<(), StoreError> {
    let text = text.to_owned();
    database.writer()?.write(move |tx| {
        tx.execute("INSERT INTO things (text) VALUES (?1)", [text])?;
        Ok(())
    })
}

fn count(database: &Database) -> i64 {
    let reader = database.reader().unwrap();
    reader
        .query_row("SELECT count(*) FROM things", [], |row| row.get(0))
        .unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
