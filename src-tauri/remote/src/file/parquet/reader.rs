//! The parts put together: a file in, batches of text and a quarantine out.

use super::FileError;
use super::budget::Budget;
use super::cells::Cells;
use super::footer;
use super::pages::{Chunks, Pages};
use super::schema::Columns;
use crate::file::batch::Batch;
use crate::file::flaw::{self, Flaw};
use crate::file::source::{Opened, Stamp};
use crate::rows::{Amount, Rows, TakenFor};
use ::parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowGroups};
use ::parquet::column::page::{PageIterator, PageReader};
use ::parquet::errors::Result as Read;
use ::parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use arrow_array::RecordBatch;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};
use usher_model::{Problem, Quarantine};

/// The most rows that are decoded at a time, and about the most bytes.
const STEP_ROWS: i64 = 8_192;
const STEP_BYTES: i64 = 8 << 20;
/// The most cells, so that thousands of columns take no more than ten do.
const STEP_CELLS: usize = 256 << 10;

/// Reads one file from its first row group to its last.
pub(in crate::file) struct Reader {
    chunks: Arc<Chunks>,
    stamp: Stamp,
    metadata: Arc<ParquetMetaData>,
    columns: Columns,
    /// The group that is read, and the rows of it that are still to come.
    group: usize,
    open: Option<(ParquetRecordBatchReader, i64)>,
    /// What was decoded last, and how many of its rows are taken.
    decoded: Option<(Vec<Cells>, usize, usize)>,
    row: u64,
    batch: Batch,
    text: String,
    ends: Vec<usize>,
    quarantine: Quarantine,
    ended: bool,
}

impl Reader {
    /// Reads the footer.
    pub(in crate::file) fn new(opened: Opened) -> Result<Self, FileError> {
        let (name, mut file, len, stamp) = opened.into_file()?;
        let read = guarded(&name, || {
            let metadata = footer::read(&mut file, &name)?;
            let schema = metadata.file_metadata().schema_descr();
            let columns = Columns::of(schema, &name)?;
            Ok((Arc::new(metadata), columns))
        });
        let (metadata, columns) = read.map_err(|error| stamp.explain(error, &name))?;
        let batch = Batch::new(&columns.names);
        Ok(Self {
            chunks: Arc::new(Chunks {
                name,
                file: Mutex::new(file),
                len,
                read: Default::default(),
                budget: Budget::default(),
            }),
            stamp,
            metadata,
            columns,
            group: 0,
            open: None,
            decoded: None,
            row: 0,
            batch,
            text: String::new(),
            ends: Vec::new(),
            quarantine: Quarantine::default(),
            ended: false,
        })
    }

    fn next_rows(&mut self) -> Result<Option<RecordBatch>, FileError> {
        while !self.ended && !self.batch.is_full() {
            match self.decoded.take() {
                Some((cells, rows, taken)) if taken < rows => {
                    self.take_row(&cells, taken);
                    self.decoded = Some((cells, rows, taken + 1));
                }
                _ => {
                    self.chunks.budget.end_batch();
                    self.ended = !self.decode()?;
                }
            }
        }
        if self.ended && self.stamp.changed() {
            return Err(FileError::Changed {
                name: self.chunks.name.clone(),
            });
        }
        self.batch.take()
    }

    fn take_row(&mut self, cells: &[Cells], row: usize) {
        self.row += 1;
        self.text.clear();
        self.ends.clear();
        let mut flaw = None;
        for cell in cells {
            let start = self.text.len();
            if !cell.add(row, &mut self.text) {
                flaw = Some(Flaw::NoDate);
                break;
            }
            if let Err(found) = flaw::cell(&self.text[start..]) {
                flaw = Some(found);
                break;
            }
            if self.text.len() > flaw::MAX_ROW {
                flaw = Some(Flaw::OversizedRow);
                break;
            }
            self.ends.push(self.text.len());
        }
        match flaw {
            None => self.batch.push(&self.text, &self.ends, 0),
            Some(flaw) => self.quarantine.add(self.row, flaw.to_string()),
        }
    }

