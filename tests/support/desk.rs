//! A person with a script: a folder, a sandbox, and commands typed one by one.

use crate::{Ran, Remote};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use usher_sandbox::Config;

/// The passphrase of every folder that journeys make.
pub const PASSPHRASE: &str = "a passphrase of journeys";

/// The shipped command, as the build leaves it beside programs of tests or above tests.
pub fn binary() -> PathBuf {
    let name = format!("usher{}", std::env::consts::EXE_SUFFIX);
    let here = std::env::current_exe().unwrap();
    let folders = here.ancestors().skip(1).take(2);
    let mut places = folders.map(|folder| folder.join(&name));
    let found = places.find(|place| place.exists());
    found.expect("build it first: cargo build -p usher-cli")
}

/// One person's machine and the service they reach.
pub struct Desk {
    /// The sandbox.
    pub remote: Remote,
    folder: TempDir,
}

impl Default for Desk {
    fn default() -> Self {
        Self::with(Config {
            people: 0,
            ..Self::quick()
        })
    }
}

impl Desk {
    /// A sandbox without limits that slow a test down, and short time-outs.
    pub fn quick() -> Config {
        Config {
            calls_per_window: 100_000,
            concurrency: 100,
            server_timeout: Some(1),
            time_scale: 20,
            ..Config::default()
        }
    }

    /// With a sandbox like this.
    pub fn with(config: Config) -> Self {
        Self {
            remote: Remote::start(config),
            folder: TempDir::new().unwrap(),
        }
    }

    /// Where everything lies.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.path().join("data")
    }

    /// Writes a file; its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A command that is ready to be started, its passphrase not yet given.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args([
                "--json",
                "--keychain",
                "passphrase",
                "--passphrase-stdin",
                "--data-dir",
            ])
            .arg(self.data_dir())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts a command and gives it the passphrase.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.start_given(self.command(arguments), "")
    }

    /// Starts a command and gives it the passphrase and more lines.
    pub fn start_given(&self, mut command: Command, input: &str) -> Child {
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A command that reads nothing may be gone already.
        drop(stdin.write_all(format!("{PASSPHRASE}\n{input}").as_bytes()));
        child
    }

    /// Starts a command that halts at a named place, `name` or `name:n`.
    #[track_caller]
    pub fn halted_at(&self, arguments: &[&str], place: &str) -> Child {
        self.halted(self.command(arguments), place)
    }

    /// The same with a command of one's own.
    #[track_caller]
    pub fn halted(&self, mut command: Command, place: &str) -> Child {
        command.env("USHER_HALT_AT", place);
        let mut child = self.start_given(command, "");
        let said = BufReader::new(child.stderr.as_mut().unwrap());
        let mut lines = said.lines().map_while(Result::ok);
        assert!(
            lines.any(|line| line.starts_with("halted at")),
            "it ended without coming to {place}"
        );
        child
    }

    /// Starts a command and kills it at a named place.
    #[track_caller]
    pub fn killed_at(&self, arguments: &[&str], place: &str) {
        let mut child = self.halted_at(arguments, place);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Types a command and waits for its end.
    pub fn usher(&self, arguments: &[&str]) -> Ran {
        self.usher_given(arguments, "")
    }

    /// The same, with lines on standard input behind the passphrase.
    pub fn usher_given(&self, arguments: &[&str], input: &str) -> Ran {
        self.start_given(self.command(arguments), input)
            .wait_with_output()
            .unwrap()
            .into()
    }

    /// Adds the connection `Marketo` to the sandbox, with wide limits.
    #[track_caller]
    pub fn connect(&self) {
        self.connect_with(&["--calls-per-20s", "100000", "--concurrency", "4"]);
    }

    /// The same with these limits.
    #[track_caller]
    pub fn connect_with(&self, limits: &[&str]) {
        let sandbox = self.remote.sandbox();
        let (base, munchkin, client) = (
            sandbox.base_url(),
            sandbox.munchkin_id(),
            sandbox.client_id(),
        );
        let mut arguments = vec![
            "connection",
            "add",
            "marketo",
            "--name",
            "Marketo",
            "--base-url",
            &base,
        ];
        arguments.extend([
            "--munchkin-id",
            munchkin,
            "--client-id",
            client,
            "--secret-stdin",
        ]);
        arguments.extend(limits);
        self.usher_given(&arguments, &format!("{}\n", sandbox.client_secret()))
            .ok();
    }

    /// Imports a file's content as the audience `People`.
    #[track_caller]
    pub fn import(&self, content: &str) -> Value {
        let file = self.file("people.csv", content);
        self.usher(&["audience", "import", &file, "--name", "People"])
            .ok()
            .json()
    }

    /// Creates the destination `Leads` by e-mail, columns `email`, `first`,
    /// `last` mapped, and more of these arguments.
    #[track_caller]
    pub fn destination(&self, sync_type: &str, person_action: &str, more: &[&str]) {
        let mut arguments = vec![
            "destination",
            "create",
            "--name",
            "Leads",
            "--connection",
            "Marketo",
        ];
        arguments.extend([
            "--sync-type",
            sync_type,
            "--person-action",
            person_action,
            "--dedupe-field",
            "email",
        ]);
        arguments.extend([
            "--map",
            "email=DedupeField",
            "--map",
            "first=firstName",
            "--map",
            "last=lastName",
        ]);
        arguments.extend(more);
        self.usher(&arguments).ok();
    }

    /// Creates the sync `Go` from `People` to `Leads`, with more of these arguments.
    #[track_caller]
    pub fn sync(&self, more: &[&str]) {
        let mut arguments = vec![
            "sync",
            "create",
            "--name",
            "Go",
            "--audience",
            "People",
            "--destination",
            "Leads",
        ];
        arguments.extend(more);
        self.usher(&arguments).ok();
    }

    /// Previews `Go`, reading again.
    #[track_caller]
    pub fn preview(&self) -> Value {
        self.usher(&["sync", "preview", "Go", "--refresh"])
            .ok()
            .json()
    }

    /// Runs `Go`; it must end with this code.
    #[track_caller]
    pub fn run(&self, code: i32) -> Value {
        self.usher(&["sync", "run", "Go"]).exits(code).json()
    }

    /// The people of a run, by row.
    #[track_caller]
    pub fn people(&self, run: &Value) -> Vec<Value> {
        self.usher(&["run", "people", run["run_id"].as_str().unwrap()])
            .ok()
            .lines()
    }
}
