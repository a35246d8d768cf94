//! What the manifest of a room asks for, as cargo reads it.

use super::source;
use serde_json::Value;
use std::{env, process::Command};

/// Who uses a dependency.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The room itself, or its build.
    Code,
    /// Its tests alone.
    Tests,
}

/// The names of a room's direct dependencies.
pub(crate) fn dependencies(room: &str, kind: Kind) -> Vec<String> {
    let metadata = metadata(room);
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| {
        let name = package["name"].as_str().unwrap();
        name.strip_prefix("usher-").unwrap_or(name) == room
    });
    let package = package.unwrap_or_else(|| panic!("no package of {room}"));
    let all = package["dependencies"].as_array().unwrap().iter();
    let mut names: Vec<String> = all
        .filter(|one| (one["kind"] == "dev") == (kind == Kind::Tests))
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

fn metadata(room: &str) -> Value {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .arg("--manifest-path")
        .arg(source::room(room).join("Cargo.toml"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}
