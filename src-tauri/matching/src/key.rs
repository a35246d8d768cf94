//! From a cell to a key: the comparable form of a value that identifies a person.

use sha2::{Digest, Sha256};
use std::borrow::Cow;
use usher_model::DataType;

/// The first 128 bits of SHA-256 of a normalised value. Equal hashes are taken
/// for equal values: among ten million values a false meeting has a chance
/// below 10^-24. The SHA-256 of an e-mail, given in hex by somebody who shares
/// only hashes, begins with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash(pub u128);

impl KeyHash {
    /// The place of a blank in a column of hashes.
    pub const BLANK: Self = Self(0);
    /// The place of a value that cannot be a key.
    pub const INVALID: Self = Self(1);

    /// The hash of a value that is already normalised.
    pub fn of(normalized: &str) -> Self {
        let digest = Sha256::digest(normalized.as_bytes());
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        Self(u128::from_be_bytes(first))
    }

    /// The hash that 64 hexadecimal digits of a SHA-256 stand for.
    pub fn from_sha256_hex(text: &str) -> Option<Self> {
        let whole = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        whole
            .then(|| u128::from_str_radix(&text[..32], 16).ok().map(Self))
            .flatten()
    }

    /// The hash as 32 hexadecimal digits.
    pub fn to_hex(self) -> String {
        format!("{:032x}", self.0)
    }

    /// The hash that [`KeyHash::to_hex`] wrote.
    pub fn from_hex(text: &str) -> Option<Self> {
        u128::from_str_radix(text, 16).ok().map(Self)
    }

    /// Whether a person can be looked up by it.
    pub fn is_valid(self) -> bool {
        self != Self::BLANK && self != Self::INVALID
    }
}

/// How the values of a dedupe field are brought to comparable form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// Trimmed, lower-cased, ASCII.
    Email,
    /// Trimmed, compared exactly.
    Text,
    /// A text without its case: what texts meet by, never a key of its own.
    Folded,
    /// Compared as numbers.
    Number,
}

impl KeyKind {
    /// The kind of a dedupe field of this type.
    pub fn of(data_type: DataType) -> Self {
        match data_type {
            DataType::Email => Self::Email,
            kind if kind.is_number() => Self::Number,
            _ => Self::Text,
        }
    }

    /// What keys of this kind meet by: texts without their case, so that who
    /// differs by it alone is found too.
    pub fn joins_by(self) -> Self {
        match self {
            Self::Text => Self::Folded,
            kind => kind,
        }
    }

    /// A short name, for a stored column of hashes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Text => "text",
            Self::Folded => "folded",
            Self::Number => "number",
        }
    }
}

/// What a cell is as a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// Empty or white space only.
    Blank,
    /// It cannot identify anyone; why, in words.
    Invalid(&'static str),
    /// Its comparable form.
    Valid(Cow<'a, str>),
}

impl Key<'_> {
    /// The place this key takes in a column of hashes.
    pub fn hash(&self) -> KeyHash {
        match self {
            Key::Blank => KeyHash::BLANK,
            Key::Invalid(_) => KeyHash::INVALID,
            Key::Valid(text) => KeyHash::of(text),
        }
    }
}

/// A text without the space around it, as `str::trim` has it. Most have none, and
/// are not looked at character by character.
pub(crate) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// Brings a cell to comparable form. Doing it twice changes nothing.
pub fn normalize(kind: KeyKind, cell: &str) -> Key<'_> {
    let text = trim(cell);
    if text.is_empty() {
        return Key::Blank;
    }
    match kind {
        KeyKind::Email => email(text),
        KeyKind::Folded => match normalize(KeyKind::Text, text) {
            Key::Valid(text) => Key::Valid(Cow::Owned(text.to_lowercase())),
            other => other,
        },
        KeyKind::Text if text.contains(',') => Key::Invalid(
            "The service separates the values it looks up by commas, so a value with a comma cannot be asked for.",
        ),
        KeyKind::Text if text.chars().any(char::is_control) => {
            Key::Invalid("It holds a character that cannot be shown.")
        }
        KeyKind::Text => Key::Valid(Cow::Borrowed(text)),
        KeyKind::Number => number(text),
    }
}

/// An address of the shape `local@domain.tld` in ASCII, which is all that the
/// service takes (Marketo docs: leads). Nothing is repaired.
fn email(text: &str) -> Key<'_> {
    let Some(address) = Address::of(text) else {
        return Key::Invalid(match text.is_ascii() {
            true => "It is not an e-mail address.",
            false => "An e-mail address may only have ASCII characters.",
        });
    };
    Key::Valid(match address.has_capitals {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => Cow::Borrowed(text),
    })
}

/// Whether a text is an address, as [`KeyKind::Email`] takes one.
pub(crate) fn is_address(text: &str) -> bool {
    Address::of(text).is_some()
}

