//! Opaque page tokens: base32, ending in `=`, as in the documentation.
//!
//! A token remembers what it belongs to (list or query) and the last position given
//! out, so that it cannot be used with another query.

use crate::envelope::Failure;
use crate::random;
use crate::request::Call;

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The documented maximum and default of every lead-database page.
pub(crate) const PAGE: usize = 300;

/// `batchSize`, at most 300; nonsense is refused.
pub(crate) fn batch_size(call: &Call) -> Result<usize, Failure> {
    match call.param("batchSize") {
        None | Some("") => Ok(PAGE),
        Some(text) => match text.parse::<usize>() {
            Ok(size) if size > 0 => Ok(size.min(PAGE)),
            _ => Err(Failure::new(
                1001,
                format!("Invalid value '{text}'. Required of type 'Integer'"),
            )),
        },
    }
}

/// Where the previous page ended: 0 for a first page.
pub(crate) fn position(call: &Call, scope: &str) -> Result<u64, Failure> {
    match call.param("nextPageToken") {
        None | Some("") => Ok(0),
        Some(token) => {
            read(token, scope).ok_or_else(|| Failure::new(1003, "Invalid nextPageToken"))
        }
    }
}

/// A token for the page after `position`.
pub(crate) fn token(scope: &str, position: u64) -> String {
    let mut bytes = Vec::with_capacity(18);
    bytes.extend_from_slice(&random::hash(scope.as_bytes()).to_be_bytes());
    bytes.extend_from_slice(&(position ^ 0x5A5A_5A5A_5A5A_5A5A).to_be_bytes());
    bytes.extend_from_slice(&[0x4D, 0x4B]);
    base32(&bytes)
}

/// With `=` up to whole groups of eight.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let (mut buffer, mut bits, mut text) = (0u32, 0, String::new());
    for byte in bytes {
        buffer = (buffer << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(buffer >> bits) as usize & 31]));
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(ALPHABET[(buffer << (5 - bits)) as usize & 31]));
    }
    while text.len() % 8 > 0 {
        text.push('=');
    }
    text
}

/// What [`base32`] was given; nothing for any other text.
pub(crate) fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let (mut buffer, mut bits, mut bytes) = (0u32, 0, Vec::new());
    for symbol in text.trim_end_matches('=').bytes() {
        let digit = ALPHABET.iter().position(|&known| known == symbol)?;
        buffer = (buffer << 5) | digit as u32;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    Some(bytes)
}

/// The position, when the token belongs to this query.
fn read(token: &str, scope: &str) -> Option<u64> {
    let bytes = bytes_of(token)?;
    let owner = u64::from_be_bytes(bytes.get(..8)?.try_into().ok()?);
    let position = u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?);
    (owner == random::hash(scope.as_bytes())).then_some(position ^ 0x5A5A_5A5A_5A5A_5A5A)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_only_for_their_own_query() {
        let text = token("list 7", 1_300);
        assert!(text.ends_with('=') && text.len() == 32, "{text}");
        assert_eq!(read(&text, "list 7"), Some(1_300));
        assert_eq!(read(&text, "list 8"), None);
        assert_eq!(read("nonsense", "list 7"), None);
    }
}
