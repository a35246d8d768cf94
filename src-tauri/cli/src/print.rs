//! Printing: one JSON document, lines of JSON, aligned tables, and problems.

use serde::Serialize;
use serde_json::{Value, json};
use std::io::{Write, stdout};
use std::process::ExitCode;
use usher_model::{Code, Problem, RunReport, RunState};

/// Prints a problem on standard error and gives the exit code it stands for.
pub(crate) fn problem(problem: &Problem, as_json: bool) -> ExitCode {
    say(problem, as_json);
    ExitCode::from(exit_code(problem))
}

/// Prints a problem on standard error.
pub(crate) fn say(problem: &Problem, as_json: bool) {
    if as_json {
        eprintln!("{}", json!({ "error": problem }));
    } else {
        eprintln!("{}\n{}", problem.message, problem.hint);
    }
}

/// The exit code of a problem, by the contract's table.
pub(crate) fn exit_code(problem: &Problem) -> u8 {
    match problem.code {
        Code::KeychainLocked
        | Code::KeychainAbsent
        | Code::KeyMissing
        | Code::KeyWrong
        | Code::PassphraseWrong
        | Code::PassphraseNeeded => 5,
        Code::OwnerSilent | Code::OwnerVersion => 6,
        Code::HeldBack => 4,
        Code::Stopped => 7,
        Code::Usage => 2,
        _ => 1,
    }
}

/// The exit code of a run, by the contract's table.
pub(crate) fn run_code(report: &RunReport, why: Option<&Problem>) -> u8 {
    match report.state {
        RunState::Completed => 0,
        RunState::CompletedWithProblems => 3,
        RunState::Held => 4,
        RunState::Failed => why.map_or(1, exit_code),
        _ => 7,
    }
}

/// One document, as JSON or by `plain`. A reader that went away is no failure.
pub(crate) fn document<T: Serialize>(
    value: &T,
    as_json: bool,
    plain: impl FnOnce(&T) -> String,
) -> Result<(), Problem> {
    let text = if as_json {
        serde_json::to_string(value).unwrap_or_default()
    } else {
        plain(value)
    };
    text_line(&text)
}

/// A line of text on standard output.
pub(crate) fn text_line(text: &str) -> Result<(), Problem> {
    match writeln!(stdout(), "{text}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => Err(Problem::new(
            Code::FileUnreadable,
            format!("Standard output cannot be written: {}.", error.kind()),
            "Check where it goes.",
        )),
        Ok(()) => Ok(()),
    }
}

/// Rows under their headings, in columns as wide as they need.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |at: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(at))
            .map(|cell| cell.chars().count());
        cells
            .chain([headings[at].chars().count()])
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let head = std::iter::once(line(headings.to_vec()));
    let body = rows
        .iter()
        .map(|row| line(row.iter().map(String::as_str).collect()));
    head.chain(body).collect::<Vec<_>>().join("\n")
}

/// Names and values, one a line, the values aligned.
pub(crate) fn facts(facts: &[(&str, String)]) -> String {
    let width = facts
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    facts
        .iter()
        .map(|(name, value)| format!("{name:<width$}  {value}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// A number with its thousands set apart.
pub(crate) use usher_model::grouped as count;

/// Seconds in the largest units that say enough.
pub(crate) fn duration(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// A value of a document, as a table shows it.
pub(crate) fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The word a value is written as in documents.
pub(crate) fn word<T: Serialize>(value: T) -> String {
    serde_json::to_value(value)
        .map(|value| cell(&value))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(super::count),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
