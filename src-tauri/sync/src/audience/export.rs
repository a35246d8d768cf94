//! An audience as a file again, cell for cell what was imported.

use crate::csv;
use crate::progress::Progress;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::path::Path;
use usher_model::{Code, Problem};

/// The formats an audience can be exported to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// Comma-separated, quoted where needed, UTF-8.
    Csv,
    /// Not in this version.
    Parquet,
}

impl Usher {
    /// Writes all members to a file; says how many. Cells are never altered:
    /// this is the format that machines read back.
    pub fn export_audience(
        &self,
        id_or_name: &str,
        output: &Path,
        format: ExportFormat,
        progress: &Progress,
    ) -> Result<u64, Problem> {
        if format == ExportFormat::Parquet {
            return Err(Problem::new(
                Code::NotAvailable,
                "This version exports CSV.",
                "Use `--format csv`.",
            ));
        }
        let (_, snapshot) = self.audience(id_or_name)?;
        let mut file = csv::File::create(output, csv::Cells::Exact)?;
        file.line(snapshot.columns.iter().map(String::as_str))?;
        self.each_block(&snapshot, 0, |first_row, columns| {
            progress.step("exporting", first_row, Some(snapshot.rows))?;
            let mut cells = Vec::new();
            for at in 0..columns.rows() {
                columns.row(at, &mut cells);
                file.line(cells.iter().copied())?;
            }
            Ok(true)
        })?;
        file.finish()?;
        Ok(snapshot.rows)
    }
}
