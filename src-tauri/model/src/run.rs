//! One execution of a sync, and the report it ends in.

use crate::{Code, Guardrail, GuardrailName, RunId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Waits for the owner.
    Queued,
    /// Reads the destination.
    Refreshing,
    /// Decides.
    Planning,
    /// A guardrail holds it back; nothing was sent.
    Held,
    /// Sends.
    Sending,
    /// Waits for the day's quota to be granted again.
    WaitingForQuota,
    /// Waits to be resumed.
    Paused,
    /// Reads back what is in doubt.
    Verifying,
    /// Everything planned was done.
    Completed,
    /// Done, with people or list changes rejected or unconfirmed.
    CompletedWithProblems,
    /// Ended early by the user.
    Stopped,
    /// No living process owns it.
    Interrupted,
    /// Ended early by a fault.
    Failed,
}

impl RunState {
    /// Whether nothing more happens without a new command.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Held
                | Self::Completed
                | Self::CompletedWithProblems
                | Self::Stopped
                | Self::Interrupted
                | Self::Failed
        )
    }
}

/// The document of `sync run`, `run show` and `run list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunReport {
    /// Opaque.
    pub run_id: RunId,
    /// The sync's name.
    pub sync: String,
    /// Where it is.
    pub state: RunState,
    /// The plan it sends, once there is one.
    pub digest: Option<String>,
    /// Rows of the audience.
    pub rows: u64,
    /// The run whose people this one tries again.
    pub retry_of: Option<RunId>,
    /// What became of people; adds up to `rows`.
    pub people: PeopleReport,
    /// What became of the list; `None` for profile-only.
    pub list: Option<ListReport>,
    /// What of it was read back at its end; nothing before that, or where it changed
    /// nothing.
    #[serde(default)]
    pub verification: Option<Verification>,
    /// Who was taken by the destination with a warning; in `people` by what became of them.
    #[serde(default)]
    pub warned: u64,
    /// Guardrails that it was allowed to override.
    pub allowed: Vec<GuardrailName>,
    /// Those of them that would have held it back, with their numbers.
    #[serde(default)]
    pub overridden: Vec<Guardrail>,
    /// Calls made, token calls left out.
    pub calls: u64,
    /// Calls of these that tried something again or settled a doubt.
    pub retries: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When its people's values were taken out of it; their keys are given as
    /// SHA-256 since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_purged_at: Option<Timestamp>,
    /// When its people were taken out of it; only its counts are left since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people_purged_at: Option<Timestamp>,
}

/// What was read back of what the service had confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Verification {
    /// People whose fields were read: all who had been in doubt, and a sample of the rest.
    pub people: u64,
    /// Places on the list that were read: all that were changed.
    pub places: u64,
    /// Everybody on the list, where all of it was read.
    pub list_members: Option<u64>,
    /// Who would be on it if nobody else changed it since it was planned, where all of it
    /// was read.
    pub list_expected: Option<u64>,
    /// People and places that were not as confirmed, and were sent again.
    pub reopened: u64,
    /// People whom somebody else changed meanwhile; they are left so.
    pub changed_meanwhile: u64,
    /// Why it could not be read back, by the error's code.
    pub given_up: Option<Code>,
}

/// What became of people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PeopleReport {
    /// New leads.
    pub created: u64,
    /// Leads that changed.
    pub updated: u64,
    /// Leads that stayed as they were.
    pub unchanged: u64,
    /// Left out or not sent, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Refused by Usher, by reason.
    pub invalid: BTreeMap<String, u64>,
    /// Refused by the destination, by its code.
    pub rejected: BTreeMap<String, u64>,
    /// Sent; the answer is not known.
    pub unconfirmed: u64,
}

impl PeopleReport {
    /// Everyone counted.
    pub fn total(&self) -> u64 {
        let maps = [&self.skipped, &self.invalid, &self.rejected];
        let in_maps: u64 = maps.iter().flat_map(|map| map.values()).sum();
        self.created + self.updated + self.unchanged + self.unconfirmed + in_maps
    }
}

/// What became of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListReport {
    /// The list's number, once it exists.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// Who joined.
    pub added: u64,
    /// Who was there and stays.
    pub kept: u64,
    /// Who left.
    pub removed: u64,
    /// Refused by the destination, by its code.
    pub rejected: BTreeMap<String, u64>,
    /// Sent; the answer is not known.
    pub unconfirmed: u64,
    /// To be done, and not sent.
    pub not_sent: u64,
}
