//! One encrypted database: a writer when this process is the owner, and readers.

use crate::{
    Disk, Key, Migration, Reader, Settings, StoreError, Tx, Writer, connect,
    migrate::{Schema, compare, migrate},
    reader::Readers,
};
use std::path::Path;

/// An open database. Share it behind an `Arc`; call [`Database::close`] at the
/// end, so that nothing is left in the log beside the file.
pub struct Database {
    // Dropped first: the writer clears the log when no reader is at rest.
    readers: Readers,
    writer: Option<Writer>,
}

impl Database {
    /// Opens the file as its owner: makes it when it is not there, brings its
    /// schema up to date, and starts the writer.
    ///
    /// # Errors
    /// `KeyWrong`; `Newer` for a file of a later version; `Damaged`, `Unwritable`
    /// and `Busy` as the database says; `Internal` for a migration that was
    /// edited or does not run. The file is then as it was.
    pub fn open(
        path: &Path,
        key: &Key,
        settings: Settings,
        migrations: &[Migration],
    ) -> Result<Self, StoreError> {
        Self::open_on(&Disk::System, path, key, settings, migrations)
    }

    /// The same, written as this disk is.
    ///
    /// # Errors
    /// Those of [`Database::open`].
    pub fn open_on(
        disk: &Disk,
        path: &Path,
        key: &Key,
        settings: Settings,
        migrations: &[Migration],
    ) -> Result<Self, StoreError> {
        let about = |error: StoreError| error.about(path);
        let mut connection = connect::read_write(path, key, &settings)?;
        migrate(&mut connection, path, key, &settings, migrations).map_err(about)?;
        connection.set_prepared_statement_cache_capacity(64);
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let writer = Writer::start(connection, &name, disk)?;
        Ok(Self {
            readers: Readers::new(path.to_owned(), key.clone(), settings),
            writer: Some(writer),
        })
    }

    /// Opens an existing file in a process that is not its owner. It never
    /// changes anything.
    ///
    /// # Errors
    /// `Newer` and `Older` for any other schema than this version's; otherwise
    /// those of [`Database::open`]. A file that is not there is `Unwritable`.
    pub fn open_existing_read_only(
        path: &Path,
        key: &Key,
        settings: Settings,
        migrations: &[Migration],
    ) -> Result<Self, StoreError> {
        let readers = Readers::new(path.to_owned(), key.clone(), settings);
        let schema = compare(&*readers.get()?, path, migrations).map_err(|e| e.about(path))?;
        match schema {
            Schema::Current => Ok(Self {
                readers,
                writer: None,
            }),
            Schema::Behind(_) => Err(StoreError::Older(path.to_owned())),
        }
    }

    /// A read-only connection, returned to rest when dropped. It blocks like
    /// any file does; it never waits for the writer.
    ///
    /// # Errors
    /// Those of opening the file, when none is at rest.
    pub fn reader(&self) -> Result<Reader<'_>, StoreError> {
        self.readers.get()
    }

    /// The writer.
    ///
    /// # Errors
    /// `Internal` in a process that is not the owner.
    pub fn writer(&self) -> Result<&Writer, StoreError> {
        self.writer
            .as_ref()
            .ok_or_else(|| StoreError::internal("only the owner of the folder writes to it"))
    }

    /// [`Writer::write_async`] of the writer.
    ///
    /// # Errors
    /// `Internal` in a process that is not the owner; otherwise the writer's.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer()?.write_async(work).await
    }

    /// [`Writer::write`] of the writer, for threads that may wait.
    ///
    /// # Errors
    /// `Internal` in a process that is not the owner; otherwise the writer's.
    pub fn write_blocking<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer()?.write(work)
    }

    /// Leaves nothing of what was deleted: not in the file, not in its log, not
    /// in the copies that were made before migrations or set aside as damaged,
    /// which are removed.
    ///
    /// # Errors
    /// `Internal` in a process that is not the owner; `Unwritable` for a copy
    /// that cannot be removed; otherwise those of [`Writer::compact_async`].
    pub async fn compact(&self) -> Result<(), StoreError> {
        self.remove_copies()
            .map_err(|error| StoreError::io(self.path(), &error))?;
        self.readers.close_idle();
        self.writer()?.compact_async().await
    }

    fn remove_copies(&self) -> std::io::Result<()> {
        let (Some(folder), Some(name)) = (self.path().parent(), self.path().file_name()) else {
            return Ok(());
        };
        let copies = [".before-", ".damaged"].map(|what| name.to_string_lossy() + what);
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if copies.iter().any(|copy| name.starts_with(&**copy)) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        self.readers.path()
    }

    /// Does the writes in line, clears the log and closes the writer. Readers
    /// in use stay usable.
    ///
    /// # Errors
    /// Those of [`Writer::close`].
    pub fn close(&self) -> Result<(), StoreError> {
        self.readers.close_idle();
        self.writer.as_ref().map_or(Ok(()), Writer::close)
    }
}
