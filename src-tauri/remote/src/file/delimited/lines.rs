//! Counts physical lines, so that a person finds a quarantined line in an editor.

/// Where in the file the parser stands. LF, CRLF and a lone CR each end a line,
/// inside quotes too.
pub(super) struct Lines {
    current: u64,
    after_return: bool,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self {
            current: 1,
            after_return: false,
        }
    }

    /// The 1-based line of the next byte.
    pub(super) fn current(&self) -> u64 {
        self.current
    }

    /// What comes next stands on the present line: no line feed there belongs to a
    /// return before.
    pub(super) fn begin_record(&mut self) {
        self.after_return = false;
    }

    /// Goes past the line end of a record.
    pub(super) fn end(&mut self, byte: u8) {
        self.current += 1;
        self.after_return = byte == b'\r';
    }

    /// Goes past these bytes. A CRLF may be split between two calls.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
            return;
        };
        let split = self.after_return && *first == b'\n';
        let returns = count(bytes, b'\r');
        let mut ends = count(bytes, b'\n') + returns - u64::from(split);
        if returns > 0 {
            ends -= bytes.windows(2).filter(|pair| pair == b"\r\n").count() as u64;
        }
        self.current += ends;
        self.after_return = *last == b'\r';
    }
}

/// Short sums in single bytes: the compiler turns them into wide instructions.
fn count(bytes: &[u8], wanted: u8) -> u64 {
    bytes
        .chunks(255)
        .map(|part| {
            u64::from(
                part.iter()
                    .map(|byte| u8::from(*byte == wanted))
                    .sum::<u8>(),
            )
        })
        .sum()
}
