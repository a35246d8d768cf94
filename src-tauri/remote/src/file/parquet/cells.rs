//! The cells of a batch as text, each kind in one plain spelling:
//!
//! - text as it is; a missing value as a blank, in whatever kind of column;
//! - `true`, `false`; whole numbers in digits; decimals with all digits after the point
//!   that their column has; other numbers as [`number`] has them;
//! - a date as `2026-11-23`, a time as `09:30:00`; a time on a date by RFC 3339, as
//!   `2026-11-23T09:30:00Z`, without the `Z` where the file does not say which zone it
//!   is in; of fractions of a second as many digits as there are;
//! - a UUID in its usual groups.

use crate::file::number;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time32MillisecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::NullBuffer;
use arrow_schema::{DataType, TimeUnit};
use jiff::civil::{Date, DateTime, Time};
use std::fmt::{Display, Write};

/// Adds the cell of a row; false if there is no spelling for it.
type Add = Box<dyn Fn(usize, &mut String) -> bool + Send>;

/// One column of a batch.
pub(super) struct Cells {
    add: Add,
    nulls: Option<NullBuffer>,
}

impl Cells {
    /// All columns of a batch, groups flattened; none if one is of another kind than
    /// the schema let in.
    pub(super) fn of(batch: &RecordBatch, uuids: &[bool]) -> Option<Vec<Self>> {
        let mut cells = Vec::with_capacity(uuids.len());
        for column in batch.columns() {
            flatten(column, None, uuids, &mut cells)?;
        }
        (cells.len() == uuids.len()).then_some(cells)
    }

    /// Adds the text of a cell; false if it has none.
    pub(super) fn add(&self, row: usize, out: &mut String) -> bool {
        match &self.nulls {
            Some(nulls) if nulls.is_null(row) => true,
            _ => (self.add)(row, out),
        }
    }
}

/// What is missing in a group is missing in all its columns.
fn flatten(
    column: &ArrayRef,
    above: Option<&NullBuffer>,
    uuids: &[bool],
    cells: &mut Vec<Cells>,
) -> Option<()> {
    let nulls = NullBuffer::union(above, column.logical_nulls().as_ref());
    if let Some(group) = column.as_struct_opt() {
        for column in group.columns() {
            flatten(column, nulls.as_ref(), uuids, cells)?;
        }
    } else {
        let is_uuid = *uuids.get(cells.len())?;
        let add = spelling(column, is_uuid)?;
        cells.push(Cells { add, nulls });
    }
    Some(())
}

fn spelling(column: &ArrayRef, is_uuid: bool) -> Option<Add> {
    Some(match column.data_type() {
        DataType::Utf8View => {
            let texts = column.as_string_view().clone();
            Box::new(move |row, out| {
                out.push_str(texts.value(row));
                true
            })
        }
        DataType::Boolean => {
            let values = column.as_boolean().clone();
            Box::new(move |row, out| put(out, values.value(row)))
        }
        DataType::Null => Box::new(|_, _| true),
        DataType::Int8 => plain::<Int8Type>(column),
        DataType::Int16 => plain::<Int16Type>(column),
        DataType::Int32 => plain::<Int32Type>(column),
        DataType::Int64 => plain::<Int64Type>(column),
        DataType::UInt8 => plain::<UInt8Type>(column),
        DataType::UInt16 => plain::<UInt16Type>(column),
        DataType::UInt32 => plain::<UInt32Type>(column),
        DataType::UInt64 => plain::<UInt64Type>(column),
        DataType::Float16 => of::<Float16Type>(column, |number, out| {
            number::add(number.to_f32(), out);
            true
        }),
        DataType::Float32 => of::<Float32Type>(column, |number, out| {
            number::add(number, out);
            true
        }),
        DataType::Float64 => of::<Float64Type>(column, |number, out| {
            number::add(number, out);
            true
        }),
        DataType::Decimal32(..) => decimal::<Decimal32Type>(column),
        DataType::Decimal64(..) => decimal::<Decimal64Type>(column),
        DataType::Decimal128(..) => decimal::<Decimal128Type>(column),
        DataType::Decimal256(..) => decimal::<Decimal256Type>(column),
        DataType::Date32 => of::<Date32Type>(column, |days, out| {
            date(i64::from(days)).is_some_and(|date| put(out, date))
        }),
        DataType::Time32(TimeUnit::Millisecond) => {
            of::<Time32MillisecondType>(column, |ticks, out| time(ticks.into(), 1_000, out))
        }
        DataType::Time64(TimeUnit::Microsecond) => {
            of::<Time64MicrosecondType>(column, |ticks, out| time(ticks, 1_000_000, out))
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            of::<Time64NanosecondType>(column, |ticks, out| time(ticks, 1_000_000_000, out))
        }
        DataType::Timestamp(unit, zone) => {
            let zone = if zone.is_some() { "Z" } else { "" };
            match unit {
                TimeUnit::Millisecond => of::<TimestampMillisecondType>(column, move |at, out| {
                    instant(at, 1_000, zone, out)
                }),
                TimeUnit::Microsecond => of::<TimestampMicrosecondType>(column, move |at, out| {
                    instant(at, 1_000_000, zone, out)
                }),
                TimeUnit::Nanosecond => of::<TimestampNanosecondType>(column, move |at, out| {
                    instant(at, 1_000_000_000, zone, out)
                }),
                TimeUnit::Second => return None,
            }
        }
        DataType::FixedSizeBinary(16) if is_uuid => {
            let values = column.as_fixed_size_binary().clone();
            Box::new(move |row, out| uuid(values.value(row), out))
        }
        _ => return None,
    })
}

