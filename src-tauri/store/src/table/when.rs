//! When something was read, by the computer's clock.

use serde::{Deserialize, Serialize};
use std::time::Duration;
use usher_model::Timestamp;

/// When a reading began and ended, and how old it may be taken to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// In between nobody was at it for so long, in milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    idle_ms: u64,
    /// Whether the clock was ahead then and was set back since, by nobody knows how much.
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
            idle_ms: 0,
            was_ahead: false,
        }
    }

    /// The same where for so long more nobody was at it.
    pub fn idle(self, more: Duration) -> Self {
        let more = u64::try_from(more.as_millis()).unwrap_or_default();
        Self {
            idle_ms: self.idle_ms.saturating_add(more),
            ..self
        }
    }

    /// The same gone on with by whoever was at it at this time.
    pub fn gone_on_with(self, then: Self) -> Self {
        Self {
            started_at: self.started_at.min(then.started_at),
            finished_at: then.finished_at,
            ..self.idle(Duration::from_millis(then.idle_ms))
        }
    }

    /// How long it took whoever was at it.
    pub fn took(self) -> Duration {
        let idle = Duration::from_millis(self.idle_ms);
        self.finished_at.since(self.started_at).saturating_sub(idle)
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

    /// Dates it back `to` another time where it is later `than` this; whether that is so.
    pub fn date_back(&mut self, than: Timestamp, to: Timestamp) -> bool {
        let is_ahead = self.started_at.max(self.finished_at) > than;
        if is_ahead {
            self.started_at = self.started_at.min(to);
            self.finished_at = self.finished_at.min(to);
            self.was_ahead = true;
        }
        is_ahead
    }
}

fn is_zero(number: &u64) -> bool {
    *number == 0
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
            assert!(ahead.date_back(than, to));
            assert_eq!(ahead.started_at, Timestamp(started_at.min(2 * DAY - 5)));
            assert_eq!(ahead.finished_at, to);
            assert!(!ahead.says_its_age(now));
            assert_eq!(ahead.as_of(), Timestamp(DAY - 5));
            assert!(!ahead.date_back(than, to), "once is enough");
        }
    }

    #[test]
    fn what_is_not_ahead_stays_as_it_is() {
        let mut past = when(1, 2);
        assert!(!past.date_back(Timestamp(2), Timestamp(0)));
        assert_eq!(past, when(1, 2));
        assert!(past.says_its_age(Timestamp(1)) && !past.says_its_age(Timestamp(0)));
    }
}
