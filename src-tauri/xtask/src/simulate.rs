//! `cargo xtask simulate`: the engine lives through as many stories as are wished for, in
//! virtual time, and `cargo xtask rates`: what first syncs take there.

use crate::arguments::pairs;
use crate::step::{self, Failure};
use crate::{cargo, setup};
use std::ffi::OsString;

/// Built as it is given away: a long run is three times as quick so.
const SIMULATE: [&str; 7] = [
    "test",
    "--release",
    "--package",
    "usher-tests",
    "--test",
    "simulate",
    "--",
];

/// How many stories; what is left out is as in continuous integration.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    seeds: Option<u64>,
    first_seed: Option<u64>,
}

impl Wish {
    /// Nothing when the arguments make no sense.
    pub(crate) fn of(arguments: &[OsString]) -> Option<Self> {
        let mut wish = Self::default();
        for (name, value) in pairs(arguments)? {
            let value = Some(value.parse().ok()?);
            match name {
                "--seeds" => wish.seeds = value,
                "--first-seed" => wish.first_seed = value,
                _ => return None,
            }
        }
        Some(wish)
    }
}

/// Sets up, builds, and tells the stories. The last lines are the summary of the test
/// itself.
pub(crate) fn run(wish: &Wish) -> Result<(), Failure> {
    setup::run(setup::Purpose::Demo)?;
    let mut command = cargo::command(SIMULATE);
    command.args(["whatever_happens", "--nocapture"]);
    let wished = [
        ("USHER_SIMULATE_SEEDS", wish.seeds),
        ("USHER_SIMULATE_FIRST", wish.first_seed),
    ];
    cargo::wish(&mut command, wished);
    step::run_last("simulate", &mut command)
}

/// Audiences whose first syncs are measured.
const PEOPLE: &str = "10000,100000,1000000";

/// What `cargo xtask rates` was asked for: numbers of people; nothing when they make no
/// sense.
pub(crate) fn people(arguments: &[OsString]) -> Option<String> {
    let mut people = PEOPLE.to_owned();
    for (name, value) in pairs(arguments)? {
        let are_numbers = value.split(',').all(|number| number.parse::<u64>().is_ok());
        if name != "--people" || !are_numbers {
            return None;
        }
        people = value.to_owned();
    }
    Some(people)
}

/// Sets up, builds, and prints the table.
pub(crate) fn rates(people: &str) -> Result<(), Failure> {
    setup::run(setup::Purpose::Demo)?;
    let mut command = cargo::command(SIMULATE);
    command.args(["first_syncs", "--nocapture"]);
    command.env("USHER_RATES", people);
    step::run_last("rates", &mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn seeds_may_be_given_or_left_out() {
        assert_eq!(Wish::of(&[]), Some(Wish::default()));
        let both = Some(Wish {
            seeds: Some(500),
            first_seed: Some(7),
        });
        assert_eq!(
            Wish::of(&words(&["--seeds", "500", "--first-seed=7"])),
            both
        );
        for wrong in [&["--seeds"][..], &["--seeds", "many"], &["--kills", "7"]] {
            assert_eq!(Wish::of(&words(wrong)), None, "{wrong:?}");
        }
    }

    #[test]
    fn people_are_numbers() {
        assert_eq!(people(&[]).as_deref(), Some(PEOPLE));
        let given = people(&words(&["--people", "5,7"]));
        assert_eq!(given.as_deref(), Some("5,7"));
        assert_eq!(people(&words(&["--people", "5,many"])), None);
    }
}
