//! The name of a plan: equal for equal plans, whatever machine or blocks made it.

use crate::settings::Settings;
use serde_json::{Value, json};
use sha2::Sha256;
use usher_model::Person;

/// Grows person by person, in row order, removals last.
pub struct Digest {
    hash: Sha256,
    line: Vec<u8>,
}

impl Digest {
    /// Starts with what shapes the plan: the settings, the list it fills, and
    /// the snapshot's content.
    pub fn new(settings: &Settings, list: &Value, content: &str) -> Self {
        let head = json!({ "plan": 1, "settings": settings, "list": list, "content": content });
        let mut hash = <Sha256 as sha2::Digest>::new();
        sha2::Digest::update(&mut hash, head.to_string().as_bytes());
        Self {
            hash,
            line: Vec::new(),
        }
    }

    /// Adds what is intended for one person: not why, and no times.
    pub fn person(&mut self, person: &Person) {
        self.line.clear();
        let reason = person.reason.as_ref().map(|reason| reason.code.as_str());
        let line = (
            (person.row, &person.key, person.verdict, reason),
            (person.list, person.lead_id, person.list_lead_id),
            &person.explain.changes,
        );
        // Writing to memory does not fail.
        drop(serde_json::to_writer(&mut self.line, &line));
        sha2::Digest::update(&mut self.hash, (self.line.len() as u64).to_be_bytes());
        sha2::Digest::update(&mut self.hash, &self.line);
    }

    /// The digest, in 64 hexadecimal digits.
    pub fn finish(self) -> String {
        sha2::Digest::finalize(self.hash)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
