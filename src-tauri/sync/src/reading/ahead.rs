//! Times of a clock that was ahead and was set back since.
//!
//! Planning lays what runs were told over what was read before. So whatever is dated later than
//! now is dated back as soon as an owner begins or sees that its clock was set: what runs were
//! told to just before now, and what was read to before all that happened since the clock was
//! set. Where the order is in doubt, a delivery is not forgotten. By how much the clock was ahead
//! nothing says, so nothing is sent by what was read.

use crate::usher::Usher;
use std::time::Duration;
use usher_model::{Problem, Timestamp};
use usher_store::table::{When, batches, lists, readings};

/// When something began that is under way: the clock may be set before it ends.
pub(crate) struct Began {
    at: Timestamp,
    elapsed: Duration,
}

impl Usher {
    /// Something begins now.
    pub(crate) fn begins(&self) -> Began {
        Began {
            at: self.now(),
            elapsed: self.world.clock.elapsed(),
        }
    }

    /// From when it began until now, by the clock as it is now: since the earlier time where
    /// it was set, or the computer slept, which makes it take no longer.
    pub(crate) fn since(&self, began: &Began) -> When {
        let now = self.now();
        let took = self.world.clock.elapsed().saturating_sub(began.elapsed);
        let started_at = began.at.min(now.before(took));
        let idle = now.since(started_at).saturating_sub(took);
        When::new(started_at, now).idle(idle)
    }

    /// Dates what was read and what runs were told later than now back to before now; the clock
    /// was set at most so long ago. What was read goes first: cut off in between, deliveries are
    /// later than they were.
    pub(crate) async fn date_back(&self, set_within: Duration) -> Result<(), Problem> {
        let before = self.now().before(Duration::from_millis(1));
        let to = before.before(set_within);
        let read = self.cache.write(move |tx| {
            let people = readings::date_back(tx, before, to)?;
            Ok(lists::date_back(tx, before, to)? || people)
        });
        let read = read.await?;
        let told = self.journal.write(move |tx| batches::date_back(tx, before));
        if told.await? || read {
            // It may have been laid over one another in another order.
            self.remembered.forget();
        }
        Ok(())
    }
}
