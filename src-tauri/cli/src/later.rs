//! What can be typed and belongs to a later version: refused by what was typed
//! alone, before a folder is opened or a keychain asked.

use crate::args::{Command, Demo};
use usher_model::{Code, Problem};

/// The error of a command that this version does not have.
pub(crate) fn refuse(command: &Command) -> Result<(), Problem> {
    match command {
        Command::Demo(Demo { route, .. }) if route != "file-to-marketo" => Err(Problem::new(
            Code::NotAvailable,
            format!("This version does not have the route `{route}` yet."),
            "`usher --help` shows what it has.",
        )),
        _ => Ok(()),
    }
}
