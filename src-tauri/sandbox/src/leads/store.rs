//! All leads, with their indexes.
//!
//! Invariant: ids are given out in rising order and never again, also not after a
//! deletion, a merge or a restart from a state file.

use serde_json::Value;

use super::index::{self, Index};
use super::record::Lead;
use crate::field_table::FIELDS;
use crate::fields::{self, FieldNo, Kind};
use crate::values::Datum;

/// The first id given out; above any row number a test would confuse it with.
pub(crate) const FIRST_ID: u32 = 1_000_001;

/// One field of a lead, before and after.
#[derive(Debug)]
pub(crate) struct Change {
    pub(crate) no: FieldNo,
    pub(crate) old: Option<Datum>,
    pub(crate) new: Option<Datum>,
}

/// The lead database.
#[derive(Debug)]
pub(crate) struct Leads {
    slots: Vec<Option<Lead>>,
    live: usize,
    /// One place for each field; `None` where it is not searchable.
    indexes: Vec<Option<Index>>,
}

impl Leads {
    /// Without leads. Ids and partitions need no index: one is the place itself, the other
    /// is a scan.
    pub(crate) fn new() -> Self {
        let indexed = |name| !matches!(name, "id" | "leadPartitionId");
        let indexes = FIELDS
            .iter()
            .map(|field| (field.searchable() && indexed(field.name)).then(Index::default))
            .collect();
        Self {
            slots: Vec::new(),
            live: 0,
            indexes,
        }
    }

    /// Makes room for a generated database.
    pub(crate) fn reserve(&mut self, leads: usize) {
        self.slots.reserve_exact(leads);
        if let Some(index) = &mut self.indexes[usize::from(fields::known("email"))] {
            index.reserve(leads);
        }
    }

    /// Living leads.
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// The id of the next lead, whoever creates it.
    pub(crate) fn next_id(&self) -> u32 {
        FIRST_ID + self.slots.len() as u32
    }

    /// For state files: ids below are taken, whether or not their leads still exist.
    pub(crate) fn skip_to(&mut self, id: u32) {
        let slots = id.saturating_sub(FIRST_ID) as usize;
        if slots > self.slots.len() {
            self.slots.resize(slots, None);
        }
    }

    pub(crate) fn get(&self, id: u32) -> Option<&Lead> {
        self.slots.get(id.checked_sub(FIRST_ID)? as usize)?.as_ref()
    }

