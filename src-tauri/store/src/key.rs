//! The one key that opens both databases of a folder.

use crate::StoreError;
use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// 32 random bytes. Wiped when dropped, prints as `***`, and is made only for
/// a folder that has no data yet: a second key beside data loses the data.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// A new key from the operating system's source of randomness.
    pub(crate) fn random() -> Result<Self, StoreError> {
        Ok(Self(random_bytes()?))
    }

    /// The bytes in hex, to be kept in a keychain or handed over a socket.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(to_hex(&self.0))
    }

    /// Takes what [`Key::to_hex`] gave; nothing when it is not 64 hex digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(from_hex(text)?);
        Self::from_bytes(&bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(bytes.try_into().ok()?))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A short public mark of this key in this folder. It tells a wrong key from
    /// a damaged file, and gives nothing away: the key is 256 random bits.
    pub(crate) fn mark(&self, folder_id: &str) -> String {
        let mut hash = Sha256::new();
        hash.update(b"usher key mark 1\0");
        hash.update(folder_id.as_bytes());
        hash.update(self.0);
        to_hex(&hash.finalize()[..8])
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// `N` bytes that nobody can guess.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| StoreError::internal("the system gives no random bytes"))?;
    Ok(bytes)
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    // Reserved at once, so that no half-grown copy of a secret stays behind.
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |c: u8| {
        char::from(c)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    let mut bytes = Vec::with_capacity(pairs.len());
    for [high, low] in pairs {
        bytes.push(digit(*high)? << 4 | digit(*low)?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn hex_goes_there_and_back_and_nothing_else_is_a_key() {
        let key = Key::random().unwrap();
        assert_eq!(Key::from_hex(&key.to_hex()), Some(key.clone()));
        for wrong in [
            "",
            "00",
            &"g".repeat(64),
            &"0".repeat(63),
            &"0".repeat(66),
            &"é".repeat(32),
        ] {
            assert_eq!(Key::from_hex(wrong), None, "{wrong:?} was taken for a key");
        }
    }

    #[test]
    fn debug_shows_nothing_and_the_mark_depends_on_both() {
        let (key, other) = (Key::random().unwrap(), Key::random().unwrap());
        assert_eq!(format!("{key:?}"), "***");
        assert_ne!(key.mark("a"), other.mark("a"));
        assert_ne!(key.mark("a"), key.mark("b"));
        assert!(
            !key.to_hex().contains(&key.mark("a")),
            "the mark must not be part of the key"
        );
    }
}
