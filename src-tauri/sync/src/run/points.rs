//! Named places in the journey of a batch, at which a test kills the process
//! from outside. In ordinary use nothing listens and nothing happens.

use std::io::Write;
use std::sync::Mutex;
use std::sync::PoisonError;

/// `name` or `name:n`: where to halt, at which passing of it.
static HALT: Mutex<Option<(String, u32)>> = Mutex::new(None);

/// Every place there is.
pub const POINTS: [&str; 12] = [
    "run_written",
    "people_written",
    "plan_taken",
    "before_sending_mark",
    "after_sending_mark",
    "after_reply",
    "after_receipts",
    "doubt_written",
    "before_list_creation",
    "after_list_creation",
    "list_batches_written",
    "before_end",
];

/// Halts this process at a place: it says so on standard error and stays there,
/// to be killed. Called once, at the start, by a test's wish.
pub fn announce_points(wish: &str) {
    let (name, nth) = wish.split_once(':').unwrap_or((wish, "1"));
    let nth = nth.parse().unwrap_or(1);
    *HALT.lock().unwrap_or_else(PoisonError::into_inner) = Some((name.to_owned(), nth));
}

/// Passes a named place.
pub(crate) fn pass(name: &str) {
    debug_assert!(POINTS.contains(&name), "{name} is a named place");
    let mut halt = HALT.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((wanted, left)) = halt.as_mut() else {
        return;
    };
    if wanted != name {
        return;
    }
    *left -= 1;
    if *left == 0 {
        drop(writeln!(std::io::stderr(), "halted at {name}"));
        loop {
            std::thread::park();
        }
    }
}
