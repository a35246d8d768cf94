//! A block of leads: their text in columns, and the flat columns that planning
//! looks at instead.

use arrow_array::builder::{Int64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, RecordBatch};
use serde_json::{Map, Value};
use std::sync::Arc;
use usher_matching::{
    KeyHash, KeyKind, NEVER, email_hash, hashed_as, normalize, read_as_text, there_hash,
};
use usher_model::{Code, Field, Problem, Timestamp};
use usher_store::StoreError;
use usher_store::block::{self, Cells};
use usher_store::table::readings;

/// A lead as the service gives it: its id, and its values by field.
pub(crate) type ReadLead = (i64, Map<String, Value>);

/// When a lead was last updated, as the service says it.
pub(crate) const UPDATED: &str = "updatedAt";
/// The number of a lead's partition.
pub(crate) const PARTITION: &str = "leadPartitionId";
/// The name of the one column that is no text.
pub(super) const ID: &str = "id";

/// Leads in columns: the id, then every field as nullable text.
#[derive(Clone, Debug)]
pub(crate) struct LeadBlock {
    batch: RecordBatch,
    /// Its columns of text: all but the first.
    texts: Vec<Cells>,
}

/// A flat column of a block of leads.
#[derive(Clone, Debug)]
pub(crate) enum LeadColumn {
    /// The service's number, 8 bytes.
    Id,
    /// Milliseconds since 1970, 8 bytes.
    Updated,
    /// What a field is as a key, 16 bytes.
    Key(String, KeyKind),
    /// What the e-mail is as a suppression names it, 16 bytes.
    Email,
    /// What a field holds, 8 bytes.
    Value(Box<Field>),
}

impl LeadBlock {
    /// Leads with these fields; what is not among them is left out.
    pub(crate) fn of(fields: &[String], leads: &[ReadLead]) -> Result<Self, Problem> {
        let mut ids = Int64Builder::with_capacity(leads.len());
        leads.iter().for_each(|(id, _)| ids.append_value(*id));
        let mut named: Vec<(String, ArrayRef, bool)> =
            vec![(ID.into(), Arc::new(ids.finish()), false)];
        for field in fields.iter().filter(|field| *field != ID) {
            let mut column = StringBuilder::new();
            for (_, values) in leads {
                column.append_option(values.get(field).and_then(read_as_text));
            }
            named.push((field.clone(), Arc::new(column.finish()), true));
        }
        let batch = RecordBatch::try_from_iter_with_nullable(named).map_err(|_| unreadable())?;
        Self::from_batch(batch)
    }

