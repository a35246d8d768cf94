//! With the system's keychain: its key opens the folder, and without it nothing
//! is lost, nothing is made anew and nothing is guessed.
//!
//! A keyring of our own runs on a bus of our own, in a home of its own; where its
//! programs are not installed, this says so and does nothing.
#![cfg(target_os = "linux")]

use crate::wait::until;
use serde_json::json;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use support::{Desk, Ran, binary};
use tempfile::TempDir;

const SERVICE: &str = "org.freedesktop.secrets";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// A bus, and the keyring on it.
struct Keyring {
    home: TempDir,
    address: String,
    bus: Child,
    daemon: Option<Child>,
}

impl Keyring {
    /// An unlocked one; nothing where a program is missing.
    fn start() -> Option<Self> {
        let mut keyring = Self::bus()?;
        keyring.unlock();
        Some(keyring)
    }

    /// A bus on which no keyring is.
    fn bus() -> Option<Self> {
        let programs = [
            "dbus-daemon",
            "dbus-send",
            "gnome-keyring-daemon",
            "secret-tool",
        ];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let is_there = |name: &str| std::env::split_paths(&path).any(|at| at.join(name).exists());
        if let Some(missing) = programs.iter().find(|name| !is_there(name)) {
            println!("skipped the_keychain_opens_its_folder: `{missing}` is not installed");
            return None;
        }
        let home = TempDir::new().unwrap();
        // Nothing is started by name: a test decides when there is a keyring.
        let config = home.path().join("bus.conf");
        let text = format!(
            "<busconfig><type>session</type><listen>unix:dir={}</listen>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\
             <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            home.path().display()
        );
        std::fs::write(&config, text).unwrap();
        let mut bus = Command::new("dbus-daemon");
        bus.arg(format!("--config-file={}", config.display()));
        bus.args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        alone(&mut bus, home.path());
        let mut bus = bus.spawn().unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.as_mut().unwrap())
            .read_line(&mut address)
            .unwrap();
        let address = address.trim().to_owned();
        Some(Self {
            home,
            address,
            bus,
            daemon: None,
        })
    }

    /// Starts the keyring in place of one that runs, its collection open.
    fn unlock(&mut self) {
        self.stop();
        let mut daemon = self.command("gnome-keyring-daemon");
        daemon.args(["--foreground", "--unlock", "--components=secrets"]);
        daemon
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut daemon = daemon.spawn().unwrap();
        daemon
            .stdin
            .take()
            .unwrap()
            .write_all(b"a throwaway word")
            .unwrap();
        self.daemon = Some(daemon);
        until("the keyring is open", || {
            self.said(
                "org.freedesktop.DBus.Properties.Get",
                &["string:org.freedesktop.Secret.Collection", "string:Locked"],
            )
            .contains("boolean false")
        });
    }

    fn lock(&self) {
        let mut lock = self.command("dbus-send");
        lock.args(["--session", "--print-reply", &format!("--dest={SERVICE}")]);
        lock.args([
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
        ]);
        lock.arg(format!("array:objpath:{LOGIN}"));
        assert!(lock.output().unwrap().status.success());
    }

    fn stop(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            daemon.kill().unwrap();
            daemon.wait().unwrap();
            until("the keyring is gone", || {
                self.said("org.freedesktop.DBus.Peer.Ping", &[]).is_empty()
            });
        }
    }

    /// What the collection answers.
    fn said(&self, method: &str, arguments: &[&str]) -> String {
        let mut call = self.command("dbus-send");
        call.args([
            "--session",
            "--print-reply",
            &format!("--dest={SERVICE}"),
            LOGIN,
            method,
        ]);
        let reply = call.args(arguments).output().unwrap();
        String::from_utf8_lossy(&reply.stdout).into_owned()
    }

    /// A program on this bus and in this home.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        alone(&mut command, self.home.path());
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command
    }

    fn usher(&self, folder: &Path, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(binary().to_str().unwrap());
        command
            .args(["--json", "--data-dir"])
            .arg(folder)
            .args(arguments);
        given(command, input)
    }

    fn secret_tool(&self, arguments: &[&str]) -> String {
        let said = self
            .command("secret-tool")
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8_lossy(&said.stdout).into_owned() + &String::from_utf8_lossy(&said.stderr)
    }

    /// The accounts that Usher keeps, as the keyring names them.
    fn accounts(&self) -> Vec<String> {
        let all = self.secret_tool(&["search", "--all", "service", "usher"]);
        let names = all
            .lines()
            .filter_map(|line| line.strip_prefix("attribute.username = "));
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        names
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in self.daemon.iter_mut().chain([&mut self.bus]) {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Keeps a program away from the desktop of whoever runs the tests.
fn alone(command: &mut Command, home: &Path) {
    for name in [
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "DBUS_SESSION_BUS_ADDRESS",
        "XDG_DATA_HOME",
    ] {
        command.env_remove(name);
    }
    command.env("HOME", home).env("XDG_RUNTIME_DIR", home);
}

fn given(mut command: Command, input: &str) -> Ran {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
    child.wait_with_output().unwrap().into()
}

fn folder_json(folder: &Path) -> PathBuf {
    folder.join("folder.json")
}

#[test]
fn the_key_and_secrets_are_in_the_keyring_and_each_folder_has_its_own() {
    let Some(keyring) = Keyring::start() else {
        return;
    };
    let desk = Desk::default();
    let (one, other) = (desk.path().join("one"), desk.path().join("other"));
    let sandbox = desk.remote.sandbox();
    let base = sandbox.base_url();
    let add = [
        "connection",
        "add",
        "marketo",
        "--name",
        "Marketo",
        "--base-url",
        &base,
        "--munchkin-id",
        sandbox.munchkin_id(),
        "--client-id",
        sandbox.client_id(),
        "--secret-stdin",
    ];
    let secret = format!("{}\n", sandbox.client_secret());
    let added = keyring.usher(&one, &add, &secret).ok().json();
    keyring
        .usher(&one, &["connection", "test", "Marketo"], "")
        .ok();
    keyring.usher(&other, &add, &secret).ok();
    let accounts = keyring.accounts();
    assert_eq!(accounts.len(), 4, "{accounts:?}");
    let id = added["id"].as_str().unwrap();
    let of_connection: Vec<_> = accounts.iter().filter(|name| name.contains(id)).collect();
    let [account] = of_connection[..] else {
        panic!("{accounts:?}")
    };
    let kept = keyring.secret_tool(&["lookup", "service", "usher", "username", account]);
    assert_eq!(kept.trim(), sandbox.client_secret());

    // Somebody removed the secret: the test says so, and set-secret repairs it.
    keyring.secret_tool(&["clear", "service", "usher", "username", account]);
    let broken = keyring
        .usher(&one, &["connection", "test", "Marketo"], "")
        .exits(1);
    assert_eq!(broken.json()["ok"], false);
    keyring
        .usher(&other, &["connection", "test", "Marketo"], "")
        .ok();
    let repair = ["connection", "set-secret", "Marketo", "--secret-stdin"];
    keyring.usher(&one, &repair, &secret).ok();
    keyring
        .usher(&one, &["connection", "test", "Marketo"], "")
        .ok();

    keyring
        .usher(&one, &["connection", "remove", "Marketo"], "")
        .ok();
    assert_eq!(
        keyring.accounts().len(),
        3,
        "a removed connection's secret stayed"
    );
    keyring
        .usher(&other, &["connection", "test", "Marketo"], "")
        .ok();
}

#[test]
fn a_locked_keyring_is_waited_for_by_the_person_and_nothing_is_lost() {
    let Some(mut keyring) = Keyring::start() else {
        return;
    };
    let desk = Desk::default();
    let folder = desk.data_dir();
    let file = desk.file("people.csv", "email\nann@x.example\n");
    let import = ["audience", "import", &file, "--name", "People"];
    let imported = keyring.usher(&folder, &import, "").ok().json();
    let (config, accounts) = (
        std::fs::read(folder_json(&folder)).unwrap(),
        keyring.accounts(),
    );
    keyring.lock();
    let locked = keyring.usher(&folder, &["audience", "list"], "").exits(5);
    assert_eq!(locked.error(), "keychain_locked");
    let told = keyring.usher(&folder, &["doctor"], "").exits(5);
    assert_eq!(
        (told.error(), &told.json()["ok"]),
        ("keychain_locked".into(), &json!(false))
    );
    let new = desk.path().join("new");
    let refused = keyring.usher(&new, &["audience", "list"], "").exits(5);
    assert_eq!(refused.error(), "keychain_locked");
    assert!(
        !folder_json(&new).exists(),
        "a folder without a key was made"
    );
    keyring.unlock();
    assert_eq!(
        keyring
            .usher(&folder, &["audience", "list"], "")
            .ok()
            .json(),
        json!([imported])
    );
    assert_eq!(std::fs::read(folder_json(&folder)).unwrap(), config);
    assert_eq!(keyring.accounts(), accounts);
    keyring.usher(&new, &["audience", "list"], "").ok();
}

#[test]
fn a_key_that_is_gone_is_not_made_anew() {
    let Some(keyring) = Keyring::start() else {
        return;
    };
    let desk = Desk::default();
    let folder = desk.data_dir();
    let file = desk.file("people.csv", "email\nann@x.example\n");
    let import = ["audience", "import", &file, "--name", "People"];
    let imported = keyring.usher(&folder, &import, "").ok().json();
    let account = keyring.accounts().pop().unwrap();
    let look = ["lookup", "service", "usher", "username", &account];
    let key = keyring.secret_tool(&look);
    keyring.secret_tool(&["clear", "service", "usher", "username", &account]);
    let config = folder_json(&folder);
    let text = std::fs::read(&config).unwrap();
    let journal = std::fs::read(folder.join("journal.db")).unwrap();
    for gone in ["the key", "the key and folder.json"] {
        let refused = keyring.usher(&folder, &import, "").exits(5);
        assert_eq!(refused.error(), "key_missing", "{gone}");
        assert!(
            keyring.accounts().is_empty(),
            "{gone} is gone: a new key was made"
        );
        assert_eq!(std::fs::read(folder.join("journal.db")).unwrap(), journal);
        drop(std::fs::remove_file(&config));
    }
    std::fs::write(&config, text).unwrap();
    let mut store = keyring.command("secret-tool");
    store.args([
        "store",
        "--label=usher",
        "service",
        "usher",
        "username",
        &account,
    ]);
    given(store, key.trim()).ok();
    assert_eq!(
        keyring
            .usher(&folder, &["audience", "list"], "")
            .ok()
            .json(),
        json!([imported])
    );
}

#[test]
fn without_a_keychain_nothing_is_made_and_a_passphrase_is_proposed() {
    let desk = Desk::default();
    let folder = desk.data_dir();
    let mut command = Command::new(binary());
    alone(&mut command, desk.path());
    command
        .args(["--json", "--data-dir"])
        .arg(&folder)
        .args(["audience", "list"]);
    let absent = given(command, "").exits(5);
    assert_eq!(absent.error(), "keychain_absent");
    assert!(
        absent.stderr.contains("--keychain passphrase"),
        "{}",
        absent.stderr
    );
    assert!(!folder_json(&folder).exists());

    let Some(bus) = Keyring::bus() else { return };
    let absent = bus.usher(&folder, &["doctor"], "").exits(5);
    assert_eq!(absent.error(), "keychain_absent");
    assert_eq!(absent.json()["ok"], false);
    assert!(!folder_json(&folder).exists());
}
