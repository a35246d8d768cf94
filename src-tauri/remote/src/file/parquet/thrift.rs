//! As much of Thrift's compact protocol as it takes to look at a footer without
//! believing it.

/// Bytes that may be anything. Every step answers none where they end or make no sense.
pub(super) struct Thrift<'a>(&'a [u8]);

/// How deep what is skipped may be nested.
const MAX_DEPTH: u8 = 32;

const STOP: u8 = 0;
const INTEGER: u8 = 5;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Goes to the value of a field of the present struct; its type.
    pub(super) fn find(&mut self, wanted: i64) -> Option<u8> {
        let mut id = 0;
        loop {
            let kind = self.field(&mut id)?;
            if kind == STOP {
                return None;
            }
            if id == wanted {
                return Some(kind);
            }
            self.skip(kind, MAX_DEPTH)?;
        }
    }

    /// Goes to the first struct of a list; how many there are.
    pub(super) fn list(&mut self, kind: u8) -> Option<usize> {
        let (element, size) = (kind == LIST).then(|| self.list_head())??;
        (element == STRUCT && size <= self.0.len()).then_some(size)
    }

    /// Goes past a struct; the value of its field that is an integer, if there is one.
    pub(super) fn integer_of_struct(&mut self, wanted: i64) -> Option<Option<i64>> {
        let (mut id, mut found) = (0, None);
        loop {
            match self.field(&mut id)? {
                STOP => return Some(found),
                INTEGER if id == wanted => found = Some(self.zigzag()?),
                _ if id == wanted => return None,
                kind => self.skip(kind, MAX_DEPTH)?,
            }
        }
    }

    fn field(&mut self, id: &mut i64) -> Option<u8> {
        let head = self.byte()?;
        match head >> 4 {
            _ if head == STOP => {}
            0 => *id = self.zigzag()?,
            step => *id += i64::from(step),
        }
        Some(head & 0x0f)
    }

    fn skip(&mut self, kind: u8, depth: u8) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            1 | 2 => {}
            3 => drop(self.byte()?),
            4..=6 => drop(self.varint()?),
            7 => self.take(8)?,
            8 => {
                let length = self.varint()?;
                self.take(usize::try_from(length).ok()?)?;
            }
            9 | 10 => {
                let (element, size) = self.list_head()?;
                if size > self.0.len() {
                    return None;
                }
                for _ in 0..size {
                    match element {
                        1 | 2 => self.take(1)?,
                        element => self.skip(element, depth)?,
                    }
                }
            }
            STRUCT => {
                let mut id = 0;
                loop {
                    match self.field(&mut id)? {
                        STOP => break,
                        kind => self.skip(kind, depth)?,
                    }
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn list_head(&mut self) -> Option<(u8, usize)> {
        let head = self.byte()?;
        let size = match head >> 4 {
            15 => self.varint()?,
            size => u64::from(size),
        };
        Some((head & 0x0f, usize::try_from(size).ok()?))
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn zigzag(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }
}
