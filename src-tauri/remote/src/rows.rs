//! Rows of people from wherever they come.

use arrow_array::RecordBatch;
use serde::Serialize;
use ts_rs::TS;
use usher_model::{Problem, Quarantine};

/// Rows that are read batch by batch, from a file or from a service.
///
/// Each record of the source is either a row of a batch or in the quarantine, never
/// both nor neither. The batches are to be trusted only once the last one was given:
/// a source that broke off or changed meanwhile is an error at the end, and nothing
/// of it may be kept.
pub trait Rows: Send {
    /// The names of the columns in their order: unique, trimmed, none empty.
    fn columns(&self) -> &[String];

    /// The next rows, at least one; none at the end. Every column is UTF-8 text and
    /// never null: what is missing is empty.
    fn next_batch(&mut self) -> Result<Option<RecordBatch>, Problem>;

    /// What was set aside so far; all of it once the last batch was given.
    fn quarantine(&self) -> &Quarantine;

    /// How far the reading is, a little ahead of the rows given.
    fn progress(&self) -> Amount;

    /// What the source was taken for.
    fn taken_for(&self) -> TakenFor;
}

/// What a file was taken for, said by somebody or found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TakenFor {
    /// `csv`, `parquet` or `xlsx`.
    pub format: String,
    /// Of text alone: the encoding's name in the WHATWG standard.
    pub encoding: Option<String>,
    /// Of text alone: what separates its fields.
    pub delimiter: Option<char>,
}

impl TakenFor {
    /// A format that says all of it itself.
    pub(crate) fn format(name: &str) -> Self {
        Self {
            format: name.to_owned(),
            encoding: None,
            delimiter: None,
        }
    }
}

/// How much of a source was read, in bytes as they are stored or in whatever else
/// it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// So much was read.
    pub done: u64,
    /// Of so much, as far as that is known beforehand.
    pub total: u64,
}
