//! Parquet files: honest ones of many makes, and lying ones.

mod bombs;
mod kinds;
mod lies;
mod makes;

use crate::file::tests::{Folder, Read, read, refused};
use ::parquet::arrow::ArrowWriter;
use ::parquet::file::properties::WriterProperties;
use arrow_array::{ArrayRef, RecordBatch};
use std::path::PathBuf;
use usher_model::Problem;

/// A file of these columns, in as many row groups as there are batches.
fn file(properties: WriterProperties, batches: &[RecordBatch]) -> Vec<u8> {
    let schema = batches[0].schema();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
        writer.flush().unwrap();
    }
    writer.into_inner().unwrap()
}

fn plain(columns: Vec<(&str, ArrayRef)>) -> Vec<u8> {
    file(
        WriterProperties::default(),
        &[RecordBatch::try_from_iter_with_nullable(
            columns
                .into_iter()
                .map(|(name, column)| (name, column, true)),
        )
        .unwrap()],
    )
}

fn read_bytes(bytes: &[u8]) -> Result<Read, Problem> {
    let folder = Folder::new();
    let path: PathBuf = folder.file("people.parquet", bytes);
    read(&path)
}
