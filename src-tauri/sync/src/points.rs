//! Named places in the journey of an audience, at which a test kills the process
//! from outside. In ordinary use nothing listens and nothing happens.

use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Where to halt; nothing in ordinary use.
static HALT: OnceLock<Halt> = OnceLock::new();

/// Every place there is, in the order in which an audience comes by.
pub const POINTS: [&str; 41] = [
    "owner_ready",
    // An import.
    "import_begun",
    "import_block_kept",
    "import_published",
    "import_named",
    // A run, until it may be sent.
    "run_written",
    "reading_begun",
    "reading_block_kept",
    "export_kept",
    "reading_published",
    "list_read",
    "plan_begun",
    "plan_block_kept",
    "plan_published",
    "people_block_written",
    "people_written",
    "plan_taken",
    // A batch.
    "before_sending_mark",
    "after_sending_mark",
    "after_reply",
    "after_receipts",
    "batch_split",
    "import_taken",
    "import_answered",
    "files_read_back",
    "doubt_written",
    "before_doubt_read",
    "doubt_settled",
    // The list.
    "before_list_creation",
    "after_list_creation",
    "list_kept",
    "list_batches_written",
    // The end.
    "read_back",
    "reopened",
    "before_end",
    "end_written",
    "told_kept",
    // What follows a run that ended early.
    "run_reopened",
    "earlier_reopened",
    "earlier_settled",
    "earlier_closed",
];

/// Halts this process at a place, `name` or `name:n` for the n-th passing of it: it
/// says so on standard error and stays there, to be killed. Called once, at the
/// start, by a test's wish.
pub fn announce_points(wish: &str) {
    drop(HALT.set(Halt::wished(wish)));
}

/// Passes a named place. Costs one look at memory where nobody wished for a halt.
pub(crate) fn pass(name: &str) {
    debug_assert!(POINTS.contains(&name), "{name} is a named place");
    let Some(halt) = HALT.get() else {
        return;
    };
    if halt.comes_to(name) {
        drop(writeln!(std::io::stderr(), "halted at {name}"));
    }
    while halt.halted.load(Ordering::SeqCst) {
        std::thread::park();
    }
}

/// A wish to halt. Once it is there, whoever comes to any place stays as well.
struct Halt {
    name: String,
    left: AtomicU32,
    halted: AtomicBool,
}

impl Halt {
    fn wished(wish: &str) -> Self {
        let (name, nth) = wish.split_once(':').unwrap_or((wish, "1"));
        Self {
            name: name.to_owned(),
            left: AtomicU32::new(nth.parse().unwrap_or(1)),
            halted: AtomicBool::new(false),
        }
    }

    /// Whether this is the passing that was wished for.
    fn comes_to(&self, name: &str) -> bool {
        if self.name != name || self.left.fetch_sub(1, Ordering::SeqCst) != 1 {
            return false;
        }
        self.halted.store(true, Ordering::SeqCst);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Halt, POINTS, pass};
    use std::collections::HashSet;
    use std::sync::atomic::Ordering;

    #[test]
    fn every_place_has_a_name_of_its_own() {
        let names: HashSet<&str> = POINTS.into_iter().collect();
        assert_eq!(names.len(), POINTS.len());
        let plain = |name: &str| name.bytes().all(|b| b == b'_' || b.is_ascii_lowercase());
        assert!(POINTS.into_iter().all(plain), "a wish cannot be misread");
    }

    #[test]
    fn a_halt_comes_at_the_wished_passing_of_its_place_and_only_once() {
        let halt = Halt::wished("after_reply:2");
        assert!(!halt.comes_to("after_reply"));
        assert!(!halt.comes_to("before_end"));
        assert!(!halt.halted.load(Ordering::SeqCst));
        assert!(halt.comes_to("after_reply"));
        assert!(halt.halted.load(Ordering::SeqCst));
        assert!(!halt.comes_to("after_reply"), "it is said once");
        assert!(Halt::wished("before_end").comes_to("before_end"));
    }

    #[test]
    fn nothing_happens_where_nobody_wished_for_it() {
        POINTS.into_iter().for_each(pass);
    }
}
