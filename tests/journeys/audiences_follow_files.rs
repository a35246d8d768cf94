//! An audience that follows a file is imported when the file changes, and its syncs follow.

use crate::wait::{signal, until};
use serde_json::{Value, json};
use std::process::Child;
use support::Desk;

const ONE: &str = "email,first,last\nada@x.example,Ada,Lovelace\n";
const TWO: &str = "email,first,last\nada@x.example,Ada,Lovelace\ngrace@x.example,Grace,Hopper\n";

fn ready() -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import(ONE);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

fn watch(desk: &Desk, path: &str) -> Child {
    let watching = desk.start(&["audience", "watch", "People", path]);
    until("it is followed", || {
        desk.usher(&["audience", "show", "People"]).ok().json()["watched"].is_object()
    });
    watching
}

fn end(watching: Child) -> Option<i32> {
    signal(&watching, "-INT");
    watching.wait_with_output().unwrap().status.code()
}

fn runs(desk: &Desk) -> Vec<Value> {
    let all = desk.usher(&["run", "list"]).ok().json();
    all.as_array().unwrap().clone()
}

fn rows(desk: &Desk) -> Value {
    desk.usher(&["audience", "show", "People"]).ok().json()["rows"].clone()
}

#[test]
fn a_file_that_changes_is_imported_and_sent() {
    let desk = ready();
    let file = desk.file("followed.csv", ONE);
    let watching = watch(&desk, &file);
    assert!(runs(&desk).is_empty(), "nothing has changed yet");
    desk.file("followed.csv", TWO);
    until("it is imported", || rows(&desk) == 2);
    until("its sync has run", || {
        runs(&desk)
            .first()
            .is_some_and(|run| run["state"] == "completed")
    });
    assert_eq!(runs(&desk)[0]["people"]["created"], 2);
    assert_eq!(end(watching), Some(0));
    assert_eq!(desk.remote.leads().len(), 2);
}

#[test]
fn a_folder_is_followed_by_its_newest_file_and_a_broken_one_is_told() {
    let desk = ready();
    let folder = desk.path().join("drop");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("monday.csv"), ONE).unwrap();
    let watching = watch(&desk, folder.to_str().unwrap());
    std::fs::write(folder.join("notes.docx"), "not people").unwrap();
    std::fs::write(folder.join("tuesday.csv"), "").unwrap();
    let shown = || desk.usher(&["audience", "show", "People"]).ok().json();
    until("the broken one is told", || {
        shown()["watched"]["problem"]["code"] == json!("file_empty")
    });
    assert_eq!(rows(&desk), 1, "what was there stays");
    std::fs::write(folder.join("wednesday.csv"), TWO).unwrap();
    until("the next is imported", || rows(&desk) == 2);
    assert_eq!(shown()["watched"]["problem"], Value::Null);
    assert_eq!(end(watching), Some(0));
}

#[test]
fn what_is_not_followed_any_more_stays_as_it_is() {
    let desk = ready();
    let file = desk.file("followed.csv", ONE);
    assert_eq!(end(watch(&desk, &file)), Some(0));
    desk.file("followed.csv", TWO);
    // A daemon goes on with it.
    let daemon = desk.start(&["daemon"]);
    until("the daemon imports it", || rows(&desk) == 2);
    desk.usher(&["audience", "unwatch", "People"]).ok();
    let shown = desk.usher(&["audience", "show", "People"]).ok().json();
    assert_eq!(shown["watched"], Value::Null);
    assert_eq!(end(daemon), Some(0));
    let missing = desk.usher(&["audience", "watch", "People", "nowhere.csv"]);
    assert_eq!(missing.exits(1).error(), "file_unreadable");
}

#[test]
fn a_change_that_was_imported_is_sent_by_the_next_process() {
    let desk = ready();
    // Slow enough for a run to be met in the middle.
    desk.remote
        .private("POST", "config", json!({ "latency_ms": 400 }));
    let file = desk.file("followed.csv", ONE);
    let watching = watch(&desk, &file);
    desk.usher(&["sync", "run", "Go", "--detach"]).ok();
    desk.file("followed.csv", TWO);
    until("it is imported while the sync is busy", || rows(&desk) == 2);
    signal(&watching, "-KILL");
    watching.wait_with_output().unwrap();
    desk.remote
        .private("POST", "config", json!({ "latency_ms": 0 }));
    let daemon = desk.start(&["daemon"]);
    until("both people are there", || desk.remote.leads().len() == 2);
    until("all runs to end", || {
        runs(&desk).iter().all(|run| run["finished_at"].is_string())
    });
    assert_eq!(runs(&desk)[0]["rows"], 2, "{:?}", runs(&desk));
    end(daemon);
}
