//! What a destination says of its fields, partitions and workspaces.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a field's values are spelled and compared (Marketo: data types of the
/// lead description).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DataType {
    /// Text of one line.
    String,
    /// Text of many lines.
    Text,
    /// An e-mail address, ASCII.
    Email,
    /// A telephone number, as text.
    Phone,
    /// A web address, as text.
    Url,
    /// A whole number; scores are of this kind too.
    Integer,
    /// A number with a fraction.
    Float,
    /// A share, as a whole number.
    Percent,
    /// An amount of money.
    Currency,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// A moment.
    Datetime,
    /// A reference to something else, as text.
    Reference,
    /// A kind that this version does not know; its values travel as text.
    Unknown,
}

impl DataType {
    /// From the service's own word.
    pub fn named(name: &str) -> Self {
        match name {
            "string" => Self::String,
            "text" | "textarea" => Self::Text,
            "email" => Self::Email,
            "phone" => Self::Phone,
            "url" => Self::Url,
            "integer" | "score" => Self::Integer,
            "float" => Self::Float,
            "percent" => Self::Percent,
            "currency" => Self::Currency,
            "boolean" => Self::Boolean,
            "date" => Self::Date,
            "datetime" => Self::Datetime,
            "reference" => Self::Reference,
            _ => Self::Unknown,
        }
    }

    /// Whether values compare as numbers.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::Integer | Self::Float | Self::Percent | Self::Currency
        )
    }
}

/// One field of a lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Field {
    /// The name the service's calls use.
    pub name: String,
    /// The name people see in the service.
    pub display_name: String,
    /// The kind of its values.
    pub data_type: DataType,
    /// The most characters a value may have, where the service says.
    pub length: Option<u32>,
    /// Whether it may be written at all.
    pub writable: bool,
    /// Whether leads can be looked up by it.
    pub searchable: bool,
    /// Whether it belongs to the lead's company, so that a write may reach
    /// everyone of that company.
    pub company: bool,
}

/// What one service user can see of its instance, as of a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ServiceDescription {
    /// When it was read.
    pub read_at: Timestamp,
    /// The lead's fields.
    pub fields: Vec<Field>,
    /// Partitions that this user can see: id and name.
    pub partitions: Vec<(i64, String)>,
    /// Workspaces that this user's folders name.
    pub workspaces: Vec<String>,
    /// When the service last refused to tell what changed, for want of Read-Only Activity.
    #[serde(default)]
    pub activities_denied_at: Option<Timestamp>,
}

impl ServiceDescription {
    /// The field of that name, exactly.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The partitions that this user can see, by number and in order.
    pub fn partition_numbers(&self) -> Vec<i64> {
        let mut numbers: Vec<i64> = self.partitions.iter().map(|(id, _)| *id).collect();
        numbers.sort_unstable();
        numbers
    }

    /// The name of a partition by its number.
    pub fn partition(&self, id: i64) -> Option<&str> {
        self.partitions
            .iter()
            .find(|(known, _)| *known == id)
            .map(|(_, name)| name.as_str())
    }
}
