//! `cargo xtask torture`: kills the shipped command as often as is wished for.

use crate::arguments::pairs;
use crate::step::{self, Failure};
use crate::{cargo, setup};
use std::ffi::OsString;

/// What the tests run is built apart from them.
const BUILD: [&str; 3] = ["build", "--package", "usher-cli"];
const KILL: [&str; 7] = [
    "test",
    "--package",
    "usher-tests",
    "--test",
    "torture",
    "--",
    "--nocapture",
];

/// How much torture; what is left out is as in continuous integration.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Random kills, beside those at the named points.
    kills: Option<u64>,
    /// What they are drawn from.
    seed: Option<u64>,
    /// Replies that are lost.
    lost: Option<u64>,
    /// How often each other fault of a machine is tried.
    faults: Option<u64>,
}

impl Wish {
    /// Nothing when the arguments make no sense.
    pub(crate) fn of(arguments: &[OsString]) -> Option<Self> {
        let mut wish = Self::default();
        for (name, value) in pairs(arguments)? {
            let value = Some(value.parse().ok()?);
            match name {
                "--kills" => wish.kills = value,
                "--seed" => wish.seed = value,
                "--lost" => wish.lost = value,
                "--faults" => wish.faults = value,
                _ => return None,
            }
        }
        Some(wish)
    }
}

/// Sets up, builds, and kills. The last lines are the summary of the test itself.
pub(crate) fn run(wish: &Wish) -> Result<(), Failure> {
    setup::run(setup::Purpose::Demo)?;
    step::run("build", &mut cargo::command(BUILD))?;
    let mut command = cargo::command(KILL);
    let wished = [
        ("USHER_TORTURE_KILLS", wish.kills),
        ("USHER_TORTURE_SEED", wish.seed),
        ("USHER_TORTURE_LOST", wish.lost),
        ("USHER_TORTURE_FAULTS", wish.faults),
    ];
    cargo::wish(&mut command, wished);
    step::run_last("torture", &mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(words: &[&str]) -> Option<Wish> {
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        Wish::of(&words)
    }

    #[test]
    fn kills_and_seed_may_be_given_or_left_out() {
        assert_eq!(wish(&[]), Some(Wish::default()));
        let both = Some(Wish {
            kills: Some(500),
            seed: Some(7),
            ..Wish::default()
        });
        assert_eq!(wish(&["--kills", "500", "--seed", "7"]), both);
        assert_eq!(wish(&["--seed=7", "--kills=500"]), both);
        let lost = wish(&["--lost", "10000"]).and_then(|wish| wish.lost);
        assert_eq!(lost, Some(10_000));
    }

    #[test]
    fn anything_else_is_a_wrong_call() {
        for words in [
            &["--kills"][..],
            &["--kills", "many"],
            &["--kills", "-1"],
            &["--people", "7"],
            &["500"],
        ] {
            assert_eq!(wish(words), None, "{words:?}");
        }
    }
}
