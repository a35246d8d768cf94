//! The stages put together: a file in, batches and a quarantine out.

use super::batch::Batch;
use super::record::Records;
use super::source::Source;
use super::text::Text;
use super::{FileError, Options, delimiter, header, verdict};
use arrow_array::RecordBatch;
use std::io::Read;
use std::path::Path;
use usher_model::Quarantine;

/// Reads one file from its start to its end.
///
/// Each record is either a row of a batch or in the quarantine, never both nor
/// neither. The batches are to be trusted only once the last one was given: a file
/// that changed meanwhile is an error at the end.
pub struct Reader {
    text: Text,
    records: Records,
    delimiter: u8,
    columns: Vec<String>,
    batch: Batch,
    quarantine: Quarantine,
    ended: bool,
}

impl Reader {
    /// Opens a file and reads its column names.
    pub fn open(path: &Path, options: &Options) -> Result<Self, FileError> {
        Self::start(Source::open(path)?, options)
    }

    /// The same for bytes from elsewhere; `len` is only told again as the total.
    pub fn open_from(
        bytes: impl Read + Send + 'static,
        name: &str,
        len: u64,
        options: &Options,
    ) -> Result<Self, FileError> {
        Self::start(Source::from_read(bytes, name, len), options)
    }

    fn start(source: Source, options: &Options) -> Result<Self, FileError> {
        let given = delimiter::given(options, source.name())?;
        let mut text = Text::new(source, options.encoding.as_deref())?;
        let delimiter = match given {
            Some(delimiter) => delimiter,
            None => {
                let is_whole = text.is_last();
                delimiter::detect(text.chunk()?, is_whole)
            }
        };
        let mut records = Records::new(delimiter);
        let columns = header::read(&mut records, &mut text)?;
        let batch = Batch::new(&columns);
        let quarantine = Quarantine::default();
        Ok(Self {
            text,
            records,
            delimiter,
            columns,
            batch,
            quarantine,
            ended: false,
        })
    }

    /// The names of the columns, in the file's order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The standard's name of the encoding that is read.
    pub fn encoding(&self) -> &'static str {
        self.text.encoding()
    }

    /// The character that separates fields, given or detected.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The size of the file when it was opened.
    pub fn total_bytes(&self) -> u64 {
        self.text.source().total()
    }

    /// How much of it was read, a little ahead of the rows given.
    pub fn bytes_read(&self) -> u64 {
        self.text.source().read()
    }

    /// The next rows, at least one; none at the end.
    pub fn next_batch(&mut self) -> Result<Option<RecordBatch>, FileError> {
        while !self.ended && !self.batch.is_full() {
            let Some(record) = self.records.next(&mut self.text)? else {
                self.text.source().check_unchanged()?;
                self.ended = true;
                break;
            };
            match verdict::judge(&record, self.columns.len()) {
                Ok(text) => self.batch.push(text, record.ends),
                Err(flaw) => self.quarantine.add(record.line, flaw.to_string()),
            }
        }
        self.batch.take()
    }

    /// The lines set aside so far; all of them once the last batch was given.
    pub fn quarantine(&self) -> &Quarantine {
        &self.quarantine
    }

    /// What the present record takes at most.
    #[cfg(test)]
    pub(super) fn records_room(&self) -> usize {
        self.records.room()
    }
}
