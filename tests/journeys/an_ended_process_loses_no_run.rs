//! A process that is asked to end leaves the runs that nobody watches to the next one, and
//! the next one knows what was wished of them.

use crate::wait::{signal, until};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::Child;
use support::Desk;

const PEOPLE: u64 = 1_500;

fn audience(people: u64) -> String {
    let mut text = "email,first,last\n".to_owned();
    for n in 0..people {
        text.push_str(&format!("p{n}@x.example,F{n},L{n}\n"));
    }
    text
}

fn ready() -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import(&audience(PEOPLE));
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    // Slow enough to be met in the middle.
    desk.remote
        .private("POST", "config", serde_json::json!({ "latency_ms": 150 }));
    desk
}

fn runs(desk: &Desk) -> Vec<Value> {
    let all = desk.usher(&["run", "list"]).ok().json();
    all.as_array().unwrap().clone()
}

/// A daemon that says it is ready.
fn daemon(desk: &Desk) -> Child {
    let mut child = desk.start(&["daemon"]);
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    child
}

/// A daemon that is in the middle of a run it began by itself.
fn in_the_middle(desk: &Desk) -> Child {
    let daemon = daemon(desk);
    desk.usher(&["sync", "run", "Go", "--detach"]).ok();
    until("something is created", || {
        runs(desk)[0]["people"]["created"].as_u64() > Some(0)
    });
    daemon
}

fn end(mut daemon: Child, how: &str) {
    signal(&daemon, how);
    daemon.wait().unwrap();
}

#[test]
fn a_run_that_nobody_watches_goes_on_in_the_next_process() {
    let desk = ready();
    end(in_the_middle(&desk), "-TERM");
    let left = &runs(&desk)[0];
    assert_eq!(left["state"], "interrupted", "{left}");
    assert_eq!(left["finished_at"], Value::Null, "it is not over");
    assert!(desk.remote.leads().len() < PEOPLE as usize);
    let next = daemon(&desk);
    until("it goes on and completes", || {
        runs(&desk)[0]["state"] == "completed"
    });
    let all = runs(&desk);
    assert_eq!(all.len(), 1, "the same run: {all:?}");
    assert_eq!(all[0]["people"]["created"], PEOPLE);
    assert_eq!(desk.remote.leads().len(), PEOPLE as usize);
    end(next, "-TERM");
}

#[test]
fn a_run_that_somebody_stopped_stays_stopped() {
    let desk = ready();
    let daemon = in_the_middle(&desk);
    let run = runs(&desk)[0]["run_id"].as_str().unwrap().to_owned();
    desk.usher(&["run", "stop", &run]).ok();
    until("it has stopped", || runs(&desk)[0]["state"] == "stopped");
    end(daemon, "-TERM");
    let next = self::daemon(&desk);
    // Two looks of a stranger, each longer than a call takes.
    for _ in 0..2 {
        desk.usher(&["connection", "usage", "Marketo"]).ok();
    }
    assert_eq!(runs(&desk)[0]["state"], "stopped");
    end(next, "-TERM");
}

#[test]
fn a_run_that_is_held_waits_in_the_next_process_whatever_ended_the_first() {
    for how in ["-TERM", "-KILL"] {
        let desk = ready();
        let daemon = in_the_middle(&desk);
        let run = runs(&desk)[0]["run_id"].as_str().unwrap().to_owned();
        desk.usher(&["run", "pause", &run]).ok();
        end(daemon, how);
        let next = self::daemon(&desk);
        for _ in 0..2 {
            desk.usher(&["connection", "usage", "Marketo"]).ok();
        }
        let state = runs(&desk)[0]["state"].clone();
        assert_eq!(state, "interrupted", "{how}: nobody let it go on");
        let done = desk.usher(&["run", "resume", &run]).ok().json();
        assert_eq!(done["people"]["created"], PEOPLE, "{how}: {done}");
        end(next, "-TERM");
    }
}