fn of<T: ArrowPrimitiveType>(
    column: &ArrayRef,
    add: impl Fn(T::Native, &mut String) -> bool + Send + 'static,
) -> Add {
    let values = column.as_primitive::<T>().clone();
    Box::new(move |row, out| add(values.value(row), out))
}

fn plain<T: ArrowPrimitiveType<Native: Display>>(column: &ArrayRef) -> Add {
    of::<T>(column, |value, out| put(out, value))
}

fn decimal<T: DecimalType>(column: &ArrayRef) -> Add {
    let values = column.as_primitive::<T>().clone();
    Box::new(move |row, out| put(out, values.value_as_string(row)))
}

fn put(out: &mut String, value: impl Display) -> bool {
    write!(out, "{value}").is_ok()
}

const DAY: i64 = 24 * 60 * 60;

/// The day so many days after the first of January 1970. Years are of four digits.
fn date(days: i64) -> Option<Date> {
    let first = Date::constant(1970, 1, 1);
    let span = jiff::Span::new().try_days(days).ok()?;
    let date = first.checked_add(span).ok()?;
    (date.year() >= 0).then_some(date)
}

/// `ticks` of which a second has so many.
fn clock(ticks: i64, a_second: i64) -> Option<Time> {
    let seconds = ticks.div_euclid(a_second);
    let nanoseconds = ticks.rem_euclid(a_second) * (1_000_000_000 / a_second);
    let part = |value: i64| i8::try_from(value).ok();
    let (hour, minute) = (part(seconds / 3600)?, part(seconds / 60 % 60)?);
    let nanoseconds = i32::try_from(nanoseconds).ok()?;
    Time::new(hour, minute, part(seconds % 60)?, nanoseconds).ok()
}

fn time(ticks: i64, a_second: i64, out: &mut String) -> bool {
    clock(ticks, a_second).is_some_and(|time| put(out, time))
}

fn instant(ticks: i64, a_second: i64, zone: &str, out: &mut String) -> bool {
    let day = DAY * a_second;
    let (date, time) = (
        date(ticks.div_euclid(day)),
        clock(ticks.rem_euclid(day), a_second),
    );
    let (Some(date), Some(time)) = (date, time) else {
        return false;
    };
    put(out, DateTime::from_parts(date, time)) && put(out, zone)
}

fn uuid(bytes: &[u8], out: &mut String) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| {
        let dash = if matches!(at, 4 | 6 | 8 | 10) {
            "-"
        } else {
            ""
        };
        write!(out, "{dash}{byte:02x}").is_ok()
    })
}
