//! What can be typed and belongs to a later version: refused by what was typed
//! alone, before a folder is opened or a keychain asked.

use crate::args::{Audience, Command, Connection, Demo, Run, Sync};
use usher_model::{Code, Problem};

/// The error of a command that this version does not have.
pub(crate) fn refuse(command: &Command) -> Result<(), Problem> {
    match command {
        Command::Daemon { .. } => Err(not_yet("schedules and the daemon")),
        Command::Demo(Demo { route, .. }) if route != "file-to-marketo" => {
            Err(not_yet(&format!("the route `{route}`")))
        }
        Command::Connection(Connection::Usage { .. }) => Err(not_yet("`connection usage`")),
        Command::Audience(Audience::Watch { .. }) => Err(not_yet("`audience watch`")),
        Command::Run(Run::Retry { .. }) => Err(not_yet("`run retry`")),
        Command::Sync(command) => refuse_sync(command),
        _ => Ok(()),
    }
}

fn refuse_sync(command: &Sync) -> Result<(), Problem> {
    let other = |by: &Option<String>, ours: &str| by.as_ref().is_some_and(|by| by != ours);
    match command {
        Sync::Create { later, .. } | Sync::Edit { later, .. } if later.is_wished() => {
            Err(not_yet("schedules and alerts"))
        }
        Sync::Preview {
            read_by, write_by, ..
        } if other(read_by, "lookup") || other(write_by, "batch") => {
            Err(not_yet("other ways than lookup and batch"))
        }
        Sync::Run { detach: true, .. } => Err(not_yet("runs in the background")),
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
