//! Suppressions: who must not be sent, and erasing someone for good.

use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use usher_matching::{Key, KeyHash, Suppressions, normalize};
use usher_model::{Item, Problem, Timestamp};
use usher_store::table::suppressions::{self, Suppression};
use usher_store::{Reader, Tx};

/// The document of `suppression add` and `suppression remove`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressionChange {
    /// Values that were added or removed.
    pub changed: u64,
    /// Values that were so already.
    pub unchanged: u64,
    /// Values that cannot be keys of the namespace; nothing was done for them.
    pub invalid: u64,
}

/// A line of `suppression list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The kind of value.
    pub namespace: String,
    /// The value; none for someone who was erased or is known by a hash only.
    pub key: Option<String>,
    /// Whether the person was erased, and is blanked in files that still have them.
    pub erased: bool,
    /// The first 32 hexadecimal digits of its SHA-256.
    pub hash: String,
    /// Since when.
    pub added_at: Timestamp,
}

impl Usher {
    /// Everyone who is suppressed, as planning looks at them.
    pub(crate) fn suppressions(&self) -> Result<Suppressions, Problem> {
        let mut all = Suppressions::default();
        for one in suppressions::all(&*self.journal.reader()?)? {
            all.add(&one.namespace, KeyHash(one.hash));
        }
        Ok(all)
    }

    /// The same for who sends.
    pub(crate) fn gate(&self) -> Result<Gate<'_>, Problem> {
        let journal = self.journal.reader()?;
        let namespaces = suppressions::namespaces(&journal)?;
        Ok(Gate {
            journal,
            namespaces,
        })
    }

    /// Suppresses values of a namespace; a SHA-256 in hex stands for its value.
    pub async fn suppress(
        &self,
        namespace: &str,
        values: Vec<String>,
    ) -> Result<SuppressionChange, Problem> {
        let added_at = self.now().0;
        let namespace = namespace.to_owned();
        let change = move |tx: &Tx<'_>| {
            let mut change = SuppressionChange {
                changed: 0,
                unchanged: 0,
                invalid: 0,
            };
            for value in &values {
                let Some((hash, text)) = keyed(&namespace, value) else {
                    change.invalid += u64::from(!value.trim().is_empty());
                    continue;
                };
                let one = Suppression {
                    namespace: namespace.clone(),
                    hash: hash.0,
                    value: text,
                    added_at,
                    erased: false,
                };
                if suppressions::add(tx, &one)? {
                    change.changed += 1
                } else {
                    change.unchanged += 1
                }
            }
            Ok(change)
        };
        Ok(self.journal.write(change).await?)
    }

    /// Lifts suppressions. Who was erased is let back in by it, and comes back
    /// with the next import of a file that has them.
    pub async fn unsuppress(
        &self,
        namespace: &str,
        values: Vec<String>,
    ) -> Result<SuppressionChange, Problem> {
        let namespace = namespace.to_owned();
        let change = move |tx: &Tx<'_>| {
            let mut change = SuppressionChange {
                changed: 0,
                unchanged: 0,
                invalid: 0,
            };
            for value in &values {
                match keyed(&namespace, value) {
                    Some((hash, _)) if suppressions::remove(tx, &namespace, hash.0)? => {
                        change.changed += 1
                    }
                    Some(_) => change.unchanged += 1,
                    None => change.invalid += 1,
                }
            }
            Ok(change)
        };
        Ok(self.journal.write(change).await?)
    }

    /// Everyone who is suppressed.
    pub fn list_suppressions(&self) -> Result<Vec<Suppressed>, Problem> {
        let all = suppressions::all(&*self.journal.reader()?)?;
        Ok(all
            .into_iter()
            .map(|one| Suppressed {
                namespace: one.namespace,
                key: one.value,
                erased: one.erased,
                hash: format!("{:032x}", one.hash),
                added_at: Timestamp(one.added_at),
            })
            .collect())
    }
}

/// The suppressions that there are at this moment, asked for one by one: who sends looks
/// often, and at few people.
pub(crate) struct Gate<'a> {
    journal: Reader<'a>,
    namespaces: Vec<String>,
}

impl Gate<'_> {
    /// Whether a person is suppressed, by their key, by another address that names them, or
    /// by a value that is sent.
    pub(crate) fn is_shut_for(&self, dedupe_field: &str, item: &Item) -> Result<bool, Problem> {
        let addresses = item.emails.iter().filter_map(|hex| KeyHash::from_hex(hex));
        for hash in addresses {
            if self.has("email", hash)? {
                return Ok(true);
            }
        }
        let sent = item
            .wanted()
            .filter_map(|(field, value)| Some((field, value.as_str()?)));
        for (field, value) in sent.chain([(dedupe_field, item.key.as_str())]) {
            if !self.namespaces.iter().any(|name| name == field) {
                continue;
            }
            for hash in Suppressions::hashes_of(field, value) {
                if self.has(field, hash)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn has(&self, namespace: &str, hash: KeyHash) -> Result<bool, Problem> {
        Ok(suppressions::contains(&self.journal, namespace, hash.0)?)
    }
}

fn keyed(namespace: &str, value: &str) -> Option<(KeyHash, Option<String>)> {
    if let Some(hash) = KeyHash::from_sha256_hex(value.trim()) {
        return Some((hash, None));
    }
    match normalize(Suppressions::kind_of(namespace), value) {
        Key::Valid(key) => Some((KeyHash::of(&key), Some(key.into_owned()))),
        _ => None,
    }
}
