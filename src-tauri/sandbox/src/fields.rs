//! Which fields a lead has, what they may hold, and who may write them.
//!
//! Marketo docs: leads, describe and describe2. The table itself is in `field_table`.

use serde_json::{Value, json};

use crate::field_table::FIELDS;

/// The data types of the documentation's field-types page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    Text,
    Email,
    Phone,
    Url,
    Integer,
    Score,
    Float,
    Percent,
    Currency,
    Boolean,
    Date,
    Datetime,
}

impl Kind {
    /// The name in describe replies.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Text => "text",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Url => "url",
            // Score fields show up as integer on the wire, as recorded.
            Self::Integer | Self::Score => "integer",
            Self::Float => "float",
            Self::Percent => "percent",
            Self::Currency => "currency",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
        }
    }
}

/// What Sync Leads does with a field it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// May be written.
    Write,
    /// May be written, and may serve as `filterType` and `lookupField`.
    Search,
    /// May only be searched.
    SearchOnly,
    /// May only be read.
    Read,
}

/// One field of the lead object.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) id: u32,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) kind: Kind,
    /// Characters for strings, bytes for text; 0 where no length is published.
    pub(crate) length: u32,
    pub(crate) access: Access,
}

impl Field {
    /// As describe2 shows it. Sync Leads refuses every other field.
    pub(crate) fn updateable(&self) -> bool {
        matches!(self.access, Access::Write | Access::Search)
    }

    /// Not one of the standard fields of every instance.
    pub(crate) fn custom(&self) -> bool {
        self.id > 1_000
    }

    /// Whether the field may be a `filterType` or `lookupField`; every other is 1011.
    pub(crate) fn searchable(&self) -> bool {
        matches!(self.access, Access::Search | Access::SearchOnly)
    }
}

/// A field's place in the table; leads store their values under it.
pub(crate) type FieldNo = u16;

/// Names are case-sensitive, as on the wire.
pub(crate) fn by_name(name: &str) -> Option<(FieldNo, &'static Field)> {
    FIELDS
        .iter()
        .zip(0..)
        .find(|(field, _)| field.name == name)
        .map(|(field, no)| (no, field))
}

/// A number comes from this table, so it is always there.
pub(crate) fn by_no(no: FieldNo) -> &'static Field {
    &FIELDS[usize::from(no)]
}

/// Like [`by_name`] for names written in this crate.
pub(crate) fn known(name: &'static str) -> FieldNo {
    by_name(name).map_or(0, |(no, _)| no)
}

/// Items of `describe.json`. Fields that are restricted without being read-only (id,
/// cookies, partition, isAnonymous) show `readOnly: false` there, as recorded.
pub(crate) fn describe() -> Vec<Value> {
    FIELDS
        .iter()
        .map(|field| {
            let read_only = field.access == Access::Read && field.name != "isAnonymous";
            let mut item =
                json!({"id": field.id, "displayName": field.title, "dataType": field.kind.name()});
            if field.length > 0 {
                item["length"] = json!(field.length);
            }
            item["rest"] = json!({"name": field.name, "readOnly": read_only});
            item["soap"] = json!({"name": field.title.replace(' ', ""), "readOnly": read_only});
            item
        })
        .collect()
}

/// The single item of `describe2.json`.
pub(crate) fn describe2() -> Value {
    let fields: Vec<Value> = FIELDS
        .iter()
        .map(|field| {
            let mut item =
                json!({"name": field.name, "displayName": field.title, "dataType": field.kind.name()});
            if field.length > 0 {
                item["length"] = json!(field.length);
            }
            item["updateable"] = json!(field.updateable());
            item["crmManaged"] = json!(false);
            item
        })
        .collect();
    let searchable: Vec<Value> = FIELDS
        .iter()
        .filter(|field| field.searchable())
        .map(|field| json!([field.name]))
        .collect();
    json!({"name": "API Lead", "searchableFields": searchable, "fields": fields})
}
