//! Who was erased does not come back with the next file: their rows stay blank,
//! as they were left when the person was erased.

use super::blocks::Columns;
use crate::usher::Usher;
use arrow_array::{ArrayRef, RecordBatch, StringArray};
use std::sync::Arc;
use usher_matching::{KeyHash, Suppressions};
use usher_model::{Code, Destination, Problem};
use usher_store::table::suppressions;

/// Who was erased, and where a file would name them.
pub(super) struct Erased {
    people: Suppressions,
    /// The columns that a destination takes its keys from, by the dedupe field;
    /// of a column that becomes one later, the suppression keeps people back.
    keys: Vec<(usize, String)>,
}

impl Usher {
    /// Who is to be blanked in a file with these columns; none if nobody was
    /// erased.
    pub(super) fn erased(&self, names: &[String]) -> Result<Option<Erased>, Problem> {
        let mut people = Suppressions::default();
        for one in suppressions::all(&*self.journal.reader()?)? {
            if one.erased {
                people.add(&one.namespace, KeyHash(one.hash));
            }
        }
        if people.is_empty() {
            return Ok(None);
        }
        let destinations = self.all::<Destination>()?.into_iter();
        let keys = destinations.filter_map(|one| {
            let column = &one.mapping.key_column;
            let at = names.iter().position(|name| name == column)?;
            Some((at, one.dedupe_field))
        });
        let keys = keys.collect();
        Ok(Some(Erased { people, keys }))
    }
}

impl Erased {
    /// Blanks the rows that name somebody: by an address in any column, or by
    /// another key in the column that it is the key of.
    pub(super) fn blank(&self, batch: RecordBatch) -> Result<RecordBatch, Problem> {
        let columns = Columns::new(&batch)?;
        let mut cells = Vec::new();
        let mut names_somebody = |row: &usize| {
            columns.row(*row, &mut cells);
            let mut keys = self.keys.iter();
            cells.iter().any(|cell| self.people.forbids("email", cell))
                || keys.any(|(at, field)| self.people.forbids(field, cells[*at]))
        };
        let rows: Vec<usize> = (0..columns.rows())
            .filter(|row| names_somebody(row))
            .collect();
        match rows.is_empty() {
            true => Ok(batch),
            false => blanked(&batch, &rows),
        }
    }
}

/// A block whose cells in these rows, in ascending order, are all empty. The
/// rows stay, so that counts and row numbers keep their meaning.
pub(crate) fn blanked(batch: &RecordBatch, rows: &[usize]) -> Result<RecordBatch, Problem> {
    let columns = Columns::new(batch)?;
    let blank = |at: usize| -> ArrayRef {
        let mut next = rows.iter().peekable();
        let cells = columns.column(at).text();
        let cells = cells.iter().enumerate();
        let cells = cells.map(|(row, cell)| match next.next_if(|blank| **blank == row) {
            Some(_) => Some(""),
            None => cell,
        });
        Arc::new(cells.collect::<StringArray>())
    };
    let names = batch.schema();
    let names = names.fields().iter().map(|field| field.name());
    let blank = names.zip((0..batch.num_columns()).map(blank));
    RecordBatch::try_from_iter_with_nullable(blank.map(|(name, cells)| (name, cells, false)))
        .map_err(|_| {
            Problem::new(
                Code::Internal,
                "Blanking the rows of someone who was erased broke off.",
                "Nothing was changed; try again.",
            )
        })
}
