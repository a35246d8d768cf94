//! Looking at a file before it is kept: read as an import would read it, from its
//! first line to its last, so that what is set aside is known beforehand.

use super::blocks::Columns;
use super::import::{ImportRequest, options};
use super::stats::ColumnStats;
use crate::progress::Progress;
use crate::usher::Usher;
use serde::Serialize;
use std::sync::Arc;
use ts_rs::TS;
use usher_model::{Audience, Code, Problem, Quarantine};
use usher_remote::file::{self, FileError};
use usher_remote::rows::{Rows, TakenFor};
use usher_store::block::{self, Cells};

/// Rows that are shown as they are.
const SHOWN: usize = 8;

/// What a file holds, read in a certain way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FileLook {
    /// What it was taken for.
    pub taken_for: TakenFor,
    /// Rows that an import would keep.
    pub rows: u64,
    /// Where several sheets of a workbook have rows and none was named: all of these, of
    /// which the first was read. An import wants to be told which.
    pub sheets: Vec<String>,
    /// Its columns.
    pub columns: Vec<ColumnStats>,
    /// Its first rows, cell by cell.
    pub first: Vec<Vec<String>>,
    /// Lines that an import would set aside.
    pub quarantined: Quarantine,
    /// Whether an audience has the wished name already, and would get its next snapshot.
    pub known_name: bool,
}

impl Usher {
    /// Reads a file as [`Usher::import`] would, and keeps nothing of it.
    pub async fn look_at_file(
        self: &Arc<Self>,
        request: ImportRequest,
        progress: &Progress,
    ) -> Result<FileLook, Problem> {
        let known = self.all::<Audience>()?;
        let known_name = known.iter().any(|one| one.name == request.name.trim());
        let progress = progress.clone();
        let looked = tokio::task::spawn_blocking(move || look(&request, known_name, &progress));
        looked.await.unwrap_or_else(|_| {
            Err(Problem::new(
                Code::Internal,
                "Looking at the file broke off.",
                "Try again.",
            ))
        })
    }
}

fn look(
    request: &ImportRequest,
    known_name: bool,
    progress: &Progress,
) -> Result<FileLook, Problem> {
    let mut options = options(request)?;
    let mut sheets = Vec::new();
    let mut opened = file::open(&request.file, &options);
    if let Err(FileError::SeveralSheets {
        sheets: several, ..
    }) = &opened
    {
        options.sheet = several.first().cloned();
        sheets.clone_from(several);
        opened = file::open(&request.file, &options);
    }
    let mut source = opened.map_err(|error| error.problem())?;
    let names = source.columns().iter();
    let mut look = FileLook {
        taken_for: source.taken_for(),
        rows: 0,
        sheets,
        columns: names.map(|name| ColumnStats::named(name)).collect(),
        first: Vec::new(),
        quarantined: Quarantine::default(),
        known_name,
    };
    while let Some(batch) = next(&mut *source, progress)? {
        let batch = block::worded(&batch);
        for (column, cells) in look.columns.iter_mut().zip(batch.columns()) {
            if let Some(cells) = Cells::of(cells) {
                column.add(&cells);
            }
        }
        if look.first.is_empty() {
            let columns = Columns::new(&batch)?;
            let mut cells = Vec::new();
            for row in 0..columns.rows().min(SHOWN) {
                columns.row(row, &mut cells);
                look.first
                    .push(cells.iter().map(|&cell| cell.to_owned()).collect());
            }
        }
        look.rows += batch.num_rows() as u64;
    }
    look.quarantined = source.quarantine().clone();
    Ok(look)
}

fn next(
    source: &mut dyn Rows,
    progress: &Progress,
) -> Result<Option<arrow_array::RecordBatch>, Problem> {
    let amount = source.progress();
    progress.step("looking", amount.done, Some(amount.total))?;
    source.next_batch()
}
