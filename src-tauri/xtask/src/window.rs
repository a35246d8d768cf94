//! What drives the built window beside its tests: `cargo xtask gallery`, pictures of every
//! screen and state, and `cargo xtask bench ui`, how quick it is.

use crate::step::{self, Failure};
use crate::{cargo, setup};
use std::ffi::OsString;
use std::path::PathBuf;

/// The window, the command that reads beside it, and the programs that drive both.
const BUILD: [&str; 7] = [
    "build",
    "--package",
    "usher-app",
    "--package",
    "usher-cli",
    "--package",
    "usher-window-tests",
];
const RUN: [&str; 5] = ["run", "--quiet", "--package", "usher-window-tests", "--bin"];

/// Sets up, builds, and writes pictures into this folder, or `target/gallery`.
pub(crate) fn gallery(folder: Option<&OsString>) -> Result<(), Failure> {
    setup::run(setup::Purpose::Test)?;
    step::run("build", &mut cargo::command(BUILD))?;
    let here = std::env::current_dir().unwrap_or_default();
    let folder = folder.map_or_else(
        || cargo::root().join("target/gallery"),
        |folder| here.join(PathBuf::from(folder)),
    );
    let mut command = cargo::command(RUN);
    command.args(["gallery", "--"]).arg(folder);
    step::run("gallery", &mut command)
}

/// Sets up, builds as it would be given away, and measures. The last lines are the table.
pub(crate) fn bench(as_json: bool) -> Result<(), Failure> {
    setup::run(setup::Purpose::Test)?;
    let release = |arguments: &[&str]| {
        let mut command = cargo::command(arguments);
        command.arg("--release");
        command
    };
    step::run("build", &mut release(&BUILD))?;
    let mut command = release(&RUN[..4]);
    command.args(["--bin", "bench-ui", "--"]);
    if as_json {
        command.arg("--json");
    }
    step::run_last("bench ui", &mut command)
}
