//! Who must not be sent, by namespace; it always wins.

use crate::key::{Key, KeyHash, KeyKind, normalize};
use crate::settings::Settings;
use std::collections::{BTreeMap, HashSet};

/// The hash by which an address is suppressed: its own, or the one it is given
/// as, in hex.
pub fn email_hash(text: &str) -> KeyHash {
    KeyHash::from_sha256_hex(text.trim()).unwrap_or_else(|| normalize(KeyKind::Email, text).hash())
}

/// Suppressed values as hashes, by namespace. A namespace is a field's name,
/// `email` for addresses.
#[derive(Clone, Debug, Default)]
pub struct Suppressions {
    by_namespace: BTreeMap<String, HashSet<KeyHash>>,
}

impl Suppressions {
    /// How values of a namespace are brought to comparable form.
    pub fn kind_of(namespace: &str) -> KeyKind {
        if namespace == "email" {
            KeyKind::Email
        } else {
            KeyKind::Text
        }
    }

    /// Suppresses the value of this hash.
    pub fn add(&mut self, namespace: &str, value: KeyHash) {
        self.by_namespace
            .entry(namespace.to_owned())
            .or_default()
            .insert(value);
    }

    /// The namespaces in which anything is suppressed.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.by_namespace.keys().map(String::as_str)
    }

    /// The columns whose cells have to be looked at, by their namespace: all that
    /// carry one in which something is suppressed.
    pub fn columns(&self, settings: &Settings) -> Vec<(String, Vec<usize>)> {
        let of = |namespace: &String| (namespace.clone(), settings.columns_of(namespace));
        let all = self.by_namespace.keys().map(of);
        all.filter(|(_, columns)| !columns.is_empty()).collect()
    }

    /// A number that is another one once anything else is suppressed.
    pub fn mark(&self) -> u64 {
        let of = |(namespace, hashes): (&String, &HashSet<KeyHash>)| {
            let all = hashes.iter().fold(0, |all, hash| all ^ hash.0);
            KeyHash::of(&format!("{namespace}/{}/{all:x}", hashes.len())).0 as u64
        };
        self.by_namespace
            .iter()
            .map(of)
            .fold(0, |all, one| all ^ one)
    }

    /// Whether nothing is suppressed.
    pub fn is_empty(&self) -> bool {
        self.by_namespace.is_empty()
    }

    /// Whether the value of this hash is suppressed in a namespace.
    pub fn contains(&self, namespace: &str, value: KeyHash) -> bool {
        self.by_namespace
            .get(namespace)
            .is_some_and(|hashes| hashes.contains(&value))
    }

    /// Whether a cell of a namespace names a suppressed value, as itself or as
    /// the SHA-256 of its normalised form in hex.
    pub fn forbids(&self, namespace: &str, cell: &str) -> bool {
        let hashes = self.by_namespace.get(namespace);
        hashes.is_some_and(|hashes| {
            let mut named = Self::hashes_of(namespace, cell);
            named.any(|hash| hashes.contains(&hash))
        })
    }

    /// The hashes by which a cell of a namespace may be suppressed.
    pub fn hashes_of(namespace: &str, cell: &str) -> impl Iterator<Item = KeyHash> {
        let text = cell.trim();
        let key = match normalize(Self::kind_of(namespace), text) {
            Key::Valid(key) => Some(KeyHash::of(&key)),
            _ => None,
        };
        KeyHash::from_sha256_hex(text).into_iter().chain(key)
    }
}
