//! When something was read, by the computer's clock.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use usher_model::Timestamp;

/// When a reading began and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// Whether the clock was ahead then and was set back since. By how much nothing says: it
    /// was before all that is dated later, and its age is not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    was_ahead: bool,
}

/// What is of unknown age counts as so much older than it is dated: nothing is fresh for
/// longer.
const OF_UNKNOWN_AGE: Duration = Duration::from_secs(24 * 3600);

impl When {
    /// From one time until another.
    pub fn new(started_at: Timestamp, finished_at: Timestamp) -> Self {
        Self {
            started_at,
            finished_at,
            was_ahead: false,
        }
    }

    /// How long it took.
    pub fn took(self) -> Duration {
        self.finished_at.since(self.started_at)
    }

    /// Whether the times say how old it is.
    pub fn says_its_age(self, now: Timestamp) -> bool {
        !self.was_ahead && self.started_at <= now
    }

    /// As of when it is; not later than it was, where that is not known.
    pub fn as_of(self) -> Timestamp {
        match self.was_ahead {
            true => self.finished_at.before(OF_UNKNOWN_AGE),
            false => self.finished_at,
        }
    }

    /// Dates it back where it is later `than` this; whether that is so.
    pub(super) fn date_ahead(&mut self, than: Timestamp, to: Timestamp) -> bool {
        let is_ahead = self.started_at.max(self.finished_at) > than;
        if is_ahead {
            self.started_at = self.started_at.min(to);
            self.finished_at = self.finished_at.min(to);
            self.was_ahead = true;
        }
        is_ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 3_600_000;

    fn when(started_at: i64, finished_at: i64) -> When {
        When::new(Timestamp(started_at), Timestamp(finished_at))
    }

    #[test]
    fn what_is_ahead_is_dated_back_and_its_age_is_not_known() {
        let (than, to, now) = (
            Timestamp(2 * DAY),
            Timestamp(2 * DAY - 5),
            Timestamp(3 * DAY),
        );
        for (started_at, finished_at) in [(2 * DAY + 1, 2 * DAY + 9), (DAY, 2 * DAY + 1)] {
            let mut ahead = when(started_at, finished_at);
            assert!(ahead.says_its_age(now) && ahead.as_of() == Timestamp(finished_at));
            assert!(ahead.date_ahead(than, to));
            assert_eq!(ahead.started_at, Timestamp(started_at.min(2 * DAY - 5)));
            assert_eq!(ahead.finished_at, to);
            assert!(!ahead.says_its_age(now));
            assert_eq!(ahead.as_of(), Timestamp(DAY - 5));
            assert!(!ahead.date_ahead(than, to), "once is enough");
        }
    }

    #[test]
    fn what_is_not_ahead_stays_as_it_is() {
        let mut past = when(1, 2);
        assert!(!past.date_ahead(Timestamp(2), Timestamp(0)));
        assert_eq!(past, when(1, 2));
        assert!(past.says_its_age(Timestamp(1)) && !past.says_its_age(Timestamp(0)));
    }
}
