//! `cargo xtask test`: everything that must hold before a change is taken.

use crate::step::{self, Failure};
use crate::{cargo, setup};

/// What the page is held to by itself: types and lint, then its parts in a browser.
const PAGE: [(&str, &str); 2] = [("page", "check"), ("page's parts", "test")];

/// Cheapest first. The journeys run the binaries, which testing alone would not build; what
/// both are made of is built once, as it would not be in two commands.
const STEPS: [(&str, &[&str]); 3] = [
    ("format", &["fmt", "--all", "--check"]),
    (
        "lint",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ),
    ("build", &["build", "--workspace", "--bins", "--tests"]),
];

/// Plain cargo, as a fresh machine has no other runner. Without examples in docs,
/// of which there are none: their empty summary would be the last line.
const TESTS: [&str; 5] = ["test", "--workspace", "--lib", "--bins", "--tests"];

/// Sets up, then takes each step until one fails. The last lines are the summary of
/// the tests themselves.
pub(crate) fn run() -> Result<(), Failure> {
    setup::run(setup::Purpose::Test)?;
    for (name, script) in PAGE {
        step::run(name, &mut cargo::npm_run(script))?;
    }
    for (name, arguments) in STEPS {
        step::run(name, &mut cargo::command(arguments))?;
    }
    step::run_last("test", &mut cargo::command(TESTS))
}
