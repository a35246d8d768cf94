//! A file of all the destination's people serves as its reading, and other
//! settings are tried on what is known: neither asks the service anything.

use serde_json::{Value, json};
use support::Desk;

const PEOPLE: &str = "email,first,last\nada@x.example,Ada,Lovelace\ngrace@x.example,Grace,Hopper\n\
                      alan@x.example,Alan,Turing\n,No,Body\n";
const EVERYONE: &str = "id,email,firstName,lastName,updatedAt,leadPartitionId\n\
                        5,ada@x.example,Ada,Byron,2026-03-01T00:00:00Z,1\n\
                        7,ADA@x.example,Ada,null,2026-04-01T00:00:00Z,1\n\
                        9,alan@x.example,Alan,Turing,2026-03-01T00:00:00Z,1\n\
                        12,kurt@x.example,Kurt,Goedel,2026-03-01T00:00:00Z,1\n";

fn ready() -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import(PEOPLE);
    desk.destination("profile-only", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

fn read(desk: &Desk, content: &str) -> support::Ran {
    let file = desk.file("everyone.csv", content);
    desk.usher(&["destination", "read", "Leads", "--file", &file])
}

fn offline(desk: &Desk) -> Value {
    let preview = desk.usher(&["sync", "preview", "Go", "--offline"]);
    preview.ok().json()
}

fn tried(desk: &Desk, settings: &[&str]) -> Value {
    let arguments = [&["sync", "what-if", "Go"], settings].concat();
    desk.usher(&arguments).ok().json()
}

fn calls(desk: &Desk) -> Value {
    desk.remote.private("GET", "state?summary=1", Value::Null)["counters"].clone()
}

#[test]
fn a_plan_is_made_from_it_without_a_call() {
    let desk = ready();
    let refused = desk.usher(&["sync", "preview", "Go", "--offline"]).exits(1);
    assert_eq!(refused.error(), "destination_not_read");
    let before = calls(&desk);
    assert_eq!(read(&desk, EVERYONE).ok().json()["keys"], 4);
    let plan = offline(&desk);
    assert_eq!(calls(&desk), before, "nothing was asked");
    let people = &plan["people"];
    assert_eq!(people["update"], 1, "{plan}");
    assert_eq!(people["leave"], 1, "{plan}");
    assert_eq!(people["create"], 1, "{plan}");
    assert_eq!(people["skip"]["no_key"], 1, "{plan}");
    assert_eq!(plan["ambiguous_keys"], 1, "{plan}");
    let lines = desk
        .usher(&["sync", "preview", "Go", "--offline", "--people"])
        .ok();
    let ada = &lines.lines()[0];
    assert_eq!(ada["lead_id"], 7, "the most recently updated: {ada}");
    assert_eq!(ada["explain"]["candidates"].as_array().unwrap().len(), 2);
    assert_eq!(
        ada["explain"]["changes"]["lastName"],
        json!([null, "Lovelace"])
    );
}

#[test]
fn other_settings_come_to_what_a_plan_by_them_says() {
    let desk = ready();
    read(&desk, EVERYONE).ok();
    let now = tried(&desk, &[]);
    assert_eq!(now["people"], offline(&desk)["people"]);
    assert!(now["list"].is_null());
    let existing = tried(&desk, &["--person-action", "update-existing"]);
    assert_eq!(
        existing["people"]["skip"]["not_in_destination"], 1,
        "{existing}"
    );
    let listed = tried(&desk, &["--sync-type", "audience-only"]);
    assert_eq!(listed["people"]["leave"], 2, "{listed}");
    assert_eq!(listed["list"]["add"], 3, "{listed}");
    assert_eq!(tried(&desk, &[]), now, "trying changes nothing");

    desk.usher(&[
        "destination",
        "edit",
        "Leads",
        "--person-action",
        "update-existing",
    ])
    .ok();
    assert_eq!(offline(&desk)["people"], existing["people"]);
    let unknown = desk.usher(&["sync", "what-if", "Go", "--dedupe", "email=nothing"]);
    assert_eq!(unknown.exits(1).error(), "unknown_field");
}

#[test]
fn a_file_that_is_none_leaves_what_was_read() {
    let desk = ready();
    read(&desk, EVERYONE).ok();
    let plan = offline(&desk);
    for bad in [
        "email,firstName\nada@x.example,Ada\n",
        "id,email\n5,ada@x.example\nsix,grace@x.example\n",
        "id,email\n5,ada@x.example\n6\n",
    ] {
        assert_eq!(
            read(&desk, bad).exits(1).error(),
            "file_unreadable",
            "{bad}"
        );
        assert_eq!(offline(&desk)["digest"], plan["digest"], "{bad}");
    }
}
