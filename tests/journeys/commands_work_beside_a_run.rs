//! While one process sends, every other command works beside it, and what has
//! to wait says so and waits.

use crate::wait::until;
use serde_json::{Value, json};
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::process::Child;
use support::{Config, Desk, Ran};

/// A desk whose service takes its time, with the syncs `Go` and `Other`.
fn slow_desk() -> Desk {
    let desk = Desk::with(Config {
        people: 0,
        server_timeout: Some(3),
        ..Desk::quick()
    });
    desk.connect_with(&["--calls-per-20s", "100000", "--concurrency", "1"]);
    let mut file = "email,first,last\n".to_owned();
    for number in 0..3_000 {
        writeln!(file, "p{number}@x.example,P,{number}").unwrap();
    }
    desk.import(&file);
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let few = desk.file("few.csv", "email,first,last\nzoe@x.example,Z,Oe\n");
    desk.usher(&["audience", "import", &few, "--name", "Few"])
        .ok();
    let create = [
        "sync",
        "create",
        "--name",
        "Other",
        "--audience",
        "Few",
        "--destination",
    ];
    desk.usher(&[&create[..], &["Leads"]].concat()).ok();
    desk
}

fn latency(desk: &Desk, milliseconds: u64) {
    desk.remote
        .private("POST", "config", json!({ "latency_ms": milliseconds }));
}

/// Starts `Go`, which was planned before, against a slow service and waits until it sends; it
/// and its id.
pub(crate) fn sending(desk: &Desk) -> (Child, String) {
    let plan = desk.usher(&["sync", "preview", "Go"]).ok().json();
    latency(desk, 400);
    let digest = plan["digest"].as_str().unwrap();
    let child = desk.start(&["sync", "run", "Go", "--plan", digest]);
    let mut run = Value::Null;
    until("a write of the run", || {
        run = desk.usher(&["run", "list", "--sync", "Go"]).ok().json()[0].clone();
        run["state"] == "sending"
    });
    (child, run["run_id"].as_str().unwrap().to_owned())
}

fn end(child: Child) -> Ran {
    child.wait_with_output().unwrap().into()
}

#[test]
fn settings_and_reports_work_beside_a_run() {
    let desk = slow_desk();
    let (go, run) = sending(&desk);
    let file = desk.file("new.csv", "email\nnew@x.example\n");
    let beside: [&[&str]; 16] = [
        &["run", "show", &run],
        &["run", "people", &run],
        &["run", "list"],
        &["audience", "import", &file, "--name", "New"],
        &["audience", "members", "New"],
        &["audience", "remove", "New"],
        &[
            "destination",
            "edit",
            "Leads",
            "--description",
            "edited beside a run",
        ],
        &["destination", "show", "Leads"],
        &["sync", "edit", "Other", "--max-creations", "5"],
        &["sync", "pause", "Other"],
        &["sync", "resume", "Other"],
        &["suppression", "add", "nobody@x.example"],
        &["suppression", "list"],
        &["connection", "fields", "Marketo"],
        &["sync", "preview", "Other"],
        &["doctor"],
    ];
    for command in beside {
        desk.usher(command).ok();
    }
    let added = desk.usher(&["connection", "add", "marketo", "--name", "x"]);
    added.exits(2);
    assert_eq!(
        desk.usher(&["sync", "run", "Go"]).exits(1).error(),
        "already_running"
    );
    assert_eq!(
        desk.usher(&["run", "resume", &run]).exits(1).error(),
        "already_running"
    );
    assert_eq!(
        desk.usher(&["sync", "remove", "Go"]).exits(1).error(),
        "already_running"
    );
    let beside = desk.usher(&["run", "show", &run]).ok().json();
    assert_eq!(
        beside["state"], "sending",
        "all that took no end of the run"
    );
    latency(&desk, 0);
    let report = end(go).ok().json();
    assert_eq!(report["people"]["created"], 3_000);
    let edited = desk.usher(&["destination", "show", "Leads"]).ok().json();
    assert_eq!(edited["description"], "edited beside a run");
}

