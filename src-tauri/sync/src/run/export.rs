//! The people of a run as a file: for a spreadsheet, or in columns for other programs.

use crate::audience::ExportFormat;
use crate::csv;
use crate::partial::Partial;
use crate::progress::Progress;
use crate::run::OutcomeFilter;
use crate::usher::Usher;
use arrow_array::StringArray;
use serde::Serialize;
use std::path::Path;
use usher_model::{PersonOutcome, Problem, Reason};
use usher_remote::file::ParquetWriter;

/// The columns, in order.
const HEAD: [&str; 10] = [
    "row",
    "key",
    "verdict",
    "outcome",
    "list",
    "lead_id",
    "list_lead_id",
    "reason",
    "message",
    "fix",
];
/// Lines that are written together where columns are.
const GATHERED: usize = 8192;

impl Usher {
    /// Writes the wanted people of a run to a file; says how many. CSV is written so that
    /// a spreadsheet runs nothing of it; Parquet has every cell as it is.
    pub fn export_run(
        &self,
        id: &str,
        output: &Path,
        format: ExportFormat,
        filter: &OutcomeFilter,
        progress: &Progress,
    ) -> Result<u64, Problem> {
        // How many a filter lets through is known at the end alone.
        let all = match *filter == OutcomeFilter::default() {
            true => Some(self.run(id)?.rows),
            false => None,
        };
        let mut count = 0;
        let mut counted = || {
            count += 1;
            match count % GATHERED as u64 {
                0 => progress.step("exporting", count, all.map(|all| all.max(count))),
                _ => Ok(()),
            }
        };
        match format {
            ExportFormat::Csv => {
                let mut file = csv::File::create(output, csv::Cells::Spreadsheet)?;
                file.line(HEAD.into_iter())?;
                self.people_of_run(id, filter, |person| {
                    counted()?;
                    file.line(cells(person).iter().map(String::as_str))
                })?;
                file.finish()?;
            }
            ExportFormat::Parquet => {
                let mut file = Partial::create(output)?;
                let unwritable = file.unwritable();
                let head = HEAD.map(str::to_owned);
                let mut rows = ParquetWriter::new(&mut file, &head).map_err(&unwritable)?;
                let mut lines: Vec<[String; HEAD.len()]> = Vec::new();
                self.people_of_run(id, filter, |person| {
                    counted()?;
                    lines.push(cells(person));
                    match lines.len() < GATHERED {
                        true => Ok(()),
                        false => rows.write(columns(&mut lines)).map_err(&unwritable),
                    }
                })?;
                rows.write(columns(&mut lines)).map_err(&unwritable)?;
                rows.finish().map_err(&unwritable)?;
                file.finish()?;
            }
        }
        Ok(count)
    }
}

fn columns(lines: &mut Vec<[String; HEAD.len()]>) -> impl Iterator<Item = StringArray> {
    let lines = std::mem::take(lines);
    (0..HEAD.len()).map(move |at| lines.iter().map(|line| Some(line[at].as_str())).collect())
}

fn cells(person: PersonOutcome) -> [String; HEAD.len()] {
    let number = |value: Option<i64>| value.map_or(String::new(), |value| value.to_string());
    let told = person.reason.unwrap_or(Reason {
        code: String::new(),
        message: String::new(),
        fix: String::new(),
    });
    [
        person.row.map_or(String::new(), |row| row.to_string()),
        person.key.unwrap_or_default(),
        person.verdict.map_or(String::new(), word),
        person.outcome.map_or(String::new(), word),
        word(person.list),
        number(person.lead_id),
        number(person.list_lead_id),
        told.code,
        told.message,
        told.fix,
    ]
}

fn word<T: Serialize>(value: T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
