//! The service is gone in the middle of a run, and comes back: whoever was sent
//! is there once, whoever was not is sent then.

use crate::wait::until;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::process::Child;
use support::{Config, Desk, Ran};
use tempfile::TempDir;

const PEOPLE: usize = 1_500;

/// A desk, and where its service keeps what it knows while it is gone.
fn ready() -> (Desk, TempDir) {
    let kept = TempDir::new().unwrap();
    let desk = Desk::with(Config {
        people: 0,
        state_file: Some(kept.path().join("sandbox.json")),
        ..Desk::quick()
    });
    desk.connect();
    let mut file = "email,first,last\n".to_owned();
    for number in 0..PEOPLE {
        writeln!(file, "p{number}@x.example,P,{number}").unwrap();
    }
    desk.import(&file);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    (desk, kept)
}

/// A run, and the service gone as soon as somebody was created.
fn gone_in_the_middle(desk: &mut Desk) -> Child {
    gone_in_the_middle_of(desk, &["sync", "run", "Go"])
}

fn gone_in_the_middle_of(desk: &mut Desk, run: &[&str]) -> Child {
    let child = desk.start(run);
    until("the first people", || {
        let counters =
            desk.remote.private("GET", "state?summary=1", Value::Null)["counters"].clone();
        let created = counters["created"].as_u64().unwrap_or_default();
        if counters["calls"].as_u64() > Some(4) {
            desk.remote
                .private("POST", "config", json!({ "latency_ms": 150 }));
        }
        created > 0
    });
    desk.remote.stop();
    child
}

#[track_caller]
fn everybody_is_there_once(desk: &Desk, run: &Value) {
    assert_eq!(run["state"], "completed", "{run}");
    assert_eq!(run["people"]["created"], PEOPLE, "{run}");
    assert_eq!(run["list"]["added"], PEOPLE, "{run}");
    let mut emails: Vec<String> = desk
        .remote
        .leads()
        .iter()
        .map(|lead| lead["email"].to_string())
        .collect();
    emails.sort_unstable();
    emails.dedup();
    assert_eq!((emails.len(), desk.remote.leads().len()), (PEOPLE, PEOPLE));
    assert_eq!(desk.remote.members("People").unwrap().len(), PEOPLE);
}

/// What is said while nobody answers.
fn stands(desk: &Desk) -> Value {
    let runs = desk.usher(&["run", "list"]).ok().json();
    let report = desk
        .usher(&["run", "show", runs[0]["run_id"].as_str().unwrap()])
        .ok()
        .json();
    let people = &report["people"];
    let unsent = people["skipped"]["not_sent"].as_u64().unwrap_or_default();
    let known = people["created"].as_u64().unwrap() + people["unconfirmed"].as_u64().unwrap();
    assert_eq!(
        known + unsent,
        PEOPLE as u64,
        "everyone is accounted for: {report}"
    );
    assert!(unsent > 0, "it was in the middle: {report}");
    report
}

#[test]
fn a_run_ends_early_and_is_resumed_when_the_service_is_back() {
    let (mut desk, _kept) = ready();
    let child = gone_in_the_middle(&mut desk);
    let ran: Ran = child.wait_with_output().unwrap().into();
    let ran = ran.exits(1);
    assert_eq!(ran.error(), "service_unreachable");
    assert_eq!(ran.json()["state"], "failed");
    let run = stands(&desk);
    let id = run["run_id"].as_str().unwrap();
    desk.remote.start_again();
    let run = desk.usher(&["run", "resume", id]).ok().json();
    everybody_is_there_once(&desk, &run);
}

#[test]
fn a_run_that_nobody_watches_waits_until_the_service_is_back() {
    let (mut desk, _kept) = ready();
    let asked = gone_in_the_middle_of(&mut desk, &["sync", "run", "Go", "--detach"]);
    let left: Ran = asked.wait_with_output().unwrap().into();
    let run = left.ok().json()["run_id"].as_str().unwrap().to_owned();
    let show = |desk: &Desk| desk.usher(&["run", "show", &run]).ok().json();
    // One that somebody watches begins later and has given up by then.
    let (mut other, _others) = ready();
    let watched = gone_in_the_middle(&mut other);
    let gave_up: Ran = watched.wait_with_output().unwrap().into();
    assert_eq!(gave_up.exits(1).error(), "service_unreachable");
    assert_eq!(show(&desk)["state"], "sending");
    desk.remote.start_again();
    until("its end", || show(&desk)["state"] == "completed");
    everybody_is_there_once(&desk, &show(&desk));
}

#[test]
fn a_run_that_waits_goes_on_by_itself() {
    let (mut desk, _kept) = ready();
    let child = gone_in_the_middle(&mut desk);
    desk.remote.start_again();
    let ran: Ran = child.wait_with_output().unwrap().into();
    everybody_is_there_once(&desk, &ran.ok().json());
}

#[test]
fn a_run_that_is_killed_meanwhile_is_interrupted_and_resumed() {
    let (mut desk, _kept) = ready();
    let mut child = gone_in_the_middle(&mut desk);
    child.kill().unwrap();
    child.wait().unwrap();
    let run = stands(&desk);
    assert_eq!(run["state"], "interrupted");
    desk.remote.start_again();
    let id = run["run_id"].as_str().unwrap();
    let run = desk.usher(&["run", "resume", id]).ok().json();
    everybody_is_there_once(&desk, &run);
}
