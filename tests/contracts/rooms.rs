//! The rooms of the workspace, and which of them may know which.

use super::{
    manifest::{Kind, dependencies},
    source,
};
use std::{collections::BTreeMap, fs, path::Path};

/// A room, and the rooms that it knows.
const ARROWS: [(&str, &[&str]); 9] = [
    ("model", &[]),
    ("matching", &["model"]),
    ("store", &["model"]),
    ("remote", &["model"]),
    ("sync", &["matching", "model", "remote", "store"]),
    ("sandbox", &[]),
    ("cli", &["model", "sandbox", "sync"]),
    (source::WINDOW, &["model", "sandbox", "sync"]),
    ("xtask", &[]),
];

/// Crates that a room does without, which keeps its work where the drawing has it.
const WITHOUT: [(&str, &[&str]); 6] = [
    ("model", &["reqwest", "rusqlite", "tokio"]),
    ("matching", &["reqwest", "rusqlite", "tokio"]),
    ("remote", &["rusqlite"]),
    ("sync", &["reqwest", "rusqlite", "tauri"]),
    ("cli", &["reqwest", "rusqlite", "tauri"]),
    (source::WINDOW, &["reqwest", "rusqlite"]),
];

/// What would make a pure room impure: files, the network, the time of day.
const IMPURE: [&str; 7] = [
    "fs",
    "net",
    "process",
    "env",
    "SystemTime",
    "Instant",
    "thread",
];

/// Statements belong to the store.
const SQL: [&str; 6] = [
    "SELECT ",
    "INSERT INTO",
    "UPDATE ",
    "DELETE FROM",
    "CREATE TABLE",
    "PRAGMA ",
];

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("rooms::every_folder_is_a_room_of_the_drawing", every_folder),
    ("rooms::dependencies_are_the_arrows", arrows),
    ("rooms::dependencies_of_tests_do_not_point_upward", upward),
    ("rooms::crates_stay_out_of_rooms_that_do_without", without),
    ("rooms::matching_is_pure", pure),
    ("rooms::sync_has_no_sql", no_sql),
];

fn every_folder() {
    let folders = fs::read_dir(source::rooms()).unwrap();
    let mut found: Vec<String> = folders
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    found.sort();
    let rooms = ARROWS.iter().map(|(room, _)| *room);
    let mut known: Vec<&str> = rooms.filter(|room| *room != source::WINDOW).collect();
    known.sort_unstable();
    assert_eq!(found, known);
}

fn arrows() {
    for (room, to) in ARROWS {
        let found: Vec<String> = dependencies(room, Kind::Code)
            .iter()
            .filter_map(|name| name.strip_prefix("usher-").map(str::to_owned))
            .collect();
        assert_eq!(found, to, "what {room} knows");
    }
}

/// Tests may use other rooms than the code does, but none that knows theirs.
fn upward() {
    let table: BTreeMap<&str, &[&str]> = ARROWS.into();
    for (room, _) in ARROWS {
        for name in dependencies(room, Kind::Tests) {
            let Some(used) = name.strip_prefix("usher-") else {
                continue;
            };
            assert!(!reaches(&table, used, room), "tests of {room} use {used}");
        }
    }
}

fn reaches(table: &BTreeMap<&str, &[&str]>, from: &str, to: &str) -> bool {
    let next = table.get(from).copied().unwrap_or_default();
    from == to || next.iter().any(|room| reaches(table, room, to))
}

fn without() {
    for (room, banned) in WITHOUT {
        let found = dependencies(room, Kind::Code);
        let found: Vec<&String> = found
            .iter()
            .filter(|name| banned.contains(&name.as_str()))
            .collect();
        assert!(found.is_empty(), "{room} has {found:?}");
        for file in source::below(&source::room(room).join("src")) {
            for name in banned {
                assert!(!file.names(name), "{:?} names {name}", file.path);
            }
        }
    }
}

/// The one file of the engine that shares its work among threads: they end before
/// it returns, and what it says does not depend on them.
const SHARES_ITS_WORK: &str = "meeting.rs";

fn pure() {
    for file in source::below(&source::rooms().join("matching/src")) {
        let shares = file.path.ends_with(SHARES_ITS_WORK);
        for name in IMPURE.iter().filter(|name| !(shares && **name == "thread")) {
            assert!(!file.names(name), "{:?} names {name}", file.path);
        }
    }
}

/// A test may look behind the store to prove that something is gone.
fn no_sql() {
    let is_test = |path: &Path| path.components().any(|part| part.as_os_str() == "tests");
    for file in source::below(&source::rooms().join("sync/src")) {
        if is_test(file.path.strip_prefix(source::rooms()).unwrap()) {
            continue;
        }
        for text in &file.texts {
            let sql = SQL.iter().find(|start| text.contains(*start));
            assert!(sql.is_none(), "{:?} has {text}", file.path);
        }
    }
}
