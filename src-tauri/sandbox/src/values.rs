//! Strict value checks by data type.
//!
//! Marketo docs: field types; the refusals are those recorded from a live instance:
//! boolean "other", email "bademail", integer 14.1, float "14c", datetime "yesterday",
//! percent "100%". What the documentation leaves open is decided here: `""` clears
//! like `null`, yes/no words are accepted for booleans, and e-mail may carry
//! surrounding white space, which is kept.

use std::borrow::Cow;

use serde_json::Value;

use crate::clock;
use crate::fields::{Field, Kind};

/// One stored value. Dates and instants are kept in the text in which they are shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum {
    Text(Cow<'static, str>),
    Int(i64),
    Real(f64),
    Bool(bool),
}

impl Datum {
    /// As it reads on the wire.
    pub(crate) fn json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_ref()),
            Self::Int(number) => Value::from(*number),
            Self::Real(number) => Value::from(*number),
            Self::Bool(yes) => Value::from(*yes),
        }
    }
}

/// `Ok(None)` clears the field.
pub(crate) fn check(field: &Field, value: &Value) -> Result<Option<Datum>, String> {
    if value.is_null() || value.as_str() == Some("") {
        return Ok((field.kind == Kind::Boolean).then_some(Datum::Bool(false)));
    }
    parse(field, value).map(Some).ok_or_else(|| {
        format!(
            "Invalid value for field '{}' and value '{}'",
            field.name,
            plain(value)
        )
    })
}

/// A value as it stands in a message or a lookup: text without its quotes.
pub(crate) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn parse(field: &Field, value: &Value) -> Option<Datum> {
    if value.is_array() || value.is_object() {
        return None;
    }
    let text = plain(value);
    match field.kind {
        Kind::String | Kind::Text | Kind::Phone | Kind::Url => fitting(field, text),
        Kind::Email => is_email(text.trim())
            .then(|| fitting(field, text))
            .flatten(),
        Kind::Integer | Kind::Score => {
            let number = text.trim().parse::<i32>().ok()?;
            (!value.is_boolean()).then_some(Datum::Int(number.into()))
        }
        Kind::Float | Kind::Percent | Kind::Currency => number(&text),
        Kind::Boolean => boolean(&text).map(Datum::Bool),
        Kind::Date => date(&text).map(|date| Datum::Text(date.into())),
        Kind::Datetime => {
            let seconds = clock::parse_time(&text)
                .or_else(|| clock::parse_time(&format!("{}T00:00:00Z", date(&text)?)))?;
            Some(Datum::Text(clock::lead_time(seconds).into()))
        }
    }
}

/// Strings are measured in characters, text areas in bytes.
fn fitting(field: &Field, text: String) -> Option<Datum> {
    let length = if field.kind == Kind::Text {
        text.len()
    } else {
        text.chars().count()
    };
    let fits = field.length == 0 || length <= field.length as usize;
    fits.then_some(Datum::Text(text.into()))
}

/// Marketo docs: e-mail values are ASCII. Beyond that only the gross shape is checked.
fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else {
        return false;
    };
    text.is_ascii()
        && !name.is_empty()
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == ',')
        && text.matches('@').count() == 1
}

/// Whole numbers are kept whole, so that 5.0 reads back as 5.
fn number(text: &str) -> Option<Datum> {
    let number = text
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite())?;
    let whole = number.fract() == 0.0 && number.abs() < 9.0e15;
    Some(if whole {
        Datum::Int(number as i64)
    } else {
        Datum::Real(number)
    })
}

fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn date(text: &str) -> Option<String> {
    let text = text.trim();
    let day = if text.len() > 10 {
        clock::parse_time(text)?;
        text.get(..10)?
    } else {
        text
    };
    (day.len() == 10).then_some(())?;
    day.parse::<jiff::civil::Date>()
        .ok()
        .map(|date| date.to_string())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::fields;
    use serde_json::json;

    fn checked(name: &str, value: Value) -> Result<Option<Value>, String> {
        let (_, field) = fields::by_name(name).unwrap();
        check(field, &value).map(|datum| datum.map(|datum| datum.json()))
    }

    #[test]
    fn recorded_refusals() {
        for (name, value, shown) in [
            ("unsubscribed", json!("other"), "other"),
            ("email", json!("bademail"), "bademail"),
            ("customerNumber", json!(14.1), "14.1"),
            ("averageBasket", json!("14c"), "14c"),
            ("lastPurchaseAt", json!("yesterday"), "yesterday"),
            ("discount", json!("100%"), "100%"),
            ("lastSeen", json!("2026-02-30"), "2026-02-30"),
            ("customerNumber", json!(true), "true"),
        ] {
            let message = format!("Invalid value for field '{name}' and value '{shown}'");
            assert_eq!(checked(name, value), Err(message));
        }
        assert!(checked("loyaltyId", json!("x".repeat(65))).is_err());
        assert!(checked("email", json!("jös@example.com")).is_err());
    }

    #[test]
    fn accepted_values_take_their_stored_form() {
        for (name, value, stored) in [
            ("unsubscribed", json!("TRUE"), json!(true)),
            ("unsubscribed", json!(1), json!(true)),
            ("customerNumber", json!("42"), json!(42)),
            ("averageBasket", json!("14.5"), json!(14.5)),
            (
                "lastPurchaseAt",
                json!("2026-05-01T10:00:00.123Z"),
                json!("2026-05-01T10:00:00Z"),
            ),
            ("lastSeen", json!("2026-02-28"), json!("2026-02-28")),
            ("firstName", json!(5), json!("5")),
            ("unsubscribed", json!(null), json!(false)),
        ] {
            assert_eq!(checked(name, value), Ok(Some(stored)));
        }
        assert_eq!(checked("firstName", json!(null)), Ok(None));
        assert_eq!(checked("firstName", json!("")), Ok(None));
    }
}
