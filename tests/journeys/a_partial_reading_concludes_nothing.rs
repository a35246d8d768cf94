//! A reading of people or of the list that was cut short: nobody is thought
//! absent, and nobody is created, left out or removed for it.

use serde_json::{Value, json};
use std::fmt::Write as _;
use support::{Desk, Ran};

/// More than two calls or pages hold.
const PEOPLE: usize = 700;

fn file(from: usize, to: usize) -> String {
    let mut file = "email,first,last\n".to_owned();
    for number in from..to {
        writeln!(file, "p{number}@x.example,P,{number}").unwrap();
    }
    file
}

/// A sync of many people, every other one of whom is there.
fn ready(person_action: &str) -> Desk {
    let desk = Desk::default();
    let there = (0..PEOPLE).step_by(2);
    let there: Vec<Value> = there
        .map(|number| json!({ "email": format!("p{number}@x.example"), "firstName": "P", "lastName": "?" }))
        .collect();
    desk.remote.add_people(json!(there));
    desk.connect_with(&["--calls-per-20s", "100000", "--concurrency", "1"]);
    desk.import(&file(0, PEOPLE));
    desk.destination("audience-and-profile", person_action, &[]);
    desk.sync(&[]);
    desk
}

/// From the second matching request on, something goes wrong.
fn cut_short(desk: &Desk, path: &str, what: &Value) {
    let on = json!({ "path_contains": path, "after": 1 });
    // A reply that is cut must have been made before.
    let at = match what.get("truncate_bytes") {
        Some(_) => "after_commit",
        None => "after_receipt",
    };
    desk.remote
        .faults(json!([{ "on": on, "at": at, "do": what }]));
}

fn mend(desk: &Desk) {
    desk.remote.mend();
}

fn failures() -> [Value; 4] {
    [
        json!({ "code": 611, "message": "System error" }),
        json!({ "code": 1003, "message": "Something is wrong with it" }),
        json!({ "html": true }),
        json!({ "truncate_bytes": 200 }),
    ]
}

#[track_caller]
fn offline(desk: &Desk) -> Ran {
    let refused = desk.usher(&["sync", "preview", "Go", "--offline"]).exits(1);
    assert_eq!(refused.error(), "destination_not_read");
    refused
}

/// Nobody was written, listed or taken off.
#[track_caller]
fn nothing_was_sent(desk: &Desk) {
    let counters = desk.remote.private("GET", "state?summary=1", Value::Null)["counters"].clone();
    for counter in [
        "created",
        "updated",
        "list_added",
        "list_removed",
        "lists_created",
    ] {
        assert_eq!(counters[counter], 0, "{counters}");
    }
}

#[test]
fn of_people_who_were_not_all_looked_up_nothing_is_concluded() {
    for (what, action) in failures()
        .iter()
        .zip(["update-and-create", "update-existing"].iter().cycle())
    {
        let desk = ready(action);
        cut_short(&desk, "/rest/v1/leads.json", what);
        for command in [&["sync", "preview", "Go"][..], &["sync", "run", "Go"]] {
            let refused = desk.usher(command).exits(1);
            assert!(
                refused.error().starts_with("service_"),
                "{what}: {}",
                refused.stderr
            );
        }
        let refused = offline(&desk);
        assert!(
            refused.stderr.contains("700 keys"),
            "all of them: {}",
            refused.stderr
        );
        nothing_was_sent(&desk);
        mend(&desk);
        let people = desk.preview()["people"].clone();
        assert_eq!(people["update"], PEOPLE / 2, "{what}");
        assert_eq!(
            people["create"].as_u64().unwrap()
                + people["skip"]["not_in_destination"].as_u64().unwrap(),
            PEOPLE as u64 / 2
        );
    }
}

#[test]
fn a_list_that_was_not_read_to_its_end_is_not_read() {
    for what in failures() {
        let desk = ready("update-existing");
        let ids: Vec<Value> = desk
            .remote
            .leads()
            .iter()
            .map(|lead| lead["id"].clone())
            .collect();
        desk.remote
            .private("POST", "lists", json!({ "name": "People", "members": ids }));
        cut_short(&desk, "/rest/v1/list", &what);
        let refused = desk.usher(&["sync", "preview", "Go"]).exits(1);
        assert!(
            refused.error().starts_with("service_"),
            "{what}: {}",
            refused.stderr
        );
        let refused = offline(&desk);
        assert!(
            refused.stderr.contains("list was never read"),
            "{}",
            refused.stderr
        );
        nothing_was_sent(&desk);
        mend(&desk);
        assert_eq!(desk.preview()["list"]["keep"], PEOPLE / 2, "{what}");
    }
}

#[test]
fn nobody_leaves_a_list_for_a_reading_that_was_cut_short() {
    let desk = ready("update-and-create");
    desk.run(0);
    assert_eq!(desk.remote.members("People").unwrap().len(), PEOPLE);
    desk.import(&file(40, PEOPLE));
    for path in ["/rest/v1/list", "/rest/v1/leads.json"] {
        cut_short(&desk, path, &failures()[0]);
        let ran = desk.usher(&["sync", "run", "Go"]).exits(1);
        assert_eq!(ran.json()["state"], "failed", "{path}");
        assert_eq!(ran.json()["list"]["removed"], 0);
        assert_eq!(
            desk.remote.members("People").unwrap().len(),
            PEOPLE,
            "{path}"
        );
        mend(&desk);
    }
    assert_eq!(desk.run(0)["list"]["removed"], 40);
    assert_eq!(desk.remote.members("People").unwrap().len(), PEOPLE - 40);
}

#[test]
fn a_reading_that_died_half_way_is_none() {
    for place in ["reading_begun", "reading_block_kept"] {
        let desk = ready("update-and-create");
        desk.killed_at(&["sync", "preview", "Go"], place);
        assert!(offline(&desk).stderr.contains("700 keys"), "{place}");
        nothing_was_sent(&desk);
    }
}
