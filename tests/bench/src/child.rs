//! Programs that are compared: each in a process and a folder of its own, on as many
//! cores as the others, after the files were read once.

use crate::data::Data;
use crate::told::{Failure, Told};
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Cores that everyone gets, and threads that everyone is told to use.
pub(crate) const CORES: usize = 2;

/// Someone who does the job.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    /// This program's own side.
    Ours,
    /// A script beside this package, run by that Python.
    Peer {
        /// The script's name without its ending.
        script: &'static str,
        /// The interpreter that has what the script imports.
        python: PathBuf,
    },
}

impl Engine {
    /// Does the job once, on warm files, in an empty folder that is removed after.
    pub(crate) fn run(&self, data: &Data, until: &str) -> Result<Told, Failure> {
        warm(data)?;
        let work = tempfile::Builder::new()
            .prefix("work-")
            .tempdir_in(data.folder())?;
        let (program, arguments): (OsString, Vec<OsString>) = match self {
            Self::Ours => (
                env::current_exe()?.into(),
                [
                    "ours".into(),
                    "--data".into(),
                    data.folder().into(),
                    "--work".into(),
                    work.path().into(),
                    "--until".into(),
                    until.into(),
                ]
                .into(),
            ),
            Self::Peer { script, python } => (
                python.into(),
                [
                    // Leaves no compiled files in the repository.
                    "-B".into(),
                    peers().join(format!("{script}.py")).into(),
                    data.folder().into(),
                    work.path().into(),
                    CORES.to_string().into(),
                ]
                .into(),
            ),
        };
        Ok(serde_json::from_str(&last_line(program, arguments)?)?)
    }
}

/// The instructions that `ours` takes until the end of a step, counted by Valgrind.
pub(crate) fn instructions_of(ours: &Path, data: &Data, until: &str) -> Result<u64, Failure> {
    let work = tempfile::Builder::new()
        .prefix("work-")
        .tempdir_in(data.folder())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(ours)
        .arg("ours")
        .arg("--data")
        .arg(data.folder())
        .arg("--work")
        .arg(work.path())
        .args(["--until", until])
        .output()
        .map_err(|error| format!("valgrind: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match collected {
        Some(count) if output.status.success() => Ok(count),
        _ => Err(format!("valgrind: {}\n{said}", output.status).into()),
    }
}

fn peers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// What a program prints last, when it ends well.
pub(crate) fn last_line(program: OsString, arguments: Vec<OsString>) -> Result<String, Failure> {
    let mut command = on_two_cores(program);
    command.args(arguments);
    let output = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?}: {}\n{said}", output.status).into());
    }
    let text = String::from_utf8(output.stdout)?;
    Ok(text.lines().last().unwrap_or_default().to_owned())
}

/// Where the system can, a program is held to as many cores as its peers are told to
/// use, so that nobody takes more on a larger machine.
fn on_two_cores(program: OsString) -> Command {
    let held = || {
        let mut command = Command::new("taskset");
        command.arg("--cpu-list").arg(format!("0-{}", CORES - 1));
        command
    };
    let can = cfg!(target_os = "linux") && held().arg("true").status().is_ok_and(|s| s.success());
    if !can {
        return Command::new(program);
    }
    let mut command = held();
    command.arg(program);
    command
}

/// Reads every file once, so that all find it in the page cache.
fn warm(data: &Data) -> io::Result<()> {
    let mut buffer = vec![0; 1 << 20];
    for entry in fs::read_dir(data.folder())? {
        let path = entry?.path();
        if path.is_file() {
            let mut file = File::open(path)?;
            while file.read(&mut buffer)? > 0 {}
        }
    }
    Ok(())
}
