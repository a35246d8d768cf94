//! Files that the person gave or is asked for: the page has a handle for each, and this
//! process alone knows where they are.

use crate::wire::{Answer, OfferedFile};
use std::collections::{HashMap, VecDeque};
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
    /// Those that were given and that the page has not asked for yet, or why one is of no
    /// use; in their order.
    waiting: VecDeque<Answer<OfferedFile>>,
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
        self.offered().waiting.push_back(file);
    }

    /// The file that has waited longest, once.
    pub(crate) fn take_waiting(&self) -> Option<Answer<OfferedFile>> {
        self.offered().waiting.pop_front()
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
    let name = file_name(name);
    let mut dialog = app.dialog().file().set_file_name(format!("{name}.{kind}"));
    for kind in kinds {
        dialog = dialog.add_filter(kind.to_uppercase(), &[kind]);
    }
    dialog.save_file(move |file| drop(chosen.send(file)));
    choice.await.ok().flatten()?.into_path().ok()
}

/// A name as every system takes it for a file.
fn file_name(name: &str) -> String {
    let taken = |letter: char| match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        letter if letter.is_control() => '-',
        letter => letter,
    };
    name.chars().map(taken).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_wait_in_their_order() {
        let folder = std::env::temp_dir();
        let files = Files::default();
        assert!(files.take_waiting().is_none());
        files.wait(files.offer(&folder.join("not there.csv")));
        files.wait(files.offer(&folder));
        let said = |files: &Files| files.take_waiting().unwrap().unwrap_err().message;
        assert!(said(&files).starts_with("The file cannot be read"));
        assert!(said(&files).starts_with("That is a folder"));
        assert!(files.take_waiting().is_none());
    }

    #[test]
    fn names_of_things_are_names_of_files() {
        assert_eq!(
            file_name("Q3/Q4: \"late\" \u{5d0}"),
            "Q3-Q4- -late- \u{5d0}"
        );
    }
}
