//! Rate, concurrency and daily quota of the instance.
//!
//! Marketo docs: integration best practices and error codes. Rejected calls count like
//! any other, except for the starred codes of the error page. Other applications share
//! the same limits. Identity calls never come here.

use std::collections::VecDeque;

use crate::clock::{Clock, central_date, next_central_midnight_ms};
use crate::config::Config;
use crate::envelope::Failure;
use crate::stats::Days;

/// Codes that spend neither rate nor quota.
const FREE: [&str; 6] = ["601", "602", "604", "605", "608", "611"];

/// The counters behind 606, 607 and 615.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) calls_per_window: u32,
    pub(crate) concurrency: u32,
    pub(crate) daily_quota: u32,
    /// Calls that other applications make in each window, spread evenly.
    pub(crate) other_apps: u32,
    window_ms: i64,
    time_scale: i64,
    recent: VecDeque<(i64, u64)>,
    in_flight: u32,
    days: Days,
    resets_at_ms: i64,
    others_since_ms: i64,
    next_ticket: u64,
}

/// A call that has been counted, so that it can be taken back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ticket(u64);

impl Limits {
    pub(crate) fn new(config: &Config, clock: &Clock) -> Self {
        Self {
            calls_per_window: config.calls_per_window,
            concurrency: config.concurrency,
            daily_quota: config.daily_quota,
            other_apps: 0,
            window_ms: i64::try_from(config.window.as_millis()).unwrap_or(i64::MAX),
            time_scale: i64::from(config.time_scale.max(1)),
            recent: VecDeque::new(),
            in_flight: 0,
            days: Days::default(),
            resets_at_ms: next_central_midnight_ms(clock.now_ms()),
            others_since_ms: clock.now_ms(),
            next_ticket: 0,
        }
    }

    /// Counts a call in and says whether it may go on. Every call that enters has to
    /// [`leave`](Self::leave).
    pub(crate) fn enter(&mut self, clock: &Clock) -> (Ticket, Result<(), Failure>) {
        let now = clock.now_ms();
        self.pass_time(now);
        let (before, flying) = (self.recent.len() as u32, self.in_flight);
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        self.recent.push_back((now, ticket.0));
        self.in_flight += 1;
        self.days.today.ours += 1;
        let verdict = if self.used_today() > self.daily_quota {
            self.shorten_day(now);
            Err(Failure::new(
                607,
                format!("Daily API Quota '{}' reached", self.daily_quota),
            ))
        } else if before >= self.calls_per_window.saturating_sub(self.other_apps) {
            let (calls, seconds) = (self.calls_per_window, self.window_ms / 1_000);
            Err(Failure::new(
                606,
                format!("Max rate limit '{calls}' exceeded with in '{seconds}' secs"),
            ))
        } else if flying >= self.concurrency {
            Err(Failure::new(
                615,
                format!("Concurrent access limit '{}' reached", self.concurrency),
            ))
        } else {
            Ok(())
        };
        (ticket, verdict)
    }

    /// Ends a call; a free code takes its counting back.
    pub(crate) fn leave(&mut self, ticket: Ticket, code: &str) -> bool {
        self.in_flight = self.in_flight.saturating_sub(1);
        let today = &mut self.days.today;
        if !code.is_empty() {
            *today.errors.entry(code.to_owned()).or_default() += 1;
        }
        if is_free(code) {
            self.recent.retain(|&(_, seq)| seq != ticket.0);
            today.ours = today.ours.saturating_sub(1);
        }
        !is_free(code)
    }

    /// Calls that have entered and not left.
    pub(crate) fn in_flight(&self) -> u32 {
        self.in_flight
    }

    /// Calls since the last reset, those of other applications included.
    pub(crate) fn used_today(&self) -> u32 {
        let today = &self.days.today;
        today.ours.saturating_add(today.others)
    }

    /// The same day by day, and errors with it.
    pub(crate) fn days(&self) -> &Days {
        &self.days
    }

    /// Calls that other applications made all at once.
    pub(crate) fn others_used(&mut self, calls: u32) {
        let others = &mut self.days.today.others;
        *others = others.saturating_add(calls);
    }

