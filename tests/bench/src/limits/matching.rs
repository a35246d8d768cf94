//! Matching in memory, beside a copy of its key columns.

use super::{row, seconds};
use crate::data::Data;
use crate::row::Row;
use crate::told::Failure;
use arrow_array::{Array, StringArray};
use serde_json::Map;
use std::path::Path;
use usher_matching::{KeyHash, KeyKind, LeadTable, normalize};
use usher_remote::file::{Options, Reader};

pub(super) fn rows(data: &Data, turns: usize) -> Result<Vec<Row>, Failure> {
    let people: Vec<KeyHash> = emails(&data.profiles())?
        .iter()
        .map(|cell| normalize(KeyKind::Email, cell).hash())
        .collect();
    let addresses = emails(&data.leads())?;
    let mut leads = LeadTable::new(KeyKind::Email, vec!["email".into()], &[]);
    let mut keys = Vec::with_capacity(addresses.len());
    for (at, cell) in addresses.into_iter().enumerate() {
        keys.push(normalize(KeyKind::Email, &cell).hash());
        let values = Map::from_iter([("email".to_owned(), cell.into())]);
        leads.put(at as i64, &values);
    }
    let mut copied = (vec![KeyHash::BLANK; people.len()], keys.clone());
    let mut pairs = Vec::new();
    for _ in 0..turns {
        let ours = seconds(|| {
            let valid = people.iter().filter(|key| key.is_valid());
            Ok(valid.filter(|key| !leads.of_key(**key).is_empty()).count())
        })?;
        let copy = seconds(|| {
            copied.0.copy_from_slice(&people);
            copied.1.copy_from_slice(&keys);
            Ok(std::hint::black_box(&copied).0.len())
        })?;
        pairs.push((ours, copy));
    }
    let work = format!("look {} keys up among {}", people.len(), keys.len());
    Ok(vec![row(&work, "a copy of both key columns", pairs)])
}

fn emails(file: &Path) -> Result<Vec<String>, Failure> {
    let mut reader = Reader::open(file, &Options::default())?;
    let column = reader.columns().iter().position(|name| name == "email");
    let column = column.ok_or("the file has no column `email`")?;
    let mut all = Vec::new();
    while let Some(batch) = reader.next_batch()? {
        let cells: &StringArray = batch
            .column(column)
            .as_any()
            .downcast_ref()
            .ok_or("the column is no text")?;
        all.extend((0..cells.len()).map(|row| cells.value(row).to_owned()));
    }
    Ok(all)
}
