//! A snapshot's rows, block by block, as columns of text.

use crate::usher::Usher;
use arrow_array::RecordBatch;
use usher_model::{Code, Problem, Snapshot};
use usher_store::Reader;
use usher_store::block::Cells;
use usher_store::table::snapshots;

/// A block's columns of text, all or those that were asked for, by place.
pub(crate) struct Columns {
    texts: Vec<Option<Cells>>,
    rows: usize,
}

impl Columns {
    /// All columns of a block.
    pub(crate) fn new(batch: &RecordBatch) -> Result<Self, Problem> {
        let all: Vec<usize> = (0..batch.num_columns()).collect();
        Self::at(batch, &all)
    }

    /// The columns of a block that has only these, by their places in the whole.
    fn at(batch: &RecordBatch, places: &[usize]) -> Result<Self, Problem> {
        let end = places.iter().max().map_or(0, |last| last + 1);
        let mut texts = vec![None; end];
        for (place, column) in places.iter().zip(batch.columns()) {
            texts[*place] = Some(Cells::of(column).ok_or_else(no_text)?);
        }
        Ok(Self {
            texts,
            rows: batch.num_rows(),
        })
    }

    /// Some columns of a stored block, by place.
    pub(crate) fn some(
        reader: &Reader<'_>,
        snapshot: &Snapshot,
        first_row: u64,
        places: &[usize],
    ) -> Result<Self, Problem> {
        let batch = snapshots::block_columns(reader, &snapshot.id, first_row, places)?;
        Self::at(&batch, places)
    }

    /// All cells of a row, in column order, into a vector that is used again.
    pub(crate) fn row<'a>(&'a self, at: usize, cells: &mut Vec<&'a str>) {
        cells.clear();
        let all = self.texts.iter().flatten();
        cells.extend(all.map(|column| column.get(at).unwrap_or_default()));
    }

    /// A column that was asked for.
    pub(crate) fn column(&self, at: usize) -> &Cells {
        match self.texts.get(at) {
            Some(Some(column)) => column,
            _ => unreachable!("a column is looked at that was not asked for"),
        }
    }

    /// A cell of a column that was asked for.
    pub(crate) fn cell(&self, column: usize, row: usize) -> &str {
        self.column(column).get(row).unwrap_or_default()
    }

    /// All that were asked for, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Cells> {
        self.texts.iter().flatten()
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }
}

fn no_text() -> Problem {
    Problem::new(
        Code::StoreDamaged,
        "A block of an audience does not hold text.",
        "Import the audience again.",
    )
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
