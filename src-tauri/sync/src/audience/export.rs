//! An audience as a file again, cell for cell what was imported.

use super::blocks::Columns;
use crate::csv;
use crate::partial::Partial;
use crate::progress::Progress;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::path::Path;
use usher_model::{Problem, Snapshot};
use usher_remote::file::ParquetWriter;

/// The formats an audience can be exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Comma-separated, quoted where needed, UTF-8.
    Csv,
    /// Every column UTF-8 text, packed with Zstandard.
    Parquet,
}

impl ExportFormat {
    /// By the name of the file; CSV unless it says Parquet.
    pub fn of(output: &Path) -> Self {
        let end = output.extension();
        match end.is_some_and(|end| end.eq_ignore_ascii_case("parquet")) {
            true => Self::Parquet,
            false => Self::Csv,
        }
    }
}

impl Usher {
    /// Writes all members to a file; says how many. Cells are never altered:
    /// these are the formats that machines read back.
    pub fn export_audience(
        &self,
        id_or_name: &str,
        output: &Path,
        format: ExportFormat,
        progress: &Progress,
    ) -> Result<u64, Problem> {
        let (_, snapshot) = self.audience(id_or_name)?;
        match format {
            ExportFormat::Csv => self.export_csv(&snapshot, output, progress)?,
            ExportFormat::Parquet => self.export_parquet(&snapshot, output, progress)?,
        }
        Ok(snapshot.rows)
    }

    fn export_csv(
        &self,
        snapshot: &Snapshot,
        output: &Path,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let mut file = csv::File::create(output, csv::Cells::Exact)?;
        file.line(snapshot.columns.iter().map(String::as_str))?;
        self.each_exported(snapshot, progress, |columns| {
            let mut cells = Vec::new();
            for at in 0..columns.rows() {
                columns.row(at, &mut cells);
                file.line(cells.iter().copied())?;
            }
            Ok(())
        })?;
        file.finish()
    }

    fn export_parquet(
        &self,
        snapshot: &Snapshot,
        output: &Path,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let mut file = Partial::create(output)?;
        let unwritable = file.unwritable();
        let mut rows = ParquetWriter::new(&mut file, &snapshot.columns).map_err(&unwritable)?;
        let count = snapshot.columns.len();
        self.each_exported(snapshot, progress, |columns| {
            let columns = (0..count).map(|at| columns.column(at).text().into_owned());
            rows.write(columns).map_err(&unwritable)
        })?;
        rows.finish().map_err(&unwritable)?;
        file.finish()
    }

    fn each_exported(
        &self,
        snapshot: &Snapshot,
        progress: &Progress,
        mut write: impl FnMut(&Columns) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.each_block(snapshot, 0, |first_row, columns| {
            progress.step("exporting", first_row, Some(snapshot.rows))?;
            write(&columns)?;
            Ok(true)
        })
    }
}
