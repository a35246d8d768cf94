//! The same rows, however they are encoded, packed and cut, and by whom.

use super::{Folder, file, read, read_bytes};
use crate::file::ParquetWriter;
use ::parquet::basic::{Compression, Encoding, ZstdLevel};
use ::parquet::file::properties::{WriterProperties, WriterVersion};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use std::sync::Arc;

fn email(row: i64) -> Option<String> {
    (row % 7 > 0).then(|| format!("person{row}@x.example"))
}

fn batch(rows: std::ops::Range<i64>) -> RecordBatch {
    let emails: StringArray = rows.clone().map(email).collect();
    let kinds: StringArray = rows
        .clone()
        .map(|row| Some(["a", "b"][row as usize % 2]))
        .collect();
    let numbers: Int64Array = rows
        .map(|row| (row % 5 > 0).then_some(row * 1000))
        .collect();
    let columns: [(&str, ArrayRef); 3] = [
        ("email", Arc::new(emails)),
        ("kind", Arc::new(kinds)),
        ("n", Arc::new(numbers)),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

fn expected(rows: i64) -> Vec<Vec<String>> {
    let row = |row: i64| {
        let number = (row % 5 > 0).then(|| (row * 1000).to_string());
        let kind = ["a", "b"][row as usize % 2];
        vec![
            email(row).unwrap_or_default(),
            kind.to_owned(),
            number.unwrap_or_default(),
        ]
    };
    (0..rows).map(row).collect()
}

#[test]
fn encodings_versions_pages_and_groups() {
    let rows = 20_000;
    let cuts = [0..rows / 2, rows / 2..rows / 2 + 1, rows / 2 + 1..rows];
    let encodings = [
        None,
        Some(Encoding::PLAIN),
        Some(Encoding::DELTA_BYTE_ARRAY),
        Some(Encoding::DELTA_LENGTH_BYTE_ARRAY),
    ];
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for encoding in encodings {
            for compression in [
                Compression::UNCOMPRESSED,
                Compression::ZSTD(ZstdLevel::default()),
            ] {
                let mut properties = WriterProperties::builder()
                    .set_writer_version(version)
                    .set_compression(compression)
                    .set_data_page_row_count_limit(999)
                    .set_write_batch_size(100);
                if let Some(encoding) = encoding {
                    properties = properties.set_dictionary_enabled(false);
                    for column in ["email", "kind"] {
                        properties = properties.set_column_encoding(column.into(), encoding);
                    }
                }
                let batches = cuts.clone().map(batch);
                let read = read_bytes(&file(properties.build(), &batches)).unwrap();
                let told = format!("{version:?} {encoding:?} {compression:?}");
                assert_eq!(read.quarantine.count, 0, "{told}");
                assert!(read.rows == expected(rows), "{told}");
            }
        }
    }
}

#[test]
fn files_by_other_programs() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/file/parquet/tests/by_others"
    );
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let read = read(&path).unwrap();
        assert_eq!(read.columns, ["email", "kind", "n"], "{path:?}");
        assert_eq!(read.rows, expected(40), "{path:?}");
        count += 1;
    }
    assert_eq!(count, 8, "pyarrow with six codecs, DuckDB, Polars");
}

#[test]
fn no_rows_and_no_columns() {
    let empty = file(WriterProperties::default(), &[batch(0..0)]);
    let read = read_bytes(&empty).unwrap();
    assert_eq!((read.columns.len(), read.rows.len()), (3, 0));
    let none = RecordBatch::new_empty(Arc::new(arrow_schema::Schema::empty()));
    let problem = read_bytes(&file(WriterProperties::default(), &[none])).expect_err("empty");
    assert_eq!(problem.code, usher_model::Code::FileEmpty);
}

#[test]
fn it_is_known_by_its_content_not_by_its_name() {
    let bytes = file(WriterProperties::default(), &[batch(0..3)]);
    let folder = Folder::new();
    for name in ["people.parquet", "people.csv", "people"] {
        assert_eq!(
            read(&folder.file(name, &bytes)).unwrap().rows,
            expected(3),
            "{name}"
        );
    }
    let text = folder.file("people.csv", "PAR1,b\n1,2\n");
    assert_eq!(read(&text).unwrap().columns, ["PAR1", "b"]);
}

#[test]
fn what_is_written_reads_back() {
    let texts = |rows: std::ops::Range<i64>| -> StringArray {
        rows.map(|row| Some(email(row).unwrap_or_default()))
            .collect()
    };
    let names = ["email".to_owned(), "again".to_owned()];
    let mut written = Vec::new();
    let mut writer = ParquetWriter::new(&mut written, &names).unwrap();
    for rows in [0..5, 5..5, 5..200_000] {
        writer
            .write([texts(rows.clone()), texts(rows)].into_iter())
            .unwrap();
    }
    writer.finish().unwrap();
    let read = read_bytes(&written).unwrap();
    assert_eq!(read.columns, names);
    let text = |row| email(row).unwrap_or_default();
    let expected: Vec<Vec<String>> = (0..200_000).map(|row| vec![text(row), text(row)]).collect();
    assert!(read.rows == expected);
    let mut empty = Vec::new();
    let writer = ParquetWriter::new(&mut empty, &names).unwrap();
    writer.finish().unwrap();
    assert_eq!(read_bytes(&empty).unwrap().rows.len(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_as_one() {
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let names = ["email".to_owned()];
    let written = ParquetWriter::new(full, &names).and_then(|mut writer| {
        let column = StringArray::from_iter_values(["a"]);
        writer.write([column].into_iter())?;
        writer.finish()
    });
    let error = written.expect_err("full");
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{error:?}");
}
