//! Files that are cut, broken, or say of themselves what is not so.

use super::{Folder, file, plain, read_bytes, refused};
use crate::file::tests::drain;
use crate::file::{Format, Options, open};
use ::parquet::basic::Compression;
use ::parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData,
};
use ::parquet::file::properties::WriterProperties;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use bytes::Bytes;
use std::sync::Arc;
use usher_model::Code;

fn honest() -> Vec<u8> {
    let emails = StringArray::from_iter_values((0..500).map(|n| format!("p{n}@x.example")));
    let numbers: Int64Array = (0..500).collect::<Vec<i64>>().into();
    let columns: [(&str, ArrayRef); 2] = [("email", Arc::new(emails)), ("n", Arc::new(numbers))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let halves = [batch.slice(0, 250), batch.slice(250, 250)];
    file(WriterProperties::default(), &halves)
}

/// The same file behind another footer.
fn retold(change: impl Fn(RowGroupMetaData) -> RowGroupMetaData) -> Vec<u8> {
    let bytes = honest();
    let told = ParquetMetaDataReader::new()
        .parse_and_finish(&Bytes::from(bytes.clone()))
        .unwrap();
    let groups = told.row_groups().iter().cloned().map(change).collect();
    let told = told.into_builder().set_row_groups(groups).build();
    let mut lying = bytes[..footer_start(&bytes)].to_vec();
    let mut footer = Vec::new();
    ParquetMetaDataWriter::new(&mut footer, &told)
        .finish()
        .unwrap();
    lying.extend(footer);
    lying
}

fn footer_start(bytes: &[u8]) -> usize {
    let tail = bytes.len() - 8;
    let length = u32::from_le_bytes(bytes[tail..tail + 4].try_into().unwrap());
    tail - length as usize
}

fn with_columns(
    group: RowGroupMetaData,
    change: impl Fn(ColumnChunkMetaData) -> ColumnChunkMetaData,
) -> RowGroupMetaData {
    let columns = group.columns().iter().cloned().map(change).collect();
    group
        .into_builder()
        .set_column_metadata(columns)
        .build()
        .unwrap()
}

#[track_caller]
fn damaged(bytes: &[u8]) -> String {
    let problem = read_bytes(bytes).expect_err("refused");
    assert_eq!(problem.code, Code::FileDamaged, "{}", problem.message);
    problem.message
}

#[test]
fn the_same_footer_again_is_believed() {
    let read = read_bytes(&retold(|group| group)).unwrap();
    assert_eq!(read.rows.len(), 500);
}

#[test]
fn a_file_that_is_cut_or_no_parquet_is_damaged() {
    let bytes = honest();
    for cut in [
        0,
        3,
        4,
        11,
        12,
        100,
        bytes.len() / 2,
        bytes.len() - 9,
        bytes.len() - 1,
    ] {
        damaged(&bytes[..cut]);
    }
    damaged(b"email\na@x.example\n");
    damaged(&[&bytes[..], b"more"].concat());
    let folder = Folder::new();
    let path = folder.file("people.csv", "email\na@x.example\n");
    let options = Options {
        format: Some(Format::Parquet),
        ..Options::default()
    };
    let error = open(&path, &options).err().unwrap();
    assert_eq!(error.problem().code, Code::FileDamaged);
}

#[test]
fn a_footer_that_lies_about_its_length() {
    let bytes = honest();
    let tail = bytes.len() - 8;
    for length in [0, 1, 7, bytes.len() as u32, u32::MAX] {
        let mut lying = bytes.clone();
        lying[tail..tail + 4].copy_from_slice(&length.to_le_bytes());
        damaged(&lying);
    }
}

#[test]
fn a_footer_that_lies_about_rows() {
    let rows = |count: i64, values: i64| {
        retold(move |group| {
            let group = group.into_builder().set_num_rows(count).build().unwrap();
            with_columns(group, |column| {
                column
                    .into_builder()
                    .set_num_values(values)
                    .build()
                    .unwrap()
            })
        })
    };
    assert!(read_bytes(&rows(250, 250)).is_ok());
    for (count, values) in [
        (250, 249),
        (249, 249),
        (251, 251),
        (0, 0),
        (-1, -1),
        (i64::MAX / 8, i64::MAX / 8),
    ] {
        damaged(&rows(count, values));
    }
    // All rows of the file, in the one place where they stand: 500, then 501.
    let mut bytes = honest();
    let start = footer_start(&bytes);
    let rows = [0x16, 0xe8, 0x07];
    let at = bytes[start..].windows(3).position(|three| three == rows);
    bytes[start + at.unwrap() + 1] = 0xea;
    damaged(&bytes);
}

#[test]
fn a_footer_that_lies_about_places() {
    let change = |start: Option<i64>, size: Option<i64>| {
        retold(move |group| {
            with_columns(group, |column| {
                let mut column = column.into_builder();
                if let Some(start) = start {
                    column = column.set_dictionary_page_offset(Some(start));
                }
                if let Some(size) = size {
                    column = column.set_total_compressed_size(size);
                }
                column.build().unwrap()
            })
        })
    };
    let lies = [
        (Some(-1), None),
        (None, Some(-1)),
        (Some(i64::MAX / 8), None),
        (None, Some(i64::MAX / 8)),
        (Some(0), None),
        (Some(5), None),
        (None, Some(0)),
        (None, Some(10)),
    ];
    for (start, size) in lies {
        let message = damaged(&change(start, size));
        assert!(!message.contains("x.example"), "{message}");
    }
}

#[test]
fn a_way_of_packing_that_is_not_known_or_not_so() {
    let packed = |codec: Compression| {
        let change = move |column: ColumnChunkMetaData| {
            column
                .into_builder()
                .set_compression(codec)
                .build()
                .unwrap()
        };
        retold(move |group| with_columns(group, change))
    };
    let problem = read_bytes(&packed(Compression::LZO)).expect_err("LZO");
    assert_eq!(problem.code, Code::FileUnreadable);
    assert!(problem.message.contains("LZO"), "{}", problem.message);
    damaged(&packed(Compression::SNAPPY));
    damaged(&packed(Compression::ZSTD(Default::default())));
}

/// A file that is nothing but a footer, of which the list of columns is this.
fn schema(elements: usize, claimed: usize, element: impl Fn(usize) -> Vec<u8>) -> Vec<u8> {
    let number = |mut value: u64| {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    };
    // Version 1, then a list of structs.
    let mut footer = vec![0x15, 0x02, 0x19, 0xfc];
    footer.extend(number(claimed as u64));
    for at in 0..elements {
        footer.extend(element(at));
    }
    // No rows, no row groups, the end.
    footer.extend([0x16, 0x00, 0x19, 0x0c, 0x00]);
    let length = (footer.len() as u32).to_le_bytes();
    [b"PAR1", &footer[..], &length, b"PAR1"].concat()
}

/// A node named `a`, with so many children (at most 63, or as many as there can be).
fn node(children: Option<u8>) -> Vec<u8> {
    let head = [0x35, 0x00, 0x18, 0x01, b'a'];
    match children {
        Some(u8::MAX) => [&head[..], &[0x15, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0x00]].concat(),
        Some(count) => [&head[..], &[0x15, count * 2, 0x00]].concat(),
        None => [&[0x15, 0x02, 0x25, 0x00, 0x18, 0x01, b'a'][..], &[0x00]].concat(),
    }
}

#[test]
fn a_list_of_columns_that_claims_what_there_is_no_memory_for() {
    let leaf = |at| if at == 0 { node(Some(1)) } else { node(None) };
    let folder = Folder::new();
    let one = folder.file("one.parquet", schema(2, 2, leaf));
    assert!(
        open(&one, &Options::default()).is_ok(),
        "the same without a lie"
    );
    damaged(&schema(2, 3, leaf));
    damaged(&schema(2, 1 << 40, leaf));
    damaged(&schema(2, 2, |at| {
        if at == 0 {
            node(Some(u8::MAX))
        } else {
            node(None)
        }
    }));
    damaged(&schema(3, 3, |at| {
        if at == 0 { node(Some(1)) } else { node(None) }
    }));
    let deep = 1_000_000;
    damaged(&schema(deep, deep, |at| {
        if at + 1 == deep {
            node(None)
        } else {
            node(Some(1))
        }
    }));
    let wide = folder.file(
        "wide.parquet",
        schema(41 * 63 + 1, 41 * 63 + 1, |at| match at {
            0 => node(Some(41)),
            at if at % 63 == 1 => node(Some(62)),
            _ => node(None),
        }),
    );
    assert_eq!(refused(&wide), Code::TooManyColumns);
}

#[test]
fn no_broken_byte_is_more_than_an_error() {
    let ids: ArrayRef = Arc::new(StringArray::from_iter_values(["a", "b", "a"]));
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3)]));
    let bytes = plain(vec![("id", ids), ("n", numbers)]);
    let folder = Folder::new();
    for at in 0..bytes.len() {
        for value in [0, 0x7f, 0xff, bytes[at] ^ 1] {
            let mut broken = bytes.clone();
            broken[at] = value;
            let path = folder.file("broken.parquet", &broken);
            if let Err(problem) = crate::file::tests::read(&path) {
                assert_ne!(problem.code, Code::Internal, "{at}: {}", problem.message);
            }
        }
    }
}

#[test]
fn a_file_that_changes_is_an_error_at_the_end() {
    let folder = Folder::new();
    let path = folder.file("people.parquet", honest());
    let mut same = open(&path, &Options::default()).unwrap();
    assert_eq!(drain(&mut *same).unwrap().rows.len(), 500);
    let mut replaced = open(&path, &Options::default()).unwrap();
    std::fs::rename(folder.file("new", honest()), &path).unwrap();
    let problem = drain(&mut *replaced).expect_err("another file");
    assert_eq!(problem.code, Code::FileChanged);
    let mut cut = open(&path, &Options::default()).unwrap();
    std::fs::write(&path, "short").unwrap();
    let problem = drain(&mut *cut).expect_err("a shorter file");
    assert_eq!(problem.code, Code::FileChanged);
}
