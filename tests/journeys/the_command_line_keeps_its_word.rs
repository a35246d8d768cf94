//! What scripts rely on: exit codes, one document on standard output, one error
//! on standard error, and names wherever ids are.

use serde_json::{Value, json};
use std::process::{Command, Stdio};
use support::{Desk, Ran, binary};

fn plain(arguments: &[&str]) -> Ran {
    let mut command = Command::new(binary());
    command.args(arguments).stdin(Stdio::null());
    command.output().unwrap().into()
}

/// One error document, the last line of standard error, with all its parts.
#[track_caller]
fn error(ran: &Ran) -> Value {
    let last: Value = serde_json::from_str(ran.stderr.lines().last().unwrap()).unwrap();
    let error = &last["error"];
    let keys: Vec<&String> = error.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["code", "message", "hint", "retryable"]);
    assert!(error["retryable"].is_boolean());
    error.clone()
}

/// A desk that has one of everything.
fn furnished() -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import("email,first,last\nann@x.example,A,N\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

#[test]
fn help_and_version_are_answers() {
    for help in [
        &["--help"][..],
        &["help"],
        &["sync", "--help"],
        &["sync", "run", "--help"],
    ] {
        let said = plain(help).ok();
        assert!(said.stdout.contains("Usage: usher") && said.stderr.is_empty());
    }
    let version = plain(&["--version"]).ok();
    assert!(version.stdout.starts_with("usher ") && version.stdout.lines().count() == 1);
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = plain(&["completions", shell]).ok();
        assert!(script.stdout.contains("suppression"), "{shell}");
    }
    plain(&["completions", "cmd.exe"]).exits(2);
}

#[test]
fn wrong_usage_is_exit_2_and_says_what_is_wrong() {
    let desk = Desk::default();
    let wrong: [&[&str]; 17] = [
        &[],
        &["frob"],
        &["audience"],
        &["audience", "import", "people.csv"],
        &["audience", "show"],
        &["audience", "members", "People", "--limit", "-1"],
        &["audience", "members", "People", "--limit", "many"],
        &[
            "connection",
            "add",
            "hubspot",
            "--name",
            "x",
            "--secret-stdin",
        ],
        &[
            "connection",
            "add",
            "marketo",
            "--name",
            "x",
            "--client-secret",
            "s",
        ],
        &["destination", "create", "--name", "x"],
        &["sync", "preview", "Go", "--refresh", "--offline"],
        &["sync", "preview", "Go", "--verdict", "create"],
        &["sync", "run", "Go", "--limit", "some"],
        &["sync", "run"],
        &["suppression", "add"],
        &["forget"],
        &["doctor", "now"],
    ];
    for arguments in wrong {
        let refused = desk.usher(arguments).exits(2);
        assert!(
            refused.stdout.is_empty(),
            "{arguments:?}: {}",
            refused.stdout
        );
        assert_eq!(error(&refused)["code"], "usage", "{arguments:?}");
        let plainly = plain(arguments).exits(2);
        assert!(plainly.stderr.contains("help") && plainly.stdout.is_empty());
    }
    assert!(!desk.data_dir().exists(), "wrong usage opens nothing");
}

#[test]
fn values_that_no_command_takes_are_wrong_usage() {
    let desk = furnished();
    let run = desk.run(0);
    let run = run["run_id"].as_str().unwrap();
    let wrong: [&[&str]; 8] = [
        &["run", "people", run, "--outcome", "lost"],
        &["sync", "preview", "Go", "--people", "--verdict", "maybe"],
        &["sync", "run", "Go", "--allow", "everything"],
        &["sync", "edit", "Go", "--consent", "no equals sign"],
        &["sync", "edit", "Go", "--list-folder", "here"],
        &[
            "audience", "export", "People", "--output", "x", "--format", "xls",
        ],
        &["destination", "edit", "Leads", "--map", "email"],
        &["suppression", "add", "not an address"],
    ];
    for arguments in wrong {
        let refused = desk.usher(arguments).exits(2);
        assert_eq!(error(&refused)["code"], "usage", "{arguments:?}");
    }
}

