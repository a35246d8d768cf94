//! One command of several: announced, timed, and named when it fails.
//!
//! All words go to standard error, so that standard output is that of the commands.

use std::fmt;
use std::process::Command;
use std::time::{Duration, Instant};

/// Why nothing further is done.
#[derive(Debug)]
pub(crate) struct Failure {
    step: String,
    reason: String,
    /// What the process exits with.
    pub(crate) code: u8,
}

impl Failure {
    /// Names the step, and says why in words that end without a full stop.
    pub(crate) fn new(step: &str, reason: impl Into<String>) -> Self {
        Self {
            step: step.to_owned(),
            reason: reason.into(),
            code: 1,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "==> {} failed: {}", self.step, self.reason)
    }
}

/// Runs a step and says how long it took.
pub(crate) fn run(name: &str, command: &mut Command) -> Result<(), Failure> {
    let started = Instant::now();
    run_last(name, command)?;
    eprintln!("==> {name}: {}", words(started.elapsed()));
    Ok(())
}

/// The same for the step whose own last lines are to be the last ones.
pub(crate) fn run_last(name: &str, command: &mut Command) -> Result<(), Failure> {
    let started = Instant::now();
    eprintln!("==> {name}");
    let status = command
        .status()
        .map_err(|error| Failure::new(name, format!("{}: {error}", program(command))))?;
    if status.success() {
        return Ok(());
    }
    let time = words(started.elapsed());
    Err(Failure::new(name, format!("{status} after {time}")))
}

/// As it was called; the arguments are in the heading where they matter.
fn program(command: &Command) -> String {
    command.get_program().display().to_string()
}

/// Minutes once there are any: nobody compares tenths of a second by then.
fn words(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_words() {
        assert_eq!(words(Duration::from_millis(940)), "0.9 s");
        assert_eq!(words(Duration::from_millis(59_900)), "59.9 s");
        assert_eq!(words(Duration::from_secs(605)), "10 min 05 s");
    }

    #[test]
    fn a_failing_step_names_itself() {
        let failure = run("nothing", &mut Command::new("no-such-program-anywhere"))
            .expect_err("no such program");
        assert_eq!(failure.code, 1);
        assert!(
            failure
                .to_string()
                .starts_with("==> nothing failed: no-such-program-anywhere: ")
        );
    }
}
