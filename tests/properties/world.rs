//! A small world: an audience, leads, what was delivered, who is on the list.

use serde_json::Value;
use std::fmt;
use usher_matching::{KeyKind, Settings, ValueHash};
use usher_model::{DataType, Field};

/// A lead as the service would give it.
#[derive(Clone, Debug)]
pub(crate) struct Lead {
    pub(crate) id: i64,
    pub(crate) updated: Option<String>,
    pub(crate) partition: i64,
    pub(crate) values: Vec<(String, Value)>,
}

impl Lead {
    /// A field's value; null for one that was not given.
    pub(crate) fn value(&self, name: &str) -> &Value {
        let found = self.values.iter().find(|(known, _)| known == name);
        found.map_or(&Value::Null, |(_, value)| value)
    }

    /// Sets a field.
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value));
    }
}

/// Someone who must not be sent: the value itself, or its SHA-256 in hex.
#[derive(Clone, Debug)]
pub(crate) struct Suppressed {
    pub(crate) namespace: String,
    pub(crate) value: String,
}

/// A value that was delivered for a lead, as the audience spelled it then.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) lead: i64,
    pub(crate) field: String,
    pub(crate) cell: String,
}

/// Everything a plan is made from.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) leads: Vec<Lead>,
    pub(crate) suppressions: Vec<Suppressed>,
    pub(crate) delivered: Vec<Delivery>,
    /// What a run has noted since, as the ledger keeps it.
    pub(crate) remembered: Vec<(i64, String, ValueHash)>,
    /// Whom Usher added to the list, and under which key.
    pub(crate) added: Vec<(i64, String)>,
    /// Who is on the list; profile-only has none.
    pub(crate) list: Option<Vec<i64>>,
}

impl World {
    pub(crate) fn key_kind(&self) -> KeyKind {
        self.settings.key_kind()
    }

    pub(crate) fn lead(&self, id: i64) -> Option<&Lead> {
        self.leads.iter().find(|lead| lead.id == id)
    }

    /// Whether the dedupe field is mapped a second time, so that a plan may
    /// change by whom a row is found.
    pub(crate) fn rewrites_its_keys(&self) -> bool {
        let key = &self.settings.key.field.name;
        self.settings
            .fields
            .iter()
            .any(|mapped| mapped.field.name == *key)
    }
}

/// Only what the settings look at, so that a failing world can be read.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Settings {
            sync_type,
            person_action,
            mode,
            on_drift,
            key,
            fields,
            consent,
            ..
        } = &self.settings;
        writeln!(
            f,
            "{sync_type:?} {person_action:?} {mode:?} {on_drift:?} consent {consent:?} by {}",
            key.field.name
        )?;
        for mapped in fields {
            writeln!(
                f,
                "  {}={} clear={}",
                mapped.column, mapped.field.name, mapped.clear_when_blank
            )?;
        }
        for (at, row) in self.rows.iter().enumerate() {
            let cells: Vec<_> = fields.iter().map(|mapped| &row[mapped.column]).collect();
            writeln!(
                f,
                "row {} key {:?} consent {:?} {cells:?}",
                at + 1,
                row[key.column],
                row[1]
            )?;
        }
        for lead in &self.leads {
            let values: Vec<_> = fields
                .iter()
                .map(|mapped| lead.value(&mapped.field.name).to_string())
                .collect();
            let (key, email) = (lead.value(&key.field.name), lead.value("email"));
            writeln!(
                f,
                "lead {} at {:?} key {key} email {email} {values:?}",
                lead.id, lead.updated
            )?;
        }
        writeln!(f, "suppressed {:?}", self.suppressions)?;
        writeln!(f, "delivered {:?}", self.delivered)?;
        writeln!(f, "added {:?} list {:?}", self.added, self.list)
    }
}

/// Fields, one of every kind, with those that the rules name.
pub(crate) const FIELDS: [(&str, DataType); 21] = [
    ("firstName", DataType::String),
    ("lastName", DataType::String),
    ("email", DataType::Email),
    ("company", DataType::String),
    ("notes", DataType::Text),
    ("phone", DataType::Phone),
    ("website", DataType::Url),
    ("score", DataType::Integer),
    ("rating", DataType::Float),
    ("share", DataType::Percent),
    ("revenue", DataType::Currency),
    ("vip", DataType::Boolean),
    ("birthday", DataType::Date),
    ("lastSeen", DataType::Datetime),
    ("owner", DataType::Reference),
    ("odd", DataType::Unknown),
    ("unsubscribed", DataType::Boolean),
    ("unsubscribedReason", DataType::Text),
    ("emailInvalid", DataType::Boolean),
    ("doNotCall", DataType::Boolean),
    ("marketingSuspended", DataType::Boolean),
];

/// A field of a world. Strings hold twenty characters.
pub(crate) fn field(name: &str, data_type: DataType) -> Field {
    Field {
        name: name.to_owned(),
        display_name: name.to_owned(),
        data_type,
        length: (data_type == DataType::String).then_some(20),
        writable: true,
        searchable: true,
        company: false,
    }
}
