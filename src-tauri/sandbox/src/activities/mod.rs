//! What happened to leads: new ones, changes of values, deletions.
//!
//! Marketo docs: activities. Only what happens while the sandbox runs is recorded, so
//! that millions of generated people cost nothing.

pub(crate) mod calls;
mod cursor;

use std::collections::VecDeque;

use crate::clock::DAY_S;
use crate::fields::{self, Kind};
use crate::leads::record::Lead;
use crate::leads::store::Change;
use crate::values::Datum;
use cursor::Cursor;

/// How far back creations and changes go, in seconds.
const HORIZON_S: i64 = 90 * DAY_S;
/// The same for deletions. Marketo docs: older ones may be pruned.
const DELETIONS_S: i64 = 14 * DAY_S;
/// Records of either kind; what gives way to newer ones cannot be asked for.
const KEPT: usize = 1_000_000;

/// One activity.
#[derive(Debug)]
struct Record {
    /// Rising over all activities.
    seq: u64,
    /// Seconds since 1970; never before that of the record before.
    at: i64,
    lead: u32,
    /// Where the lead was then.
    partition: u8,
    what: What,
}

#[derive(Debug)]
enum What {
    Created,
    Changed(Change),
    /// With the person's name.
    Deleted(String),
}

/// Records of one kind, oldest first.
#[derive(Debug)]
struct Ring {
    records: VecDeque<Record>,
    most: usize,
    horizon_s: i64,
    /// Of the newest record that had to give way before its time.
    lost: Option<Cursor>,
}

impl Ring {
    fn new(most: usize, horizon_s: i64) -> Self {
        Self {
            records: VecDeque::new(),
            most,
            horizon_s,
            lost: None,
        }
    }

    fn add(&mut self, record: Record) {
        let oldest = record.at - self.horizon_s;
        while self.records.front().is_some_and(|old| old.at < oldest) {
            self.records.pop_front();
        }
        if self.records.len() == self.most {
            let old = self.records.pop_front();
            self.lost = old.map(|old| Cursor::at_record(&old, 0));
        }
        self.records.push_back(record);
    }

    /// The place of the first record behind a cursor; nothing when records are missing there.
    fn place(&self, from: &Cursor, now: i64) -> Option<usize> {
        let oldest = from.at.max(now - self.horizon_s);
        let missing = self
            .lost
            .as_ref()
            .is_some_and(|lost| from.seq <= lost.seq && oldest <= lost.at);
        let before = |record: &Record| record.seq < from.seq || record.at < oldest;
        (!missing).then(|| self.records.partition_point(before))
    }
}

/// All activities that can be asked for.
#[derive(Debug)]
pub(crate) struct Activities {
    /// New leads and changes of values.
    changes: Ring,
    deletions: Ring,
    next_seq: u64,
}

impl Default for Activities {
    fn default() -> Self {
        Self {
            changes: Ring::new(KEPT, HORIZON_S),
            deletions: Ring::new(KEPT, DELETIONS_S),
            next_seq: 1,
        }
    }
}

impl Activities {
    pub(crate) fn created(&mut self, lead: u32, partition: u8, at: i64) {
        let record = self.record(lead, partition, at, What::Created);
        self.changes.add(record);
    }

    /// Nothing is recorded when the value reads as before.
    pub(crate) fn changed(&mut self, lead: u32, partition: u8, change: Change, at: i64) {
        let reads = |datum: &Option<Datum>| value(&change, datum.as_ref());
        if reads(&change.old) != reads(&change.new) {
            let record = self.record(lead, partition, at, What::Changed(change));
            self.changes.add(record);
        }
    }

    pub(crate) fn deleted(&mut self, id: u32, lead: &Lead, at: i64) {
        let name = lead.full_name();
        let name = name.as_str().unwrap_or_default().to_owned();
        let record = self.record(id, lead.partition, at, What::Deleted(name));
        self.deletions.add(record);
    }

    fn record(&mut self, lead: u32, partition: u8, at: i64, what: What) -> Record {
        let seq = self.next_seq;
        self.next_seq += 1;
        Record {
            seq,
            at,
            lead,
            partition,
            what,
        }
    }
}

/// A value as activities tell it: always text, booleans never empty.
fn value(change: &Change, datum: Option<&Datum>) -> Option<String> {
    let empty = fields::by_no(change.no).kind == Kind::Boolean;
    let empty = empty.then(|| false.to_string());
    datum
        .map(|datum| crate::values::plain(&datum.json()))
        .or(empty)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn record(seq: u64, at: i64) -> Record {
        Record {
            seq,
            at,
            lead: 1,
            partition: 1,
            what: What::Created,
        }
    }

    #[test]
    fn what_gave_way_is_missed_and_what_is_old_is_not() {
        let mut ring = Ring::new(3, 100);
        for (seq, at) in [(1, 0), (2, 10), (3, 200), (4, 200), (5, 210)] {
            ring.add(record(seq, at));
        }
        // Two were too old, which is nobody's loss.
        let from = |seq, at| Cursor { seq, at, page: 0 };
        assert_eq!(ring.place(&from(0, 150), 210), Some(0));
        assert_eq!(ring.place(&from(5, 0), 210), Some(2));
        assert_eq!(ring.place(&from(0, 205), 210), Some(2));
        ring.add(record(6, 220));
        assert_eq!(ring.records.len(), 3);
        assert_eq!(ring.place(&from(3, 200), 220), None);
        assert_eq!(ring.place(&from(0, 150), 220), None);
        assert_eq!(ring.place(&from(4, 200), 220), Some(0));
        assert_eq!(ring.place(&from(0, 201), 220), Some(1));
        // A week later nobody could ask for it any more.
        assert_eq!(ring.place(&from(0, 150), 301), Some(1));
    }
}
