//! The packages of Node.js that the page and tests use, exactly as their lock files say.

use super::Purpose;
use crate::step::{self, Failure};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

/// Where there is a `package-lock.json`, and what its packages are for.
const FOLDERS: [(&str, Purpose); 2] = [("ui", Purpose::Window), ("tests/contracts", Purpose::Test)];

/// Written by npm when everything is in place, so that an installation that was
/// broken off does not pass for one.
const DONE: &str = "node_modules/.package-lock.json";

/// Installs in each folder whose packages are not those of its lock file.
pub(super) fn run(purpose: Purpose, root: &Path) -> Result<(), Failure> {
    let wanted = FOLDERS.iter().filter(|(_, part)| purpose.includes(*part));
    for (name, _) in wanted {
        let folder = root.join(name);
        let lock = modified(&folder.join("package-lock.json"));
        if is_stale(lock, modified(&folder.join(DONE))) {
            let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
            npm.args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder);
            step::run(&format!("npm packages of {name}"), &mut npm)?;
        }
    }
    Ok(())
}

/// Without a lock file there is nothing to install.
fn is_stale(lock: Option<SystemTime>, done: Option<SystemTime>) -> bool {
    lock.is_some() && done < lock
}

/// None for what is not there, which is older than everything.
fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::is_stale;
    use std::time::{Duration, SystemTime};

    #[test]
    fn stale_when_missing_or_older() {
        let old = Some(SystemTime::UNIX_EPOCH);
        let new = Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1));
        assert!(is_stale(old, None));
        assert!(is_stale(new, old));
        assert!(!is_stale(old, new));
        assert!(!is_stale(None, None));
        assert!(!is_stale(None, old));
    }
}
