//! A reply that is lost at any write: the end is that of a clean run, and
//! nobody is made twice.

use serde_json::{Value, json};
use support::Desk;

/// What can happen to a write whose outcome is then not known: where, and what.
fn losses() -> Vec<(&'static str, Value)> {
    vec![
        ("before_receipt", json!({ "drop": true })),
        ("after_commit", json!({ "drop": true })),
        ("mid_reply", json!({ "truncate_bytes": 20 })),
        ("after_commit", json!({ "html": true })),
        (
            "after_commit",
            json!({ "code": 604, "message": "Timed out" }),
        ),
        (
            "after_receipt",
            json!({ "code": 611, "message": "System error" }),
        ),
        ("after_commit", json!({ "truncate_bytes": 30 })),
        ("after_commit", json!({ "short_result": 1 })),
    ]
}

/// Two people to create, two to update, four to add, and one who leaves later.
fn ready() -> Desk {
    let desk = Desk::default();
    desk.remote.add_people(json!([
        { "email": "old1@x.example", "firstName": "O", "lastName": "1" },
        { "email": "old2@x.example", "firstName": "O", "lastName": "2" },
    ]));
    desk.connect();
    desk.import("email,first,last\nnew1@x.example,New,One\nnew2@x.example,New,Two\nold1@x.example,Old,One\nold2@x.example,Old,Two\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

fn ends_clean(desk: &Desk, run: &Value, what: &str) {
    assert_eq!(run["state"], "completed", "{what}: {run}");
    assert_eq!(
        (&run["people"]["created"], &run["people"]["updated"]),
        (&json!(2), &json!(2)),
        "{what}"
    );
    assert_eq!(run["list"]["added"], 4, "{what}");
    for email in [
        "new1@x.example",
        "new2@x.example",
        "old1@x.example",
        "old2@x.example",
    ] {
        assert_eq!(
            desk.remote.leads_of(email).len(),
            1,
            "{what}: {email} is there once"
        );
    }
    assert_eq!(
        desk.remote.leads_of("old2@x.example")[0]["lastName"],
        "Two",
        "{what}"
    );
    assert_eq!(desk.remote.members("People").unwrap().len(), 4, "{what}");
    let plan = desk.preview();
    let left = [
        &plan["people"]["create"],
        &plan["people"]["update"],
        &plan["list"]["add"],
        &plan["list"]["remove"],
    ];
    assert_eq!(
        left.map(Value::as_u64),
        [Some(0); 4],
        "{what}: nothing is left to do"
    );
}

#[test]
fn at_any_write_of_a_run() {
    // Creations come first, then updates: the first two writes of leads.
    let writes = [
        ("/v1/leads.json", 1),
        ("/v1/leads.json", 2),
        ("/asset/v1/staticLists.json", 1),
        ("/v1/lists/", 1),
    ];
    for (path, nth) in writes {
        for (at, what) in losses() {
            let told = format!("{path} {nth} {at} {what}");
            let desk = ready();
            let plan = desk.preview();
            let on =
                json!({ "method": "POST", "path_contains": path, "write_only": true, "nth": nth });
            desk.remote
                .faults(json!([{ "on": on, "at": at, "do": what }]));
            let run = desk.usher(&[
                "sync",
                "run",
                "Go",
                "--plan",
                plan["digest"].as_str().unwrap(),
            ]);
            ends_clean(&desk, &run.ok().json(), &told);
        }
    }
}

#[test]
fn at_a_removal() {
    for (at, what) in losses() {
        let desk = ready();
        desk.run(0);
        desk.import("email,first,last\nnew1@x.example,New,One\nold1@x.example,Old,One\nold2@x.example,Old,Two\n");
        desk.remote
            .faults(json!([{ "on": { "method": "DELETE", "nth": 1 }, "at": at, "do": what }]));
        let run = desk.run(0);
        assert_eq!(run["list"]["removed"], 1, "{at} {what}: {run}");
        assert!(
            run["retries"].as_u64().unwrap() > 0 || what.get("short_result").is_some(),
            "a doubt was settled: {run}"
        );
        assert_eq!(
            desk.remote.members("People").unwrap().len(),
            3,
            "{at} {what}"
        );
    }
}

#[test]
fn what_stays_unknown_is_told_and_settled_later() {
    let desk = ready();
    desk.remote.faults(json!([{ "on": { "method": "POST", "path_contains": "/v1/lists/" }, "do": { "code": 611, "message": "System error" } }]));
    let run = desk.run(3);
    assert_eq!(run["state"], "completed_with_problems");
    assert_eq!(
        run["list"]["unconfirmed"], 4,
        "never counted as success: {run}"
    );
    desk.remote.mend();
    let resumed = desk
        .usher(&["run", "resume", run["run_id"].as_str().unwrap()])
        .ok()
        .json();
    ends_clean(&desk, &resumed, "after the resume");
}

#[test]
fn what_others_changed_while_it_was_unknown_is_left() {
    let desk = ready();
    desk.remote.faults(json!([{
        "on": { "method": "POST", "path_contains": "/v1/leads.json", "write_only": true },
        "do": { "code": 611, "message": "System error" },
    }]));
    let run = desk.run(3);
    assert_eq!(run["people"]["unconfirmed"], 4, "{run}");
    let id = desk.remote.leads_of("old1@x.example")[0]["id"].clone();
    let theirs = json!({ "lastName": "Theirs" });
    desk.remote.private("PATCH", &format!("lead/{id}"), theirs);
    desk.remote.mend();
    let run = desk
        .usher(&["run", "resume", run["run_id"].as_str().unwrap()])
        .ok()
        .json();
    let people = &run["people"];
    assert_eq!(
        [&people["updated"], &people["skipped"]["changed_since_plan"]],
        [&json!(1), &json!(1)],
        "{run}"
    );
    let last = |email: &str| desk.remote.leads_of(email)[0]["lastName"].clone();
    assert_eq!(
        [last("old1@x.example"), last("old2@x.example")],
        ["Theirs", "Two"]
    );
}

#[test]
fn a_list_that_went_away_while_it_was_unknown_ends_in_words() {
    let desk = ready();
    desk.remote.faults(json!([{
        "on": { "method": "POST", "path_contains": "/v1/lists/" },
        "do": { "code": 611, "message": "System error" },
    }]));
    let run = desk.run(3);
    assert_eq!(run["list"]["unconfirmed"], 4, "{run}");
    let list = run["list"]["id"].to_string();
    desk.remote
        .private("DELETE", &format!("lists/{list}"), Value::Null);
    desk.remote.mend();
    let run = desk
        .usher(&["run", "resume", run["run_id"].as_str().unwrap()])
        .exits(3)
        .json();
    assert_eq!(run["list"]["rejected"]["1013"], 4, "{run}");
}

#[test]
fn a_change_that_is_carried_out_late_is_not_given_up() {
    let desk = ready();
    // Each attempt is answered 604 after a second, and done three seconds later: by then
    // there is no further one.
    desk.remote.faults(json!([
        { "on": { "method": "POST", "path_contains": "/rest/v1/lists/" }, "at": "after_receipt", "do": { "delay_ms": 4_000 } },
    ]));
    let run = desk.run(0);
    desk.remote.mend();
    ends_clean(&desk, &run, "added late");
}
