//! The destination's people, in memory, found by the hash of their key.

use crate::key::{Key, KeyHash, KeyKind, normalize};
use crate::value::read_as_text;
use serde_json::{Map, Value};
use std::collections::HashMap;
use usher_model::{Candidate, Timestamp};

/// One lead, as its columns are looked at.
#[derive(Clone, Copy, Debug)]
pub struct Lead<'a> {
    table: &'a LeadTable,
    at: usize,
}

/// Leads of one reading, by position. Several may have one key.
#[derive(Debug)]
pub struct LeadTable {
    kind: KeyKind,
    fields: Vec<String>,
    email: Option<usize>,
    partitions: HashMap<i64, String>,
    ids: Vec<i64>,
    updated: Vec<Option<Timestamp>>,
    updated_text: Vec<Option<String>>,
    partition: Vec<Option<i64>>,
    values: Vec<Vec<Option<String>>>,
    by_id: HashMap<i64, u32>,
    by_key: HashMap<KeyHash, Vec<u32>>,
    by_folded_key: HashMap<KeyHash, Vec<u32>>,
}

impl LeadTable {
    /// An empty table of leads with these fields, the dedupe field first.
    pub fn new(kind: KeyKind, fields: Vec<String>, partitions: &[(i64, String)]) -> Self {
        Self {
            kind,
            email: fields.iter().position(|name| name == "email"),
            values: vec![Vec::new(); fields.len()],
            fields,
            partitions: partitions.iter().cloned().collect(),
            ids: Vec::new(),
            updated: Vec::new(),
            updated_text: Vec::new(),
            partition: Vec::new(),
            by_id: HashMap::new(),
            by_key: HashMap::new(),
            by_folded_key: HashMap::new(),
        }
    }

