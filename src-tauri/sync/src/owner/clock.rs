//! An owner looks at its clock: it may be set, and the computer may sleep.

use crate::owner::serve::Server;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use usher_model::Timestamp;
use usher_remote::clock::Clock;

/// The longest that nobody looks.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// What clocks differ by themselves meanwhile is less, in milliseconds.
const WAS_SET: u64 = 1_000;

/// What was seen as somebody looked last.
pub(super) struct Looked(Mutex<Seen>);

struct Seen {
    /// The time of day, and the time that had gone by.
    at: (Timestamp, Duration),
    /// The time that had gone by when nothing was dated later than now.
    dated: Duration,
    /// Whether it was set, or may have been, since.
    was_set: bool,
}

impl Looked {
    /// By nobody in this process: before it began, the clock may have been set.
    pub(super) fn never(clock: &dyn Clock) -> Self {
        Self(Mutex::new(Seen {
            at: (clock.now(), clock.elapsed()),
            dated: clock.elapsed(),
            was_set: true,
        }))
    }
}

impl Server {
    /// Looks as long as this process is the owner.
    pub(super) async fn keep_looking_at_the_clock(self: Arc<Self>) {
        loop {
            self.usher.world.clock.sleep(LOOK_AGAIN).await;
            self.look_at_the_clock().await;
        }
    }

    /// Where the clock was set, dates back what it dated while it was ahead, and wakes whoever
    /// waits for a time of day. What cannot be dated now is at the next look.
    pub(super) async fn look_at_the_clock(&self) {
        let mut seen = self.looked.0.lock().await;
        let clock = &self.usher.world.clock;
        let now = (clock.now(), clock.elapsed());
        let was_set = leap(seen.at, now) > WAS_SET;
        (seen.at, seen.was_set) = (now, seen.was_set || was_set);
        if was_set {
            self.clock_set.send_replace(());
        }
        if seen.was_set {
            let set_within = now.1.saturating_sub(seen.dated);
            match self.usher.date_back(set_within).await {
                Ok(()) => seen.was_set = false,
                Err(problem) => {
                    tracing::error!(code = ?problem.code, "what a clock ahead dated stays as it is");
                }
            }
        }
        if !seen.was_set {
            seen.dated = now.1;
        }
    }
}

/// By how many milliseconds the time of day went otherwise than time did.
fn leap((at, elapsed): (Timestamp, Duration), now: (Timestamp, Duration)) -> u64 {
    let expected = at.after(now.1.saturating_sub(elapsed));
    now.0.0.abs_diff(expected.0)
}
