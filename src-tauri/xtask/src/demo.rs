//! `cargo xtask demo`: from a checkout to a running demo.

use crate::step::{self, Failure};
use crate::{cargo, setup};
use std::env;
use std::ffi::OsString;
use std::process::Command;

/// Built as it would be given away: the demo also shows how fast it is.
const BUILD: [&str; 4] = ["build", "--release", "--package", "usher-cli"];
/// By cargo, which alone knows where it built to.
const RUN: [&str; 8] = [
    "run",
    "--quiet",
    "--release",
    "--package",
    "usher-cli",
    "--bin",
    "usher",
    "--",
];

/// Sets up, builds, and becomes `usher demo` with these arguments.
pub(crate) fn run(arguments: &[OsString]) -> Result<(), Failure> {
    setup::run(setup::Purpose::Demo)?;
    step::run("build", &mut cargo::command(BUILD))?;
    let mut command = cargo::command(RUN);
    command.arg("demo").args(arguments);
    if let Ok(folder) = env::current_dir() {
        // Paths among the arguments are the person's own.
        command.current_dir(folder);
    }
    become_it(command)
}

/// Replaces this process, so that Ctrl-C and the exit code are the demo's alone.
#[cfg(unix)]
fn become_it(mut command: Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    eprintln!("==> demo");
    Err(Failure::new("demo", command.exec().to_string()))
}

/// No process can be replaced here: waits, and passes the exit code on.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<(), Failure> {
    eprintln!("==> demo");
    let status = command
        .status()
        .map_err(|error| Failure::new("demo", error.to_string()))?;
    if status.success() {
        return Ok(());
    }
    let code = status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Err(Failure {
        code,
        ..Failure::new("demo", status.to_string())
    })
}
