//! Eight bytes that stand for a value of a field: equal for values that are equal
//! by the field's type. Planning compares them and looks at no text.

use crate::key::{is_address, trim};
use crate::value::{canonical, is_short_enough};
use serde_json::Value;
use twox_hash::XxHash3_64;
use usher_model::{DataType, Field};

/// XXH3 of a value's comparable form, beside a few that are no value. Two values
/// are compared where they stand for one field of one person, so a false equal
/// has a chance of 2^-64.
pub type ValueHash = u64;

/// A blank cell.
pub const BLANK: ValueHash = 0;
/// A cell that does not fit its field.
pub const MISFIT: ValueHash = 1;
/// No value: what a blank that clears sends, and what a cleared field has.
pub const NULL: ValueHash = 2;
const FALSE: ValueHash = 3;
const TRUE: ValueHash = 4;
/// The first that stands for a value.
const FIRST: ValueHash = 16;

/// The hash of a value in canonical form, as it is sent and remembered.
pub fn value_hash(field: &Field, value: &Value) -> ValueHash {
    match value {
        Value::Null => NULL,
        Value::Bool(false) => FALSE,
        Value::Bool(true) => TRUE,
        Value::Number(number) => number_hash(number.as_f64().unwrap_or_default()),
        Value::String(text) => text_hash(field.data_type, text),
        other => text_hash(field.data_type, &other.to_string()),
    }
}

/// How long the JSON of what a cell would send is; 0 where it sends nothing.
pub fn cell_length(field: &Field, cell: &str) -> u32 {
    let text = trim(cell);
    match is_sent_as_it_is(field) {
        true if text.is_empty() || !fits(field, text) => 0,
        true => u32::try_from(json_len(text)).unwrap_or(u32::MAX),
        false => cell_hash(field, cell).1,
    }
}

/// Whether its values are text that is sent as it is: no value is made of it.
fn is_sent_as_it_is(field: &Field) -> bool {
    matches!(
        field.data_type,
        DataType::String | DataType::Text | DataType::Phone | DataType::Url | DataType::Email
    )
}

/// Whether a text may be a value of such a field.
fn fits(field: &Field, text: &str) -> bool {
    is_short_enough(field, text) && (field.data_type != DataType::Email || is_address(text))
}

/// The hash of what a cell would send, [`BLANK`] or [`MISFIT`] where it sends
/// nothing, and how long its JSON is.
pub fn cell_hash(field: &Field, cell: &str) -> (ValueHash, u32) {
    let text = trim(cell);
    if text.is_empty() {
        return (BLANK, 0);
    }
    let (hash, len) = match is_sent_as_it_is(field) {
        true if !fits(field, text) => (MISFIT, 0),
        true => (text_hash(field.data_type, text), json_len(text)),
        false => match canonical(field, text) {
            Ok(value) => {
                let len = match &value {
                    Value::String(text) => json_len(text),
                    other => other.to_string().len(),
                };
                (value_hash(field, &value), len)
            }
            Err(_) => (MISFIT, 0),
        },
    };
    (hash, u32::try_from(len).unwrap_or(u32::MAX))
}

/// The length of a text in JSON, quotes and escapes included.
fn json_len(text: &str) -> usize {
    let escapes = text
        .bytes()
        .map(|byte| usize::from(ESCAPE[usize::from(byte)]));
    2 + text.len() + escapes.sum::<usize>()
}

/// How many bytes more than itself each byte takes in JSON.
const ESCAPE: [u8; 256] = {
    let mut more = [0; 256];
    let mut byte = 0;
    while byte < 32 {
        more[byte] = match byte as u8 {
            b'\n' | b'\r' | b'\t' | 8 | 12 => 1,
            _ => 5,
        };
        byte += 1;
    }
    more[b'"' as usize] = 1;
    more[b'\\' as usize] = 1;
    more
};

/// The hash of a value as the destination has it, as text; `None` is null. What
/// does not fit the field stands for itself.
pub fn there_hash(field: &Field, there: Option<&str>) -> ValueHash {
    let Some(text) = there.map(trim) else {
        return NULL;
    };
    let plain = || text_hash(field.data_type, text);
    match field.data_type {
        kind if kind.is_number() => {
            let number = text.parse::<f64>().ok();
            number.map_or_else(plain, number_hash)
        }
        DataType::Boolean | DataType::Datetime if !text.is_empty() => {
            canonical(field, text).map_or_else(|_| plain(), |value| value_hash(field, &value))
        }
        _ => plain(),
    }
}

