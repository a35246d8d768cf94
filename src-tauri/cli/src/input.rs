//! What comes from standard input or is asked for on a terminal: secrets, keys.

use std::io::{BufRead, IsTerminal, stdin};
use usher_model::{Code, Problem, Secret};

/// The next line of standard input, without its line break.
pub(crate) fn line() -> Result<Option<String>, Problem> {
    let mut text = String::new();
    let read = stdin().lock().read_line(&mut text).map_err(|error| {
        Problem::new(
            Code::FileUnreadable,
            format!("Standard input cannot be read: {}.", error.kind()),
            "Check what is piped in.",
        )
    })?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok((read > 0).then(|| line.to_owned()))
}

/// A secret, from the next line of standard input or asked for on a terminal.
pub(crate) fn secret(from_stdin: bool, what: &str) -> Result<Secret, Problem> {
    let missing = || {
        Problem::new(
            Code::SecretMissing,
            format!("The {what} is missing."),
            "Give it on standard input with `--secret-stdin`, or run in a terminal to be asked.",
        )
    };
    if from_stdin {
        return line()?
            .map(Secret::new)
            .filter(|secret| !secret.is_blank())
            .ok_or_else(missing);
    }
    if !stdin().is_terminal() {
        return Err(missing());
    }
    rpassword::prompt_password(format!("{what}: "))
        .map(Secret::new)
        .map_err(|_| missing())
}

/// The passphrase of the data folder: from standard input, from the service
/// manager's credentials, or asked for on a terminal.
pub(crate) fn passphrase(from_stdin: bool) -> Result<Option<Secret>, Problem> {
    if from_stdin {
        return Ok(line()?.map(Secret::new));
    }
    if let Some(folder) = std::env::var_os("CREDENTIALS_DIRECTORY") {
        let file = std::path::Path::new(&folder).join("usher-passphrase");
        if let Ok(text) = std::fs::read_to_string(file) {
            return Ok(Some(Secret::new(
                text.trim_end_matches(['\r', '\n']).to_owned(),
            )));
        }
    }
    if !stdin().is_terminal() {
        return Ok(None);
    }
    Ok(rpassword::prompt_password("Passphrase: ")
        .ok()
        .map(Secret::new))
}

/// Arguments in which `-` stands for the lines of standard input.
pub(crate) fn values(arguments: Vec<String>) -> Result<Vec<String>, Problem> {
    let mut values = Vec::new();
    for argument in arguments {
        if argument != "-" {
            values.push(argument);
            continue;
        }
        while let Some(line) = line()? {
            values.push(line);
        }
    }
    Ok(values)
}

/// Keys to work on one after another: the argument, or for `-` the lines of
/// standard input that are not blank.
pub(crate) fn keys(argument: String) -> Result<Vec<String>, Problem> {
    if argument != "-" {
        return Ok(vec![argument]);
    }
    let mut keys = values(vec![argument])?;
    keys.retain(|key| !key.trim().is_empty());
    if keys.is_empty() {
        return Err(Problem::usage("Standard input is empty."));
    }
    Ok(keys)
}