    /// Adds a lead, or replaces the one of that id. `values` holds the fields
    /// by name, with `updatedAt` and `leadPartitionId` where the service gave them.
    pub fn put(&mut self, id: i64, values: &Map<String, Value>) {
        let text = |name: &str| {
            values
                .get(name)
                .and_then(read_as_text)
                .map(|text| text.into_owned())
        };
        if let Some(&at) = self.by_id.get(&id) {
            self.unlist(at);
        }
        let at = *self.by_id.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.updated.push(None);
            self.updated_text.push(None);
            self.partition.push(None);
            self.values.iter_mut().for_each(|column| column.push(None));
            u32::try_from(self.ids.len() - 1).unwrap_or(u32::MAX)
        });
        let here = at as usize;
        self.updated_text[here] = text("updatedAt");
        self.updated[here] = self.updated_text[here]
            .as_deref()
            .and_then(Timestamp::parse);
        self.partition[here] = text("leadPartitionId").and_then(|text| text.parse().ok());
        for (name, column) in self.fields.iter().zip(&mut self.values) {
            column[here] = values
                .get(name)
                .and_then(read_as_text)
                .map(|text| text.into_owned());
        }
        self.list(at);
    }

    /// Lays over what a lead is known to have become: these fields, at that
    /// time. A lead that is not there yet was made just now.
    pub fn amend<'v>(
        &mut self,
        id: i64,
        wanted: impl Iterator<Item = (&'v str, &'v Value)>,
        at: Option<Timestamp>,
    ) {
        let mut values: Map<String, Value> = wanted
            .map(|(field, value)| (field.to_owned(), value.clone()))
            .collect();
        if let Some(lead) = self.by_id(id) {
            for name in &self.fields {
                if !values.contains_key(name) {
                    values.insert(
                        name.clone(),
                        lead.value(name).map_or(Value::Null, Value::from),
                    );
                }
            }
            let partition = self.partition[lead.at];
            values.insert(
                "leadPartitionId".into(),
                partition.map_or(Value::Null, Value::from),
            );
        }
        values.insert(
            "updatedAt".into(),
            at.map_or(Value::Null, |at| at.to_string().into()),
        );
        self.put(id, &values);
    }

    /// The key of a lead that is not in the table; nothing when it has none.
    pub fn key_of(&self, values: &Map<String, Value>) -> Option<KeyHash> {
        let cell = values.get(self.fields.first()?).and_then(read_as_text)?;
        match normalize(self.kind, &cell) {
            Key::Valid(key) => Some(KeyHash::of(&key)),
            _ => None,
        }
    }

    fn keys_of(&self, at: u32) -> Option<(KeyHash, Option<KeyHash>)> {
        let cell = self.values.first()?[at as usize].as_deref()?;
        let Key::Valid(key) = normalize(self.kind, cell) else {
            return None;
        };
        let folded = (self.kind == KeyKind::Text).then(|| KeyHash::of(&key.to_lowercase()));
        Some((KeyHash::of(&key), folded))
    }

    fn list(&mut self, at: u32) {
        let Some((key, folded)) = self.keys_of(at) else {
            return;
        };
        self.by_key.entry(key).or_default().push(at);
        if let Some(folded) = folded {
            self.by_folded_key.entry(folded).or_default().push(at);
        }
    }

    fn unlist(&mut self, at: u32) {
        let Some((key, folded)) = self.keys_of(at) else {
            return;
        };
        if let Some(list) = self.by_key.get_mut(&key) {
            list.retain(|&other| other != at);
        }
        if let Some(list) = folded.and_then(|folded| self.by_folded_key.get_mut(&folded)) {
            list.retain(|&other| other != at);
        }
    }

    /// How many leads there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The lead of that id.
    pub fn by_id(&self, id: i64) -> Option<Lead<'_>> {
        self.by_id.get(&id).map(|&at| Lead {
            table: self,
            at: at as usize,
        })
    }

    /// The leads of a key, the most recently updated first, ties by the higher
    /// id (seed 001, "Duplicate handling"). A lead without a time is oldest.
    pub fn of_key(&self, key: KeyHash) -> Vec<Lead<'_>> {
        self.in_order(self.by_key.get(&key))
    }

    /// The leads whose key differs from this one by case at most.
    pub fn of_folded_key(&self, normalized: &str) -> Vec<Lead<'_>> {
        if self.kind != KeyKind::Text {
            return Vec::new();
        }
        self.in_order(
            self.by_folded_key
                .get(&KeyHash::of(&normalized.to_lowercase())),
        )
    }

    fn in_order(&self, places: Option<&Vec<u32>>) -> Vec<Lead<'_>> {
        let mut leads: Vec<Lead<'_>> = places
            .into_iter()
            .flatten()
            .map(|&at| Lead {
                table: self,
                at: at as usize,
            })
            .collect();
        if leads.len() > 1 {
            leads.sort_by_key(|lead| std::cmp::Reverse((self.updated[lead.at], lead.id())));
        }
        leads
    }
}

impl<'a> Lead<'a> {
    /// The service's number for this lead.
    pub fn id(self) -> i64 {
        self.table.ids[self.at]
    }

    /// A field's value as text; `None` for null or a field that was not read.
    pub fn value(self, field: &str) -> Option<&'a str> {
        let column = self.table.fields.iter().position(|name| name == field)?;
        self.table.values[column][self.at].as_deref()
    }

    /// The lead's e-mail address.
    pub fn email(self) -> Option<&'a str> {
        self.table
            .email
            .and_then(|column| self.table.values[column][self.at].as_deref())
    }

    /// How it is listed among the candidates of a key.
    pub fn candidate(self) -> Candidate {
        let partition = self.table.partition[self.at];
        Candidate {
            lead_id: self.id(),
            updated_at: self.table.updated_text[self.at].clone(),
            partition: partition.map(|id| {
                self.table
                    .partitions
                    .get(&id)
                    .cloned()
                    .unwrap_or_else(|| id.to_string())
            }),
        }
    }
}
