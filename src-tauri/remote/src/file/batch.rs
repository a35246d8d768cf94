//! The last stage of every format: gathers rows into Arrow record batches of bounded
//! size.

use super::FileError;
use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use std::sync::Arc;

/// The most rows of a batch.
pub(super) const MAX_ROWS: usize = 16_384;

/// A batch ends with the row that reaches so much text.
pub(super) const MAX_TEXT: usize = 8 << 20;

/// What a cell takes beside its text. Counted as text, so that thousands of empty
/// columns do not make a batch of hundreds of megabytes.
const CELL: usize = size_of::<i32>();

/// The rows since the last batch. Each batch has the same schema: every column is
/// text and never null, as a delimited file knows only the empty value.
pub(super) struct Batch {
    schema: SchemaRef,
    columns: Vec<StringBuilder>,
    rows: usize,
    text: usize,
}

impl Batch {
    pub(super) fn new(columns: &[String]) -> Self {
        let fields: Vec<Field> = columns
            .iter()
            .map(|name| Field::new(name, DataType::Utf8, false))
            .collect();
        Self {
            schema: Arc::new(Schema::new(fields)),
            columns: columns
                .iter()
                .map(|_| StringBuilder::with_capacity(0, 0))
                .collect(),
            rows: 0,
            text: 0,
        }
    }

    /// Adds a row: as many cells as columns, which stand in `text` with `gap` bytes
    /// between each two and end there.
    #[inline]
    pub(super) fn push(&mut self, text: &str, ends: &[usize], gap: usize) {
        let mut start = 0;
        for (column, end) in self.columns.iter_mut().zip(ends) {
            column.append_value(&text[start..*end]);
            start = *end + gap;
        }
        self.rows += 1;
        self.text += text.len() + CELL * ends.len();
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows >= MAX_ROWS || self.text >= MAX_TEXT
    }

    /// The rows gathered so far; none if there are none. Starts anew, with room for
    /// as much again: neighbouring batches of a file are alike.
    pub(super) fn take(&mut self) -> Result<Option<RecordBatch>, FileError> {
        if self.rows == 0 {
            return Ok(None);
        }
        let rows = std::mem::take(&mut self.rows);
        self.text = 0;
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(self.columns.len());
        for column in &mut self.columns {
            let bytes = column.values_slice().len().min(MAX_TEXT);
            arrays.push(Arc::new(column.finish()));
            *column = StringBuilder::with_capacity(rows, bytes);
        }
        let batch: Result<RecordBatch, ArrowError> =
            RecordBatch::try_new(Arc::clone(&self.schema), arrays);
        batch.map(Some).map_err(FileError::Batch)
    }
}
