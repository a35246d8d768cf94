//! The two databases of a folder and its vault, opened together.

use crate::table::{CACHE, JOURNAL};
use crate::{Database, Disk, Folder, Key, Keychain, Settings, StoreError, Vault, salvage};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What lies in a data folder, open.
pub struct Stores {
    /// What cannot be had again.
    pub journal: Arc<Database>,
    /// What can be read or imported again.
    pub cache: Arc<Database>,
    /// The secrets.
    pub vault: Vault,
    /// The folder.
    pub folder: PathBuf,
}

impl Stores {
    /// Opens both as the owner of the folder, making and migrating them. A cache
    /// that is damaged is set aside, and a new one begun with what still reads.
    ///
    /// # Errors
    /// Those of [`Database::open`]; `Damaged` also for a journal that is gone.
    pub fn open(
        folder: &Folder,
        key: &Key,
        keychain: Arc<dyn Keychain>,
    ) -> Result<Self, StoreError> {
        Self::open_on(&Disk::System, folder, key, keychain)
    }

    /// The same, written as this disk is.
    ///
    /// # Errors
    /// Those of [`Stores::open`].
    pub fn open_on(
        disk: &Disk,
        folder: &Folder,
        key: &Key,
        keychain: Arc<dyn Keychain>,
    ) -> Result<Self, StoreError> {
        refuse_without_journal(folder)?;
        let path = folder.journal();
        let journal = Database::open_on(disk, &path, key, Settings::JOURNAL, JOURNAL)?;
        let cache = salvage::open(folder, key, disk)?;
        let (journal, cache) = (Arc::new(journal), Arc::new(cache));
        Ok(Self::around(folder, journal, cache, keychain))
    }

    /// Opens both in a process that is not the owner, to read.
    ///
    /// # Errors
    /// Those of [`Database::open_existing_read_only`].
    pub fn read_only(
        folder: &Folder,
        key: &Key,
        keychain: Arc<dyn Keychain>,
    ) -> Result<Self, StoreError> {
        let open = |path: &Path, settings, migrations| {
            Database::open_existing_read_only(path, key, settings, migrations).map(Arc::new)
        };
        let journal = open(&folder.journal(), Settings::JOURNAL, JOURNAL)?;
        let cache = open(&folder.cache(), Settings::CACHE, CACHE)?;
        Ok(Self::around(folder, journal, cache, keychain))
    }

    fn around(
        folder: &Folder,
        journal: Arc<Database>,
        cache: Arc<Database>,
        keychain: Arc<dyn Keychain>,
    ) -> Self {
        let vault = Vault::new(folder, keychain, journal.clone());
        Self {
            journal,
            cache,
            vault,
            folder: folder.path().to_owned(),
        }
    }
}

/// A journal is made before its cache. One that is gone beside a cache is never
/// begun anew: what it held would be swept from the cache as nobody's.
fn refuse_without_journal(folder: &Folder) -> Result<(), StoreError> {
    let is_empty = |path: &Path| std::fs::metadata(path).map_or(true, |file| file.len() == 0);
    if is_empty(&folder.journal()) && !is_empty(&folder.cache()) {
        let gone = StoreError::Damaged("it is missing or empty".to_owned());
        return Err(gone.about(&folder.journal()));
    }
    Ok(())
}
