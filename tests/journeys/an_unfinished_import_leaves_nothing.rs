//! An import that is stopped or killed is as if it had never begun.
#![cfg(unix)]

use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::process::{Child, Command};
use support::{Desk, Ran};

/// Rows that fill many blocks, so that some are stored before the end.
const BLOCK: usize = 50_000;

/// An import that waits for more lines than it has been given.
struct Waiting {
    import: Child,
    lines: File,
}

impl Waiting {
    /// Starts it on a pipe and gives it more than a block of rows.
    fn start(desk: &Desk, name: &str) -> Self {
        let pipe = desk.path().join("pipe.csv");
        let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        let import = desk.start(&["audience", "import", pipe.to_str().unwrap(), "--name", name]);
        let mut lines = OpenOptions::new().write(true).open(&pipe).unwrap();
        lines.write_all(b"email,first\n").unwrap();
        let mut waiting = Self { import, lines };
        waiting.feed(BLOCK).unwrap();
        waiting
    }

    fn feed(&mut self, rows: usize) -> std::io::Result<()> {
        let line = b"canary@x.example,Canary of a long first name that fills blocks\n";
        for _ in 0..rows {
            self.lines.write_all(line)?;
        }
        Ok(())
    }

    fn signal(&self, name: &str) {
        let id = self.import.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    fn end(self) -> Ran {
        drop(self.lines);
        self.import.wait_with_output().unwrap().into()
    }
}

fn audiences(desk: &Desk) -> Value {
    desk.usher(&["audience", "list"]).ok().json()
}

/// The bytes of all files of the data folder.
fn size(desk: &Desk) -> u64 {
    let files = std::fs::read_dir(desk.data_dir()).unwrap();
    files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

#[test]
fn an_import_that_is_interrupted_leaves_nothing() {
    let desk = Desk::default();
    let before = desk.import("email\nann@x.example\n");
    let mut import = Waiting::start(&desk, "People");
    import.signal("-INT");
    // It hears the signal between two blocks, and then closes the pipe.
    while import.feed(1_000).is_ok() {}
    let stopped = import.end().exits(7);
    assert_eq!(stopped.error(), "stopped");
    assert!(stopped.stdout.is_empty());
    assert_eq!(audiences(&desk), json!([before]));
}

#[test]
fn a_second_interrupt_ends_an_import_at_once() {
    let desk = Desk::default();
    desk.import("email\nann@x.example\n");
    let import = Waiting::start(&desk, "New");
    import.signal("-INT");
    // The first one is heard before the second is sent: the command says so.
    let mut import = import;
    let heard = {
        use std::io::{BufRead, BufReader};
        let mut said = String::new();
        let mut stderr = BufReader::new(import.import.stderr.as_mut().unwrap());
        stderr.read_line(&mut said).unwrap();
        said
    };
    assert!(!heard.is_empty());
    import.signal("-INT");
    assert_eq!(import.import.wait().unwrap().code(), Some(7));
    assert_eq!(audiences(&desk).as_array().unwrap().len(), 1);
}

#[test]
fn an_import_that_is_killed_leaves_nothing() {
    let desk = Desk::default();
    let before = desk.import("email\nann@x.example\n");
    for name in ["People", "New"] {
        let import = Waiting::start(&desk, name);
        import.signal("-KILL");
        assert_eq!(import.end().code, -1);
        std::fs::remove_file(desk.path().join("pipe.csv")).unwrap();
        assert_eq!(
            audiences(&desk),
            json!([before]),
            "killed while importing {name}"
        );
    }
    let settled = size(&desk);
    let import = Waiting::start(&desk, "New");
    import.signal("-KILL");
    import.end();
    assert_eq!(audiences(&desk), json!([before]));
    assert!(
        size(&desk) <= settled + (1 << 20),
        "what a killed import stored is used again: {settled}, now {}",
        size(&desk)
    );
    let after = desk.import("email\nbob@x.example\n");
    assert_eq!(after["rows"], 1);
}

#[test]
fn a_pipe_is_read_to_its_end() {
    let desk = Desk::default();
    let mut import = Waiting::start(&desk, "Piped");
    import.feed(10).unwrap();
    let piped = import.end().ok().json();
    assert_eq!(piped["rows"], BLOCK + 10);
}