    /// Decodes the next rows; false if there are none.
    fn decode(&mut self) -> Result<bool, FileError> {
        loop {
            if let Some((reader, left)) = &mut self.open {
                let read = guarded(&self.chunks.name, || Ok(reader.next().transpose()));
                let budget = &self.chunks.budget;
                let batch = match read.map_err(|error| budget.refused().unwrap_or(error))? {
                    Ok(batch) => batch,
                    Err(_) => {
                        let error = || self.chunks.damaged("its rows do not read");
                        return Err(budget.refused().unwrap_or_else(error));
                    }
                };
                let rows = batch.as_ref().map_or(0, RecordBatch::num_rows);
                *left -= rows as i64;
                if *left < 0 || (batch.is_none() && *left > 0) {
                    return Err(self
                        .chunks
                        .damaged("it holds another number of rows than it says"));
                }
                if let Some(batch) = batch {
                    let cells = Cells::of(&batch, &self.columns.uuids);
                    let cells = cells.ok_or_else(|| self.chunks.damaged("its rows do not read"))?;
                    self.decoded = Some((cells, rows, 0));
                    return Ok(true);
                }
                self.open = None;
            }
            if self.group == self.metadata.num_row_groups() {
                return Ok(false);
            }
            self.open = Some(self.begin_group()?);
            self.group += 1;
        }
    }

    fn begin_group(&self) -> Result<(ParquetRecordBatchReader, i64), FileError> {
        let group = Group {
            chunks: Arc::clone(&self.chunks),
            metadata: Arc::clone(&self.metadata),
            index: self.group,
        };
        let claims = group.claims();
        let (rows, bytes) = (claims.num_rows(), claims.total_byte_size().max(1));
        let columns = claims.num_columns();
        let by_bytes = rows.saturating_mul(STEP_BYTES) / bytes;
        let step = by_bytes.clamp(1, STEP_ROWS) as usize;
        let step = step.min((STEP_CELLS / columns).max(1));
        self.chunks.budget.begin_group(columns);
        let reader = guarded(&self.chunks.name, || {
            let levels = &self.columns.levels;
            Ok(ParquetRecordBatchReader::try_new_with_row_groups(
                levels, &group, step, None,
            ))
        });
        match reader? {
            Ok(reader) => Ok((reader, rows)),
            Err(_) => {
                let error = || self.chunks.damaged("its rows do not read");
                Err(self.chunks.budget.refused().unwrap_or_else(error))
            }
        }
    }
}

/// The library may give up on nonsense by a panic: that too is a damaged file.
fn guarded<T>(name: &str, work: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(FileError::Damaged {
            name: name.to_owned(),
            reason: "it makes no sense as Parquet".to_owned(),
        })
    })
}

/// One row group, as the library asks for it.
struct Group {
    chunks: Arc<Chunks>,
    metadata: Arc<ParquetMetaData>,
    index: usize,
}

impl Group {
    fn claims(&self) -> &RowGroupMetaData {
        self.metadata.row_group(self.index)
    }
}

impl RowGroups for Group {
    fn num_rows(&self) -> usize {
        usize::try_from(self.claims().num_rows()).unwrap_or_default()
    }

    fn column_chunks(&self, column: usize) -> Read<Box<dyn PageIterator>> {
        let pages = Pages::new(&self.chunks, self.claims().column(column), column)?;
        Ok(Box::new(Chunk(Some(pages))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.claims()))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.metadata
    }
}

/// The pages of a column, in all row groups that are read at once: in one.
struct Chunk(Option<Pages>);

impl Iterator for Chunk {
    type Item = Read<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        let pages = self.0.take()?;
        Some(Ok(Box::new(pages)))
    }
}

impl PageIterator for Chunk {}

impl Rows for Reader {
    fn columns(&self) -> &[String] {
        &self.columns.names
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, Problem> {
        let rows = self.next_rows();
        rows.map_err(|error| self.stamp.explain(error, &self.chunks.name).problem())
    }

    fn quarantine(&self) -> &Quarantine {
        &self.quarantine
    }

    fn progress(&self) -> Amount {
        Amount {
            done: self.chunks.read.load(Relaxed).min(self.chunks.len),
            total: self.chunks.len,
        }
    }

    fn taken_for(&self) -> TakenFor {
        TakenFor::format("parquet")
    }
}
