//! Which list is filled: by its number, by its name in one folder, and never one
//! of several.

use crate::go_between::connect_through;
use crate::stand_in::reply;
use serde_json::{Value, json};
use support::Desk;

const PEOPLE: &str = "email,first,last\nada@x.example,Ada,L\nbob@x.example,Bob,B\n";
const FOLDER: &str = "Folder:31";

fn ready(desk: &Desk, list: &[&str]) {
    desk.import(PEOPLE);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(list);
}

fn make_list(desk: &Desk, name: &str, folder: Value) -> i64 {
    let list = json!({ "name": name, "folder": folder });
    let made = desk.remote.private("POST", "lists", list);
    made["id"].as_i64().unwrap()
}

/// All lists: name, folder and how many are on it.
fn lists(desk: &Desk) -> Vec<(String, Value, usize)> {
    let state = desk.remote.private("GET", "state", Value::Null);
    let all = state["lists"].as_array().unwrap().iter();
    all.map(|list| {
        let name = list["name"].as_str().unwrap().to_owned();
        let members = list["members"].as_array().unwrap().len();
        (name, list["folder"].clone(), members)
    })
    .collect()
}

#[test]
fn a_number_names_a_list_whatever_it_is_called() {
    let desk = Desk::default();
    desk.connect();
    let id = make_list(&desk, "Somebody's", json!({ "id": 31, "type": "Folder" }));
    let before = lists(&desk).len();
    ready(&desk, &["--list-id", &id.to_string()]);
    let plan = desk.preview();
    assert_eq!(
        (
            &plan["list"]["id"],
            &plan["list"]["name"],
            &plan["list"]["exists"]
        ),
        (&json!(id), &json!("Somebody's"), &json!(true))
    );
    let run = desk.run(0);
    assert_eq!(run["list"]["added"], 2);
    assert_eq!(desk.remote.members("Somebody's").unwrap().len(), 2);
    assert_eq!(lists(&desk).len(), before, "no list was made");

    desk.usher(&["sync", "edit", "Go", "--list-id", "999999"])
        .ok();
    for command in [&["sync", "preview", "Go"][..], &["sync", "run", "Go"]] {
        let refused = desk.usher(command).exits(1);
        assert_eq!(refused.error(), "list_not_found", "{command:?}");
        assert!(refused.stderr.contains("999999"));
    }
}

#[test]
fn a_name_is_looked_up_in_one_folder_only() {
    let desk = Desk::default();
    desk.connect();
    let there = make_list(&desk, "People", json!({ "id": 31, "type": "Folder" }));
    ready(&desk, &["--list-folder", FOLDER]);
    assert_eq!(desk.preview()["list"]["id"], there);
    desk.run(0);
    assert_eq!(desk.remote.members("People").unwrap().len(), 2);

    // Elsewhere the name is free: in Group Lists by default, and in a program
    // of the same number as a folder.
    let other = |name: &str, more: &[&str]| {
        let create = ["sync", "create", "--name", name, "--audience", "People"];
        let to = ["--destination", "Leads"];
        desk.usher(&[&create[..], &to, more].concat()).ok();
        let plan = desk
            .usher(&["sync", "preview", name, "--refresh"])
            .ok()
            .json();
        assert_eq!(plan["list"]["exists"], false, "{name}");
        desk.usher(&["sync", "run", name]).ok().json()
    };
    let default = other("Default", &[]);
    let program = other("Program", &["--list-folder", "program:1034"]);
    assert_ne!(default["list"]["id"], program["list"]["id"]);
    let folder = |kind: &str, id: u32| json!({ "id": id, "type": kind });
    let mut found: Vec<(Value, usize)> = lists(&desk)
        .into_iter()
        .filter(|(name, ..)| name == "People")
        .map(|(_, folder, members)| (folder, members))
        .collect();
    found.sort_by_key(|(folder, _)| folder["id"].as_u64());
    assert_eq!(
        found,
        [
            (folder("Folder", 12), 2),
            (folder("Folder", 31), 2),
            (folder("Program", 1034), 2)
        ]
    );
}

#[test]
fn a_list_that_cannot_be_made_refuses_its_changes_and_nothing_else() {
    for (folder, code) in [("Folder:777", "710"), ("Folder:40", "711")] {
        let desk = Desk::default();
        desk.connect();
        ready(&desk, &["--list-folder", folder]);
        let run = desk.run(3);
        assert_eq!(run["people"]["created"], 2, "{folder}: {run}");
        assert_eq!(
            run["list"]["rejected"],
            json!({ code: 2 }),
            "{folder}: {run}"
        );
        let ada = &desk.people(&run)[0];
        assert_eq!(
            (&ada["outcome"], &ada["list"]),
            (&json!("created"), &json!("rejected"))
        );
        assert_eq!(ada["reason"]["code"], code);
    }
    // A list whose name differs by case alone is another one, and keeps ours out.
    let desk = Desk::default();
    desk.connect();
    make_list(&desk, "PEOPLE", json!({ "id": 12, "type": "Folder" }));
    ready(&desk, &[]);
    assert_eq!(desk.preview()["list"]["exists"], false);
    let run = desk.run(3);
    assert_eq!(run["list"]["rejected"], json!({ "709": 2 }), "{run}");
    assert!(desk.remote.members("PEOPLE").unwrap().is_empty());
}

#[test]
fn of_several_lists_of_a_name_none_is_chosen() {
    let desk = Desk::default();
    let one = make_list(&desk, "One", json!({ "id": 12, "type": "Folder" }));
    let two = make_list(&desk, "Two", json!({ "id": 12, "type": "Folder" }));
    let list = move |id: i64| {
        json!({ "id": id, "name": "People", "workspace": "Default",
                "folder": { "id": 12, "type": "Folder" } })
    };
    let both = json!({ "success": true, "errors": [], "warnings": [], "requestId": "1#1",
                       "result": [list(one), list(two)] });
    connect_through(&desk, move |request| {
        let body = both.to_string().into_bytes();
        let json = &["Content-Type: application/json"][..];
        let asked = request.contains("/staticList/byName.json");
        asked.then(|| reply("200 OK", json, &body))
    });
    ready(&desk, &[]);
    for command in [&["sync", "preview", "Go"][..], &["sync", "run", "Go"]] {
        let refused = desk.usher(command).exits(1);
        assert_eq!(refused.error(), "list_ambiguous", "{command:?}");
        for id in [one, two] {
            assert!(
                refused.stderr.contains(&id.to_string()),
                "{}",
                refused.stderr
            );
        }
    }
    assert!(desk.remote.leads().is_empty(), "nobody was sent");
    desk.usher(&["sync", "edit", "Go", "--list-id", &two.to_string()])
        .ok();
    assert_eq!(desk.run(0)["list"]["added"], 2);
    assert_eq!(desk.remote.members("Two").unwrap().len(), 2);
}
