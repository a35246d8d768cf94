//! The two databases of a folder and its vault, opened together.

use crate::table::{CACHE, JOURNAL};
use crate::{Database, Folder, Key, Keychain, Settings, StoreError, Vault, salvage};
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
    /// that does not open is set aside, and a new one begun with what still reads.
    ///
    /// # Errors
    /// Those of [`Database::open`].
    pub fn open(
        folder: &Folder,
        key: &Key,
        keychain: Arc<dyn Keychain>,
    ) -> Result<Self, StoreError> {
        let journal = Database::open(&folder.journal(), key, Settings::JOURNAL, JOURNAL)?;
        let cache = match Database::open(&folder.cache(), key, Settings::CACHE, CACHE) {
            // The journal opened, so the key is right, and the file is not.
            Err(StoreError::Damaged(_) | StoreError::KeyWrong(_)) => {
                salvage::begin_anew(&folder.cache(), key)?
            }
            opened => opened?,
        };
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

#[cfg(test)]
mod tests {
    use super::Stores;
    use crate::table::snapshots;
    use crate::{KeychainKind, MemoryKeychain, Unlock, block, open_folder};
    use arrow_array::{RecordBatch, StringArray};
    use std::io::{Seek, SeekFrom, Write};
    use std::sync::Arc;
    use usher_model::{AudienceId, Quarantine, Snapshot, SnapshotId, Timestamp};

    #[test]
    fn a_cache_that_does_not_open_is_set_aside_and_nothing_else_is_lost() {
        let dir = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::new());
        let unlock = Unlock {
            kind: Some(KeychainKind::Os),
            passphrase: None,
            keychain: keychain.clone(),
        };
        let (folder, key) = open_folder(dir.path(), &unlock).unwrap();
        let stores = Stores::open(&folder, &key, keychain.clone()).unwrap();
        let snapshot = Snapshot {
            id: SnapshotId("snp".into()),
            audience: AudienceId("aud".into()),
            rows: 1,
            columns: vec!["email".into()],
            taken_at: Timestamp(0),
            content: String::new(),
            quarantine: Quarantine::default(),
        };
        let kept = snapshot.clone();
        let column: arrow_array::ArrayRef = Arc::new(StringArray::from(vec!["ada@x.example"]));
        let rows =
            block::encode(&RecordBatch::try_from_iter([("email", column)]).unwrap()).unwrap();
        let write = move |tx: &crate::Tx<'_>| {
            snapshots::begin(tx, &kept.id, &kept.audience)?;
            snapshots::add_block(tx, &kept.id, 0, 1, &rows)?;
            snapshots::publish(tx, &kept)
        };
        stores.cache.write_blocking(write).unwrap();
        stores.journal.close().unwrap();
        stores.cache.close().unwrap();
        drop(stores);

        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .open(folder.cache())
            .unwrap();
        file.seek(SeekFrom::Start(100)).unwrap();
        file.write_all(&[0xff; 64]).unwrap();
        drop(file);
        let stores = Stores::open(&folder, &key, keychain).unwrap();
        assert!(
            dir.path().join("cache.db.damaged").exists(),
            "the damaged file is kept"
        );
        let found = snapshots::ids(&stores.cache.reader().unwrap()).unwrap();
        assert!(found.is_empty(), "nothing reads without its first page");
    }
}
