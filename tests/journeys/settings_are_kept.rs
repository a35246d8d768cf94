//! What is set for a data folder: who sets it sees it, and it counts from then on.

use serde_json::{Value, json};
use support::Desk;

fn settings(desk: &Desk) -> Value {
    desk.usher(&["settings", "show"]).ok().json()
}

fn set(desk: &Desk, change: &[&str]) -> Value {
    let words = [&["settings", "set"], change].concat();
    desk.usher(&words).ok().json()
}

#[test]
fn what_is_set_is_shown_and_the_rest_stays() {
    let desk = Desk::default();
    let usual = settings(&desk);
    assert_eq!(usual["keep_values_days"], 30);
    assert_eq!(usual["keep_people_days"], Value::Null);
    assert_eq!(usual["guardrails"]["removals"], 500);
    assert_eq!(usual["guardrails"]["removals_percent"], "5%");
    let change = [
        "--keep-values",
        "10",
        "--keep-people",
        "365",
        "--guardrail",
        "removals=10%",
        "--guardrail",
        "quota=90%",
    ];
    let after = set(&desk, &change);
    assert_eq!(after, settings(&desk));
    assert_eq!(after["keep_values_days"], 10);
    assert_eq!(after["keep_people_days"], 365);
    assert_eq!(after["guardrails"]["removals"], 500);
    assert_eq!(after["guardrails"]["removals_percent"], "10%");
    assert_eq!(after["guardrails"]["quota"], "90%");
    let after = set(&desk, &["--keep-people", "forever"]);
    assert_eq!(after["keep_people_days"], Value::Null);
    assert_eq!(after["keep_values_days"], 10);
    let back = [
        "--keep-values",
        "30",
        "--guardrail",
        "removals=default",
        "--guardrail",
        "quota=default",
    ];
    assert_eq!(set(&desk, &back), usual);
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let desk = Desk::default();
    let usual = settings(&desk);
    let wrong: [&[&str]; 7] = [
        &["settings", "set"],
        &["settings", "set", "--guardrail", "quota=101%"],
        &["settings", "set", "--guardrail", "governance=1"],
        &["settings", "set", "--keep-values", "0"],
        &["settings", "set", "--keep-values", "3651"],
        &["settings", "set", "--keep-people", "never"],
        // Values would outlive the people they are of.
        &[
            "settings",
            "set",
            "--keep-people",
            "29",
            "--guardrail",
            "quota=90%",
        ],
    ];
    for words in wrong {
        desk.usher(words).exits(2);
        assert_eq!(settings(&desk), usual, "{words:?}");
    }
}

#[test]
fn a_guardrail_holds_back_at_the_number_that_was_set() {
    let desk = Desk::default();
    desk.connect();
    desk.import("email,first,last\nada@x.example,Ada,L\nbob@x.example,Bob,B\ncy@x.example,Cy,C\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk.run(0);
    desk.import("email,first,last\nada@x.example,Ada,L\nbob@x.example,Bob,B\n");
    assert_eq!(desk.preview()["guardrails"], json!([]));
    set(&desk, &["--guardrail", "audience_shrunk=70%"]);
    let held = json!([{ "name": "audience_shrunk", "limit": 3, "found": 2 }]);
    assert_eq!(desk.preview()["guardrails"], held);
    desk.usher(&["sync", "run", "Go"]).exits(4);
    set(&desk, &["--guardrail", "audience_shrunk=60%"]);
    assert_eq!(desk.preview()["guardrails"], json!([]));
    set(&desk, &["--guardrail", "creations=0"]);
    desk.import(
        "email,first,last\nada@x.example,Ada,L\nbob@x.example,Bob,B\ndee@x.example,Dee,D\n",
    );
    assert_eq!(desk.preview()["guardrails"][0]["name"], "creations");
    // What the sync says itself goes before.
    desk.usher(&["sync", "edit", "Go", "--max-creations", "1"])
        .ok();
    assert_eq!(desk.preview()["guardrails"], json!([]));
    desk.run(0);
}

#[cfg(target_os = "linux")]
#[test]
fn starting_at_login_is_an_entry_of_the_desktop() {
    let desk = Desk::default();
    let home = desk.path().join("a home with \"quotes\", 100 % and $signs");
    std::fs::create_dir(&home).unwrap();
    let at_home = |words: &[&str]| {
        let mut command = desk.command(words);
        command.env("HOME", &home);
        let done: support::Ran = desk
            .start_given(command, "")
            .wait_with_output()
            .unwrap()
            .into();
        done.ok().json()
    };
    let shown = |words: &[&str]| at_home(words)["starts_at_login"].clone();
    assert_eq!(shown(&["settings", "show"]), false);
    assert_eq!(shown(&["settings", "set", "--start-at-login", "on"]), true);
    assert_eq!(shown(&["settings", "show"]), true);
    let entries = home.join(".config/autostart");
    let entry = only_file(&entries);
    let line = entry
        .lines()
        .find_map(|line| line.strip_prefix("Exec="))
        .unwrap();
    let folder = format!("\"{}\"", desk.data_dir().display());
    assert!(line.contains(&format!("--data-dir {folder}")), "{line}");
    assert!(
        line.ends_with("--hidden") || line.ends_with("daemon"),
        "{line}"
    );
    assert_eq!(
        shown(&["settings", "set", "--start-at-login", "off"]),
        false
    );
    assert_eq!(std::fs::read_dir(&entries).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
fn only_file(folder: &std::path::Path) -> String {
    let mut files = std::fs::read_dir(folder).unwrap();
    let file = files.next().unwrap().unwrap();
    assert!(files.next().is_none());
    std::fs::read_to_string(file.path()).unwrap()
}
