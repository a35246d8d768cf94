//! What can go wrong with what this machine remembers.

use rusqlite::ErrorCode;
use std::path::{Path, PathBuf};
use thiserror::Error;
use usher_model::Problem;

/// A failure of the store. It may name paths and things, never a secret or a
/// person's data: the texts end up on screens and in logs.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The keychain is there but closed, and did not open.
    #[error("the keychain is locked ({0})")]
    KeychainLocked(String),
    /// No keychain answers, or it has no place to keep things.
    #[error("there is no usable keychain ({0})")]
    KeychainAbsent(String),
    /// The keychain answers, and refuses this program or this person.
    #[error("the keychain refuses access ({0})")]
    KeychainDenied(String),
    /// The keychain gave back something else than was put in.
    #[error("the keychain does not keep what it is given ({0})")]
    KeychainUnreliable(String),
    /// There is a folder with data, and its key is gone.
    #[error("the key for {0} is missing")]
    KeyMissing(PathBuf),
    /// The key is there and does not open the data.
    #[error("the key does not open {0}")]
    KeyWrong(PathBuf),
    /// The passphrase does not open the key.
    #[error("the passphrase does not open {0}")]
    PassphraseWrong(PathBuf),
    /// The folder is opened by a passphrase, and none was given.
    #[error("{0} needs a passphrase")]
    PassphraseNeeded(PathBuf),
    /// Another way of keeping the key was asked for than the folder has.
    #[error("{0} keeps its key another way")]
    KeychainFixed(PathBuf),
    /// Written by a newer version.
    #[error("{0} is from a newer version")]
    Newer(PathBuf),
    /// Written by an older version, and this process may not migrate it.
    #[error("{0} is from an older version")]
    Older(PathBuf),
    /// The bytes on disk are not what was written; says where and what.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// The disk is full, read-only or failing; says where and how.
    #[error("the store cannot be written: {0}")]
    Unwritable(String),
    /// Another connection holds the database for longer than we wait.
    #[error("the database is busy")]
    Busy,
    /// Nothing of that kind has that name or id.
    #[error("there is no {kind} `{name}`")]
    NotFound {
        /// The noun of the command line, such as `audience`.
        kind: &'static str,
        /// As it was asked for.
        name: String,
    },
    /// Another thing of that kind has the name.
    #[error("there is already a {kind} `{name}`")]
    NameTaken {
        /// The noun of the command line.
        kind: &'static str,
        /// The name that was wanted.
        name: String,
    },
    /// Something else needs it.
    #[error("the {kind} `{name}` is in use by {by}")]
    InUse {
        /// The noun of the command line.
        kind: &'static str,
        /// What was to be removed.
        name: String,
        /// What uses it, as a person reads it.
        by: String,
    },
    /// A fault of Usher's own.
    #[error("{0}")]
    Internal(String),
}

impl StoreError {
    /// A fault of Usher's own; the text must not hold data.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::Internal(detail.into())
    }

    /// The same error, naming the file it is about.
    pub(crate) fn about(self, path: &Path) -> Self {
        let name = |detail: String| format!("{}: {detail}", path.display());
        match self {
            Self::Damaged(detail) => Self::Damaged(name(detail)),
            Self::Unwritable(detail) => Self::Unwritable(name(detail)),
            other => other,
        }
    }

    /// A failed file operation: whatever the cause, nothing could be written.
    pub(crate) fn io(path: &Path, error: &std::io::Error) -> Self {
        Self::Unwritable(format!("{}: {error}", path.display()))
    }

    /// The same in the words of whoever has to act on it.
    pub fn problem(&self) -> Problem {
        crate::wording::problem(self)
    }
}

/// Sorts what SQLite says by what a person can do about it. Texts of statements
/// and values are left out: they could hold a key or a person's data.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{QueryReturnedNoRows, SqlInputError, SqliteFailure};
        let failure = match &error {
            SqliteFailure(failure, _) | SqlInputError { error: failure, .. } => failure,
            QueryReturnedNoRows => return Self::internal("a row that must be there is not"),
            // These tell a column and a type, never a value.
            rusqlite::Error::FromSqlConversionFailure(column, kind, _)
            | rusqlite::Error::InvalidColumnType(column, _, kind) => {
                return Self::internal(format!("column {column} holds {kind}"));
            }
            _ => return Self::internal("the database library refuses a call"),
        };
        let detail = failure.to_string();
        match failure.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged(detail),
            ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure
            | ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::PermissionDenied
            | ErrorCode::NoLargeFileSupport
            | ErrorCode::FileLockingProtocolFailed => Self::Unwritable(detail),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            _ => Self::internal(format!("{detail} ({})", failure.extended_code)),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        error.problem()
    }
}
