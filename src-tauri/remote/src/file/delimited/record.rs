//! Stage 2: cuts text into records. The one place that knows quotes and delimiters.

use super::lines::Lines;
use super::text::Text;
use super::{FileError, MAX_COLUMNS, MAX_FIELD};
use csv_core::{ReadRecordResult, ReaderBuilder};

/// Room for a record at first and again after a large one.
const ROOM: usize = 256 << 10;

/// What the text is taken to end with: it ends any record but one whose quote is
/// still open, which is how that one is known.
const LINE_END: &[u8] = b"\n";

/// One record. `text` and `ends` are whole only if it has no more fields than were
/// asked for and none is oversized.
pub(super) struct Record<'a> {
    /// The 1-based physical line on which it starts.
    pub(super) line: u64,
    /// All fields, unquoted, one after another.
    pub(super) text: &'a [u8],
    /// Where in `text` each field ends.
    pub(super) ends: &'a [usize],
    /// How many there are, kept or not.
    pub(super) fields: u64,
    /// Whether one is over [`MAX_FIELD`].
    pub(super) oversized: bool,
    /// Whether the text ends within quotes.
    pub(super) unclosed: bool,
}

/// Gives the records of a text in turn.
///
/// A record that cannot become a row is still read to its end, to find where the
/// next one starts, but no longer kept: a quote that is never closed, or a line of
/// endless fields, takes the memory of one legal record at most.
pub(super) struct Records {
    csv: csv_core::Reader,
    lines: Lines,
    text: Vec<u8>,
    ends: Vec<usize>,
    now: Progress,
}

/// How far the present record is read. Positions count from its start, and so go on
/// beyond the buffers once these are reused.
#[derive(Default)]
struct Progress {
    /// Bytes and ends in the buffers.
    kept: usize,
    kept_ends: usize,
    /// Ends that were measured already, and the last of them.
    measured: usize,
    last_end: usize,
    total: usize,
    fields: u64,
    oversized: bool,
    unclosed: bool,
    discarding: bool,
}

impl Records {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            csv: ReaderBuilder::new().delimiter(delimiter).build(),
            lines: Lines::new(),
            text: vec![0; ROOM],
            ends: vec![0; MAX_COLUMNS + 1],
            now: Progress::default(),
        }
    }

    /// Keeps at most so many fields from now on.
    pub(super) fn limit(&mut self, fields: usize) {
        self.ends.truncate(fields + 1);
    }

    /// The next record; none at the end. Blank lines are no records.
    pub(super) fn next(&mut self, text: &mut Text) -> Result<Option<Record<'_>>, FileError> {
        if !self.skip_blank_lines(text)? {
            return Ok(None);
        }
        let line = self.lines.current();
        self.start();
        loop {
            let chunk = text.chunk()?;
            let at_end = chunk.is_empty();
            let input = if at_end { LINE_END } else { chunk };
            let (result, read, wrote, ended) = self.csv.read_record(
                input,
                &mut self.text[self.now.kept..],
                &mut self.ends[self.now.kept_ends..],
            );
            if !at_end {
                self.lines.pass(&chunk[..read]);
                text.consume(read);
            }
            self.advance(wrote, ended);
            match result {
                ReadRecordResult::InputEmpty if at_end => {
                    self.now.unclosed = true;
                    break;
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if !self.now.oversized => self.make_room(),
                ReadRecordResult::OutputFull => self.discard(),
                // One more field than was asked for, and more text after it.
                ReadRecordResult::OutputEndsFull => self.discard(),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
            }
        }
        Ok(Some(Record {
            line,
            text: &self.text[..self.now.kept],
            ends: &self.ends[..self.now.kept_ends],
            fields: self.now.fields,
            oversized: self.now.oversized,
            unclosed: self.now.unclosed,
        }))
    }

    /// Done here, not by the parser, because the line on which the record starts
    /// must be known. False at the end of the text.
    fn skip_blank_lines(&mut self, text: &mut Text) -> Result<bool, FileError> {
        loop {
            let chunk = text.chunk()?;
            let blank = chunk
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
            let (at_end, at_record) = (chunk.is_empty(), blank < chunk.len());
            self.lines.pass(&chunk[..blank]);
            text.consume(blank);
            if at_end || at_record {
                return Ok(at_record);
            }
        }
    }

    fn start(&mut self) {
        self.now = Progress::default();
        if self.text.len() > ROOM {
            self.text.truncate(ROOM);
            self.text.shrink_to_fit();
        }
    }

    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * size_of::<usize>()
    }

    fn advance(&mut self, wrote: usize, ended: usize) {
        let now = &mut self.now;
        now.kept += wrote;
        now.kept_ends += ended;
        now.total += wrote;
        now.fields += ended as u64;
        if now.total > MAX_FIELD {
            now.measure(&self.ends);
        }
        if now.discarding {
            self.discard();
        }
    }

    fn make_room(&mut self) {
        if self.now.discarding {
            return;
        }
        let most = self.ends.len() * MAX_FIELD + ROOM;
        self.text.resize((self.text.len() * 2).min(most), 0);
    }

    /// Uses the buffers again from their start, from now to the end of the record.
    fn discard(&mut self) {
        let now = &mut self.now;
        now.measure(&self.ends);
        now.discarding = true;
        (now.kept, now.kept_ends, now.measured) = (0, 0, 0);
    }
}

impl Progress {
    /// Looks for a field over the limit among the ends that are new and in the field
    /// that is still open. Not called for an ordinary record, which is shorter as a whole.
    fn measure(&mut self, ends: &[usize]) {
        for end in &ends[self.measured..self.kept_ends] {
            self.oversized |= end - self.last_end > MAX_FIELD;
            self.last_end = *end;
        }
        self.measured = self.kept_ends;
        self.oversized |= self.total - self.last_end > MAX_FIELD;
    }
}
