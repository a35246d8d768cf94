//! CSV files that Usher writes.

use crate::partial::Partial;
use std::io::{BufWriter, Write};
use std::path::Path;
use usher_model::Problem;

/// What may happen to a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cells {
    /// Nothing: a machine reads the file back.
    Exact,
    /// A cell that a spreadsheet would run as a formula gets a `'` in front.
    Spreadsheet,
}

/// A file that a person or a program opens as a table.
pub(crate) struct File {
    out: BufWriter<Partial>,
    cells: Cells,
}

impl File {
    pub(crate) fn create(output: &Path, cells: Cells) -> Result<Self, Problem> {
        let out = BufWriter::new(Partial::create(output)?);
        Ok(Self { out, cells })
    }

    pub(crate) fn line<'a>(&mut self, cells: impl Iterator<Item = &'a str>) -> Result<(), Problem> {
        let mut line = Vec::new();
        for (at, cell) in cells.enumerate() {
            if at > 0 {
                line.push(b',');
            }
            quoted(cell, self.cells, at == 0, &mut line);
        }
        line.extend_from_slice(b"\r\n");
        let written = self.out.write_all(&line);
        written.map_err(self.out.get_ref().unwritable())
    }

    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        let written = self.out.flush();
        written.map_err(self.out.get_ref().unwritable())?;
        self.out.get_mut().finish()
    }
}

fn quoted(cell: &str, cells: Cells, first: bool, line: &mut Vec<u8>) {
    let runs = cells == Cells::Spreadsheet && is_formula(cell);
    let needs_quotes = cell.contains(['"', ',', '\r', '\n']) || (first && cell.is_empty());
    let plain = !runs && !needs_quotes;
    if plain {
        line.extend_from_slice(cell.as_bytes());
        return;
    }
    line.push(b'"');
    if runs {
        line.push(b'\'');
    }
    line.extend_from_slice(cell.replace('"', "\"\"").as_bytes());
    line.push(b'"');
}

/// Whether a spreadsheet would run it (OWASP: CSV injection), after white space
/// and in full width too.
fn is_formula(cell: &str) -> bool {
    let first = cell
        .trim_start_matches([' ', '\u{feff}', '\u{a0}'])
        .chars()
        .next();
    first.is_some_and(|c| {
        matches!(
            c,
            '=' | '+'
                | '-'
                | '@'
                | '\t'
                | '\r'
                | '\0'
                | '\u{ff1d}'
                | '\u{ff0b}'
                | '\u{ff0d}'
                | '\u{ff20}'
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Cells, quoted};

    #[test]
    fn a_spreadsheet_runs_nothing_and_a_machine_reads_everything() {
        let line = |cell: &str, cells| {
            let mut line = Vec::new();
            quoted(cell, cells, false, &mut line);
            String::from_utf8(line).unwrap()
        };
        assert_eq!(
            line("+4912", Cells::Exact),
            "+4912",
            "a phone number is not altered for machines"
        );
        for cell in ["=1+1", "+4912", " @x", "\u{ff1d}1", "-1", "\tx"] {
            assert!(line(cell, Cells::Spreadsheet).starts_with("\"'"), "{cell}");
        }
        assert_eq!(line("a \"b\", c", Cells::Exact), "\"a \"\"b\"\", c\"");
    }
}
