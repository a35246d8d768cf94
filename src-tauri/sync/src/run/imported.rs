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
    Again {
        /// Whom, with the fields that are sent.
        item: Item,
        /// Other fields, which are there by what was sent before.
        brought: Map<String, Value>,
    },
}

impl Found {
    /// All of somebody is sent.
    pub(super) fn again(item: &Item) -> Self {
        Self::Again {
            item: item.clone(),
            brought: Map::new(),
        }
    }
}

impl Sender {
    /// What became of the people of a file, by their leads or, of who was to be made, by
    /// their keys.
    pub(super) async fn found_of_file(&self, batch: &Batch) -> Result<Vec<Found>, Problem> {
        let by_key = batch.kind == BatchKind::Create && !batch.names_leads();
        let mut leads = match (self.read_back_of(batch), by_key) {
            (Some(read), true) => read.of_keys(&batch.items),
            (Some(read), false) => read.of_ids(&batch.items),
            (None, _) => Read::new(),
        };
        // Who is not on the list, or was not made since, may be there all the same.
        let found = self.by_key(&leads);
        let is_missing = |item: &&Item| match by_key {
            true => !found.contains_key(&KeyHash::of(&item.key)),
            false => item.lead.is_some_and(|lead| !leads.contains_key(&lead)),
        };
        let missing: Vec<Item> = batch.items.iter().filter(is_missing).cloned().collect();
        leads.extend(match by_key {
            true => {
                let keys = missing.into_iter().map(|item| item.key).collect();
                self.read(&self.dedupe_field, keys).await?
            }
            false => self.read_leads(&missing).await?,
        });
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
                (true, true) => Found::again(item),
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
        let (undone, mut brought) = (some(Standing::Before), some(Standing::Wanted));
        let changed = some(Standing::Changed);
        if !is_whole && brought.is_empty() && !changed.is_empty() {
            return Found::Settled(Receipt::Withheld(ReasonCode::ChangedSincePlan));
        }
        // A field that the service warned of is not taken by a call either.
        if undone.is_empty() || item.warning.is_some() {
            return Found::Settled(Receipt::Done { lead: *lead });
        }
        if is_whole {
            brought.extend(changed);
        }
        Found::Again {
            item: Item {
                lead: Some(*lead),
                changes: undone,
                ..item.clone()
            },
            brought,
        }
    }

    /// What is there already of people whose other fields are sent again.
    pub(super) fn partly_there(&self, batch: &Batch, found: &[Found]) -> Batch {
        let mut there = batch.with_items(Vec::new());
        for found in found {
            let Found::Again { item, brought } = found else {
                continue;
            };
            if let Some(lead) = item.lead.filter(|_| !brought.is_empty()) {
                there.items.push(Item {
                    changes: brought.clone(),
                    ..item.clone()
                });
                there.receipts.push(Receipt::Done { lead });
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
