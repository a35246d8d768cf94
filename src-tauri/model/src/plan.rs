//! A plan as it is shown: counts that add up, its cost, and what holds it back.

use crate::{Routes, Timestamp, grouped};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use ts_rs::TS;

/// The document of `sync preview`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlanSummary {
    /// The sync's name.
    pub sync: String,
    /// Names the plan; what was approved under it is all that may be sent.
    pub digest: String,
    /// Who was planned for.
    pub audience: PlanAudience,
    /// When the destination was read; `None` when nobody had to be looked up.
    pub destination_as_of: Option<Timestamp>,
    /// Until when it may be sent without being asked; what it was made from is old then.
    #[serde(default)]
    pub fresh_until: Option<Timestamp>,
    /// The partitions that were searched.
    pub partitions: Vec<String>,
    /// Verdicts, counted; they add up to the rows.
    pub people: PeopleCounts,
    /// The effect on the list; `None` for profile-only.
    pub list: Option<ListEffect>,
    /// Keys with several leads.
    pub ambiguous_keys: u64,
    /// People with a field or membership left because somebody else changed it.
    pub drifted: u64,
    /// What sending it takes.
    pub cost: Cost,
    /// What holds it back.
    pub guardrails: Vec<Guardrail>,
    /// By which ways; plans of earlier versions do not say.
    #[serde(default)]
    pub routes: Option<Routes>,
}

/// The audience of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlanAudience {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// As of when.
    pub snapshot_at: Timestamp,
}

/// Verdicts, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PeopleCounts {
    /// All of them.
    pub rows: u64,
    /// New leads.
    pub create: u64,
    /// Leads that change.
    pub update: u64,
    /// Leads that stay as they are.
    pub leave: u64,
    /// People left out, by reason.
    pub skip: SkipCounts,
}

/// People left out, by reason; every reason is always there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(
    missing_docs,
    reason = "each is the reason of that name in `ReasonCode`"
)]
pub struct SkipCounts {
    pub no_key: u64,
    pub invalid_key: u64,
    pub case_differs: u64,
    pub duplicate_in_audience: u64,
    pub suppressed: u64,
    pub no_consent: u64,
    pub not_in_destination: u64,
    pub missing_required: u64,
    pub invalid_value: u64,
}

impl SkipCounts {
    /// All of them together.
    pub fn total(&self) -> u64 {
        self.no_key
            + self.invalid_key
            + self.case_differs
            + self.duplicate_in_audience
            + self.suppressed
            + self.no_consent
            + self.not_in_destination
            + self.missing_required
            + self.invalid_value
    }
}

/// What sending a plan does to the list. Counts are of leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListEffect {
    /// The list's number, once it exists.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// Whether it is there already.
    pub exists: bool,
    /// Who joins; campaigns that listen to the list may start for them.
    pub add: u64,
    /// Who is there and stays.
    pub keep: u64,
    /// Who leaves.
    pub remove: u64,
    /// Members whom Usher did not add and the audience does not name.
    pub others: u64,
}

/// What sending a plan takes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Cost {
    /// Calls when nobody is rejected and nothing is tried twice.
    pub calls: u64,
    /// Calls to read the destination again first.
    pub reading_calls: u64,
    /// How long the calls take at the user's share of the rate.
    pub seconds: u64,
    /// What they are of the day's quota.
    pub quota_percent: f64,
    /// The calls by what they do.
    pub calls_by_endpoint: BTreeMap<String, u64>,
    /// The day's calls before this plan, as it was made.
    #[serde(default)]
    pub used_today: UsedToday,
}

/// How much of a day's calls is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UsedToday {
    /// Calls of Usher on this instance.
    pub ours: u64,
    /// Calls of other applications, as the service said when it was last asked.
    pub others: u64,
    /// What is left of the connection's quota.
    pub left: u64,
}

/// The names of what can hold a plan back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GuardrailName {
    /// The audience has no rows.
    EmptyAudience,
    /// Below half of what the last run of this sync sent.
    AudienceShrunk,
    /// People would be removed while more lines are unreadable than before.
    UnreadableRows,
    /// More removals than 5 % of the list and 500.
    Removals,
    /// More creations than the sync allows.
    Creations,
    /// More than 80 % of the day's calls.
    Quota,
    /// The plan is no longer fresh.
    PlanExpired,
    /// Partitions seen before are not seen now.
    UnseenPartitions,
    /// A data usage label forbids it.
    Governance,
}

impl GuardrailName {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 9] = [
        Self::EmptyAudience,
        Self::AudienceShrunk,
        Self::UnreadableRows,
        Self::Removals,
        Self::Creations,
        Self::Quota,
        Self::PlanExpired,
        Self::UnseenPartitions,
        Self::Governance,
    ];

    /// As it is written in documents and in `--allow`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EmptyAudience => "empty_audience",
            Self::AudienceShrunk => "audience_shrunk",
            Self::UnreadableRows => "unreadable_rows",
            Self::Removals => "removals",
            Self::Creations => "creations",
            Self::Quota => "quota",
            Self::PlanExpired => "plan_expired",
            Self::UnseenPartitions => "unseen_partitions",
            Self::Governance => "governance",
        }
    }
}

/// One thing that holds a plan back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Guardrail {
    /// Which.
    pub name: GuardrailName,
    /// What it allows.
    pub limit: u64,
    /// What the plan has.
    pub found: u64,
}

/// What was found, beside what is allowed, in a clause.
impl fmt::Display for Guardrail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, limit) = (grouped(self.found), grouped(self.limit));
        match self.name {
            GuardrailName::EmptyAudience => {
                write!(
                    f,
                    "the audience has {found} rows, and {limit} are expected at least"
                )
            }
            GuardrailName::AudienceShrunk => {
                write!(
                    f,
                    "the audience has {found} rows, and {limit} are expected after the last run"
                )
            }
            GuardrailName::UnreadableRows => {
                write!(f, "{found} rows are unreadable, and {limit} may be")
            }
            GuardrailName::Removals => {
                write!(f, "{found} people would leave the list, and {limit} may")
            }
            GuardrailName::Creations => {
                write!(f, "{found} people would be created, and {limit} may be")
            }
            GuardrailName::Quota => {
                write!(
                    f,
                    "{found} of the day's calls would be used, and {limit} may be"
                )
            }
            GuardrailName::PlanExpired if self.found == 0 => {
                write!(
                    f,
                    "how old the plan is nobody knows, since the clock was set back"
                )
            }
            GuardrailName::PlanExpired => {
                write!(f, "the plan is {found} minutes old, and {limit} it may be")
            }
            GuardrailName::UnseenPartitions => {
                write!(
                    f,
                    "{found} partitions can be seen, and {limit} are expected"
                )
            }
            GuardrailName::Governance => write!(f, "a data usage label forbids it"),
        }
    }
}
