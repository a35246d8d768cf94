//! What is written of a run beside its people and batches.

use crate::plan::RouteWish;
use crate::run::cut::Cutter;
use crate::run::file::Files;
use crate::run::report::Tallies;
use crate::run::retry::RetryRequest;
use crate::service::Service;
use serde::{Deserialize, Serialize};
use usher_model::{
    ConnectionId, DestinationId, Field, Guardrail, GuardrailName, ListRef, PeopleCounts, PlanId,
    Problem, RunId, RunState, SyncId, Timestamp, Verification,
};

/// How far a run's batches are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// Its plan is not taken over yet: nothing has left.
    Preparing,
    /// Creations and updates are written down.
    Profiles,
    /// List changes are, too.
    List,
    /// All is sent, and read back.
    Verifying,
    /// Nothing more is sent without a new command.
    Ended,
}

/// The list of a run, with what the plan says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunList {
    pub(crate) id: Option<i64>,
    pub(crate) name: String,
    pub(crate) folder: Option<ListRef>,
    pub(crate) keep: u64,
    /// Members whom the plan leaves alone.
    #[serde(default)]
    pub(crate) others: u64,
    pub(crate) add: u64,
    pub(crate) remove: u64,
    /// Of these, the changes beyond the limit of a pilot.
    pub(crate) beyond_limit: u64,
    /// Why the list could not be made, by the service's code.
    pub(crate) refused: Option<String>,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunRecord {
    pub(crate) run_id: RunId,
    pub(crate) sync_id: SyncId,
    pub(crate) sync: String,
    pub(crate) destination: DestinationId,
    pub(crate) connection: ConnectionId,
    pub(crate) state: RunState,
    pub(crate) stage: Stage,
    pub(crate) plan: Option<PlanId>,
    /// Of its plan; of the plan that was asked for until that is taken.
    pub(crate) digest: Option<String>,
    /// From when until when what it is sent by is fresh.
    #[serde(default)]
    pub(crate) fresh_since: Option<Timestamp>,
    pub(crate) fresh_until: Option<Timestamp>,
    pub(crate) rows: u64,
    pub(crate) partitions: u64,
    pub(crate) people: PeopleCounts,
    pub(crate) list: Option<RunList>,
    pub(crate) dedupe_field: Option<Field>,
    pub(crate) fields: Vec<Field>,
    pub(crate) partition: Option<String>,
    /// The first so many rows with something to do are sent; nobody is removed.
    pub(crate) limit: Option<u64>,
    /// The last row within the limit.
    pub(crate) limit_row: Option<u64>,
    pub(crate) no_wait: bool,
    /// Nobody watches: it goes on by itself after a crash.
    #[serde(default)]
    pub(crate) unattended: bool,
    /// The time of its sync's schedule that it is of.
    #[serde(default)]
    pub(crate) due_at: Option<Timestamp>,
    /// The ways that were wished for.
    #[serde(default)]
    pub(crate) routes: RouteWish,
    /// The fewest people that share a file, where its plan sends people in files.
    #[serde(default)]
    pub(crate) fewest_in_file: Option<u64>,
    /// The service says whether the day's calls are used up, and not our own count:
    /// after a wait for the next day, and once somebody resumed it.
    #[serde(default)]
    pub(crate) asks_about_quota: bool,
    /// It was paused when its process ended.
    #[serde(default)]
    pub(crate) was_paused: bool,
    /// Its plan was old before its list changes were written down: these are read before
    /// they are sent, too.
    #[serde(default)]
    pub(crate) list_is_old: bool,
    pub(crate) allowed: Vec<GuardrailName>,
    /// What would have held it back if it were not allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) overridden: Vec<Guardrail>,
    /// Who was on the list as people of files were read back from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) list_counted: Option<u64>,
    pub(crate) retry_of: Option<RunId>,
    /// Who of that run is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) retry: Option<RetryRequest>,
    pub(crate) calls: u64,
    pub(crate) retries: u64,
    pub(crate) started_at: Timestamp,
    pub(crate) finished_at: Option<Timestamp>,
    /// What of it was read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) verification: Option<Verification>,
    /// Why it ended early.
    pub(crate) problem: Option<Problem>,
    /// A later run took its place: it cannot be resumed.
    pub(crate) closed: bool,
    /// What its batches say, once nothing of it can change any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tallies: Option<Tallies>,
}

impl RunRecord {
    /// Whether it changed anything at the destination, as far as it is known.
    pub(crate) fn has_changed_anything(&self) -> bool {
        let did = |tallies: &Tallies| tallies.values().any(|tally| tally.done > 0);
        self.was_sent() && self.tallies.as_ref().is_none_or(did)
    }

    /// Adds the calls of a service that worked for this run alone.
    pub(crate) fn count_calls(&mut self, service: &Service) {
        let (calls, retries) = service.counted();
        self.calls += calls;
        self.retries += retries;
    }

    /// Cuts its people into batches, as its plan sends them.
    pub(super) fn cutter(&self) -> Cutter {
        match self.files() {
            Some(files) => Cutter::of_files(files),
            None => Cutter::default(),
        }
    }

    /// Gathers people into files, where its plan sends them so.
    pub(super) fn files(&self) -> Option<Files> {
        let key = self.dedupe_field.as_ref()?;
        let fewest = usize::try_from(self.fewest_in_file?).unwrap_or(usize::MAX);
        Some(Files::new(&key.name, fewest))
    }

    /// Whether its plan was taken over to be sent.
    pub(crate) fn was_sent(&self) -> bool {
        self.stage != Stage::Preparing
    }

    /// Whether a row is beyond the limit of a pilot.
    pub(crate) fn is_beyond_limit(&self, row: Option<u64>) -> bool {
        match (self.limit, row) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(_), Some(row)) => self.limit_row.is_none_or(|last| row > last),
        }
    }
}
