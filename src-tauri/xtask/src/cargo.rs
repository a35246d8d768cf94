//! Cargo within cargo, and npm beside it.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace, from wherever this was called. Known when this is
/// compiled: a checkout that was moved is compiled again by cargo.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The same cargo that runs this program, in the folder of the workspace.
pub(crate) fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(describes_this_package) {
            command.env_remove(name);
        }
    }
    command
}

/// Hands numbers on to the program that a command runs; what is left out is its own choice.
pub(crate) fn wish<const N: usize>(command: &mut Command, wished: [(&str, Option<u64>); N]) {
    let given = wished.into_iter();
    let given = given.filter_map(|(name, value)| Some((name, value?.to_string())));
    command.envs(given);
}

/// A script of the page.
pub(crate) fn npm_run(script: &str) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command
        .args(["run", "--silent", script])
        .current_dir(root().join("ui"));
    command
}

/// What cargo tells the program it runs about that program's package. Some build
/// scripts watch these variables and would build again on each change between a
/// plain cargo and this one.
fn describes_this_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || matches!(
            name,
            "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }

    #[test]
    fn settings_of_cargo_itself_are_kept() {
        assert!(describes_this_package("CARGO_PKG_NAME"));
        assert!(describes_this_package("CARGO_MANIFEST_DIR"));
        for kept in [
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_TERM_COLOR",
            "CARGO",
            "PATH",
        ] {
            assert!(!describes_this_package(kept), "{kept}");
        }
    }
}
