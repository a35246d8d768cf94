//! The parts put together: a file in, batches of text and a quarantine out.
//!
//! The library's way through a sheet borrows the workbook, so both live on a thread
//! that goes one batch ahead.

use super::guard;
use super::shown::{Shown, Styles};
use super::table::{Row, Table};
use super::{FileError, sheet};
use crate::file::flaw::Flaw;
use crate::file::kind::{OLD_EXCEL, ZIP};
use crate::file::source::{Opened, Stamp};
use crate::rows::{Amount, Rows, TakenFor};
use arrow_array::RecordBatch;
use calamine::{DataRef, Reader as _, Xlsx, XlsxError};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use usher_model::{Problem, Quarantine};

pub(super) type Book = Xlsx<BufReader<Counted>>;

/// As many columns as a sheet has.
const SHEET_COLUMNS: u32 = 16_384;

/// What the thread has to tell.
enum Told {
    Columns(Vec<String>),
    Rows(RecordBatch),
    /// All rows were told; these are not among them.
    Ended(Quarantine),
    Failed(FileError),
}

/// Reads one sheet from its first row to its last.
pub(in crate::file) struct Reader {
    name: String,
    told: Receiver<Told>,
    columns: Vec<String>,
    quarantine: Quarantine,
    read: Arc<AtomicU64>,
    len: u64,
    ended: bool,
}

impl Reader {
    /// Looks through the workbook, chooses the sheet and reads its first row.
    pub(in crate::file) fn new(opened: Opened, wanted: Option<&str>) -> Result<Self, FileError> {
        if opened.start().starts_with(OLD_EXCEL) {
            let name = opened.name().to_owned();
            return Err(FileError::OldExcel { name });
        }
        if !opened.start().starts_with(ZIP) {
            let name = opened.name().to_owned();
            return Err(FileError::NoSpreadsheet { name });
        }
        let (name, file, len, stamp) = opened.into_file()?;
        let read = Arc::new(AtomicU64::new(0));
        let work = Work {
            name: name.clone(),
            file,
            len,
            wanted: wanted.map(str::to_owned),
            read: Arc::clone(&read),
        };
        let (tell, told) = sync_channel(1);
        std::thread::spawn(move || {
            let name = work.name.clone();
            if let Err(error) = work.run(&stamp, &tell) {
                let error = stamp.explain(error, &name);
                drop(tell.send(Told::Failed(error)));
            }
        });
        let mut reader = Self {
            name,
            told,
            columns: Vec::new(),
            quarantine: Quarantine::default(),
            read,
            len,
            ended: false,
        };
        match reader.next_told()? {
            Told::Columns(columns) => reader.columns = columns,
            _ => return Err(reader.gone()),
        }
        Ok(reader)
    }

    fn next_rows(&mut self) -> Result<Option<RecordBatch>, FileError> {
        if self.ended {
            return Ok(None);
        }
        match self.next_told()? {
            Told::Rows(batch) => Ok(Some(batch)),
            Told::Ended(quarantine) => {
                self.quarantine = quarantine;
                self.ended = true;
                Ok(None)
            }
            _ => Err(self.gone()),
        }
    }

    fn next_told(&self) -> Result<Told, FileError> {
        match self.told.recv() {
            Ok(Told::Failed(error)) => Err(error),
            Ok(told) => Ok(told),
            Err(_) => Err(self.gone()),
        }
    }

    /// The thread is gone: the library gave up on nonsense by a panic.
    fn gone(&self) -> FileError {
        FileError::Damaged {
            name: self.name.clone(),
            reason: "it makes no sense as XLSX".to_owned(),
        }
    }
}

impl Rows for Reader {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, Problem> {
        self.next_rows().map_err(|error| error.problem())
    }

    fn quarantine(&self) -> &Quarantine {
        &self.quarantine
    }

    fn progress(&self) -> Amount {
        Amount {
            done: self.read.load(Relaxed).min(self.len),
            total: self.len,
        }
    }

    fn taken_for(&self) -> TakenFor {
        TakenFor::format("xlsx")
    }
}

