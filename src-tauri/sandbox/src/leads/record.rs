//! One lead.

use std::mem;

use serde_json::{Map, Value};

use crate::clock::lead_time;
use crate::fields::{self, Field, FieldNo, Kind};
use crate::values::Datum;

/// A person of the lead database. Only fields that hold something are stored, sorted
/// by field number.
#[derive(Debug, Clone)]
pub(crate) struct Lead {
    pub(crate) partition: u8,
    /// Seconds since 1970.
    pub(crate) created: i64,
    updated: i64,
    /// By how many seconds the last change of any field is later than `updated`.
    later: u32,
    values: Vec<(FieldNo, Datum)>,
}

impl Lead {
    /// An empty lead with room for so many fields.
    pub(crate) fn new(partition: u8, created: i64, updated: i64, room: usize) -> Self {
        Self {
            partition,
            created,
            updated,
            later: 0,
            values: Vec::with_capacity(room),
        }
    }

    /// What `updatedAt` shows. Marketo docs: bulk lead extract. It follows changes of
    /// standard fields only.
    pub(crate) fn updated(&self) -> i64 {
        self.updated
    }

    /// The last change of any field.
    pub(crate) fn changed(&self) -> i64 {
        self.updated + i64::from(self.later)
    }

    /// Both times are this one.
    pub(crate) fn update_at(&mut self, now: i64) {
        self.updated = now;
        self.later = 0;
    }

    /// The last change of any field, when that is later than what `updatedAt` shows.
    pub(crate) fn change_at(&mut self, changed: i64) {
        self.later = u32::try_from(changed - self.updated).unwrap_or(0);
    }

    /// A field changed.
    pub(crate) fn touch(&mut self, field: &Field, now: i64) {
        if field.custom() {
            self.change_at(now);
        } else {
            self.update_at(now);
        }
    }

    /// What is stored; `None` for an empty field and for those computed when shown.
    pub(crate) fn get(&self, no: FieldNo) -> Option<&Datum> {
        let at = self.values.binary_search_by_key(&no, |(no, _)| *no).ok()?;
        Some(&self.values[at].1)
    }

    /// What was there before, when that is something else.
    pub(crate) fn set(&mut self, no: FieldNo, value: Option<Datum>) -> Option<Option<Datum>> {
        match (self.values.binary_search_by_key(&no, |(no, _)| *no), value) {
            (Ok(at), Some(value)) if self.values[at].1 == value => None,
            (Ok(at), Some(value)) => Some(Some(mem::replace(&mut self.values[at].1, value))),
            (Ok(at), None) => Some(Some(self.values.remove(at).1)),
            (Err(at), Some(value)) => {
                self.values.insert(at, (no, value));
                Some(None)
            }
            (Err(_), None) => None,
        }
    }

    /// Everything stored, by field number.
    pub(crate) fn values(&self) -> &[(FieldNo, Datum)] {
        &self.values
    }

    /// A field as it reads on the wire: `null` when empty, booleans never empty.
    pub(crate) fn shown(&self, id: u32, no: FieldNo, field: &Field) -> Value {
        match field.name {
            "id" => id.into(),
            "createdAt" => lead_time(self.created).into(),
            "updatedAt" => lead_time(self.updated).into(),
            "leadPartitionId" => self.partition.into(),
            "mktoName" => self.full_name(),
            _ => match self.get(no) {
                Some(datum) => datum.json(),
                None if field.kind == Kind::Boolean => false.into(),
                None => Value::Null,
            },
        }
    }

    /// `mktoName` is put together and never stored.
    pub(crate) fn full_name(&self) -> Value {
        let part = |name| match self.get(fields::known(name)) {
            Some(Datum::Text(text)) => text.as_ref(),
            _ => "",
        };
        let name = format!("{} {}", part("firstName"), part("lastName"));
        let name = name.trim();
        if name.is_empty() {
            Value::Null
        } else {
            name.into()
        }
    }

    /// Everything stored, under the fields' names; for the private view and state files.
    pub(crate) fn stored(&self) -> Map<String, Value> {
        let named =
            |(no, datum): &(FieldNo, Datum)| (fields::by_no(*no).name.to_owned(), datum.json());
        self.values.iter().map(named).collect()
    }
}
