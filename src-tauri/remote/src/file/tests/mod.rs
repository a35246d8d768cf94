//! Files from outside: what is on the disk, and what comes of it.

mod changes;
mod packed;
mod same;

use super::{Options, open};
use crate::rows::Rows;
use arrow_array::cast::AsArray;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use usher_model::{Code, Problem, Quarantine};

/// What a file came to.
#[derive(Debug, PartialEq)]
pub(in crate::file) struct Read {
    pub(in crate::file) columns: Vec<String>,
    pub(in crate::file) rows: Vec<Vec<String>>,
    pub(in crate::file) quarantine: Quarantine,
}

pub(in crate::file) fn read(path: &Path) -> Result<Read, Problem> {
    read_with(path, &Options::default())
}

pub(in crate::file) fn read_with(path: &Path, options: &Options) -> Result<Read, Problem> {
    drain(&mut *open(path, options).map_err(|error| error.problem())?)
}

pub(in crate::file) fn refused(path: &Path) -> Code {
    read(path).expect_err("refused").code
}

pub(in crate::file) fn drain(reader: &mut dyn Rows) -> Result<Read, Problem> {
    let mut rows = Vec::new();
    while let Some(batch) = reader.next_batch()? {
        assert!(batch.num_rows() > 0);
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter();
            rows.push(
                cells
                    .map(|column| column.as_string::<i32>().value(row).to_owned())
                    .collect(),
            );
        }
    }
    assert!(reader.next_batch()?.is_none(), "the end stays the end");
    Ok(Read {
        columns: reader.columns().to_vec(),
        rows,
        quarantine: reader.quarantine().clone(),
    })
}

/// A folder for files that go with it.
pub(in crate::file) struct Folder(TempDir);

impl Folder {
    pub(in crate::file) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(in crate::file) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(in crate::file) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}
