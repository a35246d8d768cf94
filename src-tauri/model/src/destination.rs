//! A system people go to, with the settings of seed 001 and the mapping.

use crate::{ConnectionId, DestinationId, Problem};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What of a person goes (seed 001, "Sync Type").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PersonAction {
    /// Nothing: only people who are there are touched.
    UpdateExisting,
    /// They are created.
    UpdateAndCreate,
}

/// One line of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldRule {
    /// The audience's column.
    pub source: String,
    /// The destination's field.
    pub target: String,
    /// Whether a blank clears the field; otherwise it says nothing.
    pub clear_when_blank: bool,
}

/// Which column identifies a person, and which columns fill which fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Mapping {
    /// The column mapped to `DedupeField`.
    pub key_column: String,
    /// The others, in the order they were given.
    pub fields: Vec<FieldRule>,
}

impl Mapping {
    /// The target of the rule that names the dedupe column (seed 001, "Supported
    /// identities").
    pub const DEDUPE_TARGET: &str = "DedupeField";

    /// Reads `SOURCE=TARGET[,blank=clear]`, one a field. The last `=` outside the
    /// option parts them, since field names have none and column names may.
    pub fn parse(rules: &[String]) -> Result<Self, Problem> {
        let mut key_column = None;
        let mut fields: Vec<FieldRule> = Vec::new();
        for rule in rules {
            let (rule, clear_when_blank) = match rule.rsplit_once(",blank=") {
                Some((rule, "clear")) => (rule, true),
                Some((rule, "ignore")) => (rule, false),
                Some((_, other)) => {
                    return Err(Problem::usage(format!(
                        "`blank={other}` is not known; there are blank=clear and blank=ignore."
                    )));
                }
                None => (rule.as_str(), false),
            };
            let parts = rule
                .rsplit_once('=')
                .filter(|(source, target)| !source.is_empty() && !target.trim().is_empty());
            let Some((source, target)) = parts else {
                return Err(Problem::usage(format!("`{rule}` is not SOURCE=TARGET.")));
            };
            let target = target.trim();
            if target == Self::DEDUPE_TARGET {
                if clear_when_blank || key_column.replace(source.to_owned()).is_some() {
                    return Err(Problem::usage(
                        "Exactly one column is mapped to DedupeField, and a blank one clears nothing.",
                    ));
                }
            } else {
                fields.push(FieldRule {
                    source: source.to_owned(),
                    target: target.to_owned(),
                    clear_when_blank,
                });
            }
        }
        let key_column = key_column.ok_or_else(|| {
            Problem::usage("One column must be mapped to DedupeField: `--map COLUMN=DedupeField`.")
        })?;
        Ok(Self { key_column, fields })
    }

    /// The rule that fills a field.
    pub fn rule_for(&self, target: &str) -> Option<&FieldRule> {
        self.fields.iter().find(|rule| rule.target == target)
    }
}

/// A destination: a connection with settings and a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
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
