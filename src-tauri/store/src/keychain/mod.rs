//! A place outside the data folder that keeps small secrets.

mod memory;
mod os;

pub use memory::{Fault, MemoryKeychain};
pub use os::OsKeychain;

use crate::StoreError;
use usher_model::Secret;

/// Keeps secrets by account name. Calls block, for as long as a person takes
/// to answer a prompt: never call one on a thread that others wait for.
///
/// # Errors
/// All methods tell a locked, an absent and a refusing keychain apart. "Nothing
/// under that name" is `Ok(None)`, and does not prove that the keychain is usable.
pub trait Keychain: Send + Sync {
    /// The secret of an account, or nothing.
    fn get(&self, account: &str) -> Result<Option<Secret>, StoreError>;
    /// Keeps a secret, in place of an older one.
    fn set(&self, account: &str, secret: &Secret) -> Result<(), StoreError>;
    /// Forgets a secret; one that is not there is no error.
    fn delete(&self, account: &str) -> Result<(), StoreError>;
}

/// Stores and reads back: some keychains accept what they do not keep.
pub(crate) fn keep(
    keychain: &dyn Keychain,
    account: &str,
    secret: &Secret,
) -> Result<(), StoreError> {
    keychain.set(account, secret)?;
    match keychain.get(account)? {
        Some(kept) if kept.expose() == secret.expose() => Ok(()),
        Some(_) => Err(StoreError::KeychainUnreliable(
            "it gives back something else".into(),
        )),
        None => Err(StoreError::KeychainUnreliable(
            "it gives nothing back".into(),
        )),
    }
}

/// Proves that the keychain works by keeping and forgetting a word. A locked
/// one, or one without any keyring yet, may answer "nothing there" to a `get`.
pub(crate) fn probe(keychain: &dyn Keychain, account: &str) -> Result<(), StoreError> {
    keep(keychain, account, &Secret::new("probe".into()))?;
    keychain.delete(account)
}
