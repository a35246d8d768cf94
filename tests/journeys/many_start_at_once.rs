//! Any number of commands may start in one folder at the same moment.

use serde_json::Value;
use support::{Desk, Ran};

fn all_at_once<'a>(desk: &Desk, commands: impl Iterator<Item = Vec<&'a str>>) -> Vec<Ran> {
    let started: Vec<_> = commands.map(|command| desk.start(&command)).collect();
    let ended = started
        .into_iter()
        .map(|child| child.wait_with_output().unwrap().into());
    ended.collect()
}

#[test]
fn twenty_commands_that_start_in_a_new_folder_all_succeed() {
    let desk = Desk::default();
    let file = desk.file("people.csv", "email\nann@x.example\n");
    let names: Vec<String> = (0..20)
        .map(|number| format!("Audience {number:02}"))
        .collect();
    let import = |name| vec!["audience", "import", &*file, "--name", name];
    for ran in all_at_once(&desk, names.iter().map(|name| import(name))) {
        assert_eq!(ran.ok().json()["rows"], 1);
    }
    let mut ids = Vec::new();
    let list = desk.usher(&["audience", "list"]).ok().json();
    for (audience, name) in list.as_array().unwrap().iter().zip(&names) {
        assert_eq!(audience["name"], **name);
        ids.push(audience["id"].clone());
    }
    assert_eq!(ids.len(), 20);
    ids.sort_by_key(Value::to_string);
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

#[test]
fn reading_and_writing_start_beside_each_other() {
    let desk = Desk::default();
    desk.import("email\nann@x.example\n");
    let commands: [&[&str]; 5] = [
        &["audience", "list"],
        &["suppression", "add", "bob@x.example"],
        &["audience", "members", "People"],
        &["suppression", "list"],
        &["doctor"],
    ];
    let four_times = commands
        .iter()
        .cycle()
        .take(20)
        .map(|command| command.to_vec());
    for ran in all_at_once(&desk, four_times) {
        ran.ok();
    }
    let list = desk.usher(&["suppression", "list"]).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[test]
fn one_name_imported_at_once_is_one_audience() {
    let desk = Desk::default();
    let file = desk.file("people.csv", "email\nann@x.example\n");
    let import = || vec!["audience", "import", &*file, "--name", "People"];
    for ran in all_at_once(&desk, (0..8).map(|_| import())) {
        ran.ok();
    }
    let list = desk.usher(&["audience", "list"]).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    let members = desk.usher(&["audience", "members", "People"]).ok().lines();
    assert_eq!(members.len(), 1);
}

#[test]
fn of_those_who_take_one_name_at_once_one_gets_it() {
    let desk = Desk::default();
    desk.usher(&["connection", "list"]).ok();
    let add = [
        "connection",
        "add",
        "marketo",
        "--name",
        "One",
        "--base-url",
        "http://127.0.0.1:9",
        "--munchkin-id",
        "000-AAA-000",
        "--client-id",
        "c",
        "--secret-stdin",
    ];
    let started: Vec<_> = (0..6)
        .map(|_| desk.start_given(desk.command(&add), "secret\n"))
        .collect();
    let mut added = 0;
    for child in started {
        let ran: Ran = child.wait_with_output().unwrap().into();
        if ran.code == 0 {
            added += 1;
        } else {
            assert_eq!(ran.exits(1).error(), "name_taken");
        }
    }
    assert_eq!(added, 1);
    let list = desk.usher(&["connection", "list"]).ok().json();
    assert_eq!(list.as_array().unwrap().len(), 1);
}
