//! The stages put together: a file in, batches and a quarantine out.

use super::record::{GAP, Records};
use super::text::Text;
use super::{Batch, FileError, Options, Source, delimiter, header, verdict};
use crate::rows::{Amount, Rows, TakenFor};
use arrow_array::RecordBatch;
use usher_model::{Problem, Quarantine};

/// Reads one text from its start to its end.
pub(in crate::file) struct Reader {
    text: Text,
    delimiter: u8,
    records: Records,
    columns: Vec<String>,
    batch: Batch,
    quarantine: Quarantine,
    ended: bool,
}

impl Reader {
    /// Reads the names of the columns. The delimiter is the one that the person says,
    /// else the format's, else it is found out.
    pub(in crate::file) fn new(
        source: Source,
        delimiter: Option<u8>,
        options: &Options,
    ) -> Result<Self, FileError> {
        let given = delimiter::given(options)?.or(delimiter);
        let mut text = Text::new(source, options.encoding.as_deref())?;
        let delimiter = match given {
            Some(delimiter) => delimiter,
            None => {
                let is_whole = text.is_last();
                delimiter::detect(text.chunk(), is_whole)?
            }
        };
        let mut records = Records::new(delimiter);
        let columns = header::read(&mut records, &mut text)?;
        let batch = Batch::new(&columns);
        let quarantine = Quarantine::default();
        Ok(Self {
            text,
            delimiter,
            records,
            columns,
            batch,
            quarantine,
            ended: false,
        })
    }

    pub(super) fn next_rows(&mut self) -> Result<Option<RecordBatch>, FileError> {
        while !self.ended && !self.batch.is_full() {
            let Some(record) = self.records.next(&mut self.text)? else {
                self.text.source().check_unchanged()?;
                self.ended = true;
                break;
            };
            match verdict::judge(&record, self.columns.len()) {
                Ok(text) => self.batch.push(text, record.ends, GAP),
                Err(flaw) => self.quarantine.add(record.line, flaw.to_string()),
            }
        }
        self.batch.take()
    }

    /// What the present record takes at most.
    #[cfg(test)]
    pub(super) fn records_room(&self) -> usize {
        self.records.room()
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
        self.text.source().progress()
    }

    fn taken_for(&self) -> TakenFor {
        TakenFor {
            format: "csv".to_owned(),
            encoding: Some(self.text.encoding().to_owned()),
            delimiter: Some(char::from(self.delimiter)),
        }
    }
}
