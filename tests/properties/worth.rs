//! What a value is worth: the slow planner's own idea of which spellings are
//! equal, so that a mistake in the engine's is not repeated here.

use serde_json::Value;
use usher_model::{DataType, Field, Timestamp};

/// A value beyond its spelling. Two values of one field are equal when their
/// worths are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Worth {
    /// Null, or a blank.
    Nothing,
    /// Text, exactly.
    Text(String),
    /// `5` and `5.0` are one number.
    Number(f64),
    /// `1` and `true` are one answer.
    Flag(bool),
    /// A moment to the second, whatever its offset.
    Moment(i64),
    /// It does not fit the field.
    Bad,
}

impl Worth {
    /// Of a cell of the audience: empty or white space only is nothing.
    pub(crate) fn of_cell(field: &Field, cell: &str) -> Self {
        let text = cell.trim();
        if text.is_empty() {
            return Self::Nothing;
        }
        match field.data_type {
            DataType::Boolean if text == "1" || text.to_lowercase() == "true" => Self::Flag(true),
            DataType::Boolean if text == "0" || text.to_lowercase() == "false" => Self::Flag(false),
            DataType::Boolean => Self::Bad,
            DataType::Integer | DataType::Percent => match text.parse::<f64>() {
                Ok(number) if number.fract() == 0.0 => Self::Number(number),
                _ => Self::Bad,
            },
            DataType::Float | DataType::Currency => text.parse().map_or(Self::Bad, Self::Number),
            DataType::Date => match text.parse::<jiff::civil::Date>() {
                Ok(_) => Self::Text(text.to_owned()),
                Err(_) => Self::Bad,
            },
            DataType::Datetime => match Timestamp::parse(text) {
                Some(at) => Self::Moment(at.0.div_euclid(1000)),
                None => Self::Bad,
            },
            DataType::Email if is_email(text) => Self::Text(text.to_ascii_lowercase()),
            DataType::Email => Self::Bad,
            _ if field
                .length
                .is_some_and(|most| text.chars().count() > most as usize) =>
            {
                Self::Bad
            }
            _ => Self::Text(text.to_owned()),
        }
    }

    /// Of a value at the destination, or on its way there.
    pub(crate) fn of_value(field: &Field, value: &Value) -> Self {
        match value {
            Value::Null => Self::Nothing,
            Value::String(text) => Self::of_cell(field, text),
            other => Self::of_cell(field, &other.to_string()),
        }
    }

    /// Equal by the field's type. A cleared flag reads back as false, so that
    /// nothing and false are one answer.
    pub(crate) fn equals(&self, other: &Self) -> bool {
        let empty = |worth: &Self| matches!(worth, Self::Nothing | Self::Flag(false));
        let flags = matches!((self, other), (Self::Flag(_), _) | (_, Self::Flag(_)));
        self == other || (flags && empty(self) && empty(other))
    }
}

/// The generated addresses are plain, so one look suffices.
pub(crate) fn is_email(text: &str) -> bool {
    text.is_ascii() && text.contains('@')
}
