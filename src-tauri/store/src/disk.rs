//! How writes reach a file: on a thread of their own, or through a test's hands.

use crate::StoreError;
use std::fmt;
use std::sync::Arc;

/// How the databases of a folder are written.
#[derive(Clone, Default)]
pub enum Disk {
    /// By a thread a database, so that no write holds up the caller's thread.
    #[default]
    System,
    /// At once, on the caller's thread, and with this watching: the same calls then
    /// come to the same file in the same order, and a test can be a full disk, or a
    /// machine that dies around any commit.
    Watched(Arc<dyn Commits>),
}

/// Who stands beside each commit.
pub trait Commits: Send + Sync {
    /// Asked when all is written but not committed.
    ///
    /// # Errors
    /// What the disk says: the transaction is undone.
    fn before(&self) -> Result<(), StoreError>;

    /// Told when it is committed.
    ///
    /// # Errors
    /// For a caller that is not to hear of its commit any more.
    fn after(&self) -> Result<(), StoreError>;
}

impl Disk {
    pub(crate) fn before(&self) -> Result<(), StoreError> {
        match self {
            Self::System => Ok(()),
            Self::Watched(watch) => watch.before(),
        }
    }

    pub(crate) fn after(&self) -> Result<(), StoreError> {
        match self {
            Self::System => Ok(()),
            Self::Watched(watch) => watch.after(),
        }
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Watched(_) => "Watched",
        })
    }
}
