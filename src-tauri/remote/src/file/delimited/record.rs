//! Stage 2: cuts text into records. The one place that knows quotes and delimiters.

use super::lines::Lines;
use super::marks::Marks;
use super::text::Text;
use super::{FileError, MAX_COLUMNS, MAX_FIELD};

/// Room for a record at first and again after a large one.
const ROOM: usize = 256 << 10;

const QUOTE: u8 = b'"';

/// The bytes between two fields.
pub(super) const GAP: usize = 1;

/// One record. `bytes` and `ends` are whole only if it has no more fields than were
/// asked for and none is oversized.
pub(super) struct Record<'a> {
    /// The 1-based physical line on which it starts.
    pub(super) line: u64,
    /// All fields, unquoted, with [`GAP`] bytes between each two.
    pub(super) bytes: &'a [u8],
    /// The same, if it is known to be text.
    pub(super) text: Option<&'a str>,
    /// Where in `bytes` each field ends.
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
/// A record without quotes that lies within a chunk is what it is in the chunk. Any
/// other is put together beside it. One that cannot become a row is still read to its
/// end, to find where the next one starts, but no longer kept: a quote that is never
/// closed, or a line of endless fields, takes the memory of one legal record at most.
pub(super) struct Records {
    delimiter: u8,
    marks: Marks,
    lines: Lines,
    /// Where the next record starts in the present chunk.
    at: usize,
    /// No more fields than these are kept.
    most: usize,
    ends: Vec<usize>,
    now: Apart,
}

/// A record that is put together, as far as it is read.
#[derive(Default)]
struct Apart {
    bytes: Vec<u8>,
    /// The length of the present field.
    length: usize,
    fields: u64,
    oversized: bool,
    unclosed: bool,
    /// Whether it cannot be a row, and so is not kept.
    is_discarded: bool,
}

/// Where within a field a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before its first byte, where a quote opens.
    Start,
    /// Where a quote is a byte like others.
    Open,
    /// Between quotes.
    Quoted,
    /// Behind a quote within quotes: another one makes it a byte like others.
    Closing,
}

