//! What a journal says: read from a copy of the folder, so that the one that was
//! killed stays exactly as the kill left it.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use support::PASSPHRASE;
use usher_model::{BatchState, RunId, Secret, SyncId};
use usher_store::table::{batches, ledger, runs};
use usher_store::{Folder, Key, KeychainKind, MemoryKeychain, StoreError, Stores, Unlock};

/// Opens copies of one folder.
pub(crate) struct Opener(Key);

/// What is remembered of one lead: the key of its place on the list, and the
/// values that were delivered or seen equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remembered {
    pub(crate) place: Option<String>,
    pub(crate) values: BTreeMap<String, u64>,
}

impl Opener {
    /// For this folder and its copies. The passphrase is stretched once.
    pub(crate) fn of(folder: &Path) -> Self {
        let unlock = Unlock {
            kind: Some(KeychainKind::Passphrase),
            passphrase: Some(Secret::new(PASSPHRASE.to_owned())),
            keychain: Arc::new(MemoryKeychain::default()),
        };
        Self(usher_store::open_folder(folder, &unlock).unwrap().1)
    }

    fn stores(&self, folder: &Path) -> (tempfile::TempDir, Stores) {
        let copy = tempfile::TempDir::new().unwrap();
        copy_folder(folder, copy.path());
        let found = Folder::existing(copy.path()).unwrap().unwrap();
        let stores = Stores::open(&found, &self.0, Arc::new(MemoryKeychain::default())).unwrap();
        (copy, stores)
    }

    /// How far the newest run had come, in words.
    pub(crate) fn place(&self, folder: &Path) -> String {
        let (_copy, stores) = self.stores(folder);
        let reader = stores.journal.reader().unwrap();
        let Some(run) = runs::all::<Value>(&reader, None)
            .unwrap()
            .into_iter()
            .next()
        else {
            return "no run".to_owned();
        };
        let text = |name: &str| run[name].as_str().unwrap_or("?").to_owned();
        let mut kinds: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
        batches::each::<StoreError>(&reader, &RunId(text("run_id")), |batch| {
            let state = match batch.state {
                BatchState::Planned => "planned",
                BatchState::Sending => "sending",
                BatchState::InDoubt => "in doubt",
                BatchState::Importing => "importing",
                BatchState::Done => "done",
            };
            let kind = serde_json::to_value(batch.kind).unwrap();
            let kind = kind.as_str().unwrap_or_default().to_owned();
            *kinds.entry(kind).or_default().entry(state).or_default() += 1;
            Ok(())
        })
        .unwrap();
        let mut told = format!("{}/{}", text("state"), text("stage"));
        for (kind, states) in kinds {
            let states: Vec<String> = states
                .iter()
                .map(|(state, count)| format!("{count} {state}"))
                .collect();
            told += &format!(", {kind} {}", states.join(" + "));
        }
        told
    }

    /// What the ledger of the only sync says, by lead.
    pub(crate) fn ledger(&self, folder: &Path) -> BTreeMap<i64, Remembered> {
        let (_copy, stores) = self.stores(folder);
        let reader = stores.journal.reader().unwrap();
        let run = runs::all::<Value>(&reader, None).unwrap().remove(0);
        let sync = SyncId(run["sync_id"].as_str().unwrap().to_owned());
        let mut all: BTreeMap<i64, Remembered> = BTreeMap::new();
        ledger::each(&reader, &sync, |entry| {
            let known = all.entry(entry.lead).or_default();
            known.values.extend(entry.values);
            if let Some(place) = entry.place {
                known.place = place;
            }
        })
        .unwrap();
        all
    }
}

/// Copies the files of a folder; there is nothing below them that counts.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
