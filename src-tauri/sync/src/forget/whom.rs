//! Which texts name the person who is to be erased.

use crate::plan::PlannedPerson;
use serde_json::{Map, Value};
use std::collections::HashSet;
use usher_matching::{Key, KeyHash, KeyKind, normalize, read_as_text};
use usher_model::{Destination, Item, Problem};

/// The person, by the one key that was given.
pub(super) struct Whom {
    text: String,
    hash: KeyHash,
    is_address: bool,
    /// The columns and, by the id of their connection, the fields in which a
    /// text that is no address names somebody: `42` may be anything elsewhere.
    columns: HashSet<String>,
    fields: HashSet<(String, String)>,
}

impl Whom {
    /// By an address, or by any other text as it is, where one of these
    /// destinations takes it for a key.
    pub(super) fn new(key: &str, destinations: &[Destination]) -> Result<Self, Problem> {
        let (text, is_address) = match normalize(KeyKind::Email, key) {
            Key::Valid(address) => (address.into_owned(), true),
            Key::Blank => return Err(Problem::usage("A blank key names nobody.")),
            Key::Invalid(_) => (key.trim().to_owned(), false),
        };
        let hash = KeyHash::of(&text);
        let key_of = |one: &Destination| (one.connection.to_string(), one.dedupe_field.clone());
        let column_of = |one: &Destination| one.mapping.key_column.clone();
        Ok(Self {
            text,
            hash,
            is_address,
            columns: destinations.iter().map(column_of).collect(),
            fields: destinations.iter().map(key_of).collect(),
        })
    }

    pub(super) fn hash(&self) -> KeyHash {
        self.hash
    }

    /// Whether a cell of this column may name them.
    pub(super) fn is_named_in(&self, column: &str) -> bool {
        self.is_address || self.columns.contains(column)
    }

    /// Whether a suppressed value is theirs. A text that is no address was
    /// suppressed as the key that it is; elsewhere it is somebody else's.
    pub(super) fn names_suppressed(&self, value: &str) -> bool {
        self.is_address && self.names(value)
    }

    /// Whether a key is theirs, or the SHA-256 of it in hex. An address that
    /// differs by case alone is the same one, as in [`normalize`].
    pub(super) fn names(&self, key: &str) -> bool {
        let cell = key.trim();
        match self.is_address {
            true if cell.eq_ignore_ascii_case(&self.text) => true,
            false if cell == self.text => true,
            _ => KeyHash::from_sha256_hex(cell) == Some(self.hash),
        }
    }

    /// Whether any value of a lead of a connection names them.
    pub(super) fn names_lead(&self, connection: &str, values: &Map<String, Value>) -> bool {
        let mut values = values.iter();
        values.any(|(field, value)| self.names_value(value) && self.is_named_by(connection, field))
    }

    /// Whether an item of a batch names them: by its key, by another address
    /// that is known of it, or by a value before or after.
    pub(super) fn names_item(&self, connection: &str, item: &Item) -> bool {
        self.names(&item.key)
            || self.is_among(&item.emails)
            || self.names_change(connection, &item.changes)
    }

    /// Whether a line of a run names them, likewise.
    pub(super) fn names_person(&self, connection: &str, planned: &PlannedPerson) -> bool {
        let (person, explain) = (&planned.person, &planned.person.explain);
        let mut keys = [&person.key, &explain.raw, &explain.normalized].into_iter();
        keys.any(|key| key.as_deref().is_some_and(|key| self.names(key)))
            || self.is_among(&planned.emails)
            || self.names_change(connection, &explain.changes)
    }

    /// Whether words that somebody else wrote quote them; a text that is no
    /// address as a word of its own, so that `42` is not seen in `1042`.
    pub(super) fn is_quoted_in(&self, words: &str) -> bool {
        if self.is_address {
            return words.to_ascii_lowercase().contains(&self.text);
        }
        let goes_on = |next: Option<char>| next.is_some_and(char::is_alphanumeric);
        words.match_indices(&self.text).any(|(at, text)| {
            !goes_on(words[..at].chars().next_back())
                && !goes_on(words[at + text.len()..].chars().next())
        })
    }

    fn is_named_by(&self, connection: &str, field: &str) -> bool {
        self.is_address
            || self
                .fields
                .contains(&(connection.to_owned(), field.to_owned()))
    }

    fn names_value(&self, value: &Value) -> bool {
        read_as_text(value).is_some_and(|text| self.names(&text))
    }

    fn names_change(&self, connection: &str, changes: &Map<String, Value>) -> bool {
        changes.iter().any(|(field, pair)| {
            let mut values = pair.as_array().into_iter().flatten();
            values.any(|value| self.names_value(value)) && self.is_named_by(connection, field)
        })
    }

    fn is_among(&self, emails: &[String]) -> bool {
        let hashes = emails.iter().filter_map(|hex| KeyHash::from_hex(hex));
        hashes.into_iter().any(|hash| hash == self.hash)
    }
}
