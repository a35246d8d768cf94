//! `run retry`: a run of its own over the people and list changes that were refused or are
//! unconfirmed, and over nobody else.

use serde_json::{Value, json};
use support::Desk;

/// Two people to create, one to update; all join the list.
fn ready() -> Desk {
    let desk = Desk::default();
    desk.remote
        .add_people(json!([{ "email": "old1@x.example", "firstName": "O", "lastName": "1" }]));
    desk.connect();
    desk.import("email,first,last\nnew1@x.example,New,One\nnew2@x.example,New,Two\nold1@x.example,Old,One\nnobody,No,Key\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

fn refuse(desk: &Desk, text: &str, code: &str) {
    desk.remote.faults(json!([
        { "reject": { "field": "lastName", "value_contains": text, "code": code, "message": "No" } },
    ]));
}

fn retry(desk: &Desk, run: &Value, more: &[&str], code: i32) -> Value {
    let words = [&["run", "retry", run["run_id"].as_str().unwrap()], more].concat();
    desk.usher(&words).exits(code).json()
}

#[test]
fn who_was_refused_is_sent_again_and_nobody_else() {
    let desk = ready();
    refuse(&desk, "One", "1003");
    let run = desk.run(3);
    assert_eq!(run["people"]["rejected"], json!({ "1003": 2 }), "{run}");
    desk.remote.mend();
    let again = retry(&desk, &run, &[], 0);
    assert_eq!(again["retry_of"], run["run_id"], "{again}");
    assert_ne!(again["run_id"], run["run_id"]);
    assert_eq!(again["state"], "completed", "{again}");
    assert_eq!(again["rows"], 2, "the two who were refused: {again}");
    let people = &again["people"];
    assert_eq!(
        (&people["created"], &people["updated"]),
        (&json!(1), &json!(1)),
        "{again}"
    );
    assert_eq!(again["list"]["added"], 1, "the creation joins: {again}");
    assert_eq!(
        again["list"]["kept"], 1,
        "who was refused an update had joined: {again}"
    );
    let lines = desk.people(&again);
    let keys: Vec<&Value> = lines.iter().map(|line| &line["key"]).collect();
    assert_eq!(keys, [&json!("new1@x.example"), &json!("old1@x.example")]);
    assert_eq!(lines[0]["row"], 1, "the audience's row");
    assert_eq!(desk.remote.leads_of("old1@x.example")[0]["lastName"], "One");
    assert_eq!(desk.run(0)["people"]["unchanged"], 3, "nothing is left");
}

#[test]
fn one_reason_is_tried_again_and_then_the_other() {
    let desk = ready();
    desk.remote.faults(json!([
        { "reject": { "field": "lastName", "value_contains": "One", "code": "1003", "message": "No" } },
        { "reject": { "field": "lastName", "value_contains": "Two", "code": "1006", "message": "No" } },
    ]));
    let run = desk.run(3);
    assert_eq!(run["people"]["rejected"], json!({ "1003": 2, "1006": 1 }));
    desk.remote.mend();
    assert_eq!(retry(&desk, &run, &["--reason", "1006"], 0)["rows"], 1);
    assert_eq!(
        desk.remote.leads_of("new1@x.example").len(),
        0,
        "another reason waits"
    );
    let rest = retry(&desk, &run, &[], 0);
    assert_eq!(rest["rows"], 2, "who was tried again is done: {rest}");
    let none = desk.usher(&["run", "retry", run["run_id"].as_str().unwrap()]);
    assert_eq!(none.exits(1).error(), "not_found");
    for email in ["new1@x.example", "new2@x.example"] {
        assert_eq!(desk.remote.leads_of(email).len(), 1, "{email}");
    }
}

#[test]
fn a_list_change_that_was_refused_is_tried_alone() {
    let desk = ready();
    desk.preview();
    desk.remote
        .private("POST", "config", json!({ "lists_writable": false }));
    let run = desk.run(3);
    assert_eq!(run["list"]["rejected"], json!({ "603": 3 }), "{run}");
    desk.remote
        .private("POST", "config", json!({ "lists_writable": true }));
    let again = retry(&desk, &run, &[], 0);
    assert_eq!(again["people"]["unchanged"], 3, "{again}");
    assert_eq!(again["list"]["added"], 3, "{again}");
    assert_eq!(again["rows"], 3);
}

#[test]
fn who_changed_meanwhile_is_left_and_said_so() {
    let desk = ready();
    refuse(&desk, "One", "1003");
    let run = desk.run(3);
    desk.remote.mend();
    desk.remote.add_people(
        json!([{ "email": "new1@x.example", "firstName": "Somebody", "lastName": "Else" }]),
    );
    let again = retry(&desk, &run, &[], 0);
    assert_eq!(
        again["people"]["skipped"],
        json!({ "changed_since_plan": 1 }),
        "{again}"
    );
    assert_eq!(again["people"]["updated"], 1, "{again}");
    assert_eq!(desk.remote.leads_of("new1@x.example").len(), 1);
}

#[test]
fn what_is_unconfirmed_is_read_before_it_is_sent() {
    let desk = ready();
    desk.remote.faults(json!([{ "on": { "method": "POST", "path_contains": "/v1/leads.json", "write_only": true }, "at": "before_receipt", "do": { "code": 611, "message": "System error" } }]));
    let run = desk.run(3);
    assert_eq!(run["people"]["unconfirmed"], 3, "{run}");
    desk.remote.mend();
    // Somebody else did meanwhile what was wanted for one of them.
    desk.remote
        .add_people(json!([{ "email": "new2@x.example", "firstName": "New", "lastName": "Two" }]));
    let again = retry(&desk, &run, &["--reason", "unconfirmed"], 0);
    assert_eq!(again["people"]["created"], 2, "{again}");
    assert_eq!(again["list"]["added"], 2, "{again}");
    for email in ["new1@x.example", "new2@x.example"] {
        assert_eq!(
            desk.remote.leads_of(email).len(),
            1,
            "{email} is there once"
        );
    }
    assert_eq!(desk.remote.members("People").unwrap().len(), 3);
}

#[test]
fn a_run_that_another_took_the_place_of_is_not_tried_again() {
    let desk = ready();
    refuse(&desk, "One", "1003");
    let run = desk.run(3);
    desk.run(3);
    let late = desk.usher(&["run", "retry", run["run_id"].as_str().unwrap()]);
    assert_eq!(late.exits(1).error(), "plan_used");
}
