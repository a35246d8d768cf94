//! What else machines do to a program: they sleep, their disks get full, files go, come back
//! from a backup, or are not what was written. Whatever it is, it is told or made up for; the
//! end is that of a run to which nothing happened.
//!
//! `USHER_TORTURE_FAULTS` (2) says how often each is tried, `USHER_TORTURE_SEED` from what it
//! is drawn.

use crate::journal::copy_folder;
use crate::kill::When;
use crate::story::By;
use crate::world::{Edition, End, World, until};
use crate::{SEED, from_env, say};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use support::{Desk, PASSPHRASE, Ran, Random, binary};

/// How often each is tried in continuous integration.
const TRIES: u64 = 2;
/// Longer than the service waits for anything.
const SLEEP: Duration = Duration::from_millis(2_500);

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// The lid is closed in the middle of a run, and opened later.
    Sleeps,
    /// Files cannot grow beyond so much.
    DiskFull,
    /// After a kill, what was not yet put into the database itself is gone.
    LogGone,
    /// The data folder is put back to what it was before the run.
    OldBackup,
    /// A file of the data folder has other bytes somewhere, or ends early.
    Tampered,
}

const ALL: [Fault; 5] = [
    Fault::Sleeps,
    Fault::DiskFull,
    Fault::LogGone,
    Fault::OldBackup,
    Fault::Tampered,
];

#[test]
fn whatever_the_machine_does_harms_nobody() {
    let seed = from_env("USHER_TORTURE_SEED").unwrap_or(SEED);
    let tries = from_env("USHER_TORTURE_FAULTS").unwrap_or(TRIES);
    let world = World::of(seed);
    let started = Instant::now();
    let mut told: BTreeMap<Fault, BTreeMap<&str, u64>> = BTreeMap::new();
    for n in 0..tries {
        for fault in ALL {
            let mut random = Random::new(seed, 7_000_000 + n * 10 + fault as u64);
            let how = play(&world, fault, &mut random);
            *told.entry(fault).or_default().entry(how).or_default() += 1;
        }
    }
    say(&format!(
        "torture: each of {} other faults {tries} times in {} s: {told:?}; 0 lost, 0 made twice",
        ALL.len(),
        started.elapsed().as_secs(),
    ));
}

/// One of them; how it went, in a word.
fn play(world: &World, fault: Fault, random: &mut Random) -> &'static str {
    let edition = random.pick(&[Edition::First, Edition::Next]);
    let desk = world.begin(edition);
    let writes = world.clean(edition, By::Calls).writes;
    let how = match fault {
        Fault::Sleeps => sleeps(&desk, random.to(writes)),
        Fault::DiskFull => disk_full(&desk, random),
        Fault::LogGone => {
            let when = When::Halt("after_receipts".to_owned(), Vec::new());
            when.strike(&desk, By::Calls.run()).unwrap();
            for name in ["journal.db-wal", "journal.db-shm"] {
                std::fs::remove_file(desk.data_dir().join(name)).unwrap();
            }
            "read again"
        }
        Fault::OldBackup => {
            let backup = desk.path().join("backup");
            copy_folder(&desk.data_dir(), &backup);
            desk.usher(By::Calls.run()).ok();
            put_back(&backup, &desk.data_dir());
            "read again"
        }
        Fault::Tampered => tampered(&desk, random),
    };
    let what = format!("{fault:?} from {}", edition.name());
    // A command that was left to itself is over, and what it had asked for is done.
    let report = desk.usher(By::Calls.run()).ok().json();
    assert_eq!(report["state"], "completed", "{what}: {report}");
    let health = desk.usher(&["doctor"]).ok().json();
    assert_eq!(health["ok"], true, "{what}: {health}");
    let (end, clean) = (
        End::of(&desk, &world.opener),
        &world.clean(edition, By::Calls).end,
    );
    assert!(end.leads == clean.leads, "{what}: other people");
    // Who left is removed only where it is still known that Usher had added them.
    if matches!(fault, Fault::Sleeps | Fault::DiskFull) {
        assert!(end.lists == clean.lists, "{what}: other members");
    }
    how
}

fn sleeps(desk: &Desk, write: u64) -> &'static str {
    let seen = serde_json::json!([{ "on": { "write_only": true, "nth": write } }]);
    desk.remote.faults(seen);
    let run = desk.start(By::Calls.run());
    until("a write is under way", || {
        let faults = desk.remote.private("GET", "faults", Value::Null);
        faults["faults"][0]["struck"] == 1
    });
    signal(&run, "-STOP");
    std::thread::sleep(SLEEP);
    signal(&run, "-CONT");
    let done: Ran = run.wait_with_output().unwrap().into();
    let report = done.ok().json();
    assert_eq!(report["state"], "completed", "{report}");
    desk.remote.mend();
    "went on"
}

fn signal(process: &Child, name: &str) {
    let id = process.id().to_string();
    let sent = Command::new("kill").args([name, &id]).status();
    assert!(sent.unwrap().success(), "{name}");
}

/// Runs the sync where no file may be larger than so much, from what there is upwards.
fn disk_full(desk: &Desk, random: &mut Random) -> &'static str {
    let largest = files(&desk.data_dir())
        .iter()
        .map(|file| std::fs::metadata(file).unwrap().len() / 1024)
        .max();
    // In blocks of 512 bytes, as a shell takes it.
    let blocks = (largest.unwrap() + random.below(600)) * 2;
    let run = By::Calls.run().join(" ");
    let script = format!(
        "trap '' XFSZ; ulimit -f {blocks}; exec '{}' --json --passphrase-stdin --data-dir '{}' {run}",
        binary().display(),
        desk.data_dir().display(),
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]);
    shell.stdin(Stdio::piped());
    shell.stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = desk.start_given(shell, "").wait_with_output().unwrap();
    assert!(!String::from_utf8_lossy(&ended.stderr).contains(PASSPHRASE));
    let done: Ran = ended.into();
    match done.code {
        0 => "had room",
        _ => {
            let code = done.error();
            let told = ["store_unwritable", "stopped", "service_unreachable"];
            assert!(told.contains(&code.as_str()), "{code}");
            "was told"
        }
    }
}

/// Changes a file somewhere; what is wrong is told, and a backup is put back.
fn tampered(desk: &Desk, random: &mut Random) -> &'static str {
    let backup = desk.path().join("backup");
    copy_folder(&desk.data_dir(), &backup);
    let name = random.pick(&["journal.db", "cache.db"]);
    let file = desk.data_dir().join(name);
    let mut bytes = std::fs::read(&file).unwrap();
    let at = random.below(bytes.len() as u64) as usize;
    match random.percent(70) {
        true => bytes[at] ^= 1 << random.below(8),
        false => bytes.truncate(at),
    }
    std::fs::write(&file, &bytes).unwrap();
    let run = desk.usher(By::Calls.run());
    if run.code == 0 {
        let health = desk.usher(&["doctor"]);
        if health.code == 0 {
            return "was salvaged, or in no page that is used";
        }
        assert_eq!(health.json()["ok"], false);
        put_back(&backup, &desk.data_dir());
        return "was told by the doctor";
    }
    let code = run.error();
    let told = ["store_damaged", "audience_lost", "key_wrong"];
    assert!(told.contains(&code.as_str()), "{name} at {at}: {code}");
    assert!(file.exists(), "it is kept");
    put_back(&backup, &desk.data_dir());
    "was told"
}

/// The files of a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).collect()
}

fn put_back(backup: &Path, folder: &Path) {
    for file in files(folder) {
        std::fs::remove_file(file).unwrap();
    }
    copy_folder(backup, folder);
}
