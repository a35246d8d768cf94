//! Each kind of column has one spelling, or is refused by name.

use super::{plain, read_bytes};
use arrow_array::builder::{ListBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::*;
use arrow_buffer::{IntervalDayTime, NullBuffer};
use arrow_schema::{DataType, Field};
use std::sync::Arc;
use usher_model::Code;

/// The cells of one column that holds these.
#[track_caller]
fn cells(column: impl Array + 'static) -> Vec<String> {
    let read = read_bytes(&plain(vec![("c", Arc::new(column))])).unwrap();
    assert_eq!(
        (read.columns, read.quarantine.count),
        (vec!["c".to_owned()], 0)
    );
    read.rows.into_iter().flatten().collect()
}

#[test]
fn texts() {
    let texts = [
        "a",
        "",
        " Zoë ",
        "007",
        "12345678901234567890123456789012345678",
    ];
    assert_eq!(cells(StringArray::from_iter_values(texts)), texts);
    assert_eq!(cells(LargeStringArray::from_iter_values(texts)), texts);
    assert_eq!(cells(StringViewArray::from_iter_values(texts)), texts);
    let mut dictionary = StringDictionaryBuilder::<Int32Type>::new();
    for text in ["b", "a", "b"] {
        dictionary.append_value(text);
    }
    dictionary.append_null();
    assert_eq!(cells(dictionary.finish()), ["b", "a", "b", ""]);
    assert_eq!(cells(StringArray::from(vec![Some("a"), None])), ["a", ""]);
    assert_eq!(cells(NullArray::new(2)), ["", ""]);
}

#[test]
fn numbers() {
    assert_eq!(cells(Int8Array::from(vec![-128, 7])), ["-128", "7"]);
    assert_eq!(cells(UInt8Array::from(vec![255])), ["255"]);
    assert_eq!(cells(Int16Array::from(vec![-1])), ["-1"]);
    assert_eq!(cells(UInt16Array::from(vec![65_535])), ["65535"]);
    assert_eq!(cells(Int32Array::from(vec![Some(5), None])), ["5", ""]);
    assert_eq!(cells(UInt32Array::from(vec![u32::MAX])), ["4294967295"]);
    assert_eq!(
        cells(Int64Array::from(vec![i64::MIN])),
        ["-9223372036854775808"]
    );
    assert_eq!(
        cells(UInt64Array::from(vec![u64::MAX])),
        ["18446744073709551615"]
    );
    assert_eq!(cells(Float32Array::from(vec![0.1, 3.0])), ["0.1", "3"]);
    let doubles = vec![Some(0.1), Some(12.0), Some(f64::NAN), None, Some(-0.0)];
    assert_eq!(
        cells(Float64Array::from(doubles)),
        ["0.1", "12", "", "", "0"]
    );
    assert_eq!(
        cells(BooleanArray::from(vec![true, false])),
        ["true", "false"]
    );
    let decimals = Decimal128Array::from(vec![150, -5, 0]);
    let decimals = decimals.with_precision_and_scale(9, 2).unwrap();
    assert_eq!(cells(decimals), ["1.50", "-0.05", "0.00"]);
    let long = Decimal128Array::from(vec![12_345_678_901_234_567_890_123_456_789_012_345_678]);
    let long = long.with_precision_and_scale(38, 0).unwrap();
    assert_eq!(cells(long), ["12345678901234567890123456789012345678"]);
}

#[test]
fn dates_and_times() {
    let days = vec![0, 20_780, -1, 2_932_896, -719_528];
    let dates = [
        "1970-01-01",
        "2026-11-23",
        "1969-12-31",
        "9999-12-31",
        "0000-01-01",
    ];
    assert_eq!(cells(Date32Array::from(days)), dates);
    let half_past_nine = 34_200;
    assert_eq!(
        cells(Time32MillisecondArray::from(vec![
            half_past_nine * 1_000 + 5
        ])),
        ["09:30:00.005"]
    );
    let times =
        Time64MicrosecondArray::from(vec![i64::from(half_past_nine) * 1_000_000, 86_399_999_999]);
    assert_eq!(cells(times), ["09:30:00", "23:59:59.999999"]);
    let at = 1_795_426_200;
    let local = TimestampMillisecondArray::from(vec![at * 1_000, -1]);
    assert_eq!(
        cells(local),
        ["2026-11-23T09:30:00", "1969-12-31T23:59:59.999"]
    );
    let berlin = TimestampMicrosecondArray::from(vec![at * 1_000_000 + 120_000]);
    let berlin = berlin.with_timezone("Europe/Berlin");
    assert_eq!(
        cells(berlin),
        ["2026-11-23T09:30:00.12Z"],
        "it is UTC in the file"
    );
    let fine = TimestampNanosecondArray::from(vec![1]).with_timezone("UTC");
    assert_eq!(cells(fine), ["1970-01-01T00:00:00.000000001Z"]);
}

#[test]
fn what_is_no_date_costs_its_row() {
    let dates = Date32Array::from(vec![i32::MAX, 0, i32::MIN, 2_932_897]);
    let times = Time32MillisecondArray::from(vec![0, 86_400_000, 0, 0]);
    let columns: Vec<(&str, ArrayRef)> = vec![("d", Arc::new(dates)), ("t", Arc::new(times))];
    let read = read_bytes(&plain(columns)).unwrap();
    assert_eq!(read.rows.len(), 0);
    let aside = &read.quarantine.first;
    assert_eq!(
        aside.iter().map(|line| line.line).collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    assert_eq!(aside[0].problem, "a date or time that does not exist");
}

#[test]
fn what_no_row_may_hold_costs_its_row() {
    let most = "x".repeat(1 << 20);
    let long = format!("{most}x");
    let texts = StringArray::from_iter_values(["a", "b\0", &most, &long, "c"]);
    let read = read_bytes(&plain(vec![("t", Arc::new(texts))])).unwrap();
    assert_eq!(read.rows, [["a"], [&most], ["c"]]);
    let aside = read.quarantine.first.iter();
    let aside: Vec<(u64, &str)> = aside
        .map(|line| (line.line, line.problem.as_str()))
        .collect();
    assert_eq!(aside, [(2, "a NUL character"), (4, "a field over 1 MiB")]);
}

#[test]
fn groups_are_flattened() {
    let city = StringArray::from(vec![Some("Köln"), None, Some("unseen")]);
    let code = Int32Array::from(vec![50_667, 1, 2]);
    let inner: ArrayRef = Arc::new(StructArray::from(vec![(
        Arc::new(Field::new("code", DataType::Int32, false)),
        Arc::new(code) as ArrayRef,
    )]));
    let address = StructArray::try_new(
        vec![
            Field::new("city", DataType::Utf8, true),
            Field::new("post", inner.data_type().clone(), false),
        ]
        .into(),
        vec![Arc::new(city), inner],
        Some(NullBuffer::from(vec![true, true, false])),
    )
    .unwrap();
    let ids: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3]));
    let read = read_bytes(&plain(vec![("address", Arc::new(address)), ("id", ids)])).unwrap();
    assert_eq!(read.columns, ["address.city", "address.post.code", "id"]);
    assert_eq!(
        read.rows,
        [["Köln", "50667", "1"], ["", "1", "2"], ["", "", "3"]]
    );
}