/// What one walk along an address finds.
struct Address {
    has_capitals: bool,
}

impl Address {
    /// Of a text that is one: a local part of words with single dots between them,
    /// and a domain of at least two labels that neither begin nor end with a hyphen.
    fn of(text: &str) -> Option<Self> {
        let mut seen = 0;
        let mut bytes = text.bytes();
        // A part begins as if a dot were before it, so that none may come first.
        let mut before = b'.';
        loop {
            let byte = bytes.next()?;
            if byte == b'@' {
                break;
            }
            let kind = ADDRESS[usize::from(byte)];
            if kind & LOCAL == 0 || (byte == b'.' && before == b'.') {
                return None;
            }
            (before, seen) = (byte, seen | kind);
        }
        if before == b'.' {
            return None;
        }
        let mut dots = 0;
        before = b'.';
        for byte in bytes {
            let kind = ADDRESS[usize::from(byte)];
            let misplaced = match byte {
                b'.' => matches!(before, b'.' | b'-'),
                b'-' => before == b'.',
                _ => kind & LABEL == 0,
            };
            if misplaced {
                return None;
            }
            dots += u32::from(byte == b'.');
            (before, seen) = (byte, seen | kind);
        }
        let whole = dots > 0 && !matches!(before, b'.' | b'-');
        whole.then_some(Self {
            has_capitals: seen & CAPITAL != 0,
        })
    }
}

/// A byte that the local part of an address may have.
const LOCAL: u8 = 1;
/// A byte that a label of its domain may have.
const LABEL: u8 = 2;
/// A byte that is lower-cased.
const CAPITAL: u8 = 4;

/// What each byte may be in an address.
const ADDRESS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        kinds[byte as usize] = match byte {
            b'A'..=b'Z' => LOCAL | LABEL | CAPITAL,
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => LOCAL | LABEL,
            b'!' | b'#'..=b'\'' | b'*' | b'+' | b'/' | b'=' | b'?' | b'^' | b'`' => LOCAL,
            b'{'..=b'~' | b'.' => LOCAL,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};

/// The shortest decimal spelling: `007`, `7.0` and `+7` are `7`.
fn number(text: &str) -> Key<'_> {
    let (minus, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return Key::Invalid("It is not a number.");
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let zero = whole == "0" && fraction.is_empty();
    let sign = if minus && !zero { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    let shortest = format!("{sign}{whole}{point}{fraction}");
    Key::Valid(if shortest == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(shortest)
    })
}

#[cfg(test)]
mod tests {
    use super::{Key, KeyHash, KeyKind, normalize};

    fn valid(kind: KeyKind, cell: &str) -> Option<String> {
        match normalize(kind, cell) {
            Key::Valid(text) => Some(text.into_owned()),
            _ => None,
        }
    }

    #[test]
    fn emails_are_trimmed_lower_cased_ascii() {
        assert_eq!(
            valid(KeyKind::Email, " Ada@Example.COM\t").as_deref(),
            Some("ada@example.com")
        );
        assert_eq!(
            valid(KeyKind::Email, "o'brien+a@mail.example").as_deref(),
            Some("o'brien+a@mail.example")
        );
        for bad in [
            "not-an-email",
            "a@b",
            "@b.c",
            "a@.c",
            "a@b.c@d",
            "a b@c.d",
            "a,b@c.d",
            "jos\u{e9}@x.example",
            "a@b..c",
        ] {
            assert!(
                matches!(normalize(KeyKind::Email, bad), Key::Invalid(_)),
                "{bad}"
            );
        }
        assert_eq!(
            normalize(KeyKind::Email, " \u{a0} "),
            Key::Blank,
            "white space of any kind is blank"
        );
    }

    #[test]
    fn numbers_compare_as_numbers() {
        for (cell, shortest) in [
            ("007", "7"),
            ("7.0", "7"),
            ("+7", "7"),
            ("-0.0", "0"),
            ("0.50", "0.5"),
            ("000", "0"),
        ] {
            assert_eq!(
                valid(KeyKind::Number, cell).as_deref(),
                Some(shortest),
                "{cell}"
            );
        }
        for bad in ["1e3", "1,000", ".5", "5.", "0x1", "--1"] {
            assert!(
                matches!(normalize(KeyKind::Number, bad), Key::Invalid(_)),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_shared_hash_is_the_key_of_its_address() {
        let hex = "b5fc85e55755f9e0d030a14ab4429b9dbbbc7e2a1c9c0b8a3eb1b1c5a6a5d3d4";
        assert!(KeyHash::from_sha256_hex(hex).is_some());
        let known = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";
        assert_eq!(
            KeyHash::from_sha256_hex(known),
            Some(KeyHash::of("test@example.com"))
        );
        assert_eq!(KeyHash::from_sha256_hex("973dfe"), None);
    }
}