    /// By rising id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Lead)> {
        (FIRST_ID..)
            .zip(&self.slots)
            .filter_map(|(id, lead)| Some((id, lead.as_ref()?)))
    }

    /// Stores a new lead under the next id.
    pub(crate) fn insert(&mut self, lead: Lead) -> u32 {
        let id = self.next_id();
        for (no, datum) in lead.values() {
            if let Some(index) = &mut self.indexes[usize::from(*no)] {
                index.add(index::key(&index::normal(datum)), id);
            }
        }
        self.slots.push(Some(lead));
        self.live += 1;
        id
    }

    /// Takes a lead out; its id stays used. Lists are the caller's business.
    pub(crate) fn remove(&mut self, id: u32) -> Option<Lead> {
        let lead = self
            .slots
            .get_mut(id.checked_sub(FIRST_ID)? as usize)?
            .take()?;
        self.live -= 1;
        for (no, datum) in lead.values() {
            if let Some(index) = &mut self.indexes[usize::from(*no)] {
                index.remove(index::key(&index::normal(datum)), id);
            }
        }
        Some(lead)
    }

    /// Writes values; its times change only with a value. What changed, if the lead was
    /// there.
    pub(crate) fn update(
        &mut self,
        id: u32,
        values: Vec<(FieldNo, Option<Datum>)>,
        now: i64,
    ) -> Option<Vec<Change>> {
        let slot = id
            .checked_sub(FIRST_ID)
            .and_then(|at| self.slots.get_mut(at as usize));
        let lead = slot.and_then(Option::as_mut)?;
        let mut changes = Vec::new();
        for (no, value) in values {
            if let Some(index) = &mut self.indexes[usize::from(no)] {
                if let Some(old) = lead.get(no) {
                    index.remove(index::key(&index::normal(old)), id);
                }
                if let Some(new) = &value {
                    index.add(index::key(&index::normal(new)), id);
                }
            }
            if let Some(old) = lead.set(no, value.clone()) {
                lead.touch(fields::by_no(no), now);
                changes.push(Change {
                    no,
                    old,
                    new: value,
                });
            }
        }
        Some(changes)
    }

    /// Changes what is not a field: partition and times.
    pub(crate) fn with(&mut self, id: u32, change: impl FnOnce(&mut Lead)) -> bool {
        let slot = id
            .checked_sub(FIRST_ID)
            .and_then(|at| self.slots.get_mut(at as usize));
        slot.and_then(Option::as_mut).map(change).is_some()
    }

    /// Every lead whose searchable field has this value, by rising id.
    pub(crate) fn find(&self, no: FieldNo, text: &str) -> Vec<u32> {
        let field = fields::by_no(no);
        match field.name {
            "id" => {
                let id = text.trim().parse().ok();
                return id
                    .filter(|&id| self.get(id).is_some())
                    .into_iter()
                    .collect();
            }
            "leadPartitionId" => {
                let Ok(partition) = text.trim().parse::<u8>() else {
                    return Vec::new();
                };
                let mut found = Vec::new();
                found.extend(
                    self.iter()
                        .filter(|(_, lead)| lead.partition == partition)
                        .map(|(id, _)| id),
                );
                return found;
            }
            _ => {}
        }
        let wanted = match field.kind {
            Kind::Integer => match text.trim().parse::<i64>() {
                Ok(number) => number.to_string().into(),
                Err(_) => return Vec::new(),
            },
            _ => index::normal_text(text),
        };
        let Some(index) = &self.indexes[usize::from(no)] else {
            return Vec::new();
        };
        let holds = |id: &u32| {
            self.get(*id)
                .and_then(|lead| lead.get(no))
                .is_some_and(|datum| index::normal(datum) == wanted)
        };
        let mut ids: Vec<u32> = index
            .ids(index::key(&wanted))
            .iter()
            .copied()
            .filter(holds)
            .collect();
        ids.sort_unstable();
        ids
    }

    /// One lead with the asked fields, for a reply.
    pub(crate) fn shown(&self, id: u32, columns: &[FieldNo]) -> Option<Value> {
        let lead = self.get(id)?;
        let show = |&no: &FieldNo| {
            let field = fields::by_no(no);
            (field.name.to_owned(), lead.shown(id, no, field))
        };
        Some(Value::Object(columns.iter().map(show).collect()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// What an index must agree with.
    fn scan(leads: &Leads, no: FieldNo, wanted: &str) -> Vec<u32> {
        let holds = |lead: &Lead| {
            lead.get(no)
                .is_some_and(|datum| index::normal(datum) == index::normal_text(wanted))
        };
        let found = leads.iter().filter(|(_, lead)| holds(lead));
        found.map(|(id, _)| id).collect()
    }

    #[test]
    fn indexes_agree_with_a_scan_after_any_history() {
        for seed in 0..20 {
            let mut random = Random::new(seed, "history");
            let mut leads = Leads::new();
            let (email, number) = (fields::known("email"), fields::known("customerNumber"));
            let mut highest = 0;
            for _ in 0..400 {
                let value = random.below(12);
                let text = match random.below(3) {
                    0 => format!("p{value}@example.com"),
                    1 => format!(" P{value}@Example.com "),
                    _ => format!("p{value}@EXAMPLE.COM"),
                };
                let some = FIRST_ID + random.below(40) as u32;
                let values = vec![
                    (
                        email,
                        (random.below(5) > 0).then(|| Datum::Text(text.into())),
                    ),
                    (number, Some(Datum::Int(value as i64))),
                ];
                match random.below(4) {
                    0 | 1 => {
                        let mut lead = Lead::new(1, 0, 0, 2);
                        for (no, value) in values {
                            lead.set(no, value);
                        }
                        let id = leads.insert(lead);
                        assert!(id > highest, "an id was given out again");
                        highest = id;
                    }
                    2 => {
                        leads.remove(some);
                    }
                    _ => {
                        leads.update(some, values, 1);
                    }
                }
            }
            for value in 0..12 {
                let text = format!("p{value}@example.com");
                assert_eq!(leads.find(email, &text), scan(&leads, email, &text));
                let text = value.to_string();
                assert_eq!(leads.find(number, &text), scan(&leads, number, &text));
            }
            assert_eq!(leads.len(), leads.iter().count());
        }
    }
}
