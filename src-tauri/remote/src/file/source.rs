//! The bytes of a file, counted, and whether they stayed the same meanwhile.

use super::FileError;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Bytes from somewhere, with a name to call it by.
pub(super) struct Source {
    name: String,
    len: u64,
    read: u64,
    bytes: Box<dyn Read + Send>,
    stamp: Option<Stamp>,
}

impl Source {
    /// Opens a file. A pipe is read too, but cannot be checked for a change.
    pub(super) fn open(path: &Path) -> Result<Self, FileError> {
        let name = path.display().to_string();
        let unreadable = |reason| FileError::Unreadable {
            name: name.clone(),
            reason,
        };
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(FileError::Folder { name });
        }
        let mut stamp = None;
        if metadata.is_file() {
            let file = file.try_clone().map_err(unreadable)?;
            stamp = Some(Stamp {
                file,
                path: path.to_owned(),
                state: State::of(&metadata),
            });
        }
        Ok(Self {
            name,
            len: metadata.len(),
            read: 0,
            bytes: Box::new(file),
            stamp,
        })
    }

    /// Takes bytes from anywhere else; nothing is known about a change of them.
    pub(super) fn from_read(bytes: impl Read + Send + 'static, name: &str, len: u64) -> Self {
        Self {
            name: name.to_owned(),
            len,
            read: 0,
            bytes: Box::new(bytes),
            stamp: None,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn total(&self) -> u64 {
        self.len
    }

    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Fills `buffer` as far as the file goes: less than all of it means the end.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, FileError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.bytes.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(reason) => {
                    return Err(FileError::Unreadable {
                        name: self.name.clone(),
                        reason,
                    });
                }
            }
        }
        self.read += filled as u64;
        Ok(filled)
    }

    /// To be asked at the end: rows of two states of a file are no audience.
    pub(super) fn check_unchanged(&self) -> Result<(), FileError> {
        match &self.stamp {
            Some(stamp) if self.read != stamp.state.len || stamp.changed() => {
                Err(FileError::Changed {
                    name: self.name.clone(),
                })
            }
            _ => Ok(()),
        }
    }
}

/// A file as it was when it was opened.
struct Stamp {
    file: File,
    path: PathBuf,
    state: State,
}

impl Stamp {
    /// Both the open file and the path are asked: many programs save by writing a
    /// new file over the old name, which leaves the open one as it was.
    fn changed(&self) -> bool {
        [self.file.metadata(), fs::metadata(&self.path)]
            .into_iter()
            .any(|now| now.map_or(true, |now| State::of(&now) != self.state))
    }
}

/// What a change of a file is seen by.
#[derive(PartialEq, Eq)]
struct State {
    len: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        Self {
            len: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}
