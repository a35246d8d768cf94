//! Which columns there are, and as what the library is to read them.

use super::FileError;
use crate::file::columns;
use ::parquet::arrow::{
    FieldLevels, ProjectionMask, parquet_to_arrow_field_levels, parquet_to_arrow_schema,
};
use ::parquet::basic::{LogicalType, Type};
use ::parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};
use arrow_schema::{DataType, Field, Fields, TimeUnit};
use std::sync::Arc;

/// The columns of a file, each of which can be written as text.
pub(super) struct Columns {
    /// Groups are flattened: `address.city`.
    pub(super) names: Vec<String>,
    /// For each leaf whether its bytes are a UUID.
    pub(super) uuids: Vec<bool>,
    pub(super) levels: FieldLevels,
}

impl Columns {
    pub(super) fn of(schema: &SchemaDescriptor, file: &str) -> Result<Self, FileError> {
        let leaves = schema.columns();
        if leaves.is_empty() {
            return Err(FileError::Empty {
                name: file.to_owned(),
            });
        }
        let paths: Vec<String> = leaves
            .iter()
            .map(|leaf| leaf.path().parts().join("."))
            .collect();
        let names = columns::named(paths.iter().map(String::as_str))?;
        let repeated = leaves.iter().find(|leaf| leaf.max_rep_level() > 0);
        if let Some(outermost) = repeated.and_then(|leaf| leaf.path().parts().first()) {
            return Err(unsupported(outermost, "a list or a map"));
        }
        let broken = || FileError::Damaged {
            name: file.to_owned(),
            reason: "its list of columns is broken".to_owned(),
        };
        // What the writing program noted for itself is left aside: the file's own types
        // are the same from all programs.
        let fields = parquet_to_arrow_schema(schema, None).map_err(|_| broken())?;
        let mut left = leaves.iter();
        let wanted: Option<Fields> = fields
            .fields()
            .iter()
            .map(|field| wanted(field, &mut left))
            .collect();
        let wanted = wanted.ok_or_else(broken)?;
        let levels = parquet_to_arrow_field_levels(schema, ProjectionMask::all(), Some(&wanted))
            .map_err(|_| broken())?;
        let uuids: Vec<bool> = leaves.iter().map(|leaf| is_uuid(leaf)).collect();
        let mut kinds = Vec::with_capacity(leaves.len());
        wanted
            .iter()
            .for_each(|field| flatten(field.data_type(), &mut kinds));
        if kinds.len() != leaves.len() {
            return Err(broken());
        }
        for ((name, kind), is_uuid) in names.iter().zip(kinds).zip(&uuids) {
            if let Some(what) = no_text(kind, *is_uuid) {
                return Err(unsupported(name, what));
            }
        }
        Ok(Self {
            names,
            uuids,
            levels,
        })
    }
}

/// Texts as views into their page rather than as copies, and the oldest kind of time
/// in units in which the year 9999 fits.
fn wanted<'a>(
    field: &Field,
    leaves: &mut impl Iterator<Item = &'a Arc<ColumnDescriptor>>,
) -> Option<Field> {
    let kind = match field.data_type() {
        DataType::Struct(fields) => {
            let fields: Option<Fields> = fields.iter().map(|field| wanted(field, leaves)).collect();
            DataType::Struct(fields?)
        }
        kind => {
            let leaf = leaves.next()?;
            match kind {
                DataType::Utf8 => DataType::Utf8View,
                _ if leaf.physical_type() == Type::INT96 => {
                    DataType::Timestamp(TimeUnit::Microsecond, None)
                }
                kind => kind.clone(),
            }
        }
    };
    Some(field.clone().with_data_type(kind))
}

fn flatten<'a>(kind: &'a DataType, into: &mut Vec<&'a DataType>) {
    match kind {
        DataType::Struct(fields) => fields
            .iter()
            .for_each(|field| flatten(field.data_type(), into)),
        kind => into.push(kind),
    }
}

fn is_uuid(leaf: &ColumnDescriptor) -> bool {
    leaf.logical_type_ref() == Some(&LogicalType::Uuid)
}

/// What such a column is, if it cannot be written as text.
fn no_text(kind: &DataType, is_uuid: bool) -> Option<&'static str> {
    match kind {
        DataType::FixedSizeBinary(_) if is_uuid => None,
        DataType::Binary | DataType::FixedSizeBinary(_) => Some("binary"),
        DataType::Null
        | DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float16
        | DataType::Float32
        | DataType::Float64
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..)
        | DataType::Date32
        | DataType::Time32(_)
        | DataType::Time64(_)
        | DataType::Timestamp(..)
        | DataType::Utf8View => None,
        DataType::Interval(_) => Some("a span of time"),
        _ => Some("of a kind that is no text"),
    }
}

fn unsupported(column: &str, what: &'static str) -> FileError {
    FileError::NoText {
        column: columns::shown(column),
        what,
    }
}
