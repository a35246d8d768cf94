//! A keychain for tests: it forgets everything at the end and fails on demand.

use super::Keychain;
use crate::StoreError;
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use usher_model::Secret;

/// How a [`MemoryKeychain`] misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Locked, and the prompt was not answered.
    Locked,
    /// Locked, and it says "nothing there" to whoever asks.
    LockedAndSilent,
    /// No keychain on this machine.
    Absent,
    /// It refuses this program.
    Denied,
    /// It accepts a secret and does not keep it.
    Forgetful,
}

/// Secrets in memory. Shared between tests, never used by the product.
#[derive(Default)]
pub struct MemoryKeychain(Mutex<State>);

#[derive(Default)]
struct State {
    entries: BTreeMap<String, Secret>,
    fault: Option<Fault>,
}

impl MemoryKeychain {
    /// An empty one that works.
    pub fn new() -> Self {
        Self::default()
    }

    /// Misbehaves from now on; `None` works again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.state().fault = fault;
    }

    /// The names of all that is kept, in order.
    pub fn accounts(&self) -> Vec<String> {
        self.state().entries.keys().cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn usable(&self, reading: bool) -> Result<MutexGuard<'_, State>, StoreError> {
        let state = self.state();
        let why = || "as the test wants it".to_owned();
        match state.fault {
            Some(Fault::LockedAndSilent) if reading => Ok(state),
            Some(Fault::Locked | Fault::LockedAndSilent) => Err(StoreError::KeychainLocked(why())),
            Some(Fault::Absent) => Err(StoreError::KeychainAbsent(why())),
            Some(Fault::Denied) => Err(StoreError::KeychainDenied(why())),
            Some(Fault::Forgetful) | None => Ok(state),
        }
    }
}

impl Keychain for MemoryKeychain {
    fn get(&self, account: &str) -> Result<Option<Secret>, StoreError> {
        let state = self.usable(true)?;
        if state.fault == Some(Fault::LockedAndSilent) {
            return Ok(None);
        }
        Ok(state.entries.get(account).cloned())
    }

    fn set(&self, account: &str, secret: &Secret) -> Result<(), StoreError> {
        let mut state = self.usable(false)?;
        if state.fault != Some(Fault::Forgetful) {
            state.entries.insert(account.into(), secret.clone());
        }
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<(), StoreError> {
        self.usable(false)?.entries.remove(account);
        Ok(())
    }
}