    /// A file of so many bytes was finished at a time.
    pub(crate) fn exported(&mut self, bytes: u64, at_ms: i64) {
        self.pass_time(at_ms);
        self.days.today.exported += bytes;
    }

    /// Whether the files of today are smaller than this.
    pub(crate) fn may_export(&mut self, most: u64, clock: &Clock) -> bool {
        let now = clock.now_ms();
        self.pass_time(now);
        let may = self.days.today.exported < most;
        if !may {
            self.shorten_day(now);
        }
        may
    }

    /// Forgets calls that have left the window, adds those of other applications, and begins
    /// a new day when it is time.
    fn pass_time(&mut self, now: i64) {
        while self
            .recent
            .front()
            .is_some_and(|&(at, _)| at + self.window_ms <= now)
        {
            self.recent.pop_front();
        }
        if self.other_apps > 0 && self.window_ms > 0 {
            let each_ms = (self.window_ms / i64::from(self.other_apps)).max(1);
            let calls = (now - self.others_since_ms) / each_ms;
            self.others_since_ms += calls * each_ms;
            self.others_used(u32::try_from(calls).unwrap_or(u32::MAX));
        } else {
            self.others_since_ms = now;
        }
        if now >= self.resets_at_ms {
            self.days.end(central_date(self.resets_at_ms - 1));
            self.resets_at_ms = next_central_midnight_ms(now);
        }
    }

    /// With a time scale, the wait for midnight shrinks from the moment at which a daily
    /// limit is found spent; being found again does not make it longer.
    fn shorten_day(&mut self, now: i64) {
        let midnight = next_central_midnight_ms(now);
        self.resets_at_ms = self
            .resets_at_ms
            .min(now + (midnight - now) / self.time_scale);
    }
}

/// Marketo docs: the codes with a star on the error page.
pub(crate) fn is_free(code: &str) -> bool {
    FREE.contains(&code)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn codes(limits: &mut Limits, clock: &Clock, calls: usize) -> Vec<String> {
        let mut codes = Vec::new();
        for _ in 0..calls {
            let (ticket, verdict) = limits.enter(clock);
            let code = verdict
                .err()
                .map_or_else(String::new, |failure| failure.code);
            limits.leave(ticket, &code);
            codes.push(code);
        }
        codes
    }

    #[test]
    fn the_window_slides_and_counts_rejections() {
        let mut clock = Clock::system();
        let config = Config {
            calls_per_window: 2,
            window: Duration::from_secs(20),
            ..Config::default()
        };
        let mut limits = Limits::new(&config, &clock);
        assert_eq!(codes(&mut limits, &clock, 3), ["", "", "606"]);
        clock.advance_seconds(15);
        assert_eq!(codes(&mut limits, &clock, 1), ["606"]);
        clock.advance_seconds(6);
        assert_eq!(codes(&mut limits, &clock, 2), ["", "606"]);
    }

    #[test]
    fn starred_codes_are_taken_back() {
        let clock = Clock::system();
        let config = Config {
            calls_per_window: 1,
            daily_quota: 1,
            ..Config::default()
        };
        let mut limits = Limits::new(&config, &clock);
        let (ticket, verdict) = limits.enter(&clock);
        assert!(verdict.is_ok());
        assert!(!limits.leave(ticket, "608"));
        assert_eq!(codes(&mut limits, &clock, 2), ["", "607"]);
    }

    #[test]
    fn the_day_begins_anew_at_central_midnight_or_scaled() {
        let mut clock = Clock::system();
        let config = Config {
            daily_quota: 1,
            ..Config::default()
        };
        let mut limits = Limits::new(&config, &clock);
        assert_eq!(codes(&mut limits, &clock, 2), ["", "607"]);
        clock.advance_seconds(86_400);
        assert_eq!(codes(&mut limits, &clock, 1), [""]);

        let config = Config {
            daily_quota: 1,
            time_scale: 86_400,
            ..Config::default()
        };
        let mut limits = Limits::new(&config, &clock);
        assert_eq!(codes(&mut limits, &clock, 2), ["", "607"]);
        clock.advance_seconds(2);
        assert_eq!(codes(&mut limits, &clock, 1), [""]);
    }
}
