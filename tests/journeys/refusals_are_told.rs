//! What the destination refuses is counted by its code, person by person.

use serde_json::json;
use support::Desk;

fn ready() -> Desk {
    let desk = Desk::default();
    desk.remote
        .add_people(json!([{ "email": "old1@x.example", "firstName": "O", "lastName": "1" }]));
    desk.connect();
    desk.import("email,first,last\nnew1@x.example,New,One\nnew2@x.example,New,Two\nold1@x.example,Old,One\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

#[test]
fn a_refused_update_still_joins_and_a_refused_creation_joins_nothing() {
    let desk = ready();
    desk.remote.faults(json!([
        { "reject": { "field": "lastName", "value_contains": "One", "code": "1003", "message": "Invalid value" } },
    ]));
    let run = desk.run(3);
    assert_eq!(run["people"]["rejected"], json!({ "1003": 2 }), "{run}");
    assert_eq!(run["people"]["created"], 1);
    assert_eq!(
        run["list"]["added"], 2,
        "the creation and the person whose update was refused"
    );
    let people = desk.people(&run);
    assert_eq!(
        (&people[0]["outcome"], &people[0]["list"]),
        (&json!("rejected"), &json!("none"))
    );
    assert_eq!(
        (&people[2]["outcome"], &people[2]["list"]),
        (&json!("rejected"), &json!("added"))
    );
    assert_eq!(people[2]["reason"]["code"], "1003");
    desk.remote.mend();
    assert_eq!(
        desk.run(0)["people"]["created"],
        1,
        "the next run tries again"
    );
}

#[test]
fn list_changes_that_are_refused_leave_people_done() {
    let desk = ready();
    desk.preview();
    desk.remote
        .private("POST", "config", json!({ "lists_writable": false }));
    let run = desk.run(3);
    assert_eq!(
        (&run["people"]["created"], &run["people"]["updated"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(run["list"]["rejected"], json!({ "603": 3 }), "{run}");
    desk.remote
        .private("POST", "config", json!({ "lists_writable": true }));
    assert_eq!(desk.run(0)["list"]["added"], 3);
}

#[test]
fn one_person_cannot_keep_a_whole_batch_out() {
    let desk = ready();
    // Two creations and nothing else: they are one batch.
    desk.import("email,first,last\nnew1@x.example,New,One\nnew2@x.example,New,Two\n");
    let plan = desk.preview();
    desk.remote.faults(json!([
        { "on": { "method": "POST", "path_contains": "/v1/leads.json", "write_only": true, "times": 1 }, "do": { "code": 1003, "message": "Invalid data" } },
    ]));
    let run = desk
        .usher(&[
            "sync",
            "run",
            "Go",
            "--plan",
            plan["digest"].as_str().unwrap(),
        ])
        .ok()
        .json();
    assert_eq!(
        run["people"]["created"], 2,
        "the batch went again in halves: {run}"
    );
}

#[test]
fn a_permission_that_is_taken_away_stops_the_run() {
    let desk = ready();
    let plan = desk.preview();
    desk.remote.private(
        "POST",
        "config",
        json!({ "permissions": { "read_write_lead": false } }),
    );
    let ran = desk
        .usher(&[
            "sync",
            "run",
            "Go",
            "--plan",
            plan["digest"].as_str().unwrap(),
        ])
        .exits(1);
    assert_eq!(ran.error(), "permission_missing");
    assert_eq!(ran.json()["state"], "failed");
    assert_eq!(
        ran.json()["people"]["skipped"]["not_sent"],
        3,
        "all are accounted for"
    );
    desk.remote.private(
        "POST",
        "config",
        json!({ "permissions": { "read_write_lead": true } }),
    );
    let run = desk
        .usher(&["run", "resume", ran.json()["run_id"].as_str().unwrap()])
        .ok()
        .json();
    assert_eq!(run["list"]["added"], 3);
}
