//! What a plan is made by: the sync, its destination and its mapping, resolved
//! to the columns of one snapshot and the fields of one service.

use crate::key::KeyKind;
use crate::value::canonical;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_model::{Field, Mode, OnDrift, PersonAction, SyncType};

/// One column that fills one field.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MappedField {
    /// Where the column stands in the snapshot.
    pub column: usize,
    /// The field it fills.
    pub field: Field,
    /// Whether a blank clears the field.
    pub clear_when_blank: bool,
}

impl MappedField {
    /// What a row would send for the field: nothing when it is blank and a
    /// blank says nothing, null when a blank clears, nothing where it does not fit.
    pub fn sent(&self, cells: &[&str]) -> Option<Value> {
        let cell = cells[self.column];
        if cell.trim().is_empty() {
            return self.clear_when_blank.then_some(Value::Null);
        }
        canonical(&self.field, cell).ok()
    }
}

/// Everything that shapes a plan beside the people themselves. It is part of
/// the plan's digest, so it holds names and rules and nothing of a machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// What of a person goes.
    pub sync_type: SyncType,
    /// What happens to people who are not there.
    pub person_action: PersonAction,
    /// Whether those who left leave the list.
    pub mode: Mode,
    /// What happens to fields that others changed.
    pub on_drift: OnDrift,
    /// Where new people go.
    pub partition: Option<String>,
    /// The field that identifies, and the column that fills it.
    pub key: MappedField,
    /// The other columns, in the mapping's order.
    pub fields: Vec<MappedField>,
    /// The column and value that mean consent.
    pub consent: Option<(usize, String)>,
}

impl Settings {
    /// How keys are compared.
    pub fn key_kind(&self) -> KeyKind {
        KeyKind::of(self.key.field.data_type)
    }

    /// The fields that the service must return for a plan to be made, the
    /// dedupe field first and each once.
    pub fn fields_to_read(&self) -> Vec<String> {
        let mut names = vec![self.key.field.name.clone()];
        let mapped = self.fields.iter().map(|mapped| mapped.field.name.clone());
        for name in mapped.chain(["email".to_owned()]) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The columns that say, for a namespace, who a row is: the dedupe column
    /// if the field is of that name, and every column mapped to it.
    pub fn columns_of(&self, namespace: &str) -> Vec<usize> {
        let mut columns: Vec<usize> = std::iter::once(&self.key)
            .chain(&self.fields)
            .filter(|mapped| mapped.field.name == namespace)
            .map(|mapped| mapped.column)
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }
}
