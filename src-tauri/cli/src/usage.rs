//! A command line that cannot be understood, told the way its caller reads:
//! in words for a person, as a document for a script that asked for one.

use crate::print;
use clap::error::ErrorKind;
use std::process::ExitCode;
use usher_model::Problem;

/// Prints help, the version or what is wrong, and gives the exit code.
pub(crate) fn told(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && wants_json(std::env::args_os()) {
        return print::problem(&Problem::usage(sentence(error)), true);
    }
    error.exit()
}

/// Whether `--json` was typed, for a line that could not be parsed.
fn wants_json(mut arguments: impl Iterator<Item = std::ffi::OsString>) -> bool {
    arguments
        .find(|word| word == "--json" || word == "--")
        .is_some_and(|word| word == "--json")
}

/// The first paragraph of what the parser says, as one sentence.
fn sentence(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "The command is not complete.".to_owned();
    }
    let text = error.render().to_string();
    let words: Vec<&str> = text
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .map(str::trim)
        .collect();
    let words = words.join(" ");
    let words = words.strip_prefix("error: ").unwrap_or(&words);
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase);
    first
        .into_iter()
        .flatten()
        .chain(letters)
        .chain(['.'])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Cli;
    use clap::Parser;

    #[test]
    fn what_is_wrong_is_one_sentence() {
        let told = |line: &[&str]| sentence(&Cli::try_parse_from(line).expect_err("understood"));
        assert_eq!(told(&["usher", "frob"]), "Unrecognized subcommand 'frob'.");
        assert_eq!(
            told(&["usher", "audience", "import", "x"]),
            "The following required arguments were not provided: --name <NAME>."
        );
        assert_eq!(told(&["usher", "audience"]), "The command is not complete.");
    }

    #[test]
    fn a_value_that_looks_like_the_flag_is_not_it() {
        let wants = |line: &[&str]| wants_json(line.iter().map(Into::into));
        assert!(wants(&["usher", "--json", "frob"]));
        assert!(!wants(&["usher", "forget", "--", "--json"]));
    }
}
