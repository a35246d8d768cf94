//! Where a passphrase keeps the key, only it opens the folder, however it is given.
#![cfg(unix)]

use serde_json::json;
use std::path::Path;
use std::process::{Command, Stdio};
use support::{Desk, PASSPHRASE, Ran, binary};

/// A command on this folder, with these lines on standard input.
fn typed(folder: &Path, arguments: &[&str], input: &str) -> Ran {
    let mut command = Command::new(binary());
    command
        .args(["--json", "--data-dir"])
        .arg(folder)
        .args(arguments);
    given(command, input)
}

fn given(mut command: Command, input: &str) -> Ran {
    use std::io::Write;
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap().into()
}

fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "owner.lock").collect();
    names.sort();
    names
}

#[test]
fn without_a_passphrase_no_folder_is_made() {
    let desk = Desk::default();
    let folder = desk.data_dir();
    for (flags, input) in [
        (&["--keychain", "passphrase"][..], ""),
        (&["--keychain", "passphrase", "--passphrase-stdin"], ""),
        (&["--keychain", "passphrase", "--passphrase-stdin"], "\n"),
        (&["--keychain", "passphrase", "--passphrase-stdin"], "   \n"),
    ] {
        let arguments = [flags, &["audience", "list"]].concat();
        let refused = typed(&folder, &arguments, input).exits(5);
        assert_eq!(refused.error(), "passphrase_needed", "{flags:?} {input:?}");
        assert!(files(&folder).is_empty(), "{:?}", files(&folder));
    }
}

#[test]
fn only_its_passphrase_opens_a_folder_and_nothing_is_lost() {
    let desk = Desk::default();
    let audience = desk.import("email\nann@x.example\n");
    let folder = desk.data_dir();
    let list = ["--passphrase-stdin", "audience", "list"];
    for wrong in [
        "a passphrase of journey\n",
        "A passphrase of journeys\n",
        "no-such-word\n",
    ] {
        let refused = typed(&folder, &list, wrong).exits(5);
        assert_eq!(refused.error(), "passphrase_wrong");
        assert!(!refused.stderr.contains(wrong.trim()) && refused.stdout.is_empty());
    }
    let needed = typed(&folder, &["audience", "list"], "").exits(5);
    assert_eq!(needed.error(), "passphrase_needed");
    for right in [
        format!("{PASSPHRASE}\n"),
        format!("{PASSPHRASE}\r\n"),
        PASSPHRASE.into(),
    ] {
        let opened = typed(&folder, &list, &right).ok();
        assert_eq!(opened.json(), json!([audience]));
    }
    let other = typed(
        &folder,
        &[&["--keychain", "os"], &list[..]].concat(),
        PASSPHRASE,
    );
    assert_eq!(
        other.exits(2).error(),
        "usage",
        "where the key is was fixed"
    );
}

#[test]
fn the_service_manager_may_give_the_passphrase() {
    let desk = Desk::default();
    let audience = desk.import("email\nann@x.example\n");
    let credentials = desk.path().join("credentials");
    std::fs::create_dir(&credentials).unwrap();
    std::fs::write(
        credentials.join("usher-passphrase"),
        format!("{PASSPHRASE}\n"),
    )
    .unwrap();
    let mut command = Command::new(binary());
    command.args(["--json", "--data-dir"]).arg(desk.data_dir());
    command
        .args(["audience", "list"])
        .env("CREDENTIALS_DIRECTORY", credentials);
    assert_eq!(given(command, "").ok().json(), json!([audience]));
}

#[test]
fn doctor_tells_what_is_wrong_on_standard_output() {
    let desk = Desk::default();
    desk.import("email\nann@x.example\n");
    let well = desk.usher(&["doctor"]).ok();
    assert_eq!(well.json()["ok"], true);
    assert!(well.json()["version"].is_string());

    let folder = desk.data_dir();
    let wrong = typed(&folder, &["--passphrase-stdin", "doctor"], "wrong\n").exits(5);
    assert_eq!(wrong.json()["ok"], false);
    assert_eq!(wrong.error(), "passphrase_wrong");
    let needed = typed(&folder, &["doctor"], "").exits(5);
    assert_eq!(needed.json()["ok"], false);

    let journal = folder.join("journal.db");
    let whole = std::fs::read(&journal).unwrap();
    let mut torn = whole.clone();
    let middle = torn.len() / 2;
    torn[middle] ^= 0xff;
    std::fs::write(&journal, &torn).unwrap();
    let torn = desk.usher(&["doctor"]).exits(1);
    assert_eq!(torn.json()["ok"], false, "{}", torn.stdout);
    std::fs::write(&journal, &whole).unwrap();
    desk.usher(&["doctor"]).ok();

    let config = folder.join("folder.json");
    let text = std::fs::read_to_string(&config).unwrap();
    for (spoiled, code) in [
        (
            text.replace("\"format\": 1", "\"format\": 99"),
            "store_newer",
        ),
        ("{".to_owned(), "store_damaged"),
    ] {
        std::fs::write(&config, &spoiled).unwrap();
        let told = desk.usher(&["doctor"]).exits(1);
        assert_eq!(told.error(), code);
        assert_eq!(told.json()["ok"], false);
        let asked = typed(&folder, &["doctor"], "").exits(1);
        assert_eq!(asked.json()["ok"], false, "no passphrase is at hand");
        assert_eq!(desk.usher(&["audience", "list"]).exits(1).error(), code);
        assert_eq!(
            std::fs::read_to_string(&config).unwrap(),
            spoiled,
            "it was changed"
        );
    }
    std::fs::write(&config, text).unwrap();
    desk.usher(&["audience", "show", "People"]).ok();
}
