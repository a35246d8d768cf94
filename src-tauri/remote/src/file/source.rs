//! The bytes of a file, counted, and whether they stayed the same meanwhile.

use super::FileError;
use super::kind::{self, START};
use super::packed::Packing;
use crate::rows::Amount;
use std::fs::{self, File, Metadata};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::SystemTime;

/// A file that is open, and how it was then.
pub(super) struct Opened {
    name: String,
    file: File,
    /// The first bytes, which are read already: a pipe gives them once.
    start: Vec<u8>,
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
        let mut file = File::open(path).map_err(unreadable)?;
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
        let mut start = Vec::with_capacity(START);
        let first = (&mut file).take(START as u64).read_to_end(&mut start);
        first.map_err(unreadable)?;
        Ok(Self {
            name,
            file,
            start,
            len: metadata.len(),
            stamp,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn start(&self) -> &[u8] {
        &self.start
    }

    /// Whether its last bytes are these, for all that is known: a pipe's are not.
    pub(super) fn may_end_with(&mut self, end: &[u8]) -> Result<bool, FileError> {
        let length = end.len() as u64;
        if self.stamp.is_none() || self.len < length {
            return Ok(self.stamp.is_none());
        }
        let mut last = vec![0; end.len()];
        let read = self
            .file
            .seek(SeekFrom::Start(self.len - length))
            .and_then(|_| self.file.read_exact(&mut last))
            .and_then(|()| self.file.seek(SeekFrom::Start(self.start.len() as u64)));
        match read {
            Ok(_) => Ok(last == end),
            Err(reason) => Err(FileError::Unreadable {
                name: self.name.clone(),
                reason,
            }),
        }
    }

    /// The file itself, for formats that are read here and there, and its length.
    pub(super) fn into_file(self) -> Result<(String, File, u64, Stamp), FileError> {
        match self.stamp {
            Some(stamp) => Ok((self.name, self.file, self.len, stamp)),
            None => Err(FileError::Pipe { name: self.name }),
        }
    }

    /// All its bytes from the first to the last, unpacked.
    pub(super) fn into_source(self, packing: Option<Packing>) -> Result<Source, FileError> {
        let bytes = Cursor::new(self.start).chain(self.file);
        let mut source = Source::from_read(bytes, &self.name, self.len);
        source.stamp = self.stamp;
        match packing {
            Some(packing) => source.unpacked(packing),
            None => Ok(source),
        }
    }
}

/// Bytes from somewhere, with a name to call it by.
pub(super) struct Source {
    name: String,
    len: u64,
    read: Arc<AtomicU64>,
    bytes: Box<dyn Read + Send>,
    is_packed: bool,
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
            is_packed: false,
            stamp: None,
        }
    }

    fn unpacked(self, packing: Packing) -> Result<Self, FileError> {
        let name = self.name.clone();
        let bytes = packing.unpack(self.bytes);
        let mut source = Self {
            bytes: bytes.map_err(|reason| FileError::Unreadable { name, reason })?,
            is_packed: true,
            ..self
        };
        let mut start = vec![0; START];
        let length = source.fill(&mut start)?;
        start.truncate(length);
        if kind::is_text(&start) {
            source.bytes = Box::new(Cursor::new(start).chain(source.bytes));
            return Ok(source);
        }
        Err(FileError::PackedAgain { name: source.name })
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
                Err(reason) => return Err(self.unread(reason)),
            }
        }
        Ok(filled)
    }

    /// An error that is the system's has its number; the others are the unpacker's.
    fn unread(&self, reason: io::Error) -> FileError {
        let name = self.name.clone();
        if self.stamp.as_ref().is_some_and(Stamp::changed) {
            return FileError::Changed { name };
        }
        match (self.is_packed, reason.raw_os_error(), reason.kind()) {
            (true, None, io::ErrorKind::UnexpectedEof) => FileError::Damaged {
                name,
                reason: "it ends early".to_owned(),
            },
            (true, None, _) => FileError::Damaged {
                name,
                reason: format!("it does not unpack: {reason}"),
            },
            _ => FileError::Unreadable { name, reason },
        }
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
pub(super) struct Stamp {
    file: File,
    path: PathBuf,
    state: State,
}

impl Stamp {
    /// Both the open file and the path are asked: many programs save by writing a
    /// new file over the old name, which leaves the open one as it was.
    pub(super) fn changed(&self) -> bool {
        [self.file.metadata(), fs::metadata(&self.path)]
            .into_iter()
            .any(|now| now.map_or(true, |now| State::of(&now) != self.state))
    }

    /// The error that a file's other errors come of, if it changed meanwhile.
    pub(super) fn explain(&self, error: FileError, name: &str) -> FileError {
        let name = name.to_owned();
        match self.changed() {
            true => FileError::Changed { name },
            false => error,
        }
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
