//! Telling somebody who is not there: what is told (`decide`), how it is found out and
//! written down (`look`), how it is brought there (`deliver`), and where (`channels`).
//!
//! An alert is written down with the mark that it was told, in one commit, before anything
//! leaves: a crash repeats no alert and loses none. At most one try of its delivery is
//! repeated.

mod channels;
mod decide;
mod deliver;
mod desktop;
mod look;
mod presses;
mod words;

pub use channels::{AlertChange, AlertChannels, AlertTest, MailChannel, Tried, WebhookChannel};
pub use desktop::{Act, Buttons, Desktop, NoDesktop, Shown, SystemDesktop};
pub(crate) use look::earlier;
pub(crate) use presses::Presses;

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use usher_model::{AlertKind, Code, Problem, RunId, RunReport, RunState, SyncId, Timestamp};

/// A way by which alerts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A word on the desktop of the computer.
    Desktop,
    /// A request to an address.
    Webhook,
    /// A mail by a server.
    Email,
}

impl Channel {
    /// As it is written in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Webhook => "webhook",
            Self::Email => "email",
        }
    }
}

/// How far an alert is on one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is yet to go, for the first time or again.
    Pending,
    /// It is there.
    Delivered,
    /// There is no such way here, or no longer.
    Skipped,
    /// It was tried for as long as it makes sense.
    GivenUp,
}

/// An alert on one way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Delivery {
    /// By which.
    pub channel: Channel,
    /// How far.
    pub state: DeliveryState,
    /// How often it was tried.
    pub tries: u32,
    /// When it is tried next, while it is pending.
    pub next_at: Option<Timestamp>,
    /// When it arrived, or was given up.
    pub at: Option<Timestamp>,
    /// Why the last try failed.
    pub problem: Option<Problem>,
}

/// An alert, and how far it is on each way: a line of `alert list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AlertLine {
    /// Opaque.
    pub id: String,
    /// What it is about.
    pub alert: AlertKind,
    /// The sync's name as it was.
    pub sync: String,
    /// The sync's id.
    pub sync_id: SyncId,
    /// The run that it is about; none where none could begin.
    pub run_id: Option<RunId>,
    /// The state of that run.
    pub state: Option<RunState>,
    /// Why a run failed, where that has a code.
    pub code: Option<Code>,
    /// What became of people, once the run is over.
    pub counts: Option<AlertCounts>,
    /// When it was made.
    pub at: Timestamp,
    /// The same in a sentence or two: names of syncs and numbers, nobody's data.
    pub message: String,
    /// How far it is.
    pub channels: Vec<Delivery>,
}

/// What became of people, as far as somebody outside may know: how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[allow(missing_docs, reason = "each is the count of that name in `RunReport`")]
pub struct AlertCounts {
    pub rows: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub skipped: u64,
    pub invalid: u64,
    pub rejected: u64,
    pub unconfirmed: u64,
}

impl From<&RunReport> for AlertCounts {
    fn from(report: &RunReport) -> Self {
        let people = &report.people;
        Self {
            rows: report.rows,
            created: people.created,
            updated: people.updated,
            unchanged: people.unchanged,
            skipped: people.skipped.values().sum(),
            invalid: people.invalid.values().sum(),
            rejected: people.rejected.values().sum(),
            unconfirmed: people.unconfirmed,
        }
    }
}
