//! A system people go to, with the settings of seed 001 and the mapping.

use crate::{ConnectionId, DestinationId};
use serde::{Deserialize, Serialize};

/// What of a person goes (seed 001, "Sync Type").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SyncType {
    /// Leads are kept up to date; no list.
    ProfileOnly,
    /// Leads join a list; their profiles are not touched.
    AudienceOnly,
    /// Both.
    AudienceAndProfile,
}

impl SyncType {
    /// Whether matched leads' fields are written.
    pub fn writes_profiles(self) -> bool {
        self != Self::AudienceOnly
    }

    /// Whether people join a list.
    pub fn fills_list(self) -> bool {
        self != Self::ProfileOnly
    }
}

/// What happens to people who are not there (seed 001, "Person Action").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonAction {
    /// Nothing: only people who are there are touched.
    UpdateExisting,
    /// They are created.
    UpdateAndCreate,
}

/// One line of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRule {
    /// The audience's column.
    pub source: String,
    /// The destination's field.
    pub target: String,
    /// Whether a blank clears the field; otherwise it says nothing.
    pub clear_when_blank: bool,
}

/// Which column identifies a person, and which columns fill which fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// The column mapped to `DedupeField`.
    pub key_column: String,
    /// The others, in the order they were given.
    pub fields: Vec<FieldRule>,
}

impl Mapping {
    /// The rule that fills a field.
    pub fn rule_for(&self, target: &str) -> Option<&FieldRule> {
        self.fields.iter().find(|rule| rule.target == target)
    }
}

/// A destination: a connection with settings and a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Destination {
    /// Opaque.
    pub id: DestinationId,
    /// As the user named it; unique.
    pub name: String,
    /// The user's own note.
    pub description: String,
    /// How it is reached.
    pub connection: ConnectionId,
    /// What of a person goes.
    pub sync_type: SyncType,
    /// What happens to people who are not there.
    pub person_action: PersonAction,
    /// The destination's field that identifies a person.
    pub dedupe_field: String,
    /// Where new people go; the Default partition when none is named.
    pub partition: Option<String>,
    /// Where new lists go.
    pub workspace: Option<String>,
    /// What fills what.
    pub mapping: Mapping,
}

impl Destination {
    /// The fields without which the service does not create a person
    /// (seed 001, "Required mappings").
    pub const REQUIRED_TO_CREATE: [&'static str; 3] = ["firstName", "lastName", "email"];
}
