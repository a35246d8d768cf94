//! People of a file who are in doubt, held against what is at the destination now. The service
//! answers a file and not its people: what it took of each, and what others changed since, is
//! told apart here, field by field.

use crate::run::attempt::Sender;
use crate::run::doubt::{Read, Standing, gone, made_by_others};
use serde_json::{Map, Value};
use std::collections::HashMap;
use usher_matching::KeyHash;
use usher_model::{Batch, BatchKind, Item, Problem, ReasonCode, Receipt};

/// What is found out about one person in doubt.
pub(super) enum Found {
    /// What became of them.
    Settled(Receipt),
    /// What of them is not so, and is to be sent.
    Again(Item),
}

impl Sender {
    /// What became of the people of a file, by their leads or, of who was to be made, by
    /// their keys.
    pub(super) async fn found_of_file(&self, batch: &Batch) -> Result<Vec<Found>, Problem> {
        let by_key = batch.kind == BatchKind::Create && !batch.names_leads();
        let leads = match (self.read_back_of(batch), by_key) {
            (Some(read), true) => read.of_keys(&batch.items),
            (Some(read), false) => read.of_ids(&batch.items),
            (None, true) => {
                let keys = batch.items.iter().map(|item| item.key.clone()).collect();
                self.read(&self.dedupe_field, keys).await?
            }
            (None, false) => self.read_leads(&batch.items).await?,
        };
        let having = match by_key {
            true => self.by_key(&leads),
            false => HashMap::new(),
        };
        let is_whole = batch.file.is_some_and(|file| file.whole);
        let judge = |item: &Item| {
            let here = match by_key {
                true => having.get(&KeyHash::of(&item.key)).cloned(),
                false => item.lead.map(|lead| vec![lead]),
            };
            let here = here.unwrap_or_default().into_iter();
            let here: Vec<(i64, &Map<String, Value>)> = here
                .filter_map(|lead| Some((lead, leads.get(&lead)?)))
                .collect();
            match (here.is_empty(), by_key) {
                (true, true) => Found::Again(item.clone()),
                (true, false) => Found::Settled(gone()),
                (false, _) => self.found_here(item, &here, by_key, is_whole),
            }
        };
        Ok(batch.items.iter().map(judge).collect())
    }

    /// The same of one person, of whom there are these leads. Where the service took the
    /// whole file and did not refuse the row, whoever has its key had our values: by an
    /// import that made or updated them.
    fn found_here(
        &self,
        item: &Item,
        here: &[(i64, &Map<String, Value>)],
        by_key: bool,
        is_whole: bool,
    ) -> Found {
        let is_wanted = |(_, values): &&(i64, &Map<String, Value>)| {
            self.standing(item, values) == Standing::Wanted
        };
        if let Some((lead, _)) = here.iter().find(is_wanted) {
            return Found::Settled(Receipt::Done { lead: *lead });
        }
        let newest = here.iter().max_by_key(|(lead, _)| *lead);
        let Some((lead, values)) = newest.filter(|_| is_whole || !by_key) else {
            return Found::Settled(made_by_others());
        };
        let some = |standing: Standing| {
            let of = |(name, pair): &(&String, &Value)| {
                self.field_standing(name, pair, values) == standing
            };
            let fields = item.changes.iter().filter(of);
            fields
                .map(|(name, pair)| (name.clone(), pair.clone()))
                .collect::<Map<String, Value>>()
        };
        let undone = some(Standing::Before);
        // A field that the service warned of is not taken by a call either.
        if !undone.is_empty() && item.warning.is_none() {
            return Found::Again(Item {
                lead: Some(*lead),
                changes: undone,
                ..item.clone()
            });
        }
        let was_taken = is_whole || !some(Standing::Wanted).is_empty();
        Found::Settled(match was_taken {
            true => Receipt::Done { lead: *lead },
            false => Receipt::Withheld(ReasonCode::ChangedSincePlan),
        })
    }

    /// What the file brought of people whose other fields are sent again.
    pub(super) fn partly_there(&self, batch: &Batch, found: &[Found]) -> Batch {
        let mut there = batch.with_items(Vec::new());
        for (item, found) in batch.items.iter().zip(found) {
            let Found::Again(Item {
                lead: Some(lead),
                changes: undone,
                ..
            }) = found
            else {
                continue;
            };
            let changes = item.changes.iter();
            let changes = changes.filter(|(name, _)| !undone.contains_key(*name));
            let changes: Map<String, Value> = changes
                .map(|(name, pair)| (name.clone(), pair.clone()))
                .collect();
            if !changes.is_empty() {
                there.items.push(Item {
                    changes,
                    ..item.clone()
                });
                there.receipts.push(Receipt::Done { lead: *lead });
            }
        }
        there
    }

    /// Leads by the key that they have.
    pub(super) fn by_key(&self, leads: &Read) -> HashMap<KeyHash, Vec<i64>> {
        let mut by_key: HashMap<KeyHash, Vec<i64>> = HashMap::new();
        for (lead, values) in leads {
            by_key.entry(self.key_of(values)).or_default().push(*lead);
        }
        by_key
    }
}
