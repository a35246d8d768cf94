//! `cargo xtask bench`: Usher beside others who do the same job.

use crate::path::PYTHON;
use crate::step::{self, Failure};
use crate::{cargo, setup};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const STEP: &str = "bench";
/// As it would be given away.
const BUILD: [&str; 4] = ["build", "--release", "--package", "usher-bench"];
const RUN: [&str; 6] = [
    "run",
    "--quiet",
    "--release",
    "--package",
    "usher-bench",
    "--",
];
/// What the peers import, in the versions that were tried.
const REQUIREMENTS: &str = "tests/bench/peers/requirements.txt";

/// What is to be measured: words for the program that does it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Everyone's times, with these further arguments.
    Compare(Vec<String>),
    /// Instructions, with these.
    Instructions(Vec<String>),
}

impl Wish {
    /// Nothing when the arguments make no sense.
    pub(crate) fn of(arguments: &[OsString]) -> Option<Self> {
        let (mut words, mut counts, mut keeps) = (Vec::new(), false, false);
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let argument = argument.to_str()?;
            let (name, value) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (argument, None),
            };
            match (name, value) {
                ("--quick", None) => words.extend(["--turns".into(), "1".into()]),
                ("--json" | "--scale", None) => words.push(name.to_owned()),
                ("--instructions", None) => counts = true,
                ("--keep", None) => keeps = true,
                ("--people" | "--leads" | "--seed", value) => {
                    let value = match value {
                        Some(value) => value,
                        None => rest.next()?.to_str()?,
                    };
                    let number: u64 = value.parse().ok()?;
                    words.extend([name.to_owned(), number.to_string()]);
                }
                _ => return None,
            }
        }
        match (counts, keeps) {
            (false, false) => Some(Self::Compare(words)),
            (true, keeps) if words.is_empty() => {
                let keep = keeps.then(|| "--keep".to_owned());
                Some(Self::Instructions(keep.into_iter().collect()))
            }
            _ => None,
        }
    }
}

/// Sets up, builds, and measures. The last lines are the table, or its JSON.
pub(crate) fn run(wish: &Wish) -> Result<(), Failure> {
    setup::run(setup::Purpose::Bench)?;
    step::run("build", &mut cargo::command(BUILD))?;
    let folder = target().join("bench");
    let mut command = cargo::command(RUN);
    match wish {
        Wish::Compare(words) => {
            let python = environment(&folder.join("venv"))?;
            command.arg("compare").arg("--python").arg(python);
            command.args(words);
        }
        Wish::Instructions(words) => drop(command.arg("instructions").args(words)),
    }
    command.arg("--folder").arg(folder.join("data"));
    step::run_last(STEP, &mut command)
}

/// Where cargo builds to unless a configuration of it says otherwise.
fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => cargo::root().join(folder),
        None => cargo::root().join("target"),
    }
}

/// The Python of an environment that has what the peers import; made anew when that
/// changed. A copy of the list, put there last, tells what it has.
fn environment(folder: &Path) -> Result<PathBuf, Failure> {
    let inside = if cfg!(windows) { "Scripts" } else { "bin" };
    let python = folder.join(inside).join(PYTHON);
    let (wanted, list) = (cargo::root().join(REQUIREMENTS), folder.join("has.txt"));
    let read = |path: &Path| fs::read_to_string(path).ok();
    if python.is_file() && read(&list).is_some() && read(&list) == read(&wanted) {
        return Ok(python);
    }
    let mut make = Command::new(PYTHON);
    make.args(["-m", "venv", "--clear"]).arg(folder);
    step::run("environment for the peers", &mut make)?;
    let mut install = Command::new(&python);
    install
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ])
        .arg("--requirement")
        .arg(&wanted);
    step::run("peers", &mut install)?;
    fs::copy(&wanted, &list).map_err(|error| Failure::new(STEP, error.to_string()))?;
    Ok(python)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(words: &[&str]) -> Option<Wish> {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        Wish::of(&words)
    }

    fn compare(words: &[&str]) -> Option<Wish> {
        Some(Wish::Compare(
            words.iter().map(|&word| word.to_owned()).collect(),
        ))
    }

    #[test]
    fn words_go_on_to_the_program() {
        assert_eq!(wish(&[]), compare(&[]));
        assert_eq!(
            wish(&["--quick", "--json"]),
            compare(&["--turns", "1", "--json"])
        );
        let sized = compare(&["--people", "20", "--leads", "15", "--seed", "1", "--scale"]);
        let words = ["--people", "20", "--leads=15", "--seed", "1", "--scale"];
        assert_eq!(wish(&words), sized);
    }

    #[test]
    fn instructions_have_a_size_of_their_own() {
        let kept = |words: Vec<String>| Some(Wish::Instructions(words));
        assert_eq!(wish(&["--instructions"]), kept(vec![]));
        assert_eq!(
            wish(&["--instructions", "--keep"]),
            kept(vec!["--keep".into()])
        );
        assert_eq!(wish(&["--instructions", "--people", "7"]), None);
        assert_eq!(wish(&["--keep"]), None);
    }

    #[test]
    fn anything_else_is_a_wrong_call() {
        for words in [
            &["--people"][..],
            &["--people", "many"],
            &["--quick=yes"],
            &["--slow"],
            &["7"],
        ] {
            assert_eq!(wish(words), None, "{words:?}");
        }
    }
}
