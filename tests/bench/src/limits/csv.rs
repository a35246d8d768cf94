//! Parsing, beside reading the bytes and beside the fastest parser that was found.
//!
//! Of csv, arrow-csv, simd-csv and Polars' own, simd-csv without copies was the
//! fastest on one core. It only finds where fields end; Usher's reader also checks
//! the encoding, sets bad lines aside and gives Arrow columns.

use super::{row, seconds};
use crate::row::Row;
use crate::told::Failure;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use usher_remote::file::{self, Options};

pub(super) fn rows(file: &Path, turns: usize) -> Result<Vec<Row>, Failure> {
    let (mut beside_reading, mut beside_parsing) = (Vec::new(), Vec::new());
    read(file)?;
    for _ in 0..turns {
        let plain = seconds(|| read(file))?;
        let ours = seconds(|| ours(file))?;
        let fastest = seconds(|| fastest(file))?;
        beside_reading.push((ours, plain));
        beside_parsing.push((ours, fastest));
    }
    let bytes = file.metadata()?.len();
    let work = format!(
        "parse a CSV file of {} MB to Arrow, one thread",
        bytes / 1_000_000
    );
    Ok(vec![
        row(&work, "a plain read", beside_reading),
        row(&work, "simd-csv", beside_parsing),
    ])
}

fn read(file: &Path) -> Result<u64, Failure> {
    let mut file = File::open(file)?;
    let (mut buffer, mut bytes) = (vec![0; 1 << 20], 0);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(bytes),
            some => bytes += some as u64,
        }
    }
}

fn ours(file: &Path) -> Result<usize, Failure> {
    let mut reader = file::open(file, &Options::default()).map_err(|error| error.problem())?;
    let mut rows = 0;
    while let Some(batch) = reader.next_batch()? {
        rows += batch.num_rows();
    }
    Ok(rows)
}

fn fastest(file: &Path) -> Result<usize, Failure> {
    let mut reader = simd_csv::ZeroCopyReaderBuilder::new().from_reader(File::open(file)?);
    let mut fields = 0;
    while let Some(record) = reader.read_byte_record()? {
        fields += record.len();
    }
    Ok(fields)
}
