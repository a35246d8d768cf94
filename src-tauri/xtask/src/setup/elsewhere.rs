//! Systems on which nothing is installed: a person is told what to do instead.

use super::{Purpose, STEP};
use crate::path::{self, PYTHON};
use crate::step::Failure;
use std::env;
use std::process::Command;

/// One thing to have, and how to get it. `there` is a look at the machine, never a
/// change of it.
struct Need {
    what: &'static str,
    how: &'static str,
    there: fn() -> bool,
    purpose: Purpose,
}

const fn need(
    what: &'static str,
    how: &'static str,
    there: fn() -> bool,
    purpose: Purpose,
) -> Need {
    Need {
        what,
        how,
        there,
        purpose,
    }
}

/// Perl and the keychain come with the system.
const MACOS: &[Need] = &[
    need(
        "a C compiler",
        "xcode-select --install",
        || path::has("cc"),
        Purpose::Demo,
    ),
    need(
        "git",
        "xcode-select --install",
        || path::has("git"),
        Purpose::Demo,
    ),
    need(
        "OpenSSL",
        "brew install openssl@3",
        brew_openssl,
        Purpose::Demo,
    ),
    need(
        "Node.js with npm",
        "brew install node",
        || path::has("npm"),
        Purpose::Window,
    ),
    need(
        "Python 3 and the command openssl",
        "brew install python openssl@3",
        || path::has(PYTHON) && path::has("openssl"),
        Purpose::Bench,
    ),
];

/// The compiler is not named: Rust itself was not installed without one. Perl is for
/// the build of OpenSSL.
const WINDOWS: &[Need] = &[
    need(
        "git",
        "winget install Git.Git",
        || path::has("git"),
        Purpose::Demo,
    ),
    need(
        "Perl",
        "winget install StrawberryPerl.StrawberryPerl",
        || path::has("perl"),
        Purpose::Demo,
    ),
    need(
        "OpenSSL",
        "vcpkg install openssl:x64-windows-static-md, then set VCPKG_ROOT, or OPENSSL_DIR to another copy",
        || env::var_os("OPENSSL_DIR").is_some() || env::var_os("VCPKG_ROOT").is_some(),
        Purpose::Demo,
    ),
    need(
        "Node.js with npm",
        "winget install OpenJS.NodeJS.LTS",
        || path::has("npm"),
        Purpose::Window,
    ),
    need(
        "Python 3 and the command openssl",
        "winget install Python.Python.3.13 ShiningLight.OpenSSL.Light",
        || path::has(PYTHON) && path::has("openssl"),
        Purpose::Bench,
    ),
];

/// Every distribution has its own names, so these are hints.
const OTHER: &[Need] = &[
    need(
        "a C compiler",
        "your system's package of gcc or clang, and make",
        || path::has("cc"),
        Purpose::Demo,
    ),
    need(
        "pkg-config",
        "your system's package pkg-config or pkgconf",
        || path::has("pkg-config"),
        Purpose::Demo,
    ),
    need(
        "OpenSSL's headers",
        "your system's package openssl-devel or openssl",
        pkg_config_openssl,
        Purpose::Demo,
    ),
    need(
        "Perl",
        "your system's package perl",
        || path::has("perl"),
        Purpose::Demo,
    ),
    need(
        "git",
        "your system's package git",
        || path::has("git"),
        Purpose::Demo,
    ),
    need(
        "WebKitGTK 4.1 and the tray's library",
        "your system's packages webkit2gtk-4.1-devel and libayatana-appindicator3-devel",
        || succeeds(Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1"])),
        Purpose::Window,
    ),
    need(
        "D-Bus",
        "your system's package with dbus-run-session",
        || path::has("dbus-run-session"),
        Purpose::Test,
    ),
    need(
        "a keyring",
        "your system's package gnome-keyring",
        || path::has("gnome-keyring-daemon"),
        Purpose::Test,
    ),
    need(
        "secret-tool",
        "your system's package libsecret",
        || path::has("secret-tool"),
        Purpose::Test,
    ),
    need(
        "Node.js with npm",
        "your system's packages nodejs and npm",
        || path::has("npm"),
        Purpose::Window,
    ),
    need(
        "Python 3 and the command openssl",
        "your system's packages python3, python3-venv and openssl",
        || path::has(PYTHON) && path::has("openssl"),
        Purpose::Bench,
    ),
];

/// Stops if anything is missing, and names all of it at once.
pub(super) fn run(purpose: Purpose) -> Result<(), Failure> {
    let needs = match env::consts::OS {
        "macos" => MACOS,
        "windows" => WINDOWS,
        _ => OTHER,
    };
    let missing = missing(needs, purpose);
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        STEP,
        format!("this machine lacks:\n{}", missing.join("\n")),
    ))
}

/// A line for each thing that is not there.
fn missing(needs: &[Need], purpose: Purpose) -> Vec<String> {
    needs
        .iter()
        .filter(|need| purpose.includes(need.purpose))
        .filter(|need| !(need.there)())
        .map(|need| format!("  {}: {}", need.what, need.how))
        .collect()
}

/// macOS has a library of that name without headers, so only Homebrew's counts.
fn brew_openssl() -> bool {
    env::var_os("OPENSSL_DIR").is_some()
        || succeeds(Command::new("brew").args(["list", "--versions", "openssl@3"]))
}

/// The same question that the build will ask.
fn pkg_config_openssl() -> bool {
    succeeds(Command::new("pkg-config").args(["--exists", "openssl"]))
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|answer| answer.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_missing_is_named_with_its_cure() {
        let needs = [
            need("here", "no", || true, Purpose::Demo),
            need("gone", "get it", || false, Purpose::Demo),
            need("for tests", "get that", || false, Purpose::Test),
            need("for the bench", "get it all", || false, Purpose::Bench),
        ];
        assert_eq!(missing(&needs, Purpose::Demo), ["  gone: get it"]);
        assert_eq!(
            missing(&needs, Purpose::Test),
            ["  gone: get it", "  for tests: get that"]
        );
    }
}
