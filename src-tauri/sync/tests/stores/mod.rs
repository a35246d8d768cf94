//! A new folder's stores.

use std::sync::Arc;
use usher_store::{KeychainKind, MemoryKeychain, Stores, Unlock, open_folder};

/// In this folder, with the key in memory.
pub(crate) fn opened(dir: &tempfile::TempDir) -> Stores {
    let keychain = Arc::new(MemoryKeychain::new());
    let unlock = Unlock {
        kind: Some(KeychainKind::Os),
        passphrase: None,
        keychain: keychain.clone(),
    };
    let (folder, key) = open_folder(&dir.path().join("data"), &unlock).unwrap();
    Stores::open(&folder, &key, keychain).unwrap()
}
