//! CSV files that Usher writes: whole or not at all.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use usher_model::{Code, Problem};

/// What may happen to a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cells {
    /// Nothing: a machine reads the file back.
    Exact,
    /// A cell that a spreadsheet would run as a formula gets a `'` in front.
    Spreadsheet,
}

/// A file under a name of its own until it is finished.
pub(crate) struct File {
    out: BufWriter<fs::File>,
    partial: PathBuf,
    output: PathBuf,
    cells: Cells,
    finished: bool,
}

impl File {
    pub(crate) fn create(output: &Path, cells: Cells) -> Result<Self, Problem> {
        let mut partial = output.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&partial)
            .map_err(|error| unwritable(output, &error))?;
        Ok(Self {
            out: BufWriter::new(file),
            partial,
            output: output.to_owned(),
            cells,
            finished: false,
        })
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
        self.out
            .write_all(&line)
            .map_err(|error| unwritable(&self.output, &error))
    }

    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        let done = self
            .out
            .flush()
            .and_then(|()| self.out.get_ref().sync_all())
            .and_then(|()| fs::rename(&self.partial, &self.output));
        self.finished = done.is_ok();
        done.map_err(|error| unwritable(&self.output, &error))
    }
}

impl Drop for File {
    fn drop(&mut self) {
        if !self.finished {
            drop(fs::remove_file(&self.partial));
        }
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

fn unwritable(output: &Path, error: &std::io::Error) -> Problem {
    Problem::new(
        Code::FileUnreadable,
        format!(
            "The file `{}` cannot be written: {}.",
            output.display(),
            error.kind()
        ),
        "Choose another place, or make room; nothing was left there.",
    )
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
