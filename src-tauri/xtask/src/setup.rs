//! Brings a machine to where the workspace builds, or says exactly what it lacks.
//!
//! Only Debian and its kin are changed, as there the names of the packages are known
//! and installing one can be undone; elsewhere a person decides. When nothing is
//! missing, nothing is asked over the network.

mod apt;
mod elsewhere;
mod npm;

use crate::cargo;
use crate::step::Failure;
use std::fs;

/// What a failure here is called.
const STEP: &str = "set-up";

/// What the machine is to be ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building and running Usher in a terminal.
    Demo,
    /// That, and the window.
    Window,
    /// All that, and the programs that only tests use.
    Test,
    /// Building Usher, and comparing it with others.
    Bench,
}

impl Purpose {
    /// Whether what serves `part` is needed for this.
    fn includes(self, part: Self) -> bool {
        part == Self::Demo || part == self || (self == Self::Test && part == Self::Window)
    }
}

/// Installs or names what is missing. It may be called any number of times: each part
/// looks first, and a machine that is ready is left alone in a fraction of a second.
pub(crate) fn run(purpose: Purpose) -> Result<(), Failure> {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if cfg!(target_os = "linux") && is_debian(&release) {
        apt::run(purpose)?;
    } else {
        elsewhere::run(purpose)?;
    }
    npm::run(purpose, &cargo::root())
}

/// Whether `/etc/os-release` speaks of Debian or of something made from it.
fn is_debian(release: &str) -> bool {
    release
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| matches!(key.trim(), "ID" | "ID_LIKE"))
        .flat_map(|(_, value)| value.trim().trim_matches(['"', '\'']).split_whitespace())
        .any(|id| matches!(id, "debian" | "ubuntu"))
}

#[cfg(test)]
mod tests {
    use super::is_debian;

    #[test]
    fn debian_and_its_kin() {
        assert!(is_debian(
            "PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"
        ));
        assert!(is_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(is_debian("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!is_debian(
            "NAME=\"like debian\"\nID=fedora\nVERSION_ID=debian\n"
        ));
        assert!(!is_debian(""));
    }
}
