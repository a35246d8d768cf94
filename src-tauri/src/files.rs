//! Files that the person gave or is asked for: the page has a handle for each, and this
//! process alone knows where they are.

use crate::wire::{Answer, OfferedFile};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;
use usher_model::{Code, Problem};

/// The files that were given while this process runs.
#[derive(Default)]
pub(crate) struct Files(Mutex<Offered>);

#[derive(Default)]
struct Offered {
    all: HashMap<String, PathBuf>,
    /// One that was given and that the page has not asked for yet, or why it is of no use.
    waiting: Option<Answer<OfferedFile>>,
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
    pub(crate) fn wait(&self, file: Answer<OfferedFile>) {
        self.offered().waiting = Some(file);
    }

    /// The file that waits, once.
    pub(crate) fn take_waiting(&self) -> Option<Answer<OfferedFile>> {
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

/// Asks the person for a file of people.
pub(crate) async fn choose_input(app: &AppHandle) -> Option<PathBuf> {
    let (chosen, choice) = oneshot::channel();
    let all = ["csv", "tsv", "txt", "gz", "zst", "parquet", "xlsx"];
    app.dialog()
        .file()
        .set_title("Choose a file of people")
        .add_filter("Files of people", &all)
        .add_filter("All files", &["*"])
        .pick_file(move |file| drop(chosen.send(file)));
    choice.await.ok().flatten()?.into_path().ok()
}

/// Asks the person where to write something.
pub(crate) async fn choose_output(app: &AppHandle, name: &str, kinds: &[&str]) -> Option<PathBuf> {
    let (chosen, choice) = oneshot::channel();
    let kind = kinds.first().copied().unwrap_or("csv");
    let mut dialog = app.dialog().file().set_file_name(format!("{name}.{kind}"));
    for kind in kinds {
        dialog = dialog.add_filter(kind.to_uppercase(), &[kind]);
    }
    dialog.save_file(move |file| drop(chosen.send(file)));
    choice.await.ok().flatten()?.into_path().ok()
}
