//! People sent in one call, and the service's answer for each of them.

use crate::ReasonCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a call does with its people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchKind {
    /// Makes leads; the only kind that must never be sent twice unread.
    Create,
    /// Changes fields of leads by id.
    Update,
    /// Puts leads on the list.
    Add,
    /// Takes leads off the list.
    Remove,
}

/// Where a batch is. Written down before anything leaves the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Nothing was sent.
    Planned,
    /// It may have left; found so at a start, it is in doubt.
    Sending,
    /// The service took its file and works on it.
    Importing,
    /// It left, and no answer says what became of it.
    InDoubt,
    /// Every person in it has a receipt.
    Done,
}

/// One person of a batch: who, and what is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The audience's row; none for someone who leaves the list.
    pub row: Option<u64>,
    /// The normalised dedupe value.
    pub key: String,
    /// The lead; none for a creation.
    pub lead: Option<i64>,
    /// Field to `[before, after]`; empty for list changes.
    pub changes: Map<String, Value>,
    /// Other addresses that name this person, each as the first 32 hexadecimal
    /// digits of its SHA-256: a suppression of one of them holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// What the service said of this person although it took them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warning: Option<String>,
}

impl Item {
    /// What is to be at the destination afterwards, by field.
    pub fn wanted(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.changes
            .iter()
            .map(|(field, pair)| (field.as_str(), pair.get(1).unwrap_or(&Value::Null)))
    }
}

/// The answer for one person of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// It is so, for this lead.
    Done {
        /// The lead, named by the service for a creation.
        lead: i64,
    },
    /// The service refused this person.
    Rejected {
        /// Its code.
        code: String,
        /// Its words.
        message: String,
    },
    /// Sent several times, and never settled.
    Unconfirmed,
    /// Left out at the last moment, by a suppression or by a change.
    Withheld(ReasonCode),
}

/// What is known of a batch that goes, or went, as a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentFile {
    /// Whether its people join the list with it.
    pub joins: bool,
    /// The service's number for it, once it was taken.
    pub job: Option<i64>,
    /// Whether the service took all of its rows but those that it refused, and said which.
    #[serde(default)]
    pub whole: bool,
}

/// People sent in one call. Receipts stand by the items' positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its place in its run; unique there.
    pub seq: i64,
    /// What it does.
    pub kind: BatchKind,
    /// Where it is.
    pub state: BatchState,
    /// How often it was sent.
    pub attempt: u32,
    /// When the last attempt ended or should have, in milliseconds since 1970.
    pub sent_at: Option<i64>,
    /// Whether they go as a file that the service works on by itself.
    pub file: Option<SentFile>,
    /// Its people.
    pub items: Vec<Item>,
    /// Their answers, once it is done.
    pub receipts: Vec<Receipt>,
}

impl Batch {
    /// The same with these people in it, who have no answers yet.
    pub fn with_items(&self, items: Vec<Item>) -> Self {
        Self {
            items,
            receipts: Vec::new(),
            ..*self
        }
    }

    /// Whether its people are written by the leads they have: all but creations, and
    /// creations of whom the service had named the lead before.
    pub fn names_leads(&self) -> bool {
        self.kind != BatchKind::Create || self.items.iter().all(|item| item.lead.is_some())
    }
}
