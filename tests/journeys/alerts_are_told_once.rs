//! Alerts: what somebody subscribed to is told once a change of state, by every way that is
//! set, whatever is down meanwhile.

use crate::nothing_is_kept_in_clear::scan;
use crate::wait::{signal, until};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::Child;
use support::{Desk, Hook, Postbox};

const PASSWORD: &str = "CanaryPassword0815";
const ALL: [&str; 14] = [
    "--alert",
    "started",
    "--alert",
    "succeeded",
    "--alert",
    "problems",
    "--alert",
    "failed",
    "--alert",
    "skip-rate",
    "--alert",
    "size",
    "--alert",
    "delay",
];

fn rows(people: std::ops::Range<usize>) -> String {
    let lines = people.map(|n| format!("new{n}@x.example,New,Nr{n}\n"));
    format!("email,first,last\n{}", lines.collect::<String>())
}

/// A desk with the sync `Go` of ten people, subscribed to so.
fn subscribed(alerts: &[&str]) -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import(&rows(0..10));
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(alerts);
    desk
}

/// The same with a webhook.
fn heard(alerts: &[&str]) -> (Desk, Hook) {
    let (desk, hook) = (subscribed(alerts), Hook::start());
    desk.usher(&["alert", "set", "--webhook", &hook.url()]).ok();
    (desk, hook)
}

fn daemon(desk: &Desk) -> Child {
    let mut child = desk.start(&["daemon"]);
    let mut line = String::new();
    let out = child.stdout.take().unwrap();
    BufReader::new(out).read_line(&mut line).unwrap();
    assert!(line.contains("pid"), "{line}");
    child
}

fn end(mut daemon: Child) {
    signal(&daemon, "-TERM");
    assert_eq!(daemon.wait().unwrap().code(), Some(0));
}

fn listed(desk: &Desk) -> Vec<Value> {
    let all = desk.usher(&["alert", "list"]).ok().json();
    all.as_array().unwrap().clone()
}

/// How far an alert is on one way.
fn way<'a>(alert: &'a Value, channel: &str) -> &'a Value {
    let ways = alert["channels"].as_array().unwrap();
    ways.iter().find(|way| way["channel"] == channel).unwrap()
}

#[test]
fn a_subscription_is_kept_changed_and_given_up() {
    let desk = subscribed(&["--alert", "skip-rate=2.5%", "--alert", "failed"]);
    let show = || desk.usher(&["sync", "show", "Go"]).ok().json();
    assert_eq!(show()["alerts"], json!(["failed", "skip-rate=2.5%"]));
    let edit = |more: &[&str]| desk.usher(&[&["sync", "edit", "Go"], more].concat());
    edit(&["--mode", "add-only"]).ok();
    assert_eq!(show()["alerts"], json!(["failed", "skip-rate=2.5%"]));
    edit(&ALL).ok();
    assert_eq!(
        show()["alerts"],
        json!([
            "started",
            "succeeded",
            "problems",
            "failed",
            "skip-rate=5%",
            "size=20%",
            "delay=1h"
        ])
    );
    let wrong: [&[&str]; 5] = [
        &["--alert", "everything"],
        &["--alert", "failed=5%"],
        &["--alert", "delay=soon"],
        &["--alert", "size=5%", "--alert", "size=6%"],
        &["--alert", "failed", "--no-alerts"],
    ];
    for arguments in wrong {
        assert_eq!(edit(arguments).exits(2).error(), "usage", "{arguments:?}");
    }
    edit(&["--no-alerts"]).ok();
    assert_eq!(show()["alerts"], json!([]));
    desk.run(0);
    assert_eq!(listed(&desk), [] as [Value; 0]);
}

#[test]
fn each_run_is_told_and_a_state_that_lasts_is_told_once() {
    let (desk, hook) = heard(&ALL);
    let run = desk.run(0);
    assert_eq!(hook.kinds(), ["started", "succeeded"]);
    let told = &hook.heard()[1];
    assert_eq!(told["sync"], "Go");
    assert_eq!(told["run_id"], run["run_id"]);
    assert_eq!(told["state"], "completed");
    assert_eq!(told["counts"]["created"], 10, "{told}");
    assert!(told["message"].as_str().unwrap().contains("10 created"));
    let line = &listed(&desk)[0];
    assert_eq!(line["alert"], "succeeded");
    assert_eq!(way(line, "webhook")["state"], "delivered");
    assert_eq!(
        way(line, "desktop")["state"],
        "skipped",
        "a command has none"
    );
    hook.news();
    desk.remote.faults(json!([{ "reject": { "field": "lastName", "value_contains": "Twelve", "code": "1003", "message": "canary" } }]));
    desk.import(&format!("{}bad@x.example,New,Twelve\n", rows(0..10)));
    desk.run(3);
    assert_eq!(hook.news(), ["started", "problems", "skip-rate"]);
    desk.run(3);
    assert_eq!(hook.news(), ["started"], "the same as before");
    desk.remote.mend();
    desk.run(0);
    assert_eq!(hook.news(), ["started", "succeeded"]);
    desk.import(&rows(0..11));
    desk.remote.faults(json!([{ "reject": { "field": "lastName", "value_contains": "Nr10", "code": "1003", "message": "canary" } }]));
    desk.run(3);
    assert_eq!(
        hook.news(),
        ["started", "problems", "skip-rate"],
        "anew after a good run"
    );
    let all = desk.usher(&["alert", "list"]).ok().stdout;
    for word in ["x.example", "canary", "hidden-path"] {
        assert!(!all.contains(word), "{word} in {all}");
    }
}