impl Records {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            marks: Marks::new(delimiter),
            lines: Lines::new(),
            at: 0,
            most: MAX_COLUMNS,
            ends: Vec::new(),
            now: Apart::default(),
        }
    }

    /// Keeps at most so many fields from now on.
    pub(super) fn limit(&mut self, fields: usize) {
        self.most = fields;
    }

    /// The next record; none at the end. Blank lines are no records.
    pub(super) fn next<'a>(
        &'a mut self,
        text: &'a mut Text,
    ) -> Result<Option<Record<'a>>, FileError> {
        if !self.skip_blank_lines(text)? {
            return Ok(None);
        }
        self.lines.begin_record();
        let (start, line) = (self.at, self.lines.current());
        self.ends.clear();
        let (mut field, mut quote) = (start, None);
        let chunk = text.chunk();
        while self.ends.len() <= self.most
            && let Some(mark) = self.marks.next(chunk)
        {
            let byte = chunk[mark];
            if byte == QUOTE && mark == field {
                quote = Some(mark);
                break;
            }
            // Blank lines are marked too, and quotes within a field mean nothing.
            if byte == QUOTE || mark < field {
                continue;
            }
            self.ends.push(mark - start);
            field = mark + 1;
            if byte != self.delimiter {
                self.at = field;
                self.lines.end(byte);
                return Ok(Some(Record {
                    line,
                    bytes: &text.chunk()[start..mark],
                    text: text.known(start..mark),
                    ends: &self.ends,
                    fields: self.ends.len() as u64,
                    oversized: false,
                    unclosed: false,
                }));
            }
        }
        self.now.begin(&chunk[start..field], self.ends.len());
        self.at = field;
        self.put_together(text, quote)?;
        Ok(Some(Record {
            line,
            bytes: &self.now.bytes,
            text: None,
            ends: &self.ends,
            fields: self.now.fields,
            oversized: self.now.oversized,
            unclosed: self.now.unclosed,
        }))
    }

    /// Done first, because the line on which the record starts must be known. False at
    /// the end of the text.
    fn skip_blank_lines(&mut self, text: &mut Text) -> Result<bool, FileError> {
        loop {
            let rest = &text.chunk()[self.at..];
            let blank = rest.iter().take_while(|byte| is_line_end(**byte)).count();
            self.lines.pass(&rest[..blank]);
            self.at += blank;
            if blank < rest.len() {
                return Ok(true);
            }
            if !self.next_chunk(text)? {
                return Ok(false);
            }
        }
    }

    fn next_chunk(&mut self, text: &mut Text) -> Result<bool, FileError> {
        self.at = 0;
        self.marks.restart();
        text.next_chunk()
    }

    /// Reads on from a field's start to the end of the record. `quote` is the mark there,
    /// if it was come past already.
    fn put_together(&mut self, text: &mut Text, quote: Option<usize>) -> Result<(), FileError> {
        let mut place = Place::Start;
        let mut mark = quote.or_else(|| self.marks.next(text.chunk()));
        loop {
            let chunk = text.chunk();
            let Some(at) = mark else {
                place = self.take(&chunk[self.at..], place);
                if self.next_chunk(text)? {
                    mark = self.marks.next(text.chunk());
                    continue;
                }
                self.now.unclosed = place == Place::Quoted;
                self.end_field(None);
                return Ok(());
            };
            let byte = chunk[at];
            place = self.take(&chunk[self.at..at], place);
            self.at = at + 1;
            place = match (place, byte) {
                (Place::Start, QUOTE) => Place::Quoted,
                (Place::Quoted, QUOTE) => {
                    // Not a line's: it keeps a return before it and a line feed behind it
                    // from being one line end.
                    self.lines.pass(&[QUOTE]);
                    Place::Closing
                }
                (Place::Closing, QUOTE) => self.take(&[QUOTE], Place::Quoted),
                (Place::Open, QUOTE) => self.take(&[QUOTE], Place::Open),
                (Place::Quoted, byte) => self.take(&[byte], Place::Quoted),
                (_, byte) if byte == self.delimiter => {
                    self.end_field(Some(byte));
                    Place::Start
                }
                (_, byte) => {
                    self.end_field(None);
                    self.lines.end(byte);
                    return Ok(());
                }
            };
            mark = self.marks.next(chunk);
        }
    }

    /// Ends the field, with what stands between it and the next one.
    fn end_field(&mut self, gap: Option<u8>) {
        let now = &mut self.now;
        now.length = 0;
        now.fields += 1;
        if now.fields > self.most as u64 {
            now.discard();
        }
        match now.is_discarded {
            true => self.ends.clear(),
            false => {
                self.ends.push(now.bytes.len());
                now.bytes.extend(gap);
            }
        }
    }

    /// Adds bytes of a field; where the next one then stands.
    fn take(&mut self, bytes: &[u8], place: Place) -> Place {
        if bytes.is_empty() {
            return place;
        }
        self.now.add(bytes);
        match place {
            Place::Quoted => {
                self.lines.pass(bytes);
                Place::Quoted
            }
            _ => Place::Open,
        }
    }

    /// Whether nothing comes after the last record that was given.
    pub(super) fn is_at_end(&self, text: &Text) -> bool {
        text.is_last() && self.at >= text.chunk().len()
    }

    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.now.bytes.capacity() + self.ends.capacity() * size_of::<usize>()
    }
}

impl Apart {
    /// Begins with fields that are known, and the delimiter behind them.
    fn begin(&mut self, bytes: &[u8], fields: usize) {
        let mut kept = std::mem::take(&mut self.bytes);
        kept.clear();
        kept.shrink_to(ROOM);
        kept.extend_from_slice(bytes);
        *self = Self {
            bytes: kept,
            fields: fields as u64,
            ..Self::default()
        };
    }

    fn add(&mut self, bytes: &[u8]) {
        self.length += bytes.len();
        if self.length > MAX_FIELD {
            self.oversized = true;
            self.discard();
        }
        if !self.is_discarded {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Keeps nothing from now on.
    fn discard(&mut self) {
        self.is_discarded = true;
        self.bytes.clear();
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}
