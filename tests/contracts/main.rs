//! Contract tests: what has to hold between two parties that do not share code.
//!
//! `marketo` holds the client's requests and the sandbox's replies against the
//! published descriptions of the service. Those are not ours to ship: their folder
//! comes from `USHER_CONTRACTS`, and without it these tests are reported as ignored,
//! by name, which is why this target has a harness of its own. `rooms`,
//! `secrets_never_printed` and `window` need nothing but the sources.

#![allow(clippy::unwrap_used)]

mod manifest;
mod marketo;
mod rooms;
mod secrets_never_printed;
mod source;
mod window;

use libtest_mimic::{Arguments, Completion, Trial};
use std::{env, path::PathBuf, process::ExitCode};

/// The folder of the descriptions, one folder in it for each service.
const FOLDER: &str = "USHER_CONTRACTS";

fn main() -> ExitCode {
    let contracts = env::var_os(FOLDER).map(PathBuf::from);
    let mut trials = Vec::new();
    for (name, test) in [
        source::TESTS,
        rooms::TESTS,
        secrets_never_printed::TESTS,
        window::TESTS,
    ]
    .concat()
    {
        trials.push(Trial::test(name, move || {
            test();
            Ok(())
        }));
    }
    for (name, test) in marketo::TESTS {
        let contracts = contracts.clone();
        trials.push(Trial::ignorable_test(*name, move || {
            let Some(folder) = contracts else {
                return Ok(Completion::ignored_with(format!("{FOLDER} is not set")));
            };
            test(&folder.join("marketo"));
            Ok(Completion::Completed)
        }));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
