//! The name of a plan: equal for equal plans, whatever machine or blocks made it.

use crate::decided::Decided;
use crate::planner::Planner;
use crate::settings::Settings;
use serde_json::{Value, json};
use sha2::Sha256;

/// Grows block by block, in row order, those who leave last.
pub struct Digest {
    hash: Sha256,
}

impl Digest {
    /// Starts with what shapes the plan: the settings, the list it fills, and
    /// the snapshot's content.
    pub fn new(settings: &Settings, list: &Value, content: &str) -> Self {
        let head = json!({ "plan": 2, "settings": settings, "list": list, "content": content });
        let mut hash = <Sha256 as sha2::Digest>::new();
        sha2::Digest::update(&mut hash, head.to_string().as_bytes());
        Self { hash }
    }

    /// What stands for a block of rows: what is intended for each, not why beyond
    /// the reason, and no times. What is sent is in the snapshot's content, so it
    /// is which fields are; what was there before is named by its hash.
    pub fn bytes(planner: &Planner<'_>, decided: &Decided) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(decided.rows() * 32);
        for row in 0..decided.rows() {
            let reason = decided.reasons[row].map_or(u8::MAX, |reason| reason as u8);
            let said = [decided.verdicts[row] as u8, reason, decided.list[row] as u8];
            bytes.extend_from_slice(&said);
            for lead in [decided.leads[row], decided.list_leads[row]] {
                let id = planner.lead_id(lead).unwrap_or(i64::MIN);
                bytes.extend_from_slice(&id.to_be_bytes());
            }
            for word in decided.writes.of_row(row) {
                bytes.extend_from_slice(&word.to_be_bytes());
            }
            for before in planner.before(row, decided) {
                bytes.extend_from_slice(&before.to_be_bytes());
            }
        }
        bytes
    }

    /// Adds the bytes of the next block.
    pub fn add(&mut self, bytes: &[u8]) {
        sha2::Digest::update(&mut self.hash, bytes);
    }

    /// Adds someone who leaves the list.
    pub fn leaver(&mut self, lead: i64, key: &str) {
        sha2::Digest::update(&mut self.hash, lead.to_be_bytes());
        sha2::Digest::update(&mut self.hash, (key.len() as u64).to_be_bytes());
        sha2::Digest::update(&mut self.hash, key.as_bytes());
    }

    /// The digest, in 64 hexadecimal digits.
    pub fn finish(self) -> String {
        let digest = sha2::Digest::finalize(self.hash);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