/// Whether what would be sent is what is there. A boolean that is null reads as false.
pub fn equal(field: &Field, sent: ValueHash, there: ValueHash) -> bool {
    let is_no = |hash| matches!(hash, NULL | FALSE);
    sent == there || (field.data_type == DataType::Boolean && is_no(sent) && is_no(there))
}

/// Whether a value of a field that is there says yes.
pub(crate) fn is_true(field: &Field, there: ValueHash) -> bool {
    there == TRUE || there == there_hash(field, Some("1"))
}

/// Whether what would be sent says no, or nothing.
pub(crate) fn releases(sent: ValueHash) -> bool {
    matches!(sent, NULL | FALSE)
}

/// The hash of a text that is compared as it is, but for the space around it.
pub fn plain_hash(text: &str) -> ValueHash {
    match trim(text) {
        "" => BLANK,
        text => text_hash(DataType::String, text),
    }
}

/// A name for how values of a field are hashed: columns of one name compare.
pub fn hashed_as(field: &Field) -> String {
    let kind = format!("{:?}", field.data_type).to_lowercase();
    field
        .length
        .map_or(kind.clone(), |length| format!("{kind}/{length}"))
}

fn text_hash(data_type: DataType, text: &str) -> ValueHash {
    let hash = match data_type {
        DataType::Email if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            XxHash3_64::oneshot(text.to_ascii_lowercase().as_bytes())
        }
        _ => XxHash3_64::oneshot(text.as_bytes()),
    };
    if hash < FIRST { hash + FIRST } else { hash }
}

fn number_hash(number: f64) -> ValueHash {
    // Minus nothing is nothing.
    let bits = if number == 0.0 { 0 } else { number.to_bits() };
    let hash = XxHash3_64::oneshot(&bits.to_be_bytes());
    if hash < FIRST { hash + FIRST } else { hash }
}

#[cfg(test)]
mod tests {
    use super::{cell_hash, equal, there_hash, value_hash};
    use crate::value::{canonical, same};
    use serde_json::Value;
    use usher_model::{DataType, Field};

    /// Hashes say of every pair of these what the values themselves say.
    #[test]
    fn hashes_are_equal_where_values_are() {
        let kinds = [
            DataType::String,
            DataType::Email,
            DataType::Integer,
            DataType::Float,
            DataType::Boolean,
            DataType::Date,
            DataType::Datetime,
            DataType::Text,
        ];
        let texts = [
            "",
            " ",
            "0",
            "-0",
            "1",
            "5",
            "5.0",
            " 5.00 ",
            "1e0",
            "true",
            "False",
            "yes",
            "no",
            "Ada@X.example",
            "ada@x.example",
            "2026-03-05",
            "2026-03-05T10:00:00Z",
            "2026-03-05T11:00:00.500+01:00",
            "acme",
            "Acme",
            "null",
            "99999999999",
            "\u{a0}x ",
        ];
        for data_type in kinds {
            let field = Field {
                name: "f".into(),
                display_name: "f".into(),
                data_type,
                length: None,
                writable: true,
                searchable: false,
                company: false,
            };
            let there = texts.iter().map(|text| Some(*text)).chain([None]);
            for there in there {
                let compare = |sent: &Value, hash, cell: &str| {
                    assert_eq!(
                        equal(&field, hash, there_hash(&field, there)),
                        same(&field, sent, there),
                        "{data_type:?}: {cell:?} and {there:?}"
                    );
                };
                for cell in texts.iter().filter(|cell| !cell.trim().is_empty()) {
                    match canonical(&field, cell) {
                        Ok(sent) => {
                            let (hash, len) = cell_hash(&field, cell);
                            compare(&sent, hash, cell);
                            assert_eq!(len as usize, sent.to_string().len());
                        }
                        Err(_) => assert_eq!(cell_hash(&field, cell), (super::MISFIT, 0)),
                    }
                }
                compare(&Value::Null, value_hash(&field, &Value::Null), "null");
            }
        }
    }
}
