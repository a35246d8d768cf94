//! A receipt is the service's word. At the end of a run it is looked at: what is as it was
//! before is sent again, what somebody else changed meanwhile is left to them.

use serde_json::{Value, json};
use support::Desk;

const RUN: [&str; 3] = ["sync", "run", "Go"];

/// Two people to create, two to update, four to add.
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

fn lead(desk: &Desk, email: &str) -> Value {
    let mut all = desk.remote.leads_of(email);
    assert_eq!(all.len(), 1, "{email} is there once");
    all.remove(0)
}

fn change(desk: &Desk, email: &str, values: Value) {
    let path = format!("lead/{}", lead(desk, email)["id"]);
    desk.remote.private("PATCH", &path, values);
}

fn is_member(desk: &Desk, email: &str) -> bool {
    let id = lead(desk, email)["id"].as_i64().unwrap();
    desk.remote.members("People").unwrap().contains(&id)
}

/// Every batch is answered, and the run is killed before it looks.
fn all_answered(desk: &Desk) -> String {
    desk.killed_at(&RUN, "after_receipts:3");
    assert_eq!(desk.remote.members("People").unwrap().len(), 4);
    let runs = desk.usher(&["run", "list"]).ok().json();
    runs[0]["run_id"].as_str().unwrap().to_owned()
}

#[test]
fn a_run_says_what_it_read_back() {
    let desk = ready();
    let plan = desk.preview();
    let calls = &plan["cost"]["calls_by_endpoint"];
    assert_eq!(
        (&calls["read_people_back"], &calls["read_list_back"]),
        (&json!(1), &json!(1))
    );
    let digest = plan["digest"].as_str().unwrap();
    let run = desk
        .usher(&["sync", "run", "Go", "--plan", digest])
        .ok()
        .json();
    let expected = json!({ "people": 4, "places": 4, "list_members": 4, "list_expected": 4, "reopened": 0,
                           "changed_meanwhile": 0, "given_up": null });
    assert_eq!(run["verification"], expected);
    assert_eq!(
        run["calls"], plan["cost"]["calls"],
        "counted in what it takes"
    );

    let run = desk.run(0);
    assert_eq!(run["verification"], Value::Null, "nothing was changed");
}

#[test]
fn what_is_not_so_is_sent_again() {
    let desk = ready();
    let run = all_answered(&desk);
    change(&desk, "new2@x.example", json!({ "firstName": null }));
    change(&desk, "old1@x.example", json!({ "lastName": "1" }));
    change(&desk, "old2@x.example", json!({ "lastName": "Theirs" }));
    let state = desk.remote.private("GET", "state", Value::Null);
    let lists = state["lists"].as_array().unwrap();
    let list = lists.iter().find(|list| list["name"] == "People").unwrap();
    let gone = lead(&desk, "new1@x.example")["id"].clone();
    let path = format!("lists/{}/members", list["id"]);
    desk.remote
        .private("DELETE", &path, json!({ "ids": [gone] }));

    let report = desk.usher(&["run", "resume", &run]).ok().json();
    assert_eq!(report["state"], "completed", "{report}");
    let seen = &report["verification"];
    let counts = ["people", "places", "reopened", "changed_meanwhile"];
    assert_eq!(
        counts.map(|name| seen[name].clone()),
        [4, 4, 3, 1].map(Value::from)
    );
    assert_eq!(
        (&report["people"]["created"], &report["people"]["updated"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(report["list"]["added"], 4);

    assert_eq!(lead(&desk, "new2@x.example")["firstName"], "New");
    assert_eq!(lead(&desk, "old1@x.example")["lastName"], "One");
    assert_eq!(
        lead(&desk, "old2@x.example")["lastName"],
        "Theirs",
        "it is theirs"
    );
    assert!(is_member(&desk, "new1@x.example"));

    let plan = desk.preview();
    let left = [
        &plan["people"]["create"],
        &plan["people"]["update"],
        &plan["list"]["add"],
    ];
    assert_eq!(left.map(Value::as_u64), [Some(0); 3]);
    assert_eq!(plan["drifted"], 1);
}

#[test]
fn what_never_becomes_so_is_unconfirmed() {
    let desk = ready();
    let run = all_answered(&desk);
    change(&desk, "old1@x.example", json!({ "lastName": "1" }));
    // From here on an update of anybody is answered and not done.
    desk.remote.faults(json!([{
        "on": { "write_only": true, "path_contains": "/v1/leads.json" },
        "at": "after_receipt",
        "do": { "drop": true },
    }]));
    let report = desk.usher(&["run", "resume", &run]).exits(3).json();
    assert_eq!(report["people"]["unconfirmed"], 1, "{report}");
    assert_eq!(report["people"]["updated"], 1);

    desk.remote.mend();
    let report = desk.run(0);
    assert_eq!(
        report["people"]["updated"], 1,
        "the ledger does not say it was delivered"
    );
    assert_eq!(lead(&desk, "old1@x.example")["lastName"], "One");
}

#[test]
fn a_run_that_cannot_look_says_so() {
    let desk = ready();
    let run = all_answered(&desk);
    desk.remote.faults(json!([{
        "on": { "path_contains": "leads.json" },
        "at": "after_receipt",
        "do": { "code": "603", "message": "Access denied" },
    }]));
    let report = desk.usher(&["run", "resume", &run]).ok().json();
    assert_eq!(report["state"], "completed");
    assert_eq!(report["verification"]["given_up"], "permission_missing");
}
