//! Everyone of the destination, from a file into the store.
//!
//! This is the one place that knows how. It fills the tables of readings itself, as
//! complete for the keys of both audiences, and is to become one call once Usher
//! reads such a file.

use super::home::{BY_NUMBER, Home, JOB, Plan};
use crate::data::Data;
use crate::told::Failure;
use arrow_array::{Array, RecordBatch, StringArray};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::path::Path;
use usher_matching::{Key, KeyKind, normalize};
use usher_model::{Connection, Timestamp};
use usher_remote::file::{Options, Reader};
use usher_store::table::readings::{self, ReadLead, Reading};

/// Keeps the destination's people of the file, by e-mail and by customer number.
pub(super) async fn read(home: &Home, data: &Data) -> Result<(), Failure> {
    for (plan, column, kind) in [
        (&JOB, "email", KeyKind::Email),
        (&BY_NUMBER, "crm_id", KeyKind::Text),
    ] {
        let mut keys = HashSet::new();
        for file in [data.profiles(), data.next()] {
            each(&file, |names, batch| {
                let cells = text(batch, names.iter().position(|name| name == column))?;
                for row in 0..cells.len() {
                    if let Key::Valid(key) = normalize(kind, cells.value(row)) {
                        keys.insert(usher_matching::KeyHash::of(&key).0);
                    }
                }
                Ok(())
            })?;
        }
        keep(home, plan, &data.leads(), keys.into_iter().collect()).await?;
    }
    Ok(())
}

async fn keep(home: &Home, plan: &Plan, file: &Path, keys: Vec<u128>) -> Result<(), Failure> {
    let connection: Connection = home.usher.find("Sandbox")?;
    let scope = format!("{}/{}", connection.id, plan.dedupe_field());
    let now: Timestamp = home.usher.now();
    let mut reading = Reading {
        fields: Vec::new(),
        started_at: now,
        finished_at: now,
        calls: 0,
        keys: keys.len() as u64,
    };
    let cache = &home.stores.1;
    let (begun, first) = (scope.clone(), reading.clone());
    let id = cache.write_blocking(move |tx| readings::begin(tx, &begun, &first))?;
    cache.write_blocking(move |tx| readings::add_block(tx, id, &keys, &[]))?;
    each(file, |names, batch| {
        reading.fields = names.to_vec();
        let columns: Vec<&StringArray> = (0..names.len())
            .map(|at| text(batch, Some(at)))
            .collect::<Result<_, _>>()?;
        let leads: Vec<ReadLead> = (0..batch.num_rows())
            .map(|row| lead(names, &columns, row))
            .collect();
        Ok(cache.write_blocking(move |tx| readings::add_block(tx, id, &[], &leads))?)
    })?;
    cache.write_blocking(move |tx| readings::publish(tx, id, &reading))?;
    Ok(())
}

fn lead(names: &[String], columns: &[&StringArray], row: usize) -> ReadLead {
    let mut values = Map::new();
    for (name, column) in names.iter().zip(columns) {
        let name = if name == "partitionId" {
            "leadPartitionId"
        } else {
            name
        };
        let cell = column.value(row);
        let value = if cell.is_empty() {
            Value::Null
        } else {
            cell.into()
        };
        values.insert(name.to_owned(), value);
    }
    let id = columns[0].value(row).parse().unwrap_or_default();
    (id, values)
}

fn each(
    file: &Path,
    mut take: impl FnMut(&[String], &RecordBatch) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = Reader::open(file, &Options::default())?;
    let names = reader.columns().to_vec();
    while let Some(batch) = reader.next_batch()? {
        take(&names, &batch)?;
    }
    Ok(())
}

fn text(batch: &RecordBatch, column: Option<usize>) -> Result<&StringArray, Failure> {
    column
        .and_then(|at| batch.column(at).as_any().downcast_ref())
        .ok_or_else(|| "the file has no such column of text".into())
}
