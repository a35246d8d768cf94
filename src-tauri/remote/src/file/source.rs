//! The bytes of a file, counted, and whether they stayed the same meanwhile.

use super::FileError;
use crate::rows::Amount;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::SystemTime;

/// A file that is open, and how it was then.
pub(super) struct Opened {
    name: String,
    file: File,
    len: u64,
    stamp: Option<Stamp>,
}

impl Opened {
    /// Opens a file. A pipe is opened too, but cannot be checked for a change.
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
            file,
            len: metadata.len(),
            stamp,
        })
    }

    /// All its bytes from the first to the last.
    pub(super) fn into_source(self) -> Source {
        let mut source = Source::from_read(self.file, &self.name, self.len);
        source.stamp = self.stamp;
        source
    }
}

/// Bytes from somewhere, with a name to call it by.
pub(super) struct Source {
    name: String,
    len: u64,
    read: Arc<AtomicU64>,
    bytes: Box<dyn Read + Send>,
    stamp: Option<Stamp>,
}

impl Source {
    /// Takes bytes from anywhere; nothing is known about a change of them.
    pub(super) fn from_read(bytes: impl Read + Send + 'static, name: &str, len: u64) -> Self {
        let read = Arc::<AtomicU64>::default();
        Self {
            name: name.to_owned(),
            len,
            bytes: Box::new(Counted {
                bytes,
                read: Arc::clone(&read),
            }),
            read,
            stamp: None,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// How much of the file was read, as it lies on the disk.
    pub(super) fn progress(&self) -> Amount {
        Amount {
            done: self.read.load(Relaxed),
            total: self.len,
        }
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
        Ok(filled)
    }

    /// To be asked at the end: rows of two states of a file are no audience.
    pub(super) fn check_unchanged(&self) -> Result<(), FileError> {
        match &self.stamp {
            Some(stamp) if self.read.load(Relaxed) != stamp.state.len || stamp.changed() => {
                Err(FileError::Changed {
                    name: self.name.clone(),
                })
            }
            _ => Ok(()),
        }
    }
}

/// Bytes that are counted as they are read.
struct Counted<R> {
    bytes: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.read.fetch_add(count as u64, Relaxed);
        Ok(count)
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
    /// Which file it is, where the system says so: one of the same length and time
    /// may have taken its place.
    #[cfg(unix)]
    place: (u64, u64),
}

impl State {
    fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt;
        Self {
            len: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            place: (metadata.dev(), metadata.ino()),
        }
    }
}
