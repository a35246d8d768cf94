//! A saved definition: this audience goes to that destination, in this way.

use crate::{Alert, AudienceId, DestinationId, Missed, Schedule, SyncId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether people who left the audience leave the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// They do, if Usher added them.
    #[default]
    Mirror,
    /// They stay.
    AddOnly,
}

/// What happens to a field that somebody else changed since it was delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum OnDrift {
    /// It is left as it is.
    #[default]
    Leave,
    /// It is written again.
    Overwrite,
}

/// Only rows in which this column has this value may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Consent {
    /// The audience's column.
    pub column: String,
    /// The value that means yes, compared exactly after trimming.
    pub value: String,
}

/// A folder or program that holds lists; the two have separate number spaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListRef {
    /// `Folder` or `Program`.
    pub kind: String,
    /// Its number.
    pub id: i64,
}

/// Which static list people join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ListChoice {
    /// No list: profile-only.
    None,
    /// By exact name in a folder (default: the workspace's 'Group Lists');
    /// created by the run when somebody is to be added.
    Named {
        /// The list's name.
        name: String,
        /// Where it is looked for and made.
        folder: Option<ListRef>,
    },
    /// An existing list by its number.
    Id(i64),
}

/// A saved definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sync {
    /// Opaque.
    pub id: SyncId,
    /// As the user named it; unique.
    pub name: String,
    /// Who goes.
    pub audience: AudienceId,
    /// Where to.
    pub destination: DestinationId,
    /// The list they join.
    pub list: ListChoice,
    /// Whether those who left are removed.
    pub mode: Mode,
    /// What happens to fields that others changed.
    pub on_drift: OnDrift,
    /// Who may be sent at all.
    pub consent: Option<Consent>,
    /// The most people a run may create without being asked.
    pub max_creations: Option<u64>,
    /// Whether it is held until resumed.
    pub paused: bool,
    /// When it runs by itself.
    #[serde(default)]
    pub schedule: Option<Schedule>,
    /// What happens about times that went by.
    #[serde(default)]
    pub missed: Missed,
    /// What somebody is told of it, in the order of the kinds; each kind once.
    #[serde(default)]
    pub alerts: Vec<Alert>,
}
