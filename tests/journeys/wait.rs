//! Waiting for another process to come somewhere, with a deadline.

use std::process::Child;
use std::time::{Duration, Instant};

/// What takes longer than this on a slow machine never comes.
const DEADLINE: Duration = Duration::from_secs(60);

/// Looks until it is so.
#[track_caller]
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < DEADLINE, "it never came: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Sends a signal, such as `-STOP`.
#[cfg(unix)]
#[track_caller]
pub(crate) fn signal(process: &Child, name: &str) {
    let id = process.id().to_string();
    let sent = std::process::Command::new("kill")
        .args([name, &id])
        .status()
        .unwrap();
    assert!(sent.success(), "{name}");
}
