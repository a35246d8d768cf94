//! The data folder: made on first use, and opened with the key that belongs to it.

use crate::{
    Key, KeychainKind, StoreError,
    config::Config,
    key::{random_bytes, to_hex},
    keychain::{self, Keychain},
    passphrase::Wrapped,
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};
use usher_model::Secret;

/// What is at hand to open a folder.
#[derive(Clone)]
pub struct Unlock {
    /// Where the key is to be kept. `None`: as recorded, and for a new folder
    /// the system's keychain.
    pub kind: Option<KeychainKind>,
    /// The passphrase, where one was given.
    pub passphrase: Option<Secret>,
    /// The system's keychain.
    pub keychain: Arc<dyn Keychain>,
}

/// A data folder that is ready for its databases.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    id: String,
    kind: KeychainKind,
    key_mark: String,
}

impl Folder {
    /// An existing folder without its key, for a process that gets the key
    /// from the owner; nothing when there is none yet.
    ///
    /// # Errors
    /// `Newer` for a later format, `Damaged` when `folder.json` is not ours.
    pub fn existing(dir: &Path) -> Result<Option<Self>, StoreError> {
        Ok(Config::read(dir)?.map(|config| Self::of(dir, &config)))
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Random, made once; it names this folder in the keychain.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where its key is kept.
    pub fn kind(&self) -> KeychainKind {
        self.kind
    }

    /// Where what cannot be had again is kept.
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal.db")
    }

    /// Where what can be read again is kept.
    pub fn cache(&self) -> PathBuf {
        self.path.join("cache.db")
    }

    /// Whether this is the folder's key. Once it is known to be, a file that it
    /// does not open is damaged or foreign.
    pub fn recognises(&self, key: &Key) -> bool {
        key.mark(&self.id) == self.key_mark
    }

    fn of(dir: &Path, config: &Config) -> Self {
        let Config {
            id,
            keychain: kind,
            key_mark,
            ..
        } = config;
        Self {
            path: dir.into(),
            id: id.clone(),
            kind: *kind,
            key_mark: key_mark.clone(),
        }
    }
}

/// Opens a folder and its key, making both when the folder is new.
///
/// A key is made only where there is neither `folder.json` nor a database, and
/// is kept and read back before `folder.json` says that the folder exists. So a
/// crash leaves either a folder to begin anew, with at most an unused entry in
/// the keychain, or one that is complete. Blocks for as long as the keychain asks.
///
/// # Errors
/// `KeychainLocked`, `KeychainAbsent`, `KeychainDenied`, `KeychainUnreliable`;
/// `KeyMissing` and `KeyWrong` when there is data and not its key;
/// `PassphraseNeeded`, `PassphraseWrong`; `KeychainFixed` when another kind is
/// asked for than the folder has; `Newer`, `Damaged`, `Unwritable`.
pub fn open_folder(dir: &Path, unlock: &Unlock) -> Result<(Folder, Key), StoreError> {
    if let Some(config) = Config::read(dir)? {
        return open(dir, unlock, &config);
    }
    prepare_folder(dir)?;
    if has_database(dir).map_err(|error| StoreError::io(dir, &error))? {
        return Err(StoreError::KeyMissing(dir.to_owned()));
    }
    create(dir, unlock)
}

/// Makes the folder itself, for this user only, when it is not there: for a
/// caller that puts a lock into it before opening it.
///
/// # Errors
/// `Unwritable` when the system refuses.
pub fn prepare_folder(dir: &Path) -> Result<(), StoreError> {
    make_private(dir).map_err(|error| StoreError::io(dir, &error))
}

fn create(dir: &Path, unlock: &Unlock) -> Result<(Folder, Key), StoreError> {
    let (id, key) = (to_hex(&random_bytes::<16>()?), Key::random()?);
    let wrapped = match unlock.kind.unwrap_or(KeychainKind::Os) {
        KeychainKind::Passphrase => Some(Wrapped::wrap(&key, passphrase(dir, unlock)?, &id)?),
        KeychainKind::Os => {
            let text = Secret::new(String::clone(&key.to_hex()));
            keychain::keep(&*unlock.keychain, &key_account(&id), &text)?;
            None
        }
    };
    let config = Config::new(id.clone(), key.mark(&id), wrapped);
    if config.write(dir)? {
        return Ok((Folder::of(dir, &config), key));
    }
    // Another process made the folder in the meantime: its key counts, not ours.
    if config.keychain == KeychainKind::Os {
        unlock.keychain.delete(&key_account(&id))?;
    }
    let config = Config::read(dir)?.ok_or_else(|| StoreError::KeyMissing(dir.to_owned()))?;
    open(dir, unlock, &config)
}

fn open(dir: &Path, unlock: &Unlock, config: &Config) -> Result<(Folder, Key), StoreError> {
    if unlock.kind.is_some_and(|kind| kind != config.keychain) {
        return Err(StoreError::KeychainFixed(dir.to_owned()));
    }
    let key = match &config.wrapped {
        Some(wrapped) => wrapped
            .unwrap_key(passphrase(dir, unlock)?, &config.id)
            .map_err(|error| error.about(dir))?
            .ok_or_else(|| StoreError::PassphraseWrong(dir.to_owned()))?,
        None => find_key(dir, &*unlock.keychain, &config.id)?,
    };
    let folder = Folder::of(dir, config);
    if !folder.recognises(&key) {
        return Err(StoreError::KeyWrong(dir.to_owned()));
    }
    Ok((folder, key))
}

/// The key from the keychain. One that says "nothing there" is made to prove
/// that it works before that is believed.
fn find_key(dir: &Path, keychain: &dyn Keychain, id: &str) -> Result<Key, StoreError> {
    let Some(text) = keychain.get(&key_account(id))? else {
        keychain::probe(keychain, &format!("{id}/probe"))?;
        return Err(StoreError::KeyMissing(dir.to_owned()));
    };
    Key::from_hex(text.expose()).ok_or_else(|| StoreError::KeyWrong(dir.to_owned()))
}

fn passphrase<'a>(dir: &Path, unlock: &'a Unlock) -> Result<&'a Secret, StoreError> {
    let given = unlock
        .passphrase
        .as_ref()
        .filter(|passphrase| !passphrase.is_blank());
    given.ok_or_else(|| StoreError::PassphraseNeeded(dir.to_owned()))
}

fn key_account(id: &str) -> String {
    format!("{id}/database-key")
}

/// Makes the folder for this user only. One that somebody made and filled is
/// left as it is: its files are private each.
fn make_private(dir: &Path) -> std::io::Result<()> {
    fs::create_dir_all(dir)?;
    #[cfg(unix)]
    if fs::read_dir(dir)?.next().is_none() {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// Whether any database is there, a backup or a log of one included.
fn has_database(dir: &Path) -> std::io::Result<bool> {
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if name.ends_with(".db") || name.contains(".db-") || name.contains(".db.") {
            return Ok(true);
        }
    }
    Ok(false)
}
