//! `cargo xtask package`: a `.deb` of the window and the command, by Tauri's bundler.

use crate::step::{self, Failure};
use crate::{cargo, setup};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The bundler is no package of the page: its lock file could not be kept for all
/// systems at once. This version fits the crate's.
const BUNDLER: &str = "@tauri-apps/cli@2.12.5";
const BUILD: [&str; 6] = [
    "build",
    "--release",
    "--package",
    "usher-app",
    "--package",
    "usher-cli",
];

/// Sets up, builds, bundles; with `tries`, installs, starts and removes what was made.
pub(crate) fn run(tries: bool) -> Result<(), Failure> {
    setup::run(match tries {
        true => setup::Purpose::Test,
        false => setup::Purpose::Window,
    })?;
    let bundler = cargo::root().join("target/bundler");
    if !bundler.join("node_modules/@tauri-apps/cli").is_dir() {
        let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
        npm.args(["install", "--no-save", "--no-package-lock", "--prefix"])
            .arg(&bundler)
            .arg(BUNDLER);
        step::run("bundler", &mut npm)?;
    }
    step::run("build", &mut cargo::command(BUILD))?;
    let script = bundler.join("node_modules/@tauri-apps/cli/tauri.js");
    let mut bundle = Command::new("node");
    bundle
        .arg(script)
        .args(["bundle", "--bundles", "deb"])
        .current_dir(cargo::root().join("src-tauri"));
    step::run("bundle", &mut bundle)?;
    let made = newest(&cargo::root().join("target/release/bundle/deb"))?;
    eprintln!("{}", made.display());
    match tries {
        true => try_out(&made),
        false => Ok(()),
    }
}

/// The package that was made last.
fn newest(folder: &Path) -> Result<PathBuf, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| failure(&error.to_string()))?;
    let packages = entries.flatten().map(|entry| entry.path());
    packages
        .filter(|path| path.extension().is_some_and(|kind| kind == "deb"))
        .max_by_key(|path| fs::metadata(path).and_then(|meta| meta.modified()).ok())
        .ok_or_else(|| failure("the bundler made none"))
}

/// On this machine: installed, its window seen on a screen without a screen, removed.
fn try_out(package: &Path) -> Result<(), Failure> {
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments);
        command
    };
    step::run("install", apt(&["install", "--yes"]).arg(package))?;
    let home = cargo::root().join("target/package-home");
    // What an earlier try left is of no use.
    drop(fs::remove_dir_all(&home));
    let mut start = Command::new("sh");
    start.arg("-c").arg(START).env("HOME", &home);
    let started = fs::create_dir_all(&home)
        .map_err(|error| failure(&error.to_string()))
        .and_then(|()| step::run("start", &mut start));
    step::run("remove", &mut apt(&["remove", "--yes", "usher"]))?;
    started?;
    match Path::new("/usr/bin/usher-app").exists() {
        true => Err(failure("it is still there after it was removed")),
        false => Ok(()),
    }
}

/// The installed program opens its window, and the command beside it says its version.
const START: &str = r#"set -e
usher --version
test -f /usr/share/applications/Usher.desktop
export XDG_DATA_HOME="$HOME/data" XDG_RUNTIME_DIR="$HOME/run" GDK_BACKEND=x11
mkdir -p -m 700 "$XDG_RUNTIME_DIR"
dbus-run-session -- xvfb-run -a sh -c '
  usher-app --sample & app=$!
  for i in $(seq 100); do
    if xwininfo -root -tree | grep -q "\"Usher\""; then echo "its window is there"; kill $app; exit 0; fi
    sleep 0.2
  done
  kill $app; echo "no window"; exit 1'
"#;

fn failure(reason: &str) -> Failure {
    Failure::new("package", reason)
}
