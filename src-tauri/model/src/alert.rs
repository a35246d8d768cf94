//! What somebody wants to be told of a sync, in the words of `--alert`.

use crate::percent::Percent;
use crate::span;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt;
use std::time::Duration;
use ts_rs::TS;

/// The most people left out, in a hundred, unless something else is said.
const SKIP_RATE: Percent = Percent::whole(5);
/// How much an audience may grow or shrink.
const SIZE: Percent = Percent::whole(20);
/// How long a run may take from its time on.
const DELAY: Duration = Duration::from_secs(3_600);

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum AlertKind {
    /// A run began.
    Started,
    /// A run did everything that was planned.
    Succeeded,
    /// A run is done, and some were refused or are unconfirmed.
    Problems,
    /// A run ended early, was held back, or could not begin.
    Failed,
    /// A run left out more people than it may.
    SkipRate,
    /// The audience grew or shrank by more than it may.
    Size,
    /// A run is not over so long after its time.
    Delay,
}

impl AlertKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Started,
        Self::Succeeded,
        Self::Problems,
        Self::Failed,
        Self::SkipRate,
        Self::Size,
        Self::Delay,
    ];

    /// Whether it says how a run ended.
    pub fn is_of_an_end(self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Problems | Self::Failed | Self::SkipRate
        )
    }

    /// As it is written in documents and in `--alert`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Succeeded => "succeeded",
            Self::Problems => "problems",
            Self::Failed => "failed",
            Self::SkipRate => "skip-rate",
            Self::Size => "size",
            Self::Delay => "delay",
        }
    }
}

/// One subscription, with its limit where it has one. Written as one word everywhere:
/// `failed`, `skip-rate=5%`, `delay=1h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, TS)]
#[ts(type = "string")]
pub enum Alert {
    /// A run began.
    Started,
    /// A run did everything that was planned.
    Succeeded,
    /// A run is done, and some were refused or are unconfirmed.
    Problems,
    /// A run ended early, was held back, or could not begin.
    Failed,
    /// A run left out more than this part of its rows.
    SkipRate(Percent),
    /// The audience has more than this part of its rows more or fewer than when it was sent
    /// last.
    Size(Percent),
    /// A run is not over so long after it was due or began.
    Delay(Duration),
}

impl Alert {
    /// Reads one; an error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (name, limit) = match text.trim().split_once('=') {
            Some((name, limit)) => (name.trim_end(), Some(limit.trim_start())),
            None => (text.trim(), None),
        };
        let kind = AlertKind::ALL.into_iter().find(|one| one.as_str() == name);
        let Some(kind) = kind else {
            let known = AlertKind::ALL.map(AlertKind::as_str).join(", ");
            return Err(format!("`{name}` is not an alert; there are: {known}."));
        };
        let percent = |fallback: Percent| {
            limit.map_or(Ok(fallback), |text| {
                Percent::parse(text)
                    .ok_or_else(|| format!("`{text}` is not a limit of {name}; 5% is one."))
            })
        };
        let alert = match kind {
            AlertKind::SkipRate => Self::SkipRate(percent(SKIP_RATE)?),
            AlertKind::Size => Self::Size(percent(SIZE)?),
            AlertKind::Delay => Self::Delay(limit.map_or(Ok(DELAY), |text| {
                span::parse(text).ok_or_else(|| {
                    format!("`{text}` is not a time for delay; 90m and 1h are some.")
                })
            })?),
            _ if limit.is_some() => return Err(format!("`{name}` takes no limit.")),
            AlertKind::Started => Self::Started,
            AlertKind::Succeeded => Self::Succeeded,
            AlertKind::Problems => Self::Problems,
            AlertKind::Failed => Self::Failed,
        };
        Ok(alert)
    }

    /// What it is about.
    pub fn kind(self) -> AlertKind {
        match self {
            Self::Started => AlertKind::Started,
            Self::Succeeded => AlertKind::Succeeded,
            Self::Problems => AlertKind::Problems,
            Self::Failed => AlertKind::Failed,
            Self::SkipRate(_) => AlertKind::SkipRate,
            Self::Size(_) => AlertKind::Size,
            Self::Delay(_) => AlertKind::Delay,
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.kind().as_str();
        match self {
            Self::SkipRate(limit) | Self::Size(limit) => write!(f, "{name}={limit}"),
            Self::Delay(limit) => write!(f, "{name}={}", span::in_words(*limit)),
            _ => f.write_str(name),
        }
    }
}

impl Serialize for Alert {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Alert {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Alert, AlertKind};
    use std::time::Duration;

    #[test]
    fn what_is_typed_is_what_is_shown() {
        for word in [
            "started",
            "succeeded",
            "problems",
            "failed",
            "skip-rate=5%",
            "skip-rate=0.5%",
            "skip-rate=12.05%",
            "size=250%",
            "delay=1h",
            "delay=90m",
            "delay=2d",
            "delay=45s",
        ] {
            let alert = Alert::parse(word).unwrap();
            assert_eq!(alert.to_string(), word);
            let kept = serde_json::to_string(&alert).unwrap();
            assert_eq!(serde_json::from_str::<Alert>(&kept).unwrap(), alert);
        }
        for (short, whole) in [
            ("skip-rate", "skip-rate=5%"),
            ("size", "size=20%"),
            ("delay", "delay=1h"),
            ("skip-rate=7", "skip-rate=7%"),
            ("delay=60m", "delay=1h"),
            ("size=20.50%", "size=20.5%"),
        ] {
            assert_eq!(Alert::parse(short).unwrap().to_string(), whole, "{short}");
        }
        assert_eq!(Alert::parse("size").unwrap().kind(), AlertKind::Size);
        assert_eq!(
            Alert::parse("delay"),
            Ok(Alert::Delay(Duration::from_secs(3_600)))
        );
    }

    #[test]
    fn what_is_no_alert_is_said_to_be_none() {
        for wrong in [
            "",
            "fail",
            "Failed",
            "failed=5%",
            "skip-rate=",
            "skip-rate=0%",
            "skip-rate=many",
            "skip-rate=-5%",
            "skip-rate=1.234%",
            "skip-rate=.5%",
            "size=99999999999%",
            "delay=0s",
            "delay=1",
            "delay=1.5h",
            "delay=9999d",
            "delay=ä",
        ] {
            assert!(Alert::parse(wrong).is_err(), "{wrong}");
        }
    }
}
