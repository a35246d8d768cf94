//! A moment, as milliseconds since 1970 in UTC; RFC 3339 wherever it is shown.

use jiff::Timestamp as Instant;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{fmt, time::Duration};
use ts_rs::TS;

/// A moment in milliseconds since 1970-01-01T00:00:00Z. The clock that makes
/// one belongs to whoever starts the work; this crate never reads a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, TS)]
#[ts(type = "string")]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads RFC 3339, and the two spellings the services use beside it:
    /// `…Z+0000` (assets) and an offset without a colon.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text
            .strip_suffix("+0000")
            .filter(|rest| rest.ends_with('Z'))
            .unwrap_or(text);
        let at: Instant = text.parse().ok()?;
        Some(Self(at.as_millisecond()))
    }

    /// This moment and a while; saturates at the end of time.
    pub fn after(self, wait: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// This moment less a while; saturates at the beginning of time.
    pub fn before(self, wait: Duration) -> Self {
        let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(wait))
    }

    /// How long from `earlier` to here; nothing when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Instant::from_millisecond(self.0) {
            Ok(at) => write!(f, "{at}"),
            Err(_) => write!(f, "{}", Instant::MAX),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a time in RFC 3339"))
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn the_services_spellings_are_one_moment() {
        let plain = Timestamp::parse("2021-11-23T22:57:08Z").unwrap();
        assert_eq!(Timestamp::parse("2021-11-23T22:57:08Z+0000"), Some(plain));
        assert_eq!(Timestamp::parse("2021-11-23T22:57:08+0000"), Some(plain));
        assert_eq!(Timestamp::parse("2021-11-23T14:57:08-08:00"), Some(plain));
        assert_eq!(plain.to_string(), "2021-11-23T22:57:08Z");
        assert_eq!(Timestamp::parse("yesterday"), None);
    }
}
