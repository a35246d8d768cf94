//! A damaged file, read for as long as there is anything to read.

use crate::{Key, Settings, StoreError, connect};
use rusqlite::Connection;
use std::cell::RefCell;
use std::path::{Path, PathBuf};

/// A connection that came upon a bad page reads nothing any more, not even good
/// ones: the next question goes to a new connection.
pub(super) struct Damaged {
    path: PathBuf,
    key: Key,
    connection: RefCell<Option<Connection>>,
}

impl Damaged {
    /// Opens it; nothing where not even its first page reads.
    pub(super) fn open(path: &Path, key: &Key) -> Option<Self> {
        let first = connect::read_only(path, key, &Settings::CACHE).ok()?;
        Some(Self {
            path: path.to_owned(),
            key: key.clone(),
            connection: RefCell::new(Some(first)),
        })
    }

    /// Asks one question. An answer that a bad page had part in is none.
    pub(super) fn ask<T, E>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, StoreError>
    where
        StoreError: From<E>,
    {
        let mut connection = self.connection.borrow_mut();
        let open = match connection.take() {
            Some(open) => open,
            None => connect::read_only(&self.path, &self.key, &Settings::CACHE)?,
        };
        let answer = question(&open)?;
        if !connect::is_sound(&open) {
            return Err(StoreError::Damaged("a page does not read".to_owned()));
        }
        *connection = Some(open);
        Ok(answer)
    }

    /// Gives the rows of a statement to `take` until it breaks off; whether it did not.
    pub(super) fn walk<T>(
        &self,
        sql: &str,
        read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
        mut take: impl FnMut(T),
    ) -> bool {
        let walked = self.ask(|db| {
            let mut query = db.prepare(sql)?;
            let rows = query.query_map([], read)?;
            rows.into_iter().try_for_each(|row| row.map(&mut take))
        });
        walked.is_ok()
    }
}
