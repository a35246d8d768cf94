//! Files that the person gave: the page has a handle for each, and this process
//! alone knows where they are.

use crate::wire::OfferedFile;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use usher_model::{Code, Problem};

/// The files that were given while this process runs.
#[derive(Default)]
pub(crate) struct Files(Mutex<Offered>);

#[derive(Default)]
struct Offered {
    all: HashMap<String, PathBuf>,
    /// One that was given before the page was there to hear of it.
    waiting: Option<OfferedFile>,
}

impl Files {
    /// Takes a file in and gives it a handle.
    pub(crate) fn offer(&self, path: &Path) -> Result<OfferedFile, Problem> {
        let meta = std::fs::metadata(path).map_err(|error| {
            Problem::new(
                Code::FileUnreadable,
                format!("The file cannot be read: {}.", error.kind()),
                "Check that it is still there and that you may read it.",
            )
        })?;
        if !meta.is_file() {
            return Err(Problem::new(
                Code::FileUnreadable,
                "That is a folder, not a file.",
                "Give one file of people: CSV, TSV, Parquet or XLSX.",
            ));
        }
        let mut offered = self.offered();
        let file = OfferedFile {
            handle: format!("file-{}", offered.all.len() + 1),
            name: name_of(path),
            bytes: meta.len(),
        };
        offered.all.insert(file.handle.clone(), path.to_owned());
        Ok(file)
    }

    /// Keeps a file until the page asks for it.
    pub(crate) fn wait(&self, file: OfferedFile) {
        self.offered().waiting = Some(file);
    }

    /// The file that waits, once.
    pub(crate) fn take_waiting(&self) -> Option<OfferedFile> {
        self.offered().waiting.take()
    }

    /// Where the file of a handle is.
    pub(crate) fn path(&self, handle: &str) -> Result<PathBuf, Problem> {
        let path = self.offered().all.get(handle).cloned();
        path.ok_or_else(|| Problem::not_found("file", handle))
    }

    fn offered(&self) -> std::sync::MutexGuard<'_, Offered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file's name without its folders.
pub(crate) fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
