//! Parquet out: columns of text, packed with Zstandard.

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::io::{self, Write};
use std::sync::Arc;

/// A row group ends at whichever comes first; so much is held until it is written.
const GROUP_ROWS: usize = 128 << 10;
const GROUP_BYTES: usize = 32 << 20;

/// Writes rows of text as Parquet, every column UTF-8 and never null.
pub struct ParquetWriter<W: Write + Send> {
    schema: SchemaRef,
    rows: ArrowWriter<W>,
}

impl<W: Write + Send> ParquetWriter<W> {
    /// Begins a file with these columns.
    pub fn new(out: W, columns: &[String]) -> io::Result<Self> {
        let columns = columns.iter();
        let fields = columns.map(|name| Field::new(name, DataType::Utf8, false));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_created_by(concat!("Usher ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let options = ArrowWriterOptions::new()
            .with_properties(properties)
            .with_skip_arrow_metadata(true);
        let rows = ArrowWriter::try_new_with_options(out, Arc::clone(&schema), options);
        Ok(Self {
            schema,
            rows: rows.map_err(told)?,
        })
    }

    /// Adds rows, given as columns of one length in the order of the names.
    pub fn write(&mut self, columns: impl Iterator<Item = StringArray>) -> io::Result<()> {
        let columns = columns.map(|column| Arc::new(column) as ArrayRef);
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns.collect());
        let batch = batch.map_err(io::Error::other)?;
        self.rows.write(&batch).map_err(told)
    }

    /// Ends the file. Without this it is none.
    pub fn finish(self) -> io::Result<()> {
        self.rows.close().map(drop).map_err(told)
    }
}

/// What the system said, where it was the system.
fn told(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(error) => io::Error::other(error),
        },
        error => io::Error::other(error),
    }
}
