//! Which texts name the person who is to be erased.

use crate::plan::PlannedPerson;
use serde_json::{Map, Value};
use usher_matching::{Key, KeyHash, KeyKind, normalize, read_as_text};
use usher_model::{Item, Problem};

/// The person, by the one key that was given.
pub(super) struct Whom {
    text: String,
    hash: KeyHash,
    is_address: bool,
}

impl Whom {
    /// By an address, or by any other text as it is.
    pub(super) fn new(key: &str) -> Result<Self, Problem> {
        let (text, is_address) = match normalize(KeyKind::Email, key) {
            Key::Valid(address) => (address.into_owned(), true),
            Key::Blank => return Err(Problem::usage("A blank key names nobody.")),
            Key::Invalid(_) => (key.trim().to_owned(), false),
        };
        let hash = KeyHash::of(&text);
        Ok(Self {
            text,
            hash,
            is_address,
        })
    }

    pub(super) fn hash(&self) -> KeyHash {
        self.hash
    }

    /// Whether a cell is their key, or the SHA-256 of it in hex. An address
    /// that differs by case alone is the same one, as in [`normalize`].
    pub(super) fn names(&self, cell: &str) -> bool {
        let cell = cell.trim();
        match self.is_address {
            true if cell.eq_ignore_ascii_case(&self.text) => true,
            false if cell == self.text => true,
            _ => KeyHash::from_sha256_hex(cell) == Some(self.hash),
        }
    }

    /// Whether any value of a lead names them.
    pub(super) fn names_lead(&self, values: &Map<String, Value>) -> bool {
        values.values().any(|value| self.names_value(value))
    }

    /// Whether an item of a batch names them: by its key, by another address
    /// that is known of it, or by a value before or after.
    pub(super) fn names_item(&self, item: &Item) -> bool {
        self.names(&item.key) || self.is_among(&item.emails) || self.names_change(&item.changes)
    }

    /// Whether a line of a run names them, likewise.
    pub(super) fn names_person(&self, planned: &PlannedPerson) -> bool {
        let (person, explain) = (&planned.person, &planned.person.explain);
        let mut keys = [&person.key, &explain.raw, &explain.normalized].into_iter();
        keys.any(|key| key.as_deref().is_some_and(|key| self.names(key)))
            || self.is_among(&planned.emails)
            || self.names_change(&explain.changes)
    }

    /// Whether words that somebody else wrote quote them.
    pub(super) fn is_quoted_in(&self, words: &str) -> bool {
        words.to_lowercase().contains(&self.text.to_lowercase())
    }

    fn names_value(&self, value: &Value) -> bool {
        read_as_text(value).is_some_and(|text| self.names(&text))
    }

    fn names_change(&self, changes: &Map<String, Value>) -> bool {
        let values = changes.values().filter_map(Value::as_array).flatten();
        values.into_iter().any(|value| self.names_value(value))
    }

    fn is_among(&self, emails: &[String]) -> bool {
        let hashes = emails.iter().filter_map(|hex| KeyHash::from_hex(hex));
        hashes.into_iter().any(|hash| hash == self.hash)
    }
}
