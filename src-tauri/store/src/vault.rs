//! The connections' secrets, wherever this folder keeps them.

use crate::{
    Database, Folder, KeychainKind, StoreError,
    keychain::{self, Keychain},
};
use rusqlite::OptionalExtension as _;
use std::sync::Arc;
use usher_model::Secret;

/// The table for secrets without a keychain: a part of the journal's first migration.
pub const SECRETS_TABLE: &str =
    "CREATE TABLE secrets (account TEXT PRIMARY KEY, secret TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/// Keeps secrets by account, such as `connection/<id>`. With the system's
/// keychain they are entries there, under the folder's id; with a passphrase
/// they are rows of the encrypted journal. Calls block, also on a person.
pub struct Vault {
    folder_id: String,
    keychain: Option<Arc<dyn Keychain>>,
    journal: Arc<Database>,
}

impl Vault {
    /// The vault of an opened folder.
    pub fn new(folder: &Folder, keychain: Arc<dyn Keychain>, journal: Arc<Database>) -> Self {
        let keychain = (folder.kind() == KeychainKind::Os).then_some(keychain);
        Self {
            folder_id: folder.id().to_owned(),
            keychain,
            journal,
        }
    }

    /// The secret of an account, or nothing.
    ///
    /// # Errors
    /// Those of the keychain, or of the journal.
    pub fn secret(&self, account: &str) -> Result<Option<Secret>, StoreError> {
        if let Some(keychain) = &self.keychain {
            return keychain.get(&self.name(account));
        }
        let reader = self.journal.reader()?;
        let mut find = reader.prepare_cached("SELECT secret FROM secrets WHERE account = ?1")?;
        let found: Option<String> = find.query_row([account], |row| row.get(0)).optional()?;
        Ok(found.map(Secret::new))
    }

    /// Keeps a secret, in place of an older one.
    ///
    /// # Errors
    /// Those of the keychain, `KeychainUnreliable` when it does not give the
    /// same back; or those of the journal.
    pub fn put_secret(&self, account: &str, secret: &Secret) -> Result<(), StoreError> {
        if let Some(keychain) = &self.keychain {
            return keychain::keep(&**keychain, &self.name(account), secret);
        }
        let (account, secret) = (account.to_owned(), secret.clone());
        self.journal.writer()?.write(move |tx| {
            tx.execute(
                "INSERT OR REPLACE INTO secrets VALUES (?1, ?2)",
                [account.as_str(), secret.expose()],
            )?;
            Ok(())
        })
    }

    /// Forgets a secret; one that is not there is no error.
    ///
    /// # Errors
    /// Those of the keychain, or of the journal.
    pub fn forget_secret(&self, account: &str) -> Result<(), StoreError> {
        if let Some(keychain) = &self.keychain {
            return keychain.delete(&self.name(account));
        }
        let account = account.to_owned();
        self.journal.writer()?.write(move |tx| {
            tx.execute("DELETE FROM secrets WHERE account = ?1", [account])?;
            Ok(())
        })
    }

    fn name(&self, account: &str) -> String {
        format!("{}/{account}", self.folder_id)
    }
}
