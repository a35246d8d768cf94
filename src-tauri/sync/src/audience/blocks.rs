//! A snapshot's rows, block by block, as columns of text.

use crate::usher::Usher;
use arrow_array::cast::AsArray;
use arrow_array::{RecordBatch, StringArray};
use usher_model::{Code, Problem, Snapshot};
use usher_store::table::snapshots;

/// A block's columns; every one is text.
pub(crate) struct Columns(Vec<StringArray>);

impl Columns {
    pub(crate) fn new(batch: &RecordBatch) -> Result<Self, Problem> {
        let columns = batch
            .columns()
            .iter()
            .map(|column| column.as_string_opt::<i32>().cloned());
        columns.collect::<Option<_>>().map(Self).ok_or_else(|| {
            Problem::new(
                Code::StoreDamaged,
                "A block of an audience does not hold text.",
                "Import the audience again.",
            )
        })
    }

    /// All cells of a row, in column order, into a vector that is used again.
    pub(crate) fn row<'a>(&'a self, at: usize, cells: &mut Vec<&'a str>) {
        cells.clear();
        cells.extend(self.0.iter().map(|column| column.value(at)));
    }

    pub(crate) fn column(&self, at: usize) -> &StringArray {
        &self.0[at]
    }

    pub(crate) fn rows(&self) -> usize {
        self.0.first().map_or(0, arrow_array::Array::len)
    }
}

impl Usher {
    /// Gives each block of a snapshot to `take`: its first row (0-based) and
    /// its columns; `false` from it ends the walk.
    pub(crate) fn each_block(
        &self,
        snapshot: &Snapshot,
        from_row: u64,
        mut take: impl FnMut(u64, Columns) -> Result<bool, Problem>,
    ) -> Result<(), Problem> {
        let reader = self.cache.reader()?;
        for (first_row, rows) in snapshots::blocks(&reader, &snapshot.id)? {
            if first_row + rows <= from_row {
                continue;
            }
            let columns = Columns::new(&snapshots::block(&reader, &snapshot.id, first_row)?)?;
            if !take(first_row, columns)? {
                break;
            }
        }
        Ok(())
    }
}
