//! Limits in parts of a hundred.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt;
use ts_rs::TS;

/// A part of a hundred, in hundredths of a percent: a limit is compared exactly.
/// Written as it is read: `5%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, TS)]
#[ts(type = "string")]
pub struct Percent(u32);

impl Percent {
    /// So many of a hundred.
    pub(crate) const fn whole(percent: u32) -> Self {
        Self(percent * 100)
    }

    /// Reads `5%`, `0.5%` or `5`; nothing below a hundredth of a percent.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix('%').unwrap_or(text).trim_end();
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 2 {
            return None;
        }
        let whole: u32 = whole.parse().ok()?;
        let part: u32 = format!("{part:0<2}").parse().ok()?;
        let hundredths = whole.checked_mul(100)?.checked_add(part)?;
        (hundredths > 0).then_some(Self(hundredths))
    }

    /// So much of `whole`, rounded down.
    pub fn of(self, whole: u64) -> u64 {
        let part = u128::from(whole) * u128::from(self.0) / 10_000;
        u64::try_from(part).unwrap_or(u64::MAX)
    }

    /// The fewest of `whole` that are this part of it.
    pub fn least(self, whole: u64) -> u64 {
        let part = (u128::from(whole) * u128::from(self.0)).div_ceil(10_000);
        u64::try_from(part).unwrap_or(u64::MAX)
    }

    /// Whether `part` of `whole` is this much or more.
    pub fn is_reached(self, part: u64, whole: u64) -> bool {
        part >= self.least(whole)
    }

    /// Whether `part` of `whole` is more than this. Of nothing, anything is.
    pub fn is_exceeded(self, part: u64, whole: u64) -> bool {
        u128::from(part) * 10_000 > u128::from(whole) * u128::from(self.0)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match (part, part % 10) {
            (0, _) => write!(f, "{whole}%"),
            (_, 0) => write!(f, "{whole}.{}%", part / 10),
            _ => write!(f, "{whole}.{part:02}%"),
        }
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a percentage"))
    }
}

#[cfg(test)]
mod tests {
    use super::Percent;

    #[test]
    fn a_limit_is_exceeded_only_above_it() {
        let five = Percent::parse("5%").unwrap();
        assert!(!five.is_exceeded(5, 100) && five.is_exceeded(6, 100));
        assert!(!five.is_exceeded(0, 0) && five.is_exceeded(1, 0));
        assert!(!five.is_exceeded(50_000_000_000, 1_000_000_000_000));
        assert!(five.is_reached(5, 100) && !five.is_reached(5, 101));
        assert_eq!((five.of(100), five.of(119), five.of(0)), (5, 5, 0));
        assert_eq!(five.of(u64::MAX), u64::MAX / 20);
    }
}
