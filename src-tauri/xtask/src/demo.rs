//! `cargo xtask demo`: from a checkout to a running demo, in a window where there is a
//! display and in the terminal where there is none.

use crate::step::{self, Failure};
use crate::{cargo, setup};
use std::env;
use std::ffi::OsString;
use std::process::Command;

/// One way to show the demo: what is built and run, as it would be given away, since the
/// demo also shows how fast it is.
struct Face {
    package: &'static str,
    program: &'static str,
    argument: &'static str,
    purpose: setup::Purpose,
}

const WINDOW: Face = Face {
    package: "usher-app",
    program: "usher-app",
    argument: "--sample",
    purpose: setup::Purpose::Window,
};
const TERMINAL: Face = Face {
    package: "usher-cli",
    program: "usher",
    argument: "demo",
    purpose: setup::Purpose::Demo,
};

/// Sets up, builds, and becomes the demo. Arguments are those of `usher demo`, and so is
/// the demo that takes them.
pub(crate) fn run(arguments: &[OsString]) -> Result<(), Failure> {
    let face = match arguments.is_empty() && has_display() {
        true => WINDOW,
        false => TERMINAL,
    };
    setup::run(face.purpose)?;
    let build = ["build", "--release", "--package", face.package];
    step::run("build", &mut cargo::command(build))?;
    // By cargo, which alone knows where it built to.
    let mut command = cargo::command(["run", "--quiet", "--release", "--package", face.package]);
    command
        .args(["--bin", face.program, "--", face.argument])
        .args(arguments);
    if let Ok(folder) = env::current_dir() {
        // Paths among the arguments are the person's own.
        command.current_dir(folder);
    }
    become_it(command)
}

/// Whether a window can be seen here.
fn has_display() -> bool {
    let names = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || names("WAYLAND_DISPLAY") || names("DISPLAY")
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
