//! What is set for a data folder as a whole: how long people are kept, and the numbers at
//! which guardrails hold a plan back.

use crate::percent::Percent;
use crate::{GuardrailName, span};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The settings of a data folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// For how many days after its end a run keeps its people's values.
    pub keep_values_days: u32,
    /// For how many days it keeps what became of each person; none: as long as its sync is
    /// there. Its counts stay.
    pub keep_people_days: Option<u32>,
    /// What guardrails allow.
    pub guardrails: GuardrailLimits,
}

impl Settings {
    /// The most days that anything is kept for, where an end is set.
    pub const MOST_DAYS: u32 = 3_650;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keep_values_days: 30,
            keep_people_days: None,
            guardrails: GuardrailLimits::default(),
        }
    }
}

/// What guardrails allow. A plan keeps what was allowed when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct GuardrailLimits {
    /// The fewest rows of an audience.
    pub empty_audience: u64,
    /// The least part of the last sent snapshot that an audience may have.
    pub audience_shrunk: Percent,
    /// So many more lines or keys than before may be unreadable while somebody is removed.
    pub unreadable_rows: u64,
    /// The part of the list that may be removed, ...
    pub removals_percent: Percent,
    /// ... and how many may be in any case.
    pub removals: u64,
    /// How many may be created, by a sync that does not say itself.
    pub creations: Option<u64>,
    /// The part of the day's calls that may be used up when a plan is through.
    pub quota: Percent,
    /// How old a plan may be when it is sent, in minutes; as old as the reading before it
    /// took, where that is more.
    pub plan_expired_minutes: u64,
    /// So many partitions fewer than before may be seen.
    pub unseen_partitions: u64,
}

impl Default for GuardrailLimits {
    fn default() -> Self {
        Self {
            empty_audience: 1,
            audience_shrunk: Percent::whole(50),
            unreadable_rows: 0,
            removals_percent: Percent::whole(5),
            removals: 500,
            creations: None,
            quota: Percent::whole(80),
            plan_expired_minutes: 15,
            unseen_partitions: 0,
        }
    }
}

impl GuardrailLimits {
    /// Changes one of them, by a word as it is typed: `quota=90%`, `removals=1000`,
    /// `removals=10%`, `plan_expired=30m`, `creations=none`, `quota=default`. An error says
    /// what is wrong with the word.
    pub fn set(&mut self, word: &str) -> Result<(), String> {
        let (name, limit) = word
            .split_once('=')
            .ok_or_else(|| format!("`{word}` says no limit; `quota=90%` does."))?;
        let (name, limit) = (name.trim(), limit.trim());
        let limited = || {
            let all = GuardrailName::ALL.into_iter();
            all.filter(|one| *one != GuardrailName::Governance)
        };
        let Some(guardrail) = limited().find(|one| one.as_str() == name) else {
            let known: Vec<&str> = limited().map(GuardrailName::as_str).collect();
            return Err(format!(
                "`{name}` is no guardrail with a limit; there are: {}.",
                known.join(", ")
            ));
        };
        if limit == "default" {
            self.reset(guardrail);
            return Ok(());
        }
        let wrong = |like: &str| format!("`{limit}` is no limit of {name}; {like} is one.");
        let number = |like| limit.parse::<u64>().map_err(|_| wrong(like));
        let part = || {
            let percent = limit.ends_with('%').then(|| Percent::parse(limit));
            let percent = percent
                .flatten()
                .filter(|part| *part <= Percent::whole(100));
            percent.ok_or_else(|| wrong("5%"))
        };
        match guardrail {
            GuardrailName::EmptyAudience => {
                self.empty_audience = number("1")?;
                if self.empty_audience == 0 {
                    return Err("An audience without rows is always held back.".to_owned());
                }
            }
            GuardrailName::AudienceShrunk => self.audience_shrunk = part()?,
            GuardrailName::UnreadableRows => self.unreadable_rows = number("0")?,
            GuardrailName::Removals if limit.ends_with('%') => self.removals_percent = part()?,
            GuardrailName::Removals => self.removals = number("500")?,
            GuardrailName::Creations if limit == "none" => self.creations = None,
            GuardrailName::Creations => self.creations = Some(number("1000")?),
            GuardrailName::Quota => self.quota = part()?,
            GuardrailName::PlanExpired => {
                let minutes = span::parse(limit).map(|time| time.as_secs() / 60);
                let minutes = minutes.filter(|minutes| (1..=24 * 60).contains(minutes));
                self.plan_expired_minutes = minutes.ok_or_else(|| wrong("30m, up to 1d,"))?;
            }
            GuardrailName::UnseenPartitions => self.unseen_partitions = number("0")?,
            GuardrailName::Governance => {}
        }
        Ok(())
    }

