//! Files of a few kilobytes that stand for gigabytes.

use super::{Folder, file, read_bytes};
use crate::file::parquet::unpack::{Unpacked, unpack};
use crate::file::{Options, open};
use ::parquet::basic::{Compression, Encoding};
use ::parquet::file::properties::WriterProperties;
use arrow_array::{ArrayRef, DictionaryArray, Int32Array, RecordBatch, StringArray};
use std::io::Write;
use std::sync::Arc;
use usher_model::Code;

const ROOM: usize = 1 << 20;

fn snappy(bytes: &[u8]) -> Vec<u8> {
    snap::raw::Encoder::new().compress_vec(bytes).unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zstd_unsized(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn zstd_sized(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, 1).unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    lz4_flex::block::compress(bytes)
}

fn lz4_of_hadoop(bytes: &[u8]) -> Vec<u8> {
    let blocks = bytes.chunks(100_000).map(|part| {
        let packed = lz4(part);
        let lengths = [part.len() as u32, packed.len() as u32]
            .map(u32::to_be_bytes)
            .concat();
        [lengths, packed].concat()
    });
    blocks.collect::<Vec<_>>().concat()
}

#[test]
fn no_codec_unpacks_to_more_than_it_may() {
    type Pack = fn(&[u8]) -> Vec<u8>;
    let codecs: [(Compression, Pack); 8] = [
        (Compression::UNCOMPRESSED, <[u8]>::to_vec),
        (Compression::SNAPPY, snappy),
        (Compression::GZIP(Default::default()), gzip),
        (Compression::ZSTD(Default::default()), zstd_unsized),
        (Compression::ZSTD(Default::default()), zstd_sized),
        (Compression::LZ4_RAW, lz4),
        (Compression::LZ4, lz4_of_hadoop),
        (Compression::LZ4, lz4),
    ];
    for (at, (codec, pack)) in codecs.into_iter().enumerate() {
        for size in [0, 1, 1000, ROOM] {
            let plain: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            let mut out = b"before".to_vec();
            let done = unpack(codec, &pack(&plain), ROOM, &mut out);
            assert!(done.is_ok(), "{at} {codec} {size}");
            assert_eq!(out, [b"before", &plain[..]].concat(), "{at} {codec} {size}");
        }
        for size in [ROOM + 1, 100 * ROOM] {
            let mut out = Vec::new();
            let done = unpack(codec, &pack(&vec![0; size]), ROOM, &mut out);
            assert!(
                matches!(done, Err(Unpacked::TooLarge)),
                "{at} {codec} {size}"
            );
            assert!(
                out.capacity() <= 3 * ROOM,
                "{at} {codec}: {}",
                out.capacity()
            );
        }
    }
}

#[test]
fn a_page_may_not_claim_more_than_there_is_room_for() {
    // Snappy and LZ4 of Hadoop say first how much comes out; here 4 GiB and 2 GiB.
    let snappy = [0xff, 0xff, 0xff, 0xff, 0x0f, 0x00, b'a'];
    let hadoop = [0x80, 0, 0, 0, 0, 0, 0, 1, 0x00];
    for (codec, packed) in [
        (Compression::SNAPPY, &snappy[..]),
        (Compression::LZ4, &hadoop),
    ] {
        let mut out = Vec::new();
        let done = unpack(codec, packed, ROOM, &mut out);
        assert!(matches!(done, Err(Unpacked::TooLarge)), "{codec}");
        assert_eq!(out.capacity(), 0);
    }
}

fn column(texts: impl IntoIterator<Item = String>) -> RecordBatch {
    let texts: ArrayRef = Arc::new(StringArray::from_iter_values(texts));
    RecordBatch::try_from_iter([("t", texts)]).unwrap()
}

#[test]
fn one_text_in_many_rows_is_not_copied_for_all_at_once() {
    const ROWS: usize = 300;
    let text = StringArray::from_iter_values(["x".repeat(1 << 20)]);
    let keys = Int32Array::from(vec![0; ROWS]);
    let rows: ArrayRef = Arc::new(DictionaryArray::new(keys, Arc::new(text)));
    let rows = RecordBatch::try_from_iter([("t", rows)]).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_page_size_limit(1 << 22)
        .set_compression(Compression::ZSTD(Default::default()))
        .build();
    let bytes = file(properties, &[rows]);
    assert!(bytes.len() < 10_000, "{}", bytes.len());
    let folder = Folder::new();
    let path = folder.file("bomb.parquet", bytes);
    let mut reader = open(&path, &Options::default()).unwrap();
    let mut rows = 0;
    while let Some(batch) = reader.next_batch().unwrap() {
        rows += batch.num_rows();
        assert!(
            batch.get_array_memory_size() <= 20 << 20,
            "{}",
            batch.get_array_memory_size()
        );
    }
    assert_eq!(rows, ROWS);
}

#[test]
fn texts_that_share_their_starts_are_counted_in_full() {
    let write = |length: usize, rows: usize| {
        let start = "x".repeat(length);
        let properties = WriterProperties::builder()
            .set_dictionary_enabled(false)
            .set_column_encoding("t".into(), Encoding::DELTA_BYTE_ARRAY)
            .set_data_page_row_count_limit(usize::MAX)
            .set_data_page_size_limit(usize::MAX)
            .build();
        let part = column((0..rows / 20).map(|_| start.clone()));
        let schema = part.schema();
        let mut writer =
            ::parquet::arrow::ArrowWriter::try_new(Vec::new(), schema, Some(properties)).unwrap();
        for _ in 0..20 {
            writer.write(&part).unwrap();
        }
        writer.into_inner().unwrap()
    };
    let few = write(64 << 10, 1_000);
    assert!(few.len() < 100_000, "{}", few.len());
    assert_eq!(read_bytes(&few).unwrap().rows.len(), 1_000);
    let many = write(64 << 10, 2_400);
    assert!(many.len() < 100_000, "{}", many.len());
    let problem = read_bytes(&many).expect_err("150 MiB in one page");
    assert_eq!(problem.code, Code::FileTooLarge);
}
