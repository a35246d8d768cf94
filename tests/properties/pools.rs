//! What cells and leads are drawn from: few values in several spellings, so that
//! equal, other, unfit and blank ones all meet. The first of each is the plainest.

use serde_json::{Value, json};
use usher_matching::KeyKind;
use usher_model::DataType;

/// SHA-256 of `ada3@x.example` and of `ada5@x.example`, as two systems spell hex.
pub(crate) const HASHES: [&str; 2] = [
    "d3e478061e6e65489d66ac94c5de73ab65f8d822066a0b1b3968c0da58f1c7b6",
    "9C3FDA989448C17D15FF9E40242C13747FB5362EE82AD2CBF7FECCD62DCC43FE",
];

/// Cells of a column by the type of the field it fills.
pub(crate) fn cells(name: &str, data_type: DataType) -> &'static [&'static str] {
    match data_type {
        _ if name == "firstName" || name == "lastName" => &[
            "Ada", " Ada ", "ADA", "Zoë", "Łukasz", "李", "Ada", "Zoë", "", "\u{a0}",
        ],
        DataType::String => &[
            "Acme",
            " Acme\t",
            "ACME",
            "Globex, Inc.",
            "",
            "Acme",
            "Hooli",
            "a name of more than twenty characters",
        ],
        DataType::Email => &[
            "ada1@x.example",
            " ADA1@X.example ",
            "ada2@x.example",
            "ada3@x.example",
            "ada5@x.example",
            "ada7@x.example",
            "",
            HASHES[0],
            HASHES[1],
            "not-an-email",
        ],
        DataType::Integer | DataType::Percent => &[
            "5", "5.0", "+5", "005", "7", "-3", "0", "", "  ", "7", "14.5", "14c",
        ],
        DataType::Float | DataType::Currency => &[
            "5", "5.0", "0.5", "0.50", "-0.0", "1234.50", "", "7", "0.5", "14c",
        ],
        DataType::Boolean => &[
            "true", "1", "TRUE", "false", "0", " False ", "", "true", "false", "other",
        ],
        DataType::Date => &[
            "2026-03-05",
            " 2026-03-05",
            "2026-03-06",
            "",
            "2026-03-06",
            "2026-02-30",
            "05.03.2026",
        ],
        DataType::Datetime => &[
            "2026-03-05T10:00:00Z",
            "2026-03-05T11:00:00+01:00",
            "2026-03-05T10:00:00.750Z",
            "2026-03-06T10:00:00Z",
            "",
            "2026-03-06T10:00:00Z",
            "yesterday",
        ],
        _ => &[
            "one",
            " one ",
            "ONE",
            "+49012345678",
            "say \"two\"",
            "",
            "one",
            " ",
        ],
    }
}

/// What a lead has in a field of this type.
pub(crate) fn there(name: &str, data_type: DataType, at: u8) -> Value {
    let pool = match data_type {
        _ if name == "firstName" || name == "lastName" => json!(["Ada", "ADA", "Zoë", null]),
        DataType::String => json!(["Acme", "ACME", "Hooli", null]),
        DataType::Email => json!([
            "ada1@x.example",
            "Ada1@x.example",
            "ada2@x.example",
            "ada3@x.example",
            "ADA5@x.example",
            "ada8@x.example",
            null
        ]),
        DataType::Integer | DataType::Percent => json!([5, 7, "5", "7.0", 0, -3, null]),
        DataType::Float | DataType::Currency => json!([5, 5.0, 0.5, "0.50", 0, 1234.5, null]),
        DataType::Boolean => json!([true, false, "1", "false", null, true]),
        DataType::Date => json!(["2026-03-05", "2026-03-06", null]),
        DataType::Datetime => json!([
            "2026-03-05T10:00:00Z",
            "2026-03-05T10:00:00+0000",
            "2026-03-06T12:00:00+02:00",
            null
        ]),
        _ => json!(["one", "ONE", "say \"two\"", "+49012345678", null]),
    };
    pool.as_array().map_or(Value::Null, |pool| {
        pool[usize::from(at) % pool.len()].clone()
    })
}

/// The cell of a person's key. The low half of the number says who (sixteen
/// people), the high half in which spelling.
pub(crate) fn key(kind: KeyKind, number: u8) -> String {
    let who = number % 16;
    match (kind, number / 16) {
        (_, 13) => [" ", "", "\u{a0}\t"][usize::from(who) % 3].to_owned(),
        (KeyKind::Email, 14) => ["not-an-email", "josé@x.example"][usize::from(who) % 2].to_owned(),
        (KeyKind::Email, 15) => HASHES[usize::from(who) % 2].to_owned(),
        (KeyKind::Number, 14) => format!("x{who}"),
        (kind, spelling) => spelled(kind, who, spelling),
    }
}

/// A lead's key: mostly of people whom the audience may name, some of others.
pub(crate) fn key_there(kind: KeyKind, number: u8) -> Value {
    let who = number % 16 + 4;
    match (kind, number / 16) {
        (_, 13) => Value::Null,
        (KeyKind::Number, spelling) if spelling < 8 => json!(who),
        (kind, spelling) => json!(spelled(kind, who, spelling)),
    }
}

/// A valid key in one of its spellings.
pub(crate) fn spelled(kind: KeyKind, who: u8, spelling: u8) -> String {
    match (kind, spelling) {
        (KeyKind::Email, 10) => format!("ADA{who}@X.EXAMPLE"),
        (KeyKind::Email, 11) => format!(" ada{who}@x.example\u{a0}"),
        (KeyKind::Email, 12) => format!("Ada{who}@x.example"),
        (KeyKind::Email, _) => format!("ada{who}@x.example"),
        (KeyKind::Text | KeyKind::Folded, 9 | 10) => format!("KÄ-{who}"),
        (KeyKind::Text | KeyKind::Folded, 11) => format!("\tKä-{who} "),
        (KeyKind::Text | KeyKind::Folded, 12) => format!("kä-{who}"),
        (KeyKind::Text | KeyKind::Folded, _) => format!("Kä-{who}"),
        (KeyKind::Number, 10) => format!("00{who}"),
        (KeyKind::Number, 11) => format!(" +{who} "),
        (KeyKind::Number, 12) => format!("{who}.0"),
        (KeyKind::Number, _) => who.to_string(),
    }
}
