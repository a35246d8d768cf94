//! What follows a command on its line.

use std::ffi::OsString;

/// `--name value` and `--name=value`, one after another.
pub(crate) fn pairs(arguments: &[OsString]) -> Option<Vec<(&str, &str)>> {
    let mut all = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let argument = argument.to_str()?;
        all.push(match argument.split_once('=') {
            Some(parts) => parts,
            None => (argument, rest.next()?.to_str()?),
        });
    }
    Some(all)
}