    /// As it is where nobody set anything.
    fn reset(&mut self, guardrail: GuardrailName) {
        let usual = Self::default();
        match guardrail {
            GuardrailName::EmptyAudience => self.empty_audience = usual.empty_audience,
            GuardrailName::AudienceShrunk => self.audience_shrunk = usual.audience_shrunk,
            GuardrailName::UnreadableRows => self.unreadable_rows = usual.unreadable_rows,
            GuardrailName::Removals => {
                self.removals_percent = usual.removals_percent;
                self.removals = usual.removals;
            }
            GuardrailName::Creations => self.creations = usual.creations,
            GuardrailName::Quota => self.quota = usual.quota,
            GuardrailName::PlanExpired => self.plan_expired_minutes = usual.plan_expired_minutes,
            GuardrailName::UnseenPartitions => self.unseen_partitions = usual.unseen_partitions,
            GuardrailName::Governance => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{GuardrailLimits, Percent, Settings};

    #[test]
    fn a_word_changes_one_limit_and_default_takes_it_back() {
        let usual = GuardrailLimits::default();
        let mut limits = usual.clone();
        for word in [
            "empty_audience=100",
            "audience_shrunk=75%",
            "unreadable_rows=3",
            "removals=10%",
            "removals=1000",
            "creations=5000",
            "quota=95.5%",
            "plan_expired=1d",
            "unseen_partitions=1",
        ] {
            let before = limits.clone();
            limits.set(word).unwrap();
            assert_ne!(limits, before, "{word}");
        }
        let set = GuardrailLimits {
            empty_audience: 100,
            audience_shrunk: Percent::whole(75),
            unreadable_rows: 3,
            removals_percent: Percent::whole(10),
            removals: 1_000,
            creations: Some(5_000),
            quota: Percent::parse("95.5").unwrap(),
            plan_expired_minutes: 1_440,
            unseen_partitions: 1,
        };
        assert_eq!(limits, set);
        limits.set("creations=none").unwrap();
        assert_eq!(limits.creations, None);
        for name in [
            "empty_audience",
            "audience_shrunk",
            "unreadable_rows",
            "removals",
            "creations",
            "quota",
            "plan_expired",
            "unseen_partitions",
        ] {
            limits.set(&format!("{name}=default")).unwrap();
        }
        assert_eq!(limits, usual);
    }

    #[test]
    fn what_is_no_limit_is_said_to_be_none() {
        for wrong in [
            "",
            "quota",
            "quota=",
            "quota=80",
            "quota=101%",
            "quota=0%",
            "governance=1",
            "removal=5%",
            "removals=-1",
            "empty_audience=0",
            "creations=many",
            "plan_expired=15",
            "plan_expired=30s",
            "plan_expired=2d",
        ] {
            let mut limits = GuardrailLimits::default();
            assert!(limits.set(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn settings_that_were_kept_before_a_number_was_there_have_its_usual_value() {
        let kept: Settings = serde_json::from_str(r#"{"keep_values_days":7}"#).unwrap();
        let usual = Settings {
            keep_values_days: 7,
            ..Settings::default()
        };
        assert_eq!(kept, usual);
        let text = serde_json::to_string(&usual).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), usual);
    }
}