#[test]
fn what_nobody_knows_is_not_found() {
    let desk = furnished();
    let file = desk.path().join("out.csv");
    let out = file.to_str().unwrap();
    let unknown: [&[&str]; 27] = [
        &["connection", "show", "x"],
        &["connection", "test", "x"],
        &["connection", "fields", "x"],
        &["connection", "remove", "x"],
        &["audience", "show", "x"],
        &["audience", "quarantined", "x"],
        &["audience", "members", "x"],
        &["audience", "export", "x", "--output", out],
        &["audience", "remove", "x"],
        &["destination", "show", "x"],
        &["destination", "edit", "x", "--name", "y"],
        &["destination", "read", "x", "--audience", "People"],
        &["destination", "read", "Leads", "--audience", "x"],
        &["destination", "remove", "x"],
        &[
            "sync",
            "create",
            "--name",
            "y",
            "--audience",
            "x",
            "--destination",
            "Leads",
        ],
        &[
            "sync",
            "create",
            "--name",
            "y",
            "--audience",
            "People",
            "--destination",
            "x",
        ],
        &["sync", "edit", "x", "--name", "y"],
        &["sync", "preview", "x"],
        &["sync", "explain", "x", "ann@x.example"],
        &["sync", "run", "x"],
        &["sync", "pause", "x"],
        &["sync", "remove", "x"],
        &["run", "list", "--sync", "x"],
        &["run", "show", "x"],
        &["run", "people", "x"],
        &["run", "stop", "x"],
        &["run", "resume", "x"],
    ];
    for arguments in unknown {
        let refused = desk.usher(arguments).exits(1);
        assert_eq!(error(&refused)["code"], "not_found", "{arguments:?}");
        assert!(refused.stdout.is_empty(), "{arguments:?}");
    }
    let secret = ["connection", "set-secret", "x", "--secret-stdin"];
    assert_eq!(
        desk.usher_given(&secret, "s\n").exits(1).error(),
        "not_found"
    );
    let export = desk
        .usher(&["run", "export", "x", "--output", out])
        .exits(1);
    assert_eq!(export.error(), "not_found");
    let plan = desk.usher(&["sync", "run", "Go", "--plan", "abc"]).exits(1);
    assert_eq!(plan.error(), "not_found");
    assert!(!file.exists());
}

#[test]
fn an_id_serves_wherever_a_name_does_and_lists_are_arrays() {
    let desk = furnished();
    desk.run(0);
    for (noun, name) in [
        ("connection", "Marketo"),
        ("audience", "People"),
        ("destination", "Leads"),
        ("sync", "Go"),
    ] {
        let list = desk.usher(&[noun, "list"]).ok().json();
        let id = list[0]["id"].as_str().unwrap();
        let by_id = desk.usher(&[noun, "show", id]).ok().json();
        assert_eq!(by_id, desk.usher(&[noun, "show", name]).ok().json());
        assert_eq!(list, json!([by_id]), "{noun} list shows what show shows");
    }
    let sync = desk.usher(&["sync", "show", "Go"]).ok().json()["id"].clone();
    let sync = sync.as_str().unwrap();
    assert_eq!(desk.usher(&["sync", "run", sync]).ok().json()["sync"], "Go");
    let runs = desk.usher(&["run", "list", "--sync", sync]).ok().json();
    assert_eq!(runs.as_array().unwrap().len(), 2);
    for time in ["started_at", "finished_at"] {
        let time = runs[0][time].as_str().unwrap();
        assert!(time.ends_with('Z') && time.contains('T'), "{time}");
    }
    let taken = desk.usher(&[
        "sync",
        "create",
        "--name",
        "Go",
        "--audience",
        "People",
        "--destination",
        "Leads",
    ]);
    assert_eq!(taken.exits(1).error(), "name_taken");
}

#[test]
fn a_dash_stands_for_the_lines_of_standard_input() {
    let desk = furnished();
    let lines = "Bob@x.example\n\n cid@x.example \r\nbob@x.example\n";
    let change = desk.usher_given(&["suppression", "add", "-", "dan@x.example"], lines);
    assert_eq!(
        change.ok().json(),
        json!({ "changed": 3, "unchanged": 1, "invalid": 0 })
    );
    let list = desk.usher(&["suppression", "list"]).ok().json();
    let mut keys: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["key"].as_str().unwrap())
        .collect();
    keys.sort_unstable();
    assert_eq!(keys, ["bob@x.example", "cid@x.example", "dan@x.example"]);
    let back = desk.usher_given(
        &["suppression", "remove", "-"],
        "bob@x.example\ncid@x.example\n",
    );
    assert_eq!(back.ok().json()["changed"], 2);
    desk.import("email,first,last\nann@x.example,A,N\ndan@x.example,D,N\n");
    let explain = ["sync", "explain", "Go", "-"];
    let explained = desk
        .usher_given(&explain, "Ann@x.example\n\n dan@x.example\r\n")
        .ok();
    let keys: Vec<Value> = explained
        .lines()
        .iter()
        .map(|one| one["key"].clone())
        .collect();
    assert_eq!(keys, ["ann@x.example", "dan@x.example"]);
    assert_eq!(desk.usher_given(&explain, "\n").exits(2).error(), "usage");
}

#[test]
fn what_a_later_version_will_do_is_said_to_be_missing_before_anything_is_opened() {
    let desk = Desk::default();
    let later: [&[&str]; 1] = [&["demo", "--route", "file-to-nowhere"]];
    for arguments in later {
        // A keychain that is asked here would answer with exit 5.
        let folder = desk.data_dir();
        let os = ["--json", "--data-dir", folder.to_str().unwrap()];
        for refused in [desk.usher(arguments), plain(&[&os[..], arguments].concat())] {
            let refused = refused.exits(1);
            assert_eq!(error(&refused)["code"], "not_available", "{arguments:?}");
            assert!(refused.stdout.is_empty());
        }
    }
    assert!(!desk.data_dir().exists(), "nothing was opened");
}
