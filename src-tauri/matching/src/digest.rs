//! The name of a plan: equal for equal plans, whatever machine or blocks made it.

use crate::settings::Settings;
use serde_json::{Value, json};
use sha2::Sha256;
use usher_model::Person;

/// Grows person by person, in row order, removals last.
pub struct Digest(Sha256);

impl Digest {
    /// Starts with what shapes the plan: the settings, the list it fills, and
    /// the snapshot's content.
    pub fn new(settings: &Settings, list: &Value, content: &str) -> Self {
        let mut digest = Self(<Sha256 as sha2::Digest>::new());
        digest.add(&json!({ "plan": 1, "settings": settings, "list": list, "content": content }));
        digest
    }

    /// Adds what is intended for one person: not why, and no times.
    pub fn person(&mut self, person: &Person) {
        self.add(&json!([
            person.row,
            person.key,
            person.verdict,
            person.reason.as_ref().map(|reason| &reason.code),
            person.list,
            person.lead_id,
            person.list_lead_id,
            person.explain.changes,
        ]));
    }

    fn add(&mut self, value: &Value) {
        let text = value.to_string();
        sha2::Digest::update(&mut self.0, (text.len() as u64).to_be_bytes());
        sha2::Digest::update(&mut self.0, text.as_bytes());
    }

    /// The digest, in 64 hexadecimal digits.
    pub fn finish(self) -> String {
        sha2::Digest::finalize(self.0)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
