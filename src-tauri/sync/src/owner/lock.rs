//! The lock that makes a process the owner; the kernel releases it with the process.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;
use usher_model::{Code, Problem};

const NAME: &str = "owner.lock";

/// Held for as long as this value lives.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock if it is free.
    pub(super) fn try_take(folder: &Path) -> Result<Option<Self>, Problem> {
        let file = open(folder)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self::held(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(unusable(folder, &error)),
        }
    }

    /// Who took the lock last, for those who wait to see whether it changes
    /// hands; nothing where the system hides what is in a locked file.
    pub(super) fn last_holder(folder: &Path) -> Option<Vec<u8>> {
        std::fs::read(folder.join(NAME)).ok()
    }

    fn held(mut file: File) -> Self {
        let holder = std::process::id().to_string();
        // Only others' patience depends on it.
        drop(
            file.set_len(0)
                .and_then(|()| file.write_all(holder.as_bytes())),
        );
        Self { _file: file }
    }
}

fn open(folder: &Path) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(folder.join(NAME))
        .map_err(|error| unusable(folder, &error))
}

fn unusable(folder: &Path, error: &std::io::Error) -> Problem {
    Problem::new(
        Code::StoreUnwritable,
        format!(
            "The data folder `{}` cannot be locked: {}.",
            folder.display(),
            error.kind()
        ),
        "Choose a folder on a local disk that you may write to.",
    )
}
