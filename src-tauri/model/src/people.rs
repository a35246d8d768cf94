//! One person's part in a plan, and what became of it.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

/// What a plan intends for one person's profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A new lead.
    Create,
    /// Fields of a lead change.
    Update,
    /// The lead is there and no field is written.
    Leave,
    /// Nothing is done with this person.
    Skip,
}

/// What a plan intends for one person's place on the list.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum ListAct {
    /// Joins.
    Add,
    /// Is there and stays.
    Keep,
    /// Leaves.
    Remove,
    /// Nothing.
    #[default]
    None,
}

/// What became of a person's profile in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A lead was made.
    Created,
    /// A lead was changed.
    Updated,
    /// Nothing had to change.
    Unchanged,
    /// Left out, or not sent.
    Skipped,
    /// Usher refused the data.
    Invalid,
    /// The destination refused.
    Rejected,
    /// Sent; the answer is not known.
    Unconfirmed,
}

/// What became of a person's place on the list in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ListOutcome {
    /// Joined.
    Added,
    /// Was there and stays.
    Kept,
    /// Left.
    Removed,
    /// The destination refused.
    Rejected,
    /// Sent; the answer is not known.
    Unconfirmed,
    /// To be done, and not sent.
    NotSent,
    /// Nothing was to be done.
    None,
}

/// Why a person gets what they get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// The key is blank.
    NoKey,
    /// The key cannot be one.
    InvalidKey,
    /// Only upper and lower case differ from a lead's value.
    CaseDiffers,
    /// An earlier row is the same person.
    DuplicateInAudience,
    /// A suppression forbids it.
    Suppressed,
    /// The consent column does not say yes.
    NoConsent,
    /// Nobody there, and nobody is to be created.
    NotInDestination,
    /// A field that a new person needs is blank.
    MissingRequired,
    /// A value does not fit its field.
    InvalidValue,
    /// Other people's changes since the plan; not sent.
    ChangedSincePlan,
    /// The run ended, or its limit was reached, before this person's turn.
    NotSent,
    /// The destination refused; its own code stands beside.
    Rejected,
    /// The destination did not answer, and reading could not settle it.
    Unconfirmed,
    /// Somebody changed a field since it was delivered; it was left.
    Drifted,
    /// The destination took the person, and said something of it.
    TakenWithWarning,
}

impl ReasonCode {
    /// As it is written in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoKey => "no_key",
            Self::InvalidKey => "invalid_key",
            Self::CaseDiffers => "case_differs",
            Self::DuplicateInAudience => "duplicate_in_audience",
            Self::Suppressed => "suppressed",
            Self::NoConsent => "no_consent",
            Self::NotInDestination => "not_in_destination",
            Self::MissingRequired => "missing_required",
            Self::InvalidValue => "invalid_value",
            Self::ChangedSincePlan => "changed_since_plan",
            Self::NotSent => "not_sent",
            Self::Rejected => "rejected",
            Self::Unconfirmed => "unconfirmed",
            Self::Drifted => "drifted",
            Self::TakenWithWarning => "taken_with_warning",
        }
    }

    /// Whether Usher refused the person's data, so that a run counts them as
    /// invalid rather than skipped.
    pub fn is_invalid(self) -> bool {
        matches!(
            self,
            Self::NoKey
                | Self::InvalidKey
                | Self::CaseDiffers
                | Self::MissingRequired
                | Self::InvalidValue
        )
    }
}

/// A reason in words: what happened and what would change it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Reason {
    /// For programs: a [`ReasonCode`], or the destination's own code.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

/// A lead that has a person's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Candidate {
    /// The lead.
    pub lead_id: i64,
    /// When it last changed, as the service spells it.
    pub updated_at: Option<String>,
    /// The partition it is in.
    pub partition: Option<String>,
}

/// How a verdict came about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Explain {
    /// The key's cell, byte for byte.
    pub raw: Option<String>,
    /// The key it became.
    pub normalized: Option<String>,
    /// The leads that have it, the one that counts first.
    pub candidates: Vec<Candidate>,
    /// The rule that decided, in words.
    pub rule: String,
    /// Field to `[before, after]`.
    pub changes: Map<String, Value>,
}

/// One person of a plan. Someone who leaves the list has neither row nor verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Person {
    /// The 1-based data row.
    pub row: Option<u64>,
    /// The normalised dedupe value.
    pub key: Option<String>,
    /// What is intended for the profile.
    pub verdict: Option<Verdict>,
    /// What is intended for the place on the list.
    pub list: ListAct,
    /// The lead whose profile is meant.
    pub lead_id: Option<i64>,
    /// The lead that holds the place on the list, where it is another one.
    pub list_lead_id: Option<i64>,
    /// Why, where there is something to say.
    pub reason: Option<Reason>,
    /// How it came about.
    pub explain: Explain,
}

impl Person {
    /// The lead whose membership is meant.
    pub fn member(&self) -> Option<i64> {
        self.list_lead_id.or(self.lead_id)
    }

    /// Whether sending the plan does anything for this person.
    pub fn has_something_to_do(&self) -> bool {
        matches!(self.verdict, Some(Verdict::Create | Verdict::Update))
            || matches!(self.list, ListAct::Add | ListAct::Remove)
    }
}

/// One person of a run: the plan's line and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonOutcome {
    /// The 1-based data row.
    pub row: Option<u64>,
    /// The normalised dedupe value.
    pub key: Option<String>,
    /// What was intended.
    pub verdict: Option<Verdict>,
    /// What became of the profile.
    pub outcome: Option<Outcome>,
    /// What became of the place on the list.
    pub list: ListOutcome,
    /// The lead, known for a creation once it was confirmed.
    pub lead_id: Option<i64>,
    /// The lead on the list, where it is another one.
    pub list_lead_id: Option<i64>,
    /// Why.
    pub reason: Option<Reason>,
    /// How it came about.
    pub explain: Explain,
    /// When the values were taken out, of which `explain` names only the fields;
    /// `key` is a SHA-256 since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_purged_at: Option<Timestamp>,
}
