//! Schedules in `usher daemon`, and runs that are left to the background.

use crate::wait::{signal, until};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::Child;
use std::time::Duration;
use support::Desk;
use usher_model::Timestamp;

fn ready() -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import("email,first,last\nnew1@x.example,New,One\nnew2@x.example,New,Two\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

/// A daemon that says it is ready.
fn daemon(desk: &Desk) -> Child {
    let mut child = desk.start(&["daemon"]);
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(said["pid"], child.id(), "{said}");
    child
}

fn end(mut daemon: Child) -> Option<i32> {
    signal(&daemon, "-TERM");
    daemon.wait().unwrap().code()
}

fn runs(desk: &Desk) -> Vec<Value> {
    let all = desk.usher(&["run", "list"]).ok().json();
    all.as_array().unwrap().clone()
}

#[test]
fn a_schedule_runs_its_sync_again_and_again() {
    let desk = ready();
    let daemon = daemon(&desk);
    let set = desk
        .usher(&["sync", "edit", "Go", "--every", "1s"])
        .ok()
        .json();
    assert_eq!(set["schedule"], json!({ "every": "1s" }), "{set}");
    assert_eq!(set["missed"], "once");
    assert!(set["next_run_at"].is_string(), "{set}");
    until("three runs", || {
        runs(&desk)
            .iter()
            .filter(|run| run["state"] == "completed")
            .count()
            >= 3
    });
    let held = desk.usher(&["sync", "pause", "Go"]).ok().json();
    assert_eq!(held["next_run_at"], Value::Null);
    until("what runs to end", || {
        runs(&desk).iter().all(|run| run["finished_at"].is_string())
    });
    let all = runs(&desk);
    assert_eq!(all.last().unwrap()["people"]["created"], 2, "the first run");
    assert_eq!(all[0]["people"]["unchanged"], 2, "a later one: {}", all[0]);
    assert_eq!(all[0]["calls"].as_u64().map(|calls| calls > 0), Some(true));
    assert_eq!(desk.remote.leads().len(), 2);
    let taken = desk
        .usher(&["sync", "edit", "Go", "--no-schedule"])
        .ok()
        .json();
    assert_eq!(taken["schedule"], Value::Null);
    assert_eq!(end(daemon), Some(0));
}

#[test]
fn what_went_by_while_nobody_was_there_is_made_up_for() {
    let desk = ready();
    // Long enough for a daemon to be there before the time after the one that goes by.
    let every = Duration::from_secs(15);
    desk.usher(&["sync", "edit", "Go", "--every", "15s"]).ok();
    let shown = desk.usher(&["sync", "show", "Go"]).ok().json();
    let missed = at(&shown["next_run_at"]);
    until("the time to go by", || {
        // Any command looks at the same clock.
        let now = desk
            .usher(&["sync", "preview", "Go", "--refresh"])
            .ok()
            .json();
        at(&now["destination_as_of"]) > missed
    });
    assert!(runs(&desk).is_empty(), "no command runs it by the way");
    let daemon = daemon(&desk);
    until("the run", || !runs(&desk).is_empty());
    let begun = at(&runs(&desk)[0]["started_at"]);
    assert!(begun < missed.after(every), "before its next time: {begun}");
    assert_eq!(end(daemon), Some(0));
}

fn at(value: &Value) -> Timestamp {
    Timestamp::parse(value.as_str().unwrap()).unwrap()
}

#[test]
fn a_run_is_left_to_the_background() {
    let desk = ready();
    let left = desk.usher(&["sync", "run", "Go", "--detach"]).ok().json();
    let run = left["run_id"].as_str().unwrap().to_owned();
    until("its end", || {
        desk.usher(&["run", "show", &run]).ok().json()["state"] == "completed"
    });
    assert_eq!(desk.remote.leads().len(), 2);
    let unknown = desk.usher(&["sync", "run", "Nobody", "--detach"]);
    assert_eq!(unknown.exits(1).error(), "not_found");
    until("the background to end", || {
        !desk.data_dir().join("owner.json").exists()
    });
}

#[test]
fn what_was_cut_off_goes_on_by_itself() {
    let desk = ready();
    desk.remote.faults(json!([{ "on": { "method": "POST", "path_contains": "/v1/leads.json", "write_only": true, "nth": 1 }, "at": "before_receipt", "do": { "hang": true } }]));
    let mut first = daemon(&desk);
    let left = desk.usher(&["sync", "run", "Go", "--detach"]).ok().json();
    let run = left["run_id"].as_str().unwrap().to_owned();
    until("the call that hangs", || {
        desk.usher(&["run", "show", &run]).ok().json()["state"] == "sending"
    });
    first.kill().unwrap();
    first.wait().unwrap();
    let second = daemon(&desk);
    until("the same run's end", || {
        desk.usher(&["run", "show", &run]).ok().json()["state"] == "completed"
    });
    assert_eq!(desk.remote.leads().len(), 2, "nobody is there twice");
    assert_eq!(end(second), Some(0));
}

#[test]
fn what_is_no_schedule_is_refused() {
    let desk = ready();
    for wrong in [
        ["--every", "soon"],
        ["--daily-at", "25:00"],
        ["--cron", "every day"],
    ] {
        let edit = [&["sync", "edit", "Go"], &wrong[..]].concat();
        assert_eq!(desk.usher(&edit).exits(2).error(), "usage", "{wrong:?}");
    }
    let both = ["sync", "edit", "Go", "--every", "1h", "--daily-at", "08:00"];
    desk.usher(&both).exits(2);
}

#[test]
fn a_service_that_is_slow_holds_up_no_other() {
    let desk = ready();
    let other = Desk::default();
    // The same computer, and a service of its own.
    let (base, secret) = (
        other.remote.sandbox().base_url(),
        format!("{}\n", other.remote.sandbox().client_secret()),
    );
    let (munchkin, client) = (
        other.remote.sandbox().munchkin_id(),
        other.remote.sandbox().client_id(),
    );
    let add = [
        "connection",
        "add",
        "marketo",
        "--name",
        "Other",
        "--base-url",
        &base,
        "--munchkin-id",
        munchkin,
        "--client-id",
        client,
        "--secret-stdin",
    ];
    desk.usher_given(&add, &secret).ok();
    let create = [
        "destination",
        "create",
        "--name",
        "There",
        "--connection",
        "Other",
        "--sync-type",
        "audience-and-profile",
        "--person-action",
        "update-and-create",
        "--dedupe-field",
        "email",
        "--map",
        "email=DedupeField",
        "--map",
        "first=firstName",
        "--map",
        "last=lastName",
    ];
    desk.usher(&create).ok();
    let sync = [
        "sync",
        "create",
        "--name",
        "Elsewhere",
        "--audience",
        "People",
        "--destination",
        "There",
    ];
    desk.usher(&sync).ok();
    let mut daemon = daemon(&desk);
    other
        .remote
        .faults(json!([{ "on": {}, "do": { "hang": true } }]));
    for name in ["Elsewhere", "Go"] {
        desk.usher(&["sync", "edit", name, "--every", "1s"]).ok();
    }
    until("runs beside one that hangs", || {
        let all = runs(&desk);
        let of = |name: &str| all.iter().filter(|run| run["sync"] == name).count();
        let through = |run: &&Value| run["sync"] == "Go" && run["state"] == "completed";
        of("Elsewhere") > 0 && all.iter().filter(through).count() >= 3
    });
    let all = runs(&desk);
    let hangs: Vec<&Value> = all
        .iter()
        .filter(|run| run["sync"] == "Elsewhere")
        .collect();
    assert!(
        hangs.iter().all(|run| run["state"] != "completed"),
        "{hangs:?}"
    );
    signal(&daemon, "-KILL");
    daemon.wait().unwrap();
}
