//! The reader from outside: small files and what must come of them.

mod encodings;
mod limits;
mod model;
mod shapes;

use super::{FileError, Options, Reader, Source};
use crate::rows::Rows;
use arrow_array::{Array, StringArray};
use usher_model::Quarantine;

/// What a file came to.
#[derive(Debug, PartialEq)]
struct Read {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    quarantine: Quarantine,
}

fn open(bytes: &[u8], options: &Options) -> Result<Reader, FileError> {
    let len = bytes.len() as u64;
    open_from(std::io::Cursor::new(bytes.to_vec()), len, options)
}

fn open_from(
    bytes: impl std::io::Read + Send + 'static,
    len: u64,
    options: &Options,
) -> Result<Reader, FileError> {
    Reader::new(Source::from_read(bytes, "people.csv", len), None, options)
}

fn drain(mut reader: Reader) -> Result<Read, FileError> {
    let columns = reader.columns().to_vec();
    let mut rows = Vec::new();
    while let Some(batch) = reader.next_rows()? {
        assert!(batch.num_rows() > 0);
        let cells: Vec<&StringArray> = batch
            .columns()
            .iter()
            .map(|column| column.as_any().downcast_ref().expect("text"))
            .collect();
        for row in 0..batch.num_rows() {
            rows.push(
                cells
                    .iter()
                    .map(|cell| cell.value(row).to_owned())
                    .collect(),
            );
        }
    }
    assert!(reader.next_rows()?.is_none(), "the end stays the end");
    Ok(Read {
        columns,
        rows,
        quarantine: reader.quarantine().clone(),
    })
}

fn read_with(bytes: &[u8], options: &Options) -> Result<Read, FileError> {
    drain(open(bytes, options)?)
}

fn read(bytes: &[u8]) -> Read {
    read_with(bytes, &Options::default()).expect("readable")
}

/// The rows with `|` between fields and `/` between rows, then what was set aside.
fn brief(read: &Read) -> (String, Vec<(u64, String)>) {
    let rows: Vec<String> = read.rows.iter().map(|row| row.join("|")).collect();
    let aside = &read.quarantine;
    assert_eq!(aside.count as usize, aside.first.len());
    let lines = aside
        .first
        .iter()
        .map(|line| (line.line, line.problem.clone()))
        .collect();
    (rows.join("/"), lines)
}
