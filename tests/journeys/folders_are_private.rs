//! A data folder is its user's alone, and a world of its own.
#![cfg(unix)]

use serde_json::json;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Child;
use support::{Desk, Ran};

#[track_caller]
fn is_private(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mode = path.symlink_metadata().unwrap().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    }
}

/// An owner that is in the midst of an import for as long as it is let live.
fn working_owner(desk: &Desk) -> Child {
    let file = desk.file("next.csv", "email\nann@x.example\n");
    let import = ["audience", "import", &file, "--name", "Next"];
    let owner = desk.halted_at(&import, "import_block_kept");
    assert!(desk.data_dir().join("owner.json").exists());
    owner
}

#[test]
fn everything_in_a_folder_is_its_users_alone() {
    let desk = Desk::default();
    desk.import("email\nann@x.example\n");
    let folder = desk.data_dir();
    assert_eq!(folder.metadata().unwrap().mode() & 0o777, 0o700);
    is_private(&folder);

    let mut owner = working_owner(&desk);
    is_private(&folder);
    owner.kill().unwrap();
    owner.wait().unwrap();
    desk.usher(&["audience", "show", "People"]).ok();
}

#[test]
fn a_folder_that_others_may_enter_holds_only_private_files() {
    let desk = Desk::default();
    let folder = desk.data_dir();
    std::fs::create_dir(&folder).unwrap();
    let mine = folder.join("notes.txt");
    std::fs::write(&mine, "mine").unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut owner = working_owner(&desk);
    std::fs::remove_file(&mine).unwrap();
    is_private(&folder);
    owner.kill().unwrap();
    owner.wait().unwrap();
}

#[test]
fn folders_know_nothing_of_each_other() {
    let (one, other) = (Desk::default(), Desk::default());
    let imported = one.import("email\nann@x.example\n");
    other.import("email\nbob@x.example\n");
    one.usher(&["suppression", "add", "ann@x.example"]).ok();
    assert_eq!(other.usher(&["suppression", "list"]).ok().json(), json!([]));
    other.usher(&["audience", "remove", "People"]).ok();
    assert_eq!(
        one.usher(&["audience", "show", "People"]).ok().json(),
        imported
    );
}

#[test]
fn a_folder_may_lie_deep_and_have_any_name() {
    let desk = Desk::default();
    let deep = "a folder whose name is long ✓/".repeat(6);
    let folder = desk.path().join(deep).join("data");
    assert!(folder.as_os_str().len() > 108);
    let folder = folder.to_str().unwrap();
    let file = desk.file("people.csv", "email\nann@x.example\n");
    let deep = |arguments: &[&str]| {
        // The last one counts.
        let mut command = desk.command(&[]);
        let words: Vec<_> = command.get_args().map(ToOwned::to_owned).collect();
        let words = words.into_iter().filter(|word| *word != *desk.data_dir());
        command = std::process::Command::new(support::binary());
        for word in words {
            command.arg(&word);
            if word == "--data-dir" {
                command.arg(folder);
            }
        }
        command.args(arguments);
        command.stdin(std::process::Stdio::piped());
        command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        command
    };
    let imported = desk
        .start_given(deep(&["audience", "import", &file, "--name", "People"]), "")
        .wait_with_output()
        .unwrap();
    assert!(imported.status.success(), "{imported:?}");

    let next = deep(&["audience", "import", &file, "--name", "Next"]);
    let mut owner = desk.halted(next, "import_block_kept");
    for _ in ["beside the owner", "after it was killed"] {
        let shown: Ran = desk
            .start_given(deep(&["audience", "show", "People"]), "")
            .wait_with_output()
            .unwrap()
            .into();
        assert_eq!(shown.ok().json()["rows"], 1);
        owner.kill().unwrap();
        owner.wait().unwrap();
    }
}
