//! `cargo xtask gallery`: pictures of every screen and state of the built window.

use crate::step::{self, Failure};
use crate::{cargo, setup};
use std::ffi::OsString;
use std::path::PathBuf;

/// The window, the command that reads beside it, and what takes the pictures.
const BUILD: [&str; 7] = [
    "build",
    "--package",
    "usher-app",
    "--package",
    "usher-cli",
    "--package",
    "usher-window-tests",
];
const RUN: [&str; 7] = [
    "run",
    "--quiet",
    "--package",
    "usher-window-tests",
    "--bin",
    "gallery",
    "--",
];

/// Sets up, builds, and writes pictures into this folder, or `target/gallery`.
pub(crate) fn run(folder: Option<&OsString>) -> Result<(), Failure> {
    setup::run(setup::Purpose::Test)?;
    step::run("build", &mut cargo::command(BUILD))?;
    let here = std::env::current_dir().unwrap_or_default();
    let folder = folder.map_or_else(
        || cargo::root().join("target/gallery"),
        |folder| here.join(PathBuf::from(folder)),
    );
    step::run("gallery", cargo::command(RUN).arg(folder))
}
