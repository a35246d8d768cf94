//! Tokens that end, limits that are reached: waited out, and nothing sent twice.

use serde_json::json;
use support::{Config, Desk};

const PEOPLE: &str = "email,first,last\na@x.example,A,A\nb@x.example,B,B\n";

fn ready(desk: &Desk) {
    desk.import(PEOPLE);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
}

#[test]
fn a_token_that_ends_is_renewed_once() {
    let desk = Desk::default();
    desk.connect();
    ready(&desk);
    desk.remote.faults(json!([
        { "on": { "path_contains": "/v1/lists/", "method": "POST", "times": 1 }, "do": { "code": 602, "message": "Access token expired" } },
        { "on": { "path_contains": "/v1/leads.json", "write_only": true, "times": 1 }, "do": { "code": 601, "message": "Access token invalid" } },
    ]));
    let run = desk.run(0);
    assert_eq!(
        (&run["people"]["created"], &run["list"]["added"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(desk.remote.leads_of("a@x.example").len(), 1);
}

#[test]
fn a_service_that_is_busy_is_tried_again() {
    let desk = Desk::default();
    desk.connect();
    ready(&desk);
    let busy = |nth: u32, code: u32| json!({ "on": { "path_contains": "/v1/l", "nth": nth }, "do": { "code": code, "message": "busy" } });
    desk.remote.faults(json!([
        busy(1, 606),
        busy(2, 615),
        busy(4, 608),
        busy(6, 713)
    ]));
    let run = desk.run(0);
    assert_eq!(run["people"]["created"], 2);
    assert!(run["retries"].as_u64().unwrap() >= 4, "{run}");
}

#[test]
fn never_more_calls_in_a_window_than_the_users_share() {
    // The sandbox refuses the call that would be one too many, and so would count.
    let desk = Desk::with(Config {
        people: 0,
        calls_per_window: 8,
        ..Desk::quick()
    });
    desk.connect_with(&["--calls-per-20s", "8", "--concurrency", "2"]);
    ready(&desk);
    desk.run(0);
    let calls = desk.remote.calls();
    assert!(
        calls.len() > 8,
        "enough calls to reach the limit: {}",
        calls.len()
    );
    assert!(
        calls.iter().all(|call| call["code"] != "606"),
        "across processes, too: {calls:?}"
    );
}

#[test]
fn a_spent_quota_ends_or_holds_a_run_and_a_resume_goes_on() {
    let desk = Desk::default();
    desk.connect();
    ready(&desk);
    let plan = desk.preview();
    desk.remote.faults(json!([{ "on": { "path_contains": "/v1/lists/", "method": "POST" }, "do": { "code": 607, "message": "Daily quota reached" } }]));
    let ran = desk
        .usher(&[
            "sync",
            "run",
            "Go",
            "--no-wait",
            "--plan",
            plan["digest"].as_str().unwrap(),
        ])
        .exits(7);
    let run = ran.json();
    assert_eq!(run["state"], "stopped");
    assert_eq!(
        (&run["people"]["created"], &run["list"]["not_sent"]),
        (&json!(2), &json!(2))
    );
    desk.remote.mend();
    let resumed = desk
        .usher(&["run", "resume", run["run_id"].as_str().unwrap()])
        .ok()
        .json();
    assert_eq!(
        (&resumed["state"], &resumed["list"]["added"]),
        (&json!("completed"), &json!(2))
    );
}
