//! Packages of Debian and Ubuntu.

use super::{Purpose, STEP};
use crate::path;
use crate::step::{self, Failure};
use std::process::Command;

/// A package, and a program that makes it needless wherever that comes from: Node.js
/// is often installed by hand, and older releases have `dbus-run-session` elsewhere.
struct Package {
    name: &'static str,
    unless: Option<&'static str>,
    purpose: Purpose,
}

const fn package(name: &'static str, unless: Option<&'static str>, purpose: Purpose) -> Package {
    Package {
        name,
        unless,
        purpose,
    }
}

/// A compiler and SQLCipher's OpenSSL to build with; a session bus and a keyring,
/// which a server does not have, for secrets; the web view and the tray of the window,
/// and a screen without a screen for its tests. Python's package of that name is asked
/// for though there is a Python: without it that makes no environments.
const PACKAGES: [Package; 20] = [
    package("build-essential", None, Purpose::Demo),
    package("pkg-config", None, Purpose::Demo),
    package("libssl-dev", None, Purpose::Demo),
    package("perl", None, Purpose::Demo),
    package("git", None, Purpose::Demo),
    package("dbus-daemon", Some("dbus-run-session"), Purpose::Demo),
    package("gnome-keyring", None, Purpose::Demo),
    package("libsecret-tools", None, Purpose::Demo),
    package("libwebkit2gtk-4.1-dev", None, Purpose::Window),
    package("libayatana-appindicator3-dev", None, Purpose::Window),
    package("nodejs", Some("node"), Purpose::Window),
    package("npm", Some("npm"), Purpose::Window),
    package("xvfb", None, Purpose::Test),
    package("webkit2gtk-driver", None, Purpose::Test),
    package("chromium", Some("chromium"), Purpose::Test),
    package("fonts-noto-core", None, Purpose::Test),
    package("x11-utils", Some("xwininfo"), Purpose::Test),
    package("python3-venv", None, Purpose::Bench),
    package("openssl", Some("openssl"), Purpose::Bench),
    package("valgrind", Some("valgrind"), Purpose::Bench),
];

/// Installs what is missing. The lists are fetched only then, and always: on a fresh
/// machine there are none.
pub(super) fn run(purpose: Purpose) -> Result<(), Failure> {
    let wanted = wanted(purpose, path::has);
    let answer = Command::new("dpkg-query")
        .args([
            "--show",
            "--showformat",
            "${Package}\t${db:Status-Status}\n",
        ])
        .args(&wanted)
        .output()
        .map_err(|error| Failure::new(STEP, format!("dpkg-query: {error}")))?;
    // It also fails when a package is only unknown; what it does know it still says.
    let missing = missing(&wanted, &String::from_utf8_lossy(&answer.stdout));
    if missing.is_empty() {
        return Ok(());
    }
    let Some(prefix) = prefix(is_root(), path::has("sudo")) else {
        return Err(Failure::new(STEP, by_hand(&missing)));
    };
    step::run("package lists", &mut apt_get(prefix, &["update"]))?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(&missing);
    step::run(
        &format!("packages {}", missing.join(" ")),
        &mut apt_get(prefix, &install),
    )
}

/// The names of all packages that serve this purpose here, installed or not.
fn wanted(purpose: Purpose, has: impl Fn(&str) -> bool) -> Vec<&'static str> {
    PACKAGES
        .iter()
        .filter(|package| purpose.includes(package.purpose))
        .filter(|package| !package.unless.is_some_and(&has))
        .map(|package| package.name)
        .collect()
}

/// Those that `dpkg-query` does not call installed. A removed package is still
/// listed, with another status; one of several architectures, several times.
fn missing<'a>(wanted: &[&'a str], answer: &str) -> Vec<&'a str> {
    let installed: Vec<&str> = answer
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(_, status)| status.trim() == "installed")
        .map(|(name, _)| name)
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

/// What goes before `apt-get`; none if this user may not install anything.
fn prefix(is_root: bool, has_sudo: bool) -> Option<&'static [&'static str]> {
    match (is_root, has_sudo) {
        (true, _) => Some(&["env"]),
        (false, true) => Some(&["sudo", "env"]),
        (false, false) => None,
    }
}

/// The variable is set by `env` because sudo passes none on.
fn apt_get(prefix: &[&str], arguments: &[&str]) -> Command {
    let words = [
        prefix,
        &["DEBIAN_FRONTEND=noninteractive", "apt-get"],
        arguments,
    ]
    .concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

/// The exact words to type, for whoever may.
fn by_hand(missing: &[&str]) -> String {
    format!(
        "packages are missing and this user cannot install them. As root, run:\n  \
         apt-get update && apt-get install --yes --no-install-recommends {}",
        missing.join(" ")
    )
}

/// Asked of `id`: the standard library does not tell.
fn is_root() -> bool {
    let answer = Command::new("id").arg("-u").output();
    answer.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_is_asked_for_only_by_the_window_and_if_there_is_none() {
        let none = |_: &str| false;
        assert!(wanted(Purpose::Window, none).ends_with(&["nodejs", "npm"]));
        assert!(wanted(Purpose::Test, none).contains(&"nodejs"));
        assert!(!wanted(Purpose::Demo, none).contains(&"nodejs"));
        assert!(!wanted(Purpose::Test, |program| program == "node").contains(&"nodejs"));
    }

    #[test]
    fn a_screen_is_asked_for_only_by_tests() {
        let none = |_: &str| false;
        assert!(wanted(Purpose::Test, none).contains(&"xvfb"));
        assert!(!wanted(Purpose::Window, none).contains(&"xvfb"));
        assert!(!wanted(Purpose::Bench, none).contains(&"libwebkit2gtk-4.1-dev"));
    }

    #[test]
    fn python_and_valgrind_are_asked_for_only_by_the_bench() {
        let none = |_: &str| false;
        assert!(wanted(Purpose::Bench, none).ends_with(&["python3-venv", "openssl", "valgrind"]));
        assert!(!wanted(Purpose::Bench, none).contains(&"nodejs"));
        assert!(wanted(Purpose::Bench, |_| true).ends_with(&["python3-venv"]));
        assert!(!wanted(Purpose::Test, none).contains(&"python3-venv"));
    }

    #[test]
    fn what_dpkg_query_says() {
        let answer = "git\tinstalled\nperl\tconfig-files\nlibssl-dev\tnot-installed\n\
                      libssl-dev\tinstalled\nnpm\tunpacked\nbroken line\n";
        let wanted = ["git", "perl", "libssl-dev", "npm", "gnome-keyring"];
        assert_eq!(missing(&wanted, answer), ["perl", "npm", "gnome-keyring"]);
        assert_eq!(missing(&["git"], ""), ["git"]);
        assert!(missing(&[], answer).is_empty());
    }

    #[test]
    fn who_may_install() {
        let line = |prefix| format!("{:?}", apt_get(prefix, &["update"]));
        let root = prefix(true, false).map(line);
        assert_eq!(
            root.as_deref(),
            Some(r#""env" "DEBIAN_FRONTEND=noninteractive" "apt-get" "update""#)
        );
        assert!(
            prefix(false, true)
                .map(line)
                .is_some_and(|line| line.starts_with("\"sudo\""))
        );
        assert_eq!(prefix(false, false), None);
        assert!(by_hand(&["git", "perl"]).ends_with("--no-install-recommends git perl"));
    }
}