#[test]
fn what_is_no_text_is_refused_by_name() {
    let mut list = ListBuilder::new(Int32Array::builder(1));
    list.append_value([Some(1)]);
    let span = IntervalDayTime::new(1, 0);
    let columns: [(&str, ArrayRef); 4] = [
        ("tags", Arc::new(list.finish())),
        ("raw", Arc::new(BinaryArray::from_iter_values([b"\xff"]))),
        (
            "hash",
            Arc::new(FixedSizeBinaryArray::try_from_iter([[1_u8; 16]].iter()).unwrap()),
        ),
        ("span", Arc::new(IntervalDayTimeArray::from(vec![span]))),
    ];
    for (name, column) in columns {
        let ids: ArrayRef = Arc::new(Int32Array::from(vec![1]));
        let problem = read_bytes(&plain(vec![("id", ids), (name, column)])).expect_err(name);
        assert_eq!(problem.code, Code::ColumnUnsupported);
        assert!(
            problem.message.contains(&format!("`{name}`")),
            "{}",
            problem.message
        );
    }
}

#[test]
fn names_follow_the_same_rules_as_in_text() {
    let one = || -> ArrayRef { Arc::new(Int32Array::from(vec![1])) };
    let refused = |names: &[&str]| {
        let columns = names.iter().map(|name| (*name, one())).collect();
        read_bytes(&plain(columns)).expect_err("refused").code
    };
    assert_eq!(refused(&["a", "b", " a"]), Code::DuplicateColumn);
    assert_eq!(refused(&["a", " "]), Code::UnnamedColumn);
    let many: Vec<String> = (0..2_001).map(|n| format!("c{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(refused(&many), Code::TooManyColumns);
    let trimmed = read_bytes(&plain(vec![(" a ", one())])).unwrap();
    assert_eq!(trimmed.columns, ["a"]);
}
