//! A run that is paused changes nothing, and goes on where it was.

use crate::wait::until;
use serde_json::{Value, json};
use std::process::Child;
use support::Desk;

fn audience() -> String {
    let mut text = "email,first,last\n".to_owned();
    for n in 0..1_500 {
        text.push_str(&format!("p{n}@x.example,F{n},L{n}\n"));
    }
    text
}

fn ready() -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import(&audience());
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    // Slow enough to be met in the middle.
    desk.remote
        .private("POST", "config", json!({ "latency_ms": 150 }));
    desk
}

fn newest(desk: &Desk) -> Value {
    let runs = desk.usher(&["run", "list"]).ok().json();
    runs.get(0).cloned().unwrap_or_default()
}

fn writes(desk: &Desk) -> usize {
    let log = desk.remote.log();
    let is = |one: &&Value| one["method"] == "POST" && one["path"] == "/rest/v1/leads.json";
    log.iter().filter(is).count()
}

/// Starts a run, and pauses it once something was created.
fn paused(desk: &Desk, pause: impl Fn(&str)) -> (Child, String) {
    let running = desk.start(&["sync", "run", "Go"]);
    until("something is created", || {
        newest(desk)["people"]["created"].as_u64() > Some(0)
    });
    let run = newest(desk)["run_id"].as_str().unwrap().to_owned();
    pause(&run);
    until("it is paused", || newest(desk)["state"] == "paused");
    (running, run)
}

fn end(running: Child) -> (Option<i32>, Value) {
    let ended = running.wait_with_output().unwrap();
    let report = serde_json::from_slice(&ended.stdout).unwrap_or_default();
    (ended.status.code(), report)
}

#[test]
fn a_paused_run_sends_nothing_and_goes_on() {
    let desk = ready();
    let (running, run) = paused(&desk, |run| {
        desk.usher(&["run", "pause", run]).ok();
    });
    let sent = writes(&desk);
    let created = newest(&desk)["people"]["created"].clone();
    assert!(created.as_u64() < Some(1_500), "{created}");
    // Two looks of a stranger, each longer than a call takes.
    for _ in 0..2 {
        desk.usher(&["connection", "usage", "Marketo"]).ok();
    }
    assert_eq!(writes(&desk), sent, "nothing is sent meanwhile");
    assert_eq!(newest(&desk)["people"]["created"], created);
    let resumed = desk.usher(&["run", "resume", &run]).ok().json();
    assert_eq!(resumed["people"]["created"], 1_500, "{resumed}");
    let (code, report) = end(running);
    assert_eq!(code, Some(0), "who asked for it sees it through");
    assert_eq!(report["list"]["added"], 1_500);
}

#[test]
fn pausing_a_sync_pauses_its_run() {
    let desk = ready();
    let (running, _) = paused(&desk, |_| {
        desk.usher(&["sync", "pause", "Go"]).ok();
    });
    desk.usher(&["sync", "resume", "Go"]).ok();
    assert_eq!(end(running).0, Some(0));
    assert_eq!(newest(&desk)["people"]["created"], 1_500);
}

#[test]
fn a_paused_run_is_stopped() {
    let desk = ready();
    let (running, run) = paused(&desk, |run| {
        desk.usher(&["run", "pause", run]).ok();
    });
    desk.usher(&["run", "stop", &run]).ok();
    assert_eq!(end(running).0, Some(7));
    assert_eq!(newest(&desk)["state"], "stopped");
}

#[test]
fn a_run_that_is_over_cannot_be_paused() {
    let desk = ready();
    let run = desk.run(0);
    let refused = desk.usher(&["run", "pause", run["run_id"].as_str().unwrap()]);
    assert_eq!(refused.exits(1).error(), "not_running");
}
