//! Rows out of the cells of a sheet.

use super::FileError;
use crate::file::batch::Batch;
use crate::file::flaw::{self, Flaw};
use crate::file::{MAX_COLUMNS, columns};
use usher_model::Quarantine;

/// The cells of one row and then the next, from left to right.
#[derive(Default)]
pub(super) struct Row {
    /// 1-based, as the sheet counts.
    line: u64,
    text: String,
    /// Where in `text` each cell ends, from the first that is not blank on.
    ends: Vec<usize>,
    /// The column of the first cell that is not blank.
    first: Option<u32>,
    flaw: Option<Flaw>,
}

/// A row's first column and the texts of its cells, or what is wrong with it.
pub(super) struct Table {
    first: u32,
    pub(super) names: Vec<String>,
    pub(super) batch: Batch,
    pub(super) quarantine: Quarantine,
}

impl Row {
    pub(super) fn begin(&mut self, line: u64) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.first = None;
        self.flaw = None;
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Adds a cell by what writes its text; false if it stands left of one before it.
    #[must_use]
    pub(super) fn add(
        &mut self,
        column: u32,
        write: impl FnOnce(&mut String) -> Result<(), Flaw>,
    ) -> bool {
        let start = self.text.len();
        let written = write(&mut self.text).and_then(|()| flaw::cell(&self.text[start..]));
        if let Err(flaw) = written {
            self.flaw.get_or_insert(flaw);
        }
        if self.text.len() > flaw::MAX_ROW {
            self.flaw.get_or_insert(Flaw::OversizedRow);
            self.text.truncate(start);
        }
        if self.text.len() == start && self.first.is_none() && self.flaw.is_none() {
            return true;
        }
        let first = *self.first.get_or_insert(column);
        let Some(place) = column.checked_sub(first) else {
            return false;
        };
        let place = place as usize;
        if place < self.ends.len() {
            return false;
        }
        self.ends.resize(place, start);
        self.ends.push(self.text.len());
        true
    }

    fn is_blank(&self) -> bool {
        self.text.is_empty() && self.flaw.is_none()
    }
}

impl Table {
    /// A table with these names, if the row is not blank.
    pub(super) fn of(row: &Row, name: &str) -> Result<Option<Self>, FileError> {
        if row.is_blank() {
            return Ok(None);
        }
        if let Some(flaw) = row.flaw {
            return Err(FileError::Header {
                name: name.to_owned(),
                line: row.line,
                problem: flaw.to_string(),
            });
        }
        let mut start = 0;
        let mut cells: Vec<&str> = Vec::with_capacity(row.ends.len().min(MAX_COLUMNS));
        for end in &row.ends {
            cells.push(&row.text[start..*end]);
            start = *end;
        }
        while cells.last().is_some_and(|last| last.is_empty()) {
            cells.pop();
        }
        columns::count(cells.len() as u64)?;
        let names = columns::named(cells.into_iter())?;
        Ok(Some(Self {
            first: row.first.unwrap_or(0),
            batch: Batch::new(&names),
            names,
            quarantine: Quarantine::default(),
        }))
    }

    /// Takes a row, unless it is blank.
    pub(super) fn take(&mut self, row: &mut Row) {
        if row.is_blank() {
            return;
        }
        match self.fit(row) {
            Ok(()) => self.batch.push(&row.text, &row.ends, 0),
            Err(flaw) => self.quarantine.add(row.line, flaw.to_string()),
        }
    }

    /// Makes a row as wide as the table. There is no text outside of it.
    fn fit(&self, row: &mut Row) -> Result<(), Flaw> {
        if let Some(flaw) = row.flaw {
            return Err(flaw);
        }
        let (width, first) = (self.names.len(), row.first.unwrap_or(self.first));
        let before = first.checked_sub(self.first).ok_or(Flaw::Outside)? as usize;
        if before >= width {
            return Err(Flaw::Outside);
        }
        row.ends.splice(..0, std::iter::repeat_n(0, before));
        let inside = row.ends.get(width - 1).copied().unwrap_or(row.text.len());
        if inside < row.text.len() {
            return Err(Flaw::Outside);
        }
        row.ends.resize(width, inside);
        Ok(())
    }
}
