//! Mirror: whoever left the audience leaves the list, if Usher added them.

use serde_json::{Value, json};
use support::Desk;

fn listed() -> (Desk, i64, i64) {
    let desk = Desk::default();
    let stranger = desk
        .remote
        .add_people(json!([{ "email": "zoe@x.example", "firstName": "Zoe", "lastName": "Z" }]))[0];
    desk.connect();
    desk.import(
        "email,first,last,ok\nada@x.example,Ada,L,y\nbob@x.example,Bob,B,y\ncy@x.example,Cy,C,y\n",
    );
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&["--consent", "ok=y"]);
    desk.run(0);
    let list = desk.preview()["list"]["id"].as_i64().unwrap();
    desk.remote.private(
        "POST",
        &format!("lists/{list}/members"),
        json!({ "ids": [stranger] }),
    );
    (desk, stranger, list)
}

#[test]
fn only_people_whom_usher_added_are_removed() {
    let (desk, stranger, _) = listed();
    desk.import("email,first,last,ok\nada@x.example,Ada,L,y\nbob@x.example,Bob,B,n\n");
    let plan = desk.preview();
    assert_eq!(
        (
            &plan["list"]["remove"],
            &plan["list"]["keep"],
            &plan["list"]["others"]
        ),
        (&json!(2), &json!(1), &json!(1))
    );
    let leavers: Vec<Value> = desk
        .usher(&["sync", "preview", "Go", "--people"])
        .ok()
        .lines()
        .split_off(2);
    assert_eq!(
        leavers.len(),
        2,
        "one left the audience, one has no consent any more"
    );
    assert!(
        leavers
            .iter()
            .all(|one| one["row"].is_null() && one["verdict"].is_null() && one["list"] == "remove")
    );
    let run = desk.run(0);
    assert_eq!(run["list"]["removed"], 2);
    let members = desk.remote.members("People").unwrap();
    assert_eq!(members.len(), 2);
    assert!(members.contains(&stranger));
}

#[test]
fn nobody_is_removed_in_add_only_mode() {
    let (desk, ..) = listed();
    desk.usher(&["sync", "edit", "Go", "--mode", "add-only"])
        .ok();
    desk.import("email,first,last,ok\nada@x.example,Ada,L,y\nbob@x.example,Bob,B,y\n");
    assert_eq!(desk.run(0)["list"]["removed"], 0);
    assert_eq!(desk.remote.members("People").unwrap().len(), 4);
}

#[test]
fn guardrails_hold_back_and_can_be_overridden() {
    let (desk, ..) = listed();
    desk.import("email,first,last,ok\nada@x.example,Ada,L,y\n");
    let held = desk.usher(&["sync", "run", "Go"]).exits(4);
    assert_eq!(held.error(), "held_back");
    assert_eq!(held.json()["state"], "held");
    assert_eq!(
        desk.remote.members("People").unwrap().len(),
        4,
        "nothing was sent"
    );
    assert_eq!(desk.preview()["guardrails"][0]["name"], "audience_shrunk");
    desk.usher(&["sync", "run", "Go", "--allow", "audience_shrunk"])
        .ok();
    assert_eq!(desk.remote.members("People").unwrap().len(), 2);

    desk.import("email,first,last,ok\nnobody,Ada,L,y\n");
    assert_eq!(desk.preview()["guardrails"][0]["name"], "unreadable_rows");
    desk.usher(&["sync", "run", "Go"]).exits(4);
    desk.import("email,first,last,ok\n");
    let names: Vec<Value> = desk.preview()["guardrails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].clone())
        .collect();
    assert!(names.contains(&json!("empty_audience")), "{names:?}");
}
