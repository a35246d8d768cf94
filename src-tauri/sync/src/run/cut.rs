//! People cut into batches: as many as a call, or a file, takes, and what of each is sent.

use crate::plan::{PlannedPerson, lead_batches};
use crate::run::file::{Files, Put};
use crate::run::receipts::{record, values};
use serde_json::{Map, Value};
use usher_model::{Batch, BatchKind, BatchState, Item, ListAct, Verdict};
use usher_remote::marketo::record_len;

/// Gathers creations and updates until a batch is full.
#[derive(Default)]
pub(super) struct Cutter {
    calls: Calls,
    files: Option<Files>,
}

/// Batches that go in calls, by the rules of [`lead_batches`].
#[derive(Default)]
struct Calls {
    creations: Vec<Item>,
    updates: Vec<Item>,
    creation_lengths: Vec<usize>,
    update_lengths: Vec<usize>,
}

impl Cutter {
    /// People go in files where they can.
    pub(super) fn of_files(files: Files) -> Self {
        Self {
            calls: Calls::default(),
            files: Some(files),
        }
    }

    /// Adds a person; gives the batch that was full before.
    pub(super) fn add(&mut self, planned: &PlannedPerson) -> Option<Batch> {
        let person = &planned.person;
        let kind = match person.verdict {
            Some(Verdict::Create) => BatchKind::Create,
            Some(Verdict::Update) => BatchKind::Update,
            _ => return None,
        };
        let item = item(planned, kind);
        let item = match self.files.as_mut() {
            Some(files) => match files.add(kind, person, item) {
                Put::There => return None,
                Put::Full(batch) => return Some(batch),
                Put::Back(item) => item,
            },
            None => item,
        };
        self.calls.push(kind, item, record_len(&record(person)))
    }

    /// The batches that are not full.
    pub(super) fn finish(mut self) -> Vec<Batch> {
        let mut all = Vec::new();
        if let Some(files) = self.files.take() {
            let (batches, few) = files.finish();
            all.extend(batches);
            for (kind, item) in few {
                let length = record_len(&values(&item));
                all.extend(self.calls.push(kind, item, length));
            }
        }
        all.extend(self.calls.finish());
        all
    }
}

impl Calls {
    fn push(&mut self, kind: BatchKind, item: Item, length: usize) -> Option<Batch> {
        let (items, lengths) = match kind {
            BatchKind::Create => (&mut self.creations, &mut self.creation_lengths),
            _ => (&mut self.updates, &mut self.update_lengths),
        };
        items.push(item);
        lengths.push(length);
        if lead_batches(lengths.iter().copied()).len() < 2 {
            return None;
        }
        let next = items.pop().into_iter().collect();
        *lengths = lengths.pop().into_iter().collect();
        Some(unsent(kind, std::mem::replace(items, next)))
    }

    fn finish(self) -> impl Iterator<Item = Batch> {
        let all = [
            (BatchKind::Create, self.creations),
            (BatchKind::Update, self.updates),
        ];
        let some = all.into_iter().filter(|(_, items)| !items.is_empty());
        some.map(|(kind, items)| unsent(kind, items))
    }
}

/// Items of one kind in as few calls as they take.
pub(super) fn in_calls(kind: BatchKind, items: Vec<Item>) -> Vec<Batch> {
    let mut calls = Calls::default();
    let mut all = Vec::new();
    for item in items {
        let length = record_len(&values(&item));
        all.extend(calls.push(kind, item, length));
    }
    all.extend(calls.finish());
    all
}

/// A batch that nothing was sent of.
pub(super) fn unsent(kind: BatchKind, items: Vec<Item>) -> Batch {
    Batch {
        seq: 0,
        kind,
        state: BatchState::Planned,
        attempt: 0,
        sent_at: None,
        file: None,
        items,
        receipts: Vec::new(),
    }
}

/// A batch whose people were sent before, last at `sent_at`, and are read before they are
/// sent again.
pub(super) fn doubtful(batch: Batch, sent_at: Option<i64>) -> Batch {
    Batch {
        state: BatchState::InDoubt,
        attempt: 1,
        sent_at,
        ..batch
    }
}

/// A person's part of a batch.
pub(super) fn item(planned: &PlannedPerson, kind: BatchKind) -> Item {
    let person = &planned.person;
    let (lead, changes) = match kind {
        BatchKind::Create => (None, person.explain.changes.clone()),
        BatchKind::Update => (person.lead_id, person.explain.changes.clone()),
        BatchKind::Add | BatchKind::Remove => (person.member(), Map::<String, Value>::new()),
    };
    debug_assert!(
        person.list != ListAct::Remove || kind == BatchKind::Remove,
        "who leaves is only removed"
    );
    Item {
        row: person.row,
        key: person.key.clone().unwrap_or_default(),
        lead,
        changes,
        emails: planned.emails.clone(),
        warning: None,
    }
}
