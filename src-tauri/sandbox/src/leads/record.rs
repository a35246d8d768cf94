//! One lead.

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
    pub(crate) updated: i64,
    values: Vec<(FieldNo, Datum)>,
}

impl Lead {
    /// An empty lead with room for so many fields.
    pub(crate) fn new(partition: u8, created: i64, updated: i64, room: usize) -> Self {
        Self {
            partition,
            created,
            updated,
            values: Vec::with_capacity(room),
        }
    }

    /// What is stored; `None` for an empty field and for those computed when shown.
    pub(crate) fn get(&self, no: FieldNo) -> Option<&Datum> {
        let at = self.values.binary_search_by_key(&no, |(no, _)| *no).ok()?;
        Some(&self.values[at].1)
    }

    /// Whether anything changed.
    pub(crate) fn set(&mut self, no: FieldNo, value: Option<Datum>) -> bool {
        match (self.values.binary_search_by_key(&no, |(no, _)| *no), value) {
            (Ok(at), Some(value)) if self.values[at].1 == value => false,
            (Ok(at), Some(value)) => {
                self.values[at].1 = value;
                true
            }
            (Ok(at), None) => {
                self.values.remove(at);
                true
            }
            (Err(at), Some(value)) => {
                self.values.insert(at, (no, value));
                true
            }
            (Err(_), None) => false,
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
    fn full_name(&self) -> Value {
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
