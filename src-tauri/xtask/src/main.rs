//! `cargo xtask`: what a person or a build machine does with a checkout, each with
//! one command and nothing to prepare.
//!
//! It depends on no crate, so that it is built in a second before anything else is
//! there. A further command is a module beside `demo` and `test`, and a line in
//! [`main`] and [`USAGE`].

mod arguments;
mod bench;
mod cargo;
mod demo;
mod package;
mod path;
mod setup;
mod simulate;
mod step;
mod test;
mod torture;
mod window;

use std::env;
use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  demo [ARGUMENT]…  set up this machine, build Usher and show its demo
                    — in a window where there is a display, and no ARGUMENT
  test              set up this machine and check everything
  gallery [FOLDER]  pictures of every screen and state of the window, light and dark
  package [--try]   make a .deb of the window and the command; --try installs, starts
                    and removes it here
  torture [--kills N] [--lost N] [--faults N] [--seed S]
                    kill Usher again and again while it works: nobody may be lost
                    or made twice
  simulate [--seeds N] [--first-seed S]
                    the engine lives through days of trouble in virtual time, from a seed:
                    what must always be true is looked at after every step
  rates [--people N,M]
                    what first syncs take by each way, in virtual time against the
                    service's limits
  bench [--quick] [--json] [--people N] [--leads M] [--seed S] [--scale]
                    how fast Usher is beside DuckDB, Polars and the machine; a ratio
                    of 0.1 is a tenth of the other's time. --quick: one turn instead
                    of five; --scale: ten times as many people, too (some 7 GB of disk)
  bench ui [--json] how quick the window is over a full store (some 3 GB of disk)
  bench --instructions [--keep]
                    instructions a person takes, beside those kept in the repository
";

/// The command line was wrong, as opposed to what it asked for having failed.
const WRONG_CALL: u8 = 2;

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let command = arguments.next();
    let rest: Vec<OsString> = arguments.collect();
    let done = match (command.as_deref().and_then(OsStr::to_str), rest.as_slice()) {
        (Some("demo"), rest) => demo::run(rest),
        (Some("test"), []) => test::run(),
        (Some("gallery"), []) => window::gallery(None),
        (Some("gallery"), [folder]) => window::gallery(Some(folder)),
        (Some("package"), []) => package::run(false),
        (Some("package"), [flag]) if flag == "--try" => package::run(true),
        (Some("torture"), rest) => match torture::Wish::of(rest) {
            Some(wish) => torture::run(&wish),
            None => return wrong_call(),
        },
        (Some("simulate"), rest) => match simulate::Wish::of(rest) {
            Some(wish) => simulate::run(&wish),
            None => return wrong_call(),
        },
        (Some("rates"), rest) => match simulate::people(rest) {
            Some(people) => simulate::rates(&people),
            None => return wrong_call(),
        },
        (Some("bench"), [ui]) if ui == "ui" => window::bench(false),
        (Some("bench"), [ui, json]) if ui == "ui" && json == "--json" => window::bench(true),
        (Some("bench"), rest) => match bench::Wish::of(rest) {
            Some(wish) => bench::run(&wish),
            None => return wrong_call(),
        },
        (Some("help" | "--help" | "-h"), _) => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => return wrong_call(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.code)
        }
    }
}

fn wrong_call() -> ExitCode {
    eprint!("{USAGE}");
    ExitCode::from(WRONG_CALL)
}