    /// Leads from columns as they are kept: an id column of numbers named `id`
    /// first, then text.
    pub(crate) fn from_batch(batch: RecordBatch) -> Result<Self, Problem> {
        let is_id =
            batch.num_columns() > 0 && batch.column(0).as_primitive_opt::<Int64Type>().is_some();
        let texts: Option<Vec<Cells>> = batch.columns().iter().skip(1).map(Cells::of).collect();
        match texts {
            Some(texts) if is_id => Ok(Self { batch, texts }),
            _ => Err(unreadable()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    pub(crate) fn id(&self, lead: usize) -> i64 {
        self.batch.column(0).as_primitive::<Int64Type>().value(lead)
    }

    /// A field's value as text; nothing for null or a field that was not read.
    pub(crate) fn text(&self, field: &str, lead: usize) -> Option<&str> {
        self.cells(field)?.get(lead)
    }

    /// A lead with all that was read of it, as text.
    pub(crate) fn lead(&self, lead: usize) -> ReadLead {
        let values = self.fields().zip(&self.texts);
        let values = values.filter_map(|(field, cells)| {
            let text = cells.get(lead)?;
            Some((field.clone(), Value::from(text)))
        });
        (self.id(lead), values.collect())
    }

    /// The names of the fields it has.
    fn fields(&self) -> impl Iterator<Item = &String> {
        let fields = self.batch.schema_ref().fields().iter().skip(1);
        fields.map(|field| field.name())
    }

    fn cells(&self, field: &str) -> Option<&Cells> {
        let at = self.fields().position(|name| name == field)?;
        self.texts.get(at)
    }

    /// As it is stored, with these flat columns, and the keys that were asked for
    /// by the kind they are of.
    pub(crate) fn stored(
        &self,
        columns: &[LeadColumn],
        keys: &[(KeyKind, Vec<KeyHash>)],
    ) -> Result<readings::Leads, StoreError> {
        let worded = Self::from_batch(block::worded(&self.batch))
            .map_err(|problem| StoreError::Damaged(problem.message))?;
        let made = columns
            .iter()
            .map(|column| (column.name(), block::encode_bytes(&column.make(&worded))));
        let keys_kept = keys
            .iter()
            .map(|(kind, keys)| (asked(*kind), block::encode_bytes(&key_bytes(keys))));
        Ok(readings::Leads {
            count: self.len() as u64,
            asked: keys.first().map_or(0, |(_, keys)| keys.len() as u64),
            block: block::encode(&worded.batch)?,
            columns: made.chain(keys_kept).collect(),
        })
    }

    /// The same without some of its leads.
    pub(crate) fn without(&self, gone: impl Fn(&ReadLead) -> bool) -> Result<Self, Problem> {
        let leads = (0..self.len()).map(|lead| self.lead(lead));
        let kept: Vec<ReadLead> = leads.filter(|lead| !gone(lead)).collect();
        Self::of(&self.fields().cloned().collect::<Vec<_>>(), &kept)
    }

    /// What `of` says of a field of each lead.
    fn each<T: Copy>(&self, field: &str, mut of: impl FnMut(Option<&str>) -> T) -> Vec<T> {
        match self.cells(field) {
            Some(cells) => cells.map(of),
            None => vec![of(None); self.len()],
        }
    }
}

impl LeadColumn {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Id => "id".to_owned(),
            Self::Updated => "updated".to_owned(),
            Self::Key(field, kind) => format!("key/{field}/{}", kind.as_str()),
            Self::Email => "email".to_owned(),
            Self::Value(field) => format!("value/{}/{}", field.name, hashed_as(field)),
        }
    }

    /// Its bytes, made from a block's text.
    pub(crate) fn make(&self, block: &LeadBlock) -> Vec<u8> {
        match self {
            Self::Id => {
                let ids = (0..block.len()).map(|lead| block.id(lead).to_le_bytes());
                ids.collect::<Vec<_>>().into_flattened()
            }
            Self::Updated => {
                let at = |text: Option<&str>| {
                    let at = text.and_then(Timestamp::parse);
                    at.map_or(NEVER, |at| at.0).to_le_bytes()
                };
                block.each(UPDATED, at).into_flattened()
            }
            Self::Key(field, kind) => {
                let key = |text: Option<&str>| {
                    let key = normalize(*kind, text.unwrap_or_default());
                    key.hash().0.to_be_bytes()
                };
                block.each(field, key).into_flattened()
            }
            Self::Email => {
                let key = |text: Option<&str>| {
                    let hash = text.map_or(KeyHash::BLANK, email_hash);
                    hash.0.to_be_bytes()
                };
                block.each("email", key).into_flattened()
            }
            Self::Value(field) => {
                let value = |text: Option<&str>| there_hash(field, text).to_le_bytes();
                block.each(&field.name, value).into_flattened()
            }
        }
    }
}

/// The name of the keys that a block is complete for.
pub(crate) fn asked(kind: KeyKind) -> String {
    format!("asked/{}", kind.as_str())
}

/// Key hashes as bytes.
fn key_bytes(keys: &[KeyHash]) -> Vec<u8> {
    keys.iter().flat_map(|key| key.0.to_be_bytes()).collect()
}

fn unreadable() -> Problem {
    Problem::new(
        Code::StoreDamaged,
        "A block of the destination's people does not read back.",
        "Read the destination again: preview with `--refresh`.",
    )
}
