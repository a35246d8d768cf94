//! The sandbox's only source of time.
//!
//! Wall time is fixed at the start and carried on by the monotonic clock, so it never
//! runs backwards; a test can push it ahead. Invariant: nothing else in this crate
//! asks the system what time it is.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use tokio::time::Instant;

/// Seconds of a day.
pub(crate) const DAY_S: i64 = 86_400;

/// A clock that starts at the system's time and can be advanced.
#[derive(Debug)]
pub(crate) struct Clock {
    started_at_ms: i64,
    started: Instant,
    offset_ms: i64,
}

impl Clock {
    /// Starts at the system's time.
    #[cfg(test)]
    pub(crate) fn system() -> Self {
        Self::starting_at(None)
    }

    /// Starts at a time in milliseconds since 1970, or at the system's. It goes on as
    /// tokio's does, which a test may have stopped.
    pub(crate) fn starting_at(ms: Option<i64>) -> Self {
        Self {
            started_at_ms: ms.unwrap_or_else(|| Timestamp::now().as_millisecond()),
            started: Instant::now(),
            offset_ms: 0,
        }
    }

    /// Milliseconds since the start, advanced time included.
    pub(crate) fn elapsed_ms(&self) -> i64 {
        let real = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX / 2);
        real + self.offset_ms
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        self.started_at_ms + self.elapsed_ms()
    }

    /// Seconds since 1970: the resolution of every timestamp the service shows.
    pub(crate) fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1_000)
    }

    /// Moves everything that depends on time on: tokens, windows, days, timestamps.
    pub(crate) fn advance_seconds(&mut self, seconds: i64) {
        self.offset_ms += seconds.saturating_mul(1_000);
    }
}

/// The next 00:00 in US Central time after `now_ms`, when daily quotas begin anew.
pub(crate) fn next_central_midnight_ms(now_ms: i64) -> i64 {
    let fallback = (now_ms.div_euclid(86_400_000) + 1) * 86_400_000;
    let Ok(now) = Timestamp::from_millisecond(now_ms) else {
        return fallback;
    };
    let Ok(central) = TimeZone::get("America/Chicago") else {
        return fallback;
    };
    now.to_zoned(central)
        .start_of_day()
        .and_then(|day| day.checked_add(1.day()))
        .map_or(fallback, |next| next.timestamp().as_millisecond())
}

/// The date in US Central time, `YYYY-MM-DD`.
pub(crate) fn central_date(now_ms: i64) -> String {
    let now = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let central = TimeZone::get("America/Chicago").unwrap_or(TimeZone::UTC);
    now.to_zoned(central).date().to_string()
}

/// `2021-11-23T22:57:08Z`, the lead database's way to write a time.
pub(crate) fn lead_time(seconds: i64) -> String {
    let text = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    text.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `Tue, 23 Nov 2021 22:57:08 GMT`, as the `Date` of a reply.
pub(crate) fn http_date(seconds: i64) -> String {
    let text = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    text.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// `2021-11-23T22:57:24Z+0000`, the assets' way (not valid RFC 3339, as recorded).
pub(crate) fn asset_time(seconds: i64) -> String {
    format!("{}+0000", lead_time(seconds))
}

/// Reads an ISO 8601 instant, to the second. A time without an offset is taken as
/// UTC; the documentation leaves that open.
pub(crate) fn parse_time(text: &str) -> Option<i64> {
    let text = text.trim();
    let text = text
        .strip_suffix("Z+0000")
        .map_or_else(|| text.to_owned(), |t| format!("{t}Z"));
    if !text.contains('T') && !text.contains(' ') {
        return None;
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_second());
    }
    if let Ok(time) = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", &text) {
        return Some(time.as_second());
    }
    let local: jiff::civil::DateTime = text.parse().ok()?;
    local
        .to_zoned(TimeZone::UTC)
        .ok()
        .map(|time| time.timestamp().as_second())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_central_and_follows_daylight_saving() {
        let winter = parse_time("2026-11-23T08:00:00Z").unwrap() * 1_000;
        assert_eq!(
            lead_time(next_central_midnight_ms(winter) / 1_000),
            "2026-11-24T06:00:00Z"
        );
        let summer = parse_time("2026-07-01T08:00:00Z").unwrap() * 1_000;
        assert_eq!(
            lead_time(next_central_midnight_ms(summer) / 1_000),
            "2026-07-02T05:00:00Z"
        );
    }

    #[test]
    fn times_lose_their_milliseconds_and_keep_their_instant() {
        let plain = parse_time("2026-05-01T10:00:00Z");
        assert_eq!(parse_time("2026-05-01T10:00:00.750Z"), plain);
        assert_eq!(parse_time("2026-05-01T12:00:00+02:00"), plain);
        assert_eq!(parse_time("2026-05-01T12:00:00+0200"), plain);
        assert_eq!(parse_time("2026-05-01T10:00:00Z+0000"), plain);
        assert_eq!(parse_time("yesterday"), None);
    }
}
