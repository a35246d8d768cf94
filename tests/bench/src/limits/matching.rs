//! Matching in memory, beside a copy of its key columns.

use super::{row, seconds};
use crate::data::Data;
use crate::row::Row;
use crate::told::Failure;
use arrow_array::{Array, StringArray};
use std::path::Path;
use usher_matching::{KeyHash, KeyKind, Meeting, ReadingEnd, Says, Side, Sides, normalize};
use usher_remote::file::{self, Options};

/// The machine's cores that the job is given.
const THREADS: usize = 2;

pub(super) fn rows(data: &Data, turns: usize) -> Result<Vec<Row>, Failure> {
    let hashes = |file: &Path| -> Result<Vec<KeyHash>, Failure> {
        let cells = emails(file)?;
        let hashes = cells
            .iter()
            .map(|cell| normalize(KeyKind::Email, cell).hash());
        Ok(hashes.collect())
    };
    let (people, leads) = (hashes(&data.profiles())?, hashes(&data.leads())?);
    let readings = [ReadingEnd {
        leads: u32::try_from(leads.len())?,
        asked: 0,
        says: Says::All,
    }];
    let nothing = Vec::new();
    let side = |join| Side { join, exact: None };
    let sides = Sides {
        rows: side(&people),
        leads: side(&leads),
        asked: side(&nothing),
        readings: &readings,
        void: &[],
        age: &|lead| (0, i64::from(lead)),
    };
    let mut copied = (vec![KeyHash::BLANK; people.len()], leads.clone());
    let mut pairs = Vec::new();
    for _ in 0..turns {
        let ours = seconds(|| match Meeting::of(&sides, THREADS) {
            Ok(meeting) => Ok(std::hint::black_box(meeting).rows()),
            Err(never) => match never {},
        })?;
        let copy = seconds(|| {
            copied.0.copy_from_slice(&people);
            copied.1.copy_from_slice(&leads);
            Ok(std::hint::black_box(&copied).0.len())
        })?;
        pairs.push((ours, copy));
    }
    let work = format!("let {} keys meet {}", people.len(), leads.len());
    Ok(vec![row(&work, "a copy of both key columns", pairs)])
}

fn emails(file: &Path) -> Result<Vec<String>, Failure> {
    let mut reader = file::open(file, &Options::default()).map_err(|error| error.problem())?;
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