#[test]
fn a_run_of_another_sync_waits_for_its_turn() {
    let desk = slow_desk();
    let (go, _) = sending(&desk);
    let mut other = desk.start(&["sync", "run", "Other"]);
    let mut said = String::new();
    let mut stderr = BufReader::new(other.stderr.as_mut().unwrap());
    stderr.read_line(&mut said).unwrap();
    assert!(said.contains("waiting"), "{said}");
    assert!(other.try_wait().unwrap().is_none());
    assert_eq!(desk.remote.leads_of("zoe@x.example").len(), 0);
    latency(&desk, 0);
    assert_eq!(end(go).ok().json()["state"], "completed");
    assert_eq!(end(other).ok().json()["people"]["created"], 1);
    assert_eq!(desk.remote.members("Few").unwrap().len(), 1);
}

#[test]
fn a_run_is_stopped_from_outside_and_goes_on_later() {
    let desk = slow_desk();
    let (go, run) = sending(&desk);
    desk.usher(&["run", "stop", &run]).ok();
    let stopped = end(go).exits(7).json();
    assert_eq!(stopped["state"], "stopped");
    let left = stopped["people"]["skipped"]["not_sent"].as_u64().unwrap();
    assert!(left > 0, "{stopped}");
    latency(&desk, 0);
    desk.usher(&["run", "stop", &run]).ok();
    let resumed = desk.usher(&["run", "resume", &run]).ok().json();
    assert_eq!(resumed["state"], "completed");
    assert_eq!(resumed["people"]["created"], 3_000);
    assert_eq!(desk.remote.leads().len(), 3_000, "nobody was created twice");
    assert_eq!(desk.remote.members("People").unwrap().len(), 3_000);
}

#[test]
#[cfg(unix)]
fn an_owner_that_is_frozen_is_told_of_within_seconds_and_a_dead_one_is_replaced() {
    use crate::wait::signal;
    use std::time::{Duration, Instant};
    let desk = slow_desk();
    let (mut go, run) = sending(&desk);
    signal(&go, "-STOP");
    let asked: [&[&str]; 3] = [
        &["audience", "list"],
        &["sync", "run", "Other"],
        &["suppression", "add", "nobody@x.example"],
    ];
    let begun = Instant::now();
    let waiting = asked.map(|command| desk.start(command));
    for child in waiting {
        let silent = end(child).exits(6);
        assert_eq!(silent.error(), "owner_silent");
        assert!(silent.stdout.is_empty());
    }
    let took = begun.elapsed();
    assert!(
        took > Duration::from_secs(4) && took < Duration::from_secs(15),
        "{took:?}"
    );
    signal(&go, "-CONT");
    desk.usher(&["audience", "list"]).ok();
    go.kill().unwrap();
    go.wait().unwrap();
    let shown = desk.usher(&["run", "show", &run]).ok().json();
    assert_eq!(shown["state"], "interrupted");
    latency(&desk, 0);
    desk.usher(&["run", "resume", &run]).ok();
    assert_eq!(desk.remote.leads().len(), 3_000);
}

/// An owner may freeze after it has let a command in and before it is asked.
#[test]
#[cfg(target_os = "linux")]
fn a_command_that_was_let_in_waits_no_longer_for_a_frozen_owner() {
    use crate::wait::signal;
    use std::io::Write;
    use std::process::Stdio;
    let desk = slow_desk();
    let (mut go, _) = sending(&desk);
    let mut command = desk.command(&["connection", "set-secret", "Marketo", "--secret-stdin"]);
    let mut follower = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = follower.stdin.take().unwrap();
    writeln!(stdin, "{}", support::PASSPHRASE).unwrap();
    let files = format!("/proc/{}/fd", follower.id());
    until("the command reads the store", || {
        let open = std::fs::read_dir(&files).unwrap();
        open.flatten()
            .filter_map(|file| std::fs::read_link(file.path()).ok())
            .any(|file| file.ends_with("journal.db"))
    });
    signal(&go, "-STOP");
    writeln!(stdin, "another secret").unwrap();
    assert_eq!(end(follower).exits(6).error(), "owner_silent");
    go.kill().unwrap();
    go.wait().unwrap();
}
