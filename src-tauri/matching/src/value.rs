//! Values by the type of their field: whether they fit, what is sent, what is equal.

use crate::key::{Key, KeyKind, normalize};
use jiff::civil;
use serde_json::{Number, Value};
use std::borrow::Cow;
use usher_model::{DataType, Field, Timestamp};

/// The most bytes of a long text whose field names no length (Marketo docs: field types).
const TEXT_BYTES: usize = 30_000;

/// Why a value does not fit its field, in words that do not show the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misfit(pub &'static str);

/// The value as it is sent and remembered: trimmed text, a number, true or
/// false, a day, or a moment in UTC to the second. `cell` is not blank.
pub fn canonical(field: &Field, cell: &str) -> Result<Value, Misfit> {
    let text = cell.trim();
    match field.data_type {
        DataType::Boolean => boolean(text)
            .map(Value::Bool)
            .ok_or(Misfit("The field takes true or false.")),
        DataType::Integer | DataType::Percent => whole(text),
        DataType::Float | DataType::Currency => fraction(text),
        DataType::Date => {
            let day: Result<civil::Date, _> = text.parse();
            let spelled = day.is_ok_and(|day| day.to_string() == text);
            spelled
                .then(|| text.into())
                .ok_or(Misfit("The field takes a day as YYYY-MM-DD."))
        }
        DataType::Datetime => {
            let at = Timestamp::parse(text).ok_or(Misfit(
                "The field takes a time with its offset, as 2026-03-05T10:00:00Z.",
            ))?;
            Ok(Timestamp(at.0.div_euclid(1000) * 1000).to_string().into())
        }
        DataType::Email => match normalize(KeyKind::Email, text) {
            Key::Valid(_) => fits_length(field, text),
            _ => Err(Misfit("The field takes an e-mail address.")),
        },
        _ => fits_length(field, text),
    }
}

fn fits_length(field: &Field, text: &str) -> Result<Value, Misfit> {
    is_short_enough(field, text)
        .then(|| text.into())
        .ok_or(Misfit("The value is longer than the field."))
}

/// Whether a text is within its field's length, which counts characters.
pub(crate) fn is_short_enough(field: &Field, text: &str) -> bool {
    match field.length {
        Some(most) => text.len() <= most as usize || text.chars().count() <= most as usize,
        None => text.len() <= TEXT_BYTES,
    }
}

fn boolean(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "1", "yes", "y", "t"]) {
        Some(true)
    } else if is(&["false", "0", "no", "n", "f"]) {
        Some(false)
    } else {
        None
    }
}

fn whole(text: &str) -> Result<Value, Misfit> {
    let misfit = Misfit("The field takes a whole number.");
    let Key::Valid(shortest) = normalize(KeyKind::Number, text) else {
        return Err(misfit);
    };
    let number: i32 = shortest.parse().map_err(|_| misfit)?;
    Ok(number.into())
}

fn fraction(text: &str) -> Result<Value, Misfit> {
    let misfit = Misfit("The field takes a number.");
    let Key::Valid(shortest) = normalize(KeyKind::Number, text) else {
        return Err(misfit);
    };
    if let Ok(number) = shortest.parse::<i64>() {
        return Ok(number.into());
    }
    let number = shortest
        .parse::<f64>()
        .ok()
        .and_then(Number::from_f64)
        .ok_or(misfit)?;
    Ok(Value::Number(number))
}

/// A destination's value as the text that is kept of it; `None` for null.
pub fn read_as_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        other => Some(Cow::Owned(other.to_string())),
    }
}

/// Whether what would be sent is what is there. `there` is the destination's
/// value as text, `None` for null. A null boolean reads as false.
pub fn same(field: &Field, sent: &Value, there: Option<&str>) -> bool {
    let Some(there) = there else {
        return sent.is_null()
            || (field.data_type == DataType::Boolean && *sent == Value::Bool(false));
    };
    if sent.is_null() {
        return field.data_type == DataType::Boolean && boolean(there) == Some(false);
    }
    let there = there.trim();
    match (field.data_type, sent) {
        (DataType::Boolean, Value::Bool(sent)) => boolean(there) == Some(*sent),
        (DataType::Email, Value::String(sent)) => sent.eq_ignore_ascii_case(there),
        (DataType::Datetime, Value::String(sent)) => {
            let second = |text: &str| Timestamp::parse(text).map(|at| at.0.div_euclid(1000));
            sent == there || (second(sent).is_some() && second(sent) == second(there))
        }
        (kind, Value::Number(sent)) if kind.is_number() => sent
            .as_f64()
            .is_some_and(|sent| there.parse::<f64>().is_ok_and(|there| sent == there)),
        (_, Value::String(sent)) => sent == there,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{canonical, same};
    use serde_json::json;
    use usher_model::{DataType, Field};

    fn field(data_type: DataType, length: Option<u32>) -> Field {
        let name = "f".to_owned();
        Field {
            display_name: name.clone(),
            name,
            data_type,
            length,
            writable: true,
            searchable: false,
            company: false,
        }
    }

    #[test]
    fn values_compare_by_the_fields_type() {
        let equal = [
            (DataType::Boolean, "1", "true"),
            (DataType::Boolean, "No", "false"),
            (DataType::Integer, "5.0", "5"),
            (DataType::Float, "5", "5.0"),
            (DataType::Currency, "1234.50", "1234.5"),
            (
                DataType::Datetime,
                "2026-03-05T11:00:00+01:00",
                "2026-03-05T10:00:00Z",
            ),
            (
                DataType::Datetime,
                "2026-03-05T10:00:00.750Z",
                "2026-03-05T10:00:00+0000",
            ),
            (DataType::Email, "Ada@X.example", "ada@x.example"),
            (DataType::String, " Acme ", "Acme"),
        ];
        for (kind, cell, there) in equal {
            let field = field(kind, None);
            let sent = canonical(&field, cell).unwrap();
            assert!(
                same(&field, &sent, Some(there)),
                "{kind:?}: {cell} is {there}"
            );
        }
        let text = field(DataType::String, None);
        assert!(
            !same(&text, &canonical(&text, "acme").unwrap(), Some("Acme")),
            "text compares exactly"
        );
        assert!(!same(&text, &json!("Acme"), None), "null is not a text");
    }

    #[test]
    fn what_the_service_refuses_is_refused_here() {
        let misfits = [
            (DataType::Boolean, "other"),
            (DataType::Email, "bademail"),
            (DataType::Integer, "14.1"),
            (DataType::Integer, "99999999999"),
            (DataType::Float, "14c"),
            (DataType::Datetime, "yesterday"),
            (DataType::Datetime, "2026-03-05T10:00:00"),
            (DataType::Percent, "100%"),
            (DataType::Date, "2026-02-30"),
            (DataType::Date, "05.03.2026"),
        ];
        for (kind, cell) in misfits {
            assert!(
                canonical(&field(kind, None), cell).is_err(),
                "{kind:?}: {cell}"
            );
        }
        let short = field(DataType::String, Some(3));
        assert!(
            canonical(&short, "\u{e4}\u{e4}\u{e4}").is_ok(),
            "length counts characters"
        );
        assert!(canonical(&short, "abcd").is_err());
    }
}
