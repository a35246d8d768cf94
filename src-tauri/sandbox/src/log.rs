//! Every request received, for tests to look at. Never holds a query or a body, so
//! never a secret.

use std::collections::VecDeque;

use serde::Serialize;

const KEPT: usize = 200_000;

/// One request and what became of it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Entry {
    pub(crate) seq: u64,
    /// Milliseconds since the start, at receipt.
    pub(crate) ms: i64,
    /// Milliseconds from receipt to the reply being ready.
    pub(crate) took_ms: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) status: u16,
    /// The service's error code; empty for success, `dropped` when nothing was sent.
    pub(crate) code: String,
    /// Records or ids sent, or records returned.
    pub(crate) records: usize,
    pub(crate) in_flight: u32,
    /// Whether it counts against rate and quota.
    pub(crate) counted: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) fault: String,
}

/// The latest requests, in the order in which they were received.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) entries: VecDeque<Entry>,
}

impl Log {
    /// Requests end in another order than they began; the log keeps the order of receipt.
    pub(crate) fn add(&mut self, entry: Entry) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        let later = self
            .entries
            .iter()
            .rev()
            .take_while(|known| known.seq > entry.seq)
            .count();
        self.entries.insert(self.entries.len() - later, entry);
    }
}
