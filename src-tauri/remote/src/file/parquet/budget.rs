//! What a Parquet file may take of the memory, whatever it says.

use super::FileError;
use ::parquet::errors::ParquetError;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most rows of a row group: what fits the library's counters on every machine.
pub(super) const MAX_GROUP_ROWS: i64 = i32::MAX as i64;

/// The largest page, packed or unpacked. Usual ones are of 1 MiB; one program writes a
/// page for all of a row group's column.
pub(super) const MAX_PAGE: usize = 128 << 20;

/// The most of all pages that are held at one time: of each column the present page,
/// those that began in the present batch, and the dictionary.
const MAX_HELD: usize = 256 << 20;

/// The pages that are held, and why there may be no more of them. The library carries
/// errors as text; here they are kept as what they are.
#[derive(Default)]
pub(super) struct Budget(Mutex<State>);

#[derive(Default)]
struct State {
    columns: Vec<Held>,
    total: usize,
    refused: Option<FileError>,
}

#[derive(Clone, Default)]
struct Held {
    dictionary: usize,
    present: usize,
    before: usize,
}

impl Budget {
    /// A row group begins: nothing of the one before it is held any more.
    pub(super) fn begin_group(&self, columns: usize) {
        let mut state = self.state();
        state.columns.clear();
        state.columns.resize(columns, Held::default());
        state.total = 0;
    }

    /// The rows of a batch were copied: only the present pages are held.
    pub(super) fn end_batch(&self) {
        let state = &mut *self.state();
        for held in &mut state.columns {
            state.total -= std::mem::take(&mut held.before);
        }
    }

    /// How large the next page may be.
    pub(super) fn room(&self) -> usize {
        (MAX_HELD - self.state().total.min(MAX_HELD)).min(MAX_PAGE)
    }

    /// A page of the column is held from now on.
    pub(super) fn hold(&self, column: usize, size: usize, is_dictionary: bool) {
        let state = &mut *self.state();
        let Some(held) = state.columns.get_mut(column) else {
            return;
        };
        state.total += size;
        if is_dictionary {
            held.dictionary += size;
        } else {
            held.before += std::mem::replace(&mut held.present, size);
        }
    }

    /// Keeps the error; the library gets one in its place.
    pub(super) fn refuse(&self, error: FileError) -> ParquetError {
        let told = ParquetError::General(error.to_string());
        self.state().refused.get_or_insert(error);
        told
    }

    /// The error that was kept.
    pub(super) fn refused(&self) -> Option<FileError> {
        self.state().refused.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
