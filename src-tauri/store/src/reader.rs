//! Read-only connections, kept for the next reader.

use crate::{Key, Settings, StoreError, connect};
use rusqlite::Connection;
use std::{
    ops::Deref,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// More than this many at rest are closed.
const MOST_IDLE: usize = 8;

/// Opens and keeps the read-only connections of one file. A reader sees the
/// state as of the beginning of each of its statements or transactions, never
/// half a commit, and does not hold up the writer.
pub(crate) struct Readers {
    path: PathBuf,
    key: Key,
    settings: Settings,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(path: PathBuf, key: Key, settings: Settings) -> Self {
        Self {
            path,
            key,
            settings,
            idle: Mutex::default(),
        }
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// A connection at rest, or a new one.
    pub(crate) fn get(&self) -> Result<Reader<'_>, StoreError> {
        let connection = match self.idle().pop() {
            Some(connection) => connection,
            None => connect::read_only(&self.path, &self.key, &self.settings)?,
        };
        Ok(Reader {
            connection: Some(connection),
            home: self,
        })
    }

    /// Closes those at rest: an open one keeps the log from being cleared.
    pub(crate) fn close_idle(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A read-only connection; it goes back to rest when dropped.
pub struct Reader<'a> {
    /// Always there until the drop.
    connection: Option<Connection>,
    home: &'a Readers,
}

impl Deref for Reader<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("a reader keeps its connection until it is dropped"),
        }
    }
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else {
            return;
        };
        // A transaction left open would show the next reader an old state, and
        // one that met a bad page reads nothing any more.
        if !connection.is_autocommit() || !connect::is_sound(&connection) {
            return;
        }
        let mut idle = self.home.idle();
        if idle.len() < MOST_IDLE {
            idle.push(connection);
        }
    }
}
