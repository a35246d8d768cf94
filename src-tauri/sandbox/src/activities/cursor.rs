//! A point in the history. Marketo docs: paging tokens, opaque and in base32.

use super::Record;
use crate::paging;
use crate::random;

/// The next activity to be read: not before this number, and not before this time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) seq: u64,
    pub(super) at: i64,
    /// Pages read since the token of a date.
    pub(super) page: u32,
}

impl Cursor {
    pub(super) fn at_record(record: &Record, page: u32) -> Self {
        Self {
            seq: record.seq,
            at: record.at,
            page,
        }
    }

    pub(super) fn token(&self) -> String {
        let mut bytes = Vec::with_capacity(28);
        bytes.extend_from_slice(&mark().to_be_bytes());
        bytes.extend_from_slice(&(self.seq ^ mark()).to_be_bytes());
        bytes.extend_from_slice(&(self.at as u64 ^ mark()).to_be_bytes());
        bytes.extend_from_slice(&self.page.to_be_bytes());
        paging::base32(&bytes)
    }

    /// Nothing for any other token.
    pub(super) fn read(token: &str) -> Option<Self> {
        let bytes = paging::bytes_of(token).filter(|bytes| bytes.len() == 28)?;
        let number = |at: usize| Some(u64::from_be_bytes(bytes[at..at + 8].try_into().ok()?));
        (number(0)? == mark()).then_some(())?;
        Some(Self {
            seq: number(8)? ^ mark(),
            at: (number(16)? ^ mark()) as i64,
            page: u32::from_be_bytes(bytes[24..].try_into().ok()?),
        })
    }
}

/// Tells these tokens from all others.
fn mark() -> u64 {
    random::hash(b"activities")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_and_others_do_not() {
        let cursor = Cursor {
            seq: 7,
            at: -1,
            page: 3,
        };
        let token = cursor.token();
        assert!(token.ends_with('=') && token.len() == 48, "{token}");
        assert_eq!(Cursor::read(&token), Some(cursor));
        assert_eq!(Cursor::read(&paging::token("list 7", 7)), None);
        assert_eq!(Cursor::read("nonsense"), None);
    }
}