#[test]
fn what_is_held_back_or_ends_early_is_a_failure() {
    let (mut desk, hook) = heard(&["--alert", "failed", "--alert", "size=20%"]);
    desk.run(0);
    assert_eq!(hook.news(), [] as [&str; 0]);
    desk.import(&rows(0..4));
    desk.run(4);
    assert_eq!(hook.news(), ["size", "failed"]);
    desk.run(4);
    assert_eq!(
        hook.news(),
        [] as [&str; 0],
        "the same swing, the same guardrail"
    );
    desk.import(&rows(0..11));
    desk.run(0);
    desk.import(&rows(0..12));
    desk.remote.stop();
    desk.usher(&["sync", "run", "Go"]).exits(1);
    let told = hook.heard();
    assert_eq!(hook.news(), ["failed"]);
    assert_eq!(told[0]["code"], "service_unreachable", "{told:?}");
    assert_eq!(told[0]["state"], "failed");
}

#[test]
fn a_run_that_is_late_is_told_while_it_is_under_way() {
    let (desk, hook) = heard(&["--alert", "delay=1s"]);
    desk.remote.faults(json!([{ "on": { "method": "POST", "path_contains": "/v1/leads.json", "write_only": true, "nth": 1 }, "at": "before_receipt", "do": { "hang": true } }]));
    let mut daemon = daemon(&desk);
    let left = desk.usher(&["sync", "run", "Go", "--detach"]).ok().json();
    until("the delay", || hook.kinds() == ["delay"]);
    assert_eq!(hook.heard()[0]["run_id"], left["run_id"]);
    assert_eq!(hook.heard()[0]["counts"], Value::Null);
    daemon.kill().unwrap();
    daemon.wait().unwrap();
    assert_eq!(listed(&desk).len(), 1, "once for its time");
}

#[test]
fn a_run_that_is_due_waits_for_what_it_needs_to_begin() {
    let (mut desk, hook) = heard(&["--alert", "failed"]);
    desk.remote.faults(json!([{ "on": { "method": "POST", "path_contains": "/v1/leads.json", "write_only": true, "nth": 1 }, "at": "before_receipt", "do": { "hang": true } }]));
    let mut cut_off = desk.start(&["sync", "run", "Go"]);
    until("the call that hangs", || {
        desk.usher(&["run", "list"]).ok().json()[0]["state"] == "sending"
    });
    cut_off.kill().unwrap();
    cut_off.wait().unwrap();
    desk.remote.stop();
    // What that run did is not known, and nobody is there to say it.
    desk.usher(&["sync", "edit", "Go", "--every", "1s"]).ok();
    let daemon = daemon(&desk);
    let runs = || desk.usher(&["run", "list"]).ok().json();
    until("the next one begins", || runs()[0]["state"] == "planning");
    assert_eq!(runs().as_array().unwrap().len(), 2, "one at a time");
    let told = hook.heard();
    assert_eq!(told[0]["state"], "interrupted", "{told:?}");
    assert_eq!(told.len(), 1, "{told:?}");
    desk.usher(&["sync", "pause", "Go"]).ok();
    let waits = runs()[0]["run_id"].as_str().unwrap().to_owned();
    desk.usher(&["run", "stop", &waits]).ok();
    until("its end", || runs()[0]["state"] == "stopped");
    end(daemon);
}

#[test]
fn a_run_that_was_cut_off_is_told_by_the_next_command() {
    let (desk, hook) = heard(&["--alert", "failed"]);
    desk.remote.faults(json!([{ "on": { "method": "POST", "path_contains": "/v1/leads.json", "write_only": true, "nth": 1 }, "at": "before_receipt", "do": { "hang": true } }]));
    let mut cut_off = desk.start(&["sync", "run", "Go"]);
    until("the call that hangs", || {
        desk.usher(&["run", "list"]).ok().json()[0]["state"] == "sending"
    });
    cut_off.kill().unwrap();
    cut_off.wait().unwrap();
    let told = listed(&desk);
    assert_eq!(told[0]["state"], "interrupted", "{told:?}");
    assert_eq!(
        way(&told[0], "webhook")["tries"],
        0,
        "not by a command that only looks"
    );
    desk.run(0);
    assert_eq!(hook.kinds(), ["failed"]);
}