/// What the thread does.
struct Work {
    name: String,
    file: File,
    len: u64,
    wanted: Option<String>,
    read: Arc<AtomicU64>,
}

impl Work {
    fn run(mut self, stamp: &Stamp, tell: &SyncSender<Told>) -> Result<(), FileError> {
        guard::check(BufReader::new(&mut self.file), self.len, &self.name)?;
        let name = &self.name;
        let counted = BufReader::new(Counted {
            file: self.file,
            read: self.read,
        });
        let mut book = Xlsx::new(counted).map_err(|error| broken(name, &error))?;
        let sheet = sheet::choose(&mut book, self.wanted.as_deref(), name)?;
        let ended = rows(&mut book, &sheet, name, tell)?;
        if stamp.changed() {
            return Err(FileError::Changed { name: self.name });
        }
        drop(tell.send(Told::Ended(ended)));
        Ok(())
    }
}

/// Tells the columns and the rows; what was set aside.
fn rows(
    book: &mut Book,
    sheet: &str,
    name: &str,
    tell: &SyncSender<Told>,
) -> Result<Quarantine, FileError> {
    let no_sense = || FileError::Damaged {
        name: name.to_owned(),
        reason: "its cells are not in order".to_owned(),
    };
    let cells = book.worksheet_cells_reader(sheet);
    let mut cells = cells.map_err(|error| broken(name, &error))?;
    let styles = Styles::of(cells.styles());
    let (mut table, mut row) = (None, Row::default());
    loop {
        let next = cells.next_cell_with_style_id();
        let next = next.map_err(|error| broken(name, &error))?;
        let (line, column) = match &next {
            Some((cell, _)) => (u64::from(cell.get_position().0) + 1, cell.get_position().1),
            None => (u64::MAX, 0),
        };
        if line < row.line() || column >= SHEET_COLUMNS {
            return Err(no_sense());
        }
        if line > row.line() {
            match &mut table {
                None => {
                    table = Table::of(&row, name)?;
                    if let Some(table) = &table {
                        drop(tell.send(Told::Columns(table.names.clone())));
                    }
                }
                Some(table) => table.take(&mut row),
            }
            if let Some(table) = &mut table
                && (table.batch.is_full() || next.is_none())
                && let Some(batch) = table.batch.take()?
                && tell.send(Told::Rows(batch)).is_err()
            {
                // Nobody listens any more.
                return Ok(Quarantine::default());
            }
            row.begin(line);
        }
        let Some((cell, style)) = &next else { break };
        let shown = styles.get(*style);
        if !row.add(column, |out| text(cell.get_value(), shown, out)) {
            return Err(no_sense());
        }
    }
    match table {
        Some(table) => Ok(table.quarantine),
        None => Err(FileError::Empty {
            name: name.to_owned(),
        }),
    }
}

/// Adds the text of a cell.
fn text(value: &DataRef, shown: &Shown, out: &mut String) -> Result<(), Flaw> {
    match value {
        DataRef::Empty => {}
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            out.push_str(text);
        }
        DataRef::SharedString(text) => out.push_str(text),
        DataRef::Int(number) => shown.add_number(*number as f64, out)?,
        DataRef::Float(number) => shown.add_number(*number, out)?,
        DataRef::DateTime(date) => shown.add_date(date, out)?,
        DataRef::Bool(true) => out.push_str("TRUE"),
        DataRef::Bool(false) => out.push_str("FALSE"),
        DataRef::Error(_) => return Err(Flaw::SheetError),
    }
    Ok(())
}

/// What the library says, without what it quotes.
pub(super) fn broken(name: &str, error: &XlsxError) -> FileError {
    let name = name.to_owned();
    match error {
        XlsxError::Io(error) if error.raw_os_error().is_some() => FileError::Unreadable {
            name,
            reason: error.kind().into(),
        },
        XlsxError::Password => FileError::OldExcel { name },
        _ => FileError::Damaged {
            name,
            reason: "it makes no sense as XLSX".to_owned(),
        },
    }
}

/// A file of which the furthest place that was read is known.
pub(super) struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.read.fetch_add(count as u64, Relaxed);
        Ok(count)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
