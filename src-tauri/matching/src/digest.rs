//! The name of a plan: equal for equal plans, whatever machine or blocks made it.

use crate::decided::Decided;
use crate::settings::Settings;
use blake3::Hasher;
use serde_json::{Value, json};

/// Grows block by block, in row order, those who leave last. Each column of what is
/// decided is hashed by itself, so where the blocks end says nothing.
pub struct Digest {
    head: String,
    columns: [Hasher; COLUMNS],
    leavers: Hasher,
}

const COLUMNS: usize = 4;

/// A block of rows as a digest takes it.
pub struct DigestBytes([Vec<u8>; COLUMNS]);

impl Digest {
    /// Starts with what shapes the plan: the settings, the list it fills, and
    /// the snapshot's content.
    pub fn new(settings: &Settings, list: &Value, content: &str) -> Self {
        let head = json!({ "plan": 3, "settings": settings, "list": list, "content": content });
        Self {
            head: head.to_string(),
            columns: Default::default(),
            leavers: Hasher::new(),
        }
    }

    /// What stands for a block of rows: what is intended for each, not why beyond
    /// the reason, and no times. What is sent is in the snapshot's content, so it
    /// is which fields are; what was there before is named by its hash.
    pub fn bytes(decided: &Decided) -> DigestBytes {
        let reasons = decided.reasons.iter();
        let reasons = reasons.map(|reason| reason.map_or(u8::MAX, |reason| reason as u8));
        let said = decided.verdicts.iter().zip(reasons).zip(&decided.list);
        let said = said.map(|((verdict, reason), list)| [*verdict as u8, reason, *list as u8]);
        let leads = decided.leads.iter().zip(&decided.list_leads);
        let leads = leads.map(|(lead, holder)| [lead.to_le_bytes(), holder.to_le_bytes()]);
        DigestBytes([
            said.collect::<Vec<_>>().into_flattened(),
            leads.collect::<Vec<_>>().into_flattened().into_flattened(),
            words(decided.writes.words()),
            words(&decided.before),
        ])
    }

    /// Adds the bytes of the next block.
    pub fn add(&mut self, block: &DigestBytes) {
        for (column, bytes) in self.columns.iter_mut().zip(&block.0) {
            column.update(bytes);
        }
    }

    /// Adds someone who leaves the list.
    pub fn leaver(&mut self, lead: i64, key: &str) {
        self.leavers.update(&lead.to_le_bytes());
        self.leavers.update(&(key.len() as u64).to_le_bytes());
        self.leavers.update(key.as_bytes());
    }

    /// The digest, in 64 hexadecimal digits.
    pub fn finish(self) -> String {
        let mut whole = Hasher::new();
        whole.update(blake3::hash(self.head.as_bytes()).as_bytes());
        for column in self.columns.iter().chain([&self.leavers]) {
            whole.update(column.finalize().as_bytes());
        }
        whole.finalize().to_hex().to_string()
    }
}

fn words(words: &[u64]) -> Vec<u8> {
    let bytes = words.iter().map(|word| word.to_le_bytes());
    bytes.collect::<Vec<_>>().into_flattened()
}