#[test]
fn a_webhook_that_is_down_holds_up_nothing_and_hears_it_later() {
    let desk = subscribed(&["--alert", "succeeded"]);
    // A port at which nobody listens.
    let port = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}/a/hidden-path");
    let shown = desk.usher(&["alert", "set", "--webhook", &url]).ok();
    assert!(!shown.stdout.contains("hidden"), "{}", shown.stdout);
    desk.run(0);
    desk.run(0);
    let all = listed(&desk);
    assert_eq!(all.len(), 2);
    let first = way(&all[1], "webhook");
    assert_eq!(
        (&first["state"], &first["tries"]),
        (&json!("pending"), &json!(1))
    );
    assert_eq!(first["problem"]["code"], "webhook_failed");
    assert!(!first.to_string().contains("hidden"), "{first}");
    let test = desk.usher(&["alert", "test"]).exits(1).json();
    assert_eq!(test["channels"][0]["problem"]["code"], "webhook_failed");
    let hook = Hook::at(port, 204);
    let daemon = daemon(&desk);
    until("both", || hook.kinds().len() == 2);
    until("it is written down", || {
        listed(&desk)
            .iter()
            .all(|one| way(one, "webhook")["state"] == "delivered")
    });
    assert_eq!(hook.heard()[0]["id"], all[1]["id"], "in their order");
    // One that leads elsewhere is not followed.
    hook.news();
    hook.answers(307);
    desk.usher(&["sync", "run", "Go"]).ok();
    until("the try", || hook.kinds().len() == 1);
    until("why", || {
        way(&listed(&desk)[0], "webhook")["problem"]["code"] == "webhook_failed"
    });
    end(daemon);
    let cleared = desk.usher(&["alert", "clear", "webhook"]).ok().json();
    assert_eq!(cleared, json!({ "webhook": null, "email": null }));
    assert_eq!(desk.usher(&["alert", "test"]).exits(1).error(), "not_found");
}

#[test]
fn a_crash_before_an_alert_arrived_loses_none() {
    let (desk, hook) = heard(&["--alert", "succeeded"]);
    hook.answers(0);
    let mut killed = desk.start(&["sync", "run", "Go"]);
    until("the try", || hook.kinds().len() == 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let first = hook.heard()[0]["id"].clone();
    hook.news();
    hook.answers(204);
    let daemon = daemon(&desk);
    until("it is told again", || hook.kinds().len() == 1);
    assert_eq!(hook.heard()[0]["id"], first, "the same one");
    until("it is written down", || {
        way(&listed(&desk)[0], "webhook")["state"] == "delivered"
    });
    end(daemon);
    assert_eq!(listed(&desk).len(), 1);
    assert_eq!(hook.kinds().len(), 1, "one try is repeated, no more");
}

#[test]
fn mail_goes_to_everybody_and_its_password_nowhere_else() {
    let (desk, post) = (subscribed(&["--alert", "succeeded"]), Postbox::start());
    let address = post.address();
    let set = [
        "alert",
        "set",
        "--smtp",
        &address,
        "--smtp-from",
        "usher@x.example",
        "--smtp-to",
        "one@x.example",
        "--smtp-to",
        "two@x.example",
        "--smtp-user",
        "usher",
    ];
    assert_eq!(desk.usher(&set).exits(1).error(), "secret_missing");
    let with_secret = [&set[..], &["--secret-stdin"]].concat();
    let shown = desk
        .usher_given(&with_secret, &format!("{PASSWORD}\n"))
        .ok();
    assert_eq!(
        shown.json()["email"]["to"],
        json!(["one@x.example", "two@x.example"])
    );
    let test = desk.usher(&["alert", "test"]).ok();
    assert_eq!(test.json()["ok"], true);
    desk.run(0);
    let mail = &post.heard()[1];
    for word in [
        "RCPT TO:<one@",
        "RCPT TO:<two@",
        "Subject: Usher: Go",
        "10 created",
    ] {
        assert!(mail.contains(word), "{word} in {mail}");
    }
    assert!(mail.contains("AUTH PLAIN"), "{mail}");
    post.lets_in(false);
    let test = desk.usher(&["alert", "test"]).exits(1);
    assert_eq!(test.json()["channels"][0]["problem"]["code"], "mail_failed");
    let more = desk.usher(&["alert", "show"]).ok();
    for ran in [&shown, &test, &more] {
        assert!(!ran.stdout.contains(PASSWORD) && !ran.stderr.contains(PASSWORD));
    }
    scan(&desk.data_dir(), &[PASSWORD, "hidden-path"]);
    // The password goes to no other server.
    let moved = desk.usher(&["alert", "set", "--smtp", "mail.x.example"]);
    assert_eq!(moved.exits(1).error(), "secret_missing");
    let wrong: [&[&str]; 5] = [
        &["alert", "set"],
        &["alert", "set", "--smtp-to", "nobody"],
        &["alert", "set", "--smtp", "smtp://x.example"],
        &["alert", "set", "--smtp-user", ""],
        &["alert", "clear", "desktop"],
    ];
    for arguments in wrong {
        let refused = desk.usher(arguments);
        assert!(
            arguments.contains(&"") || refused.code == 2,
            "{arguments:?}"
        );
    }
    for wrong in [
        "http://x.example/a",
        "https://user@x.example/a",
        "x.example",
    ] {
        let refused = desk.usher(&["alert", "set", "--webhook", wrong]);
        assert_eq!(refused.exits(1).error(), "endpoint_refused", "{wrong}");
    }
}
