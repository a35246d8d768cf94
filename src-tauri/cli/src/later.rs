//! What can be typed and belongs to a later version: refused by what was typed
//! alone, before a folder is opened or a keychain asked.

use crate::args::{Command, Demo, Sync};
use usher_model::{Code, Problem};

/// The error of a command that this version does not have.
pub(crate) fn refuse(command: &Command) -> Result<(), Problem> {
    match command {
        Command::Demo(Demo { route, .. }) if route != "file-to-marketo" => {
            Err(not_yet(&format!("the route `{route}`")))
        }
        Command::Sync(command) => refuse_sync(command),
        _ => Ok(()),
    }
}

fn refuse_sync(command: &Sync) -> Result<(), Problem> {
    match command {
        Sync::Create { later, .. } | Sync::Edit { later, .. } if later.is_wished() => {
            Err(not_yet("alerts"))
        }
        _ => Ok(()),
    }
}

fn not_yet(what: &str) -> Problem {
    Problem::new(
        Code::NotAvailable,
        format!("This version does not have {what} yet."),
        "`usher --help` shows what it has.",
    )
}
