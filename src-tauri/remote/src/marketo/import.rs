//! Bulk lead import: a file of people is taken as a whole, worked on behind the scenes,
//! and says afterwards which rows it refused (Marketo docs: bulk lead import).

use super::{
    Ask, Marketo,
    envelope::{number, text_of},
    extract::JobState,
    form,
};
use crate::{
    failure::{Failure, bounded},
    http::Body,
};
use std::{fmt, time::Duration};

/// The most bytes of a file; the documented limit is 10 MB.
pub const MAX_IMPORT: usize = 9_900_000;
/// The longest wait for the answer to a file.
const UPLOAD: Duration = Duration::from_secs(300);
/// The most bytes of a file of refused rows: each with its reason.
const REFUSED_REPLY: usize = 64 << 20;

/// A file of people: a row of field names, then quoted rows. Its `Debug` shows no person.
#[derive(Clone, PartialEq, Eq)]
pub struct Import {
    /// Who has this field's value already is updated; `id` makes nobody.
    pub lookup_field: String,
    /// Where new people go.
    pub partition: Option<String>,
    /// The list that all of them join.
    pub list: Option<i64>,
    /// At most [`MAX_IMPORT`] bytes.
    pub csv: Vec<u8>,
}

impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Import(by {}, {} bytes)",
            self.lookup_field,
            self.csv.len()
        )
    }
}

/// An import as the service tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportJob {
    /// Where it is.
    pub state: JobState,
    /// Rows that were looked at.
    pub processed: u64,
    /// Rows that were refused.
    pub failed: u64,
    /// Rows that were taken with a warning.
    pub warned: u64,
    /// The service's words.
    pub message: String,
}

/// Which file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Those that were refused.
    Failures,
    /// Those that were taken with a warning.
    Warnings,
}

/// A row as it was sent, and what the service says of it. Its `Debug` shows no person.
#[derive(Clone, PartialEq, Eq)]
pub struct ToldRow {
    /// The row's cells, in the order of the columns that were sent.
    pub cells: Vec<String>,
    /// The service's words.
    pub reason: String,
}

impl fmt::Debug for ToldRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ToldRow({} cells)", self.cells.len())
    }
}

impl Marketo {
    /// Sends a file; gives the number under which the service works on it. 1016: the
    /// queue is full. 1019: an import into that list is under way.
    pub async fn import_people(&self, import: &Import) -> Result<i64, Failure> {
        if import.csv.len() > MAX_IMPORT {
            return Err(Failure::TooLarge);
        }
        let list = import.list.map(|list| list.to_string());
        let mut pairs = vec![
            ("format", "csv"),
            ("lookupField", import.lookup_field.as_str()),
        ];
        pairs.extend(
            import
                .partition
                .iter()
                .map(|name| ("partitionName", name.as_str())),
        );
        pairs.extend(list.iter().map(|list| ("listId", list.as_str())));
        let path = format!("/bulk/v1/leads.json?{}", form::encode(&pairs));
        let ask = Ask::post(path, Body::File(import.csv.clone())).waiting(UPLOAD);
        let records = self.call(ask).await?.records()?;
        let batch = records
            .first()
            .and_then(|record| number(record.get("batchId")?));
        batch
            .filter(|batch| *batch > 0)
            .ok_or_else(|| Failure::unknown("an import without its number"))
    }

    /// Where an import is.
    pub async fn import_status(&self, batch: i64) -> Result<ImportJob, Failure> {
        let path = format!("/bulk/v1/leads/batch/{batch}.json");
        let records = self.call(Ask::get(path)).await?.records()?;
        let read = |record: &serde_json::Value| {
            let count = |key: &str| match record.get(key) {
                None => Some(0),
                Some(count) => u64::try_from(number(count)?).ok(),
            };
            Some(ImportJob {
                state: JobState::of(&text_of(record, "status")?)?,
                processed: count("numOfLeadsProcessed")?,
                failed: count("numOfRowsFailed")?,
                warned: count("numOfRowsWithWarning")?,
                message: bounded(&text_of(record, "message").unwrap_or_default()),
            })
        };
        records
            .first()
            .and_then(read)
            .ok_or_else(|| Failure::unknown("an import without its state"))
    }

    /// The rows of one side. The title of the column of reasons is not documented; it
    /// is the last one.
    pub async fn import_rows(&self, batch: i64, side: Side) -> Result<Vec<ToldRow>, Failure> {
        let side = match side {
            Side::Failures => "failures",
            Side::Warnings => "warnings",
        };
        let ask = Ask {
            max_reply: REFUSED_REPLY,
            ..Ask::get(format!("/bulk/v1/leads/batch/{batch}/{side}.json")).waiting(UPLOAD)
        };
        let file = self.file(ask).await?;
        let mut rows = csv::ReaderBuilder::new().from_reader(file.as_slice());
        let row = |record: Result<csv::StringRecord, csv::Error>| {
            let mut cells: Vec<String> = record.ok()?.iter().map(str::to_owned).collect();
            let reason = bounded(&cells.pop()?);
            Some(ToldRow { cells, reason })
        };
        let rows: Option<Vec<ToldRow>> = rows.records().map(row).collect();
        rows.ok_or_else(|| Failure::unknown("a file of rows that cannot be read"))
    }
}
