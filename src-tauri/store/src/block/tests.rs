//! Blocks come back as they went in, and nothing else does.

use super::*;
use arrow_array::{ArrayRef, Int64Array, StringArray};
use std::sync::Arc;

fn batch(rows: i64) -> RecordBatch {
    let names: StringArray = (0..rows)
        .map(|row| (row % 3 > 0).then(|| format!("Zoë {row}")))
        .collect();
    let columns: [(&str, ArrayRef); 2] = [
        ("row", Arc::new(Int64Array::from_iter_values(0..rows))),
        ("name", Arc::new(names)),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

#[test]
fn rows_come_back_as_they_went_in() {
    for rows in [0, 1, 7, 50_000] {
        let batch = batch(rows);
        assert_eq!(decode(&encode(&batch).unwrap()).unwrap(), batch);
    }
}

#[test]
fn words_come_back_as_the_cells_they_are() {
    for words in [1, 3, 300] {
        let cell = |row: i64| (row % 7 > 0).then(|| format!("wörd {}", row % words));
        let cells: ArrayRef = Arc::new((0..20_000).map(cell).collect::<StringArray>());
        let batch = RecordBatch::try_from_iter([("word", cells.clone())]).unwrap();
        let worded = worded(&batch);
        let by_words = Cells::of(worded.column(0)).unwrap();
        assert!(matches!(by_words, Cells::Words(..)), "{words}");
        let read = decode(&encode(&worded).unwrap()).unwrap();
        assert_eq!(read, worded);
        let read = Cells::of(read.column(0)).unwrap();
        assert_eq!(*read.text(), *cells.as_string::<i32>());
    }
}

#[test]
fn a_word_that_is_not_there_is_an_error() {
    let cells: StringArray = (0..600).map(|row| Some(["a", "b"][row % 2])).collect();
    let batch = RecordBatch::try_from_iter([("word", Arc::new(cells) as ArrayRef)]).unwrap();
    let good = encode(&worded(&batch)).unwrap();
    let last = encode_bytes(&words::written(&StringArray::from(vec!["a", "b"])));
    let fewer = encode_bytes(&words::written(&StringArray::from(vec!["a"])));
    let content = &good[HEAD..good.len() - last.len() - 4];
    let length = u32::try_from(fewer.len()).unwrap().to_le_bytes();
    let content = [content, &length, &fewer].concat();
    assert!(decode(&frame(Format::Rows, content.len(), &content)).is_err());
}

#[test]
fn some_columns_come_back_in_the_order_asked_for() {
    let (batch, block) = (batch(9), encode(&batch(9)).unwrap());
    assert_eq!(
        decode_columns(&block, &[1]).unwrap(),
        batch.project(&[1]).unwrap()
    );
    assert_eq!(
        decode_columns(&block, &[1, 0]).unwrap(),
        batch.project(&[1, 0]).unwrap()
    );
    assert!(
        decode_columns(&block, &[2]).is_err(),
        "a column that is not there came back"
    );
}

#[test]
fn bytes_come_back_packed_or_plain() {
    let zeros = encode_bytes(&[0; 9000]);
    assert!(zeros.len() < 100, "not packed: {}", zeros.len());
    assert_eq!(decode_bytes(&zeros).unwrap(), [0; 9000]);
    let keys = crate::key::random_bytes::<64>().unwrap();
    assert_eq!(decode_bytes(&encode_bytes(&keys)).unwrap(), keys);
    assert_eq!(decode_bytes(&encode_bytes(&[])).unwrap(), b"");
}

#[test]
fn one_kind_is_not_taken_for_the_other() {
    assert!(decode_bytes(&encode(&batch(1)).unwrap()).is_err());
    assert!(decode(&encode_bytes(b"bytes")).is_err());
}

#[test]
fn every_changed_or_missing_byte_is_noticed() {
    for block in [
        encode(&batch(5)).unwrap(),
        encode_bytes(&[7; 99]),
        encode_bytes(b"ab"),
    ] {
        let read = |bytes: &[u8]| decode(bytes).is_ok() || decode_bytes(bytes).is_ok();
        assert!(read(&block));
        for at in 0..block.len() {
            for bit in 0..8 {
                let mut changed = block.clone();
                changed[at] ^= 1 << bit;
                assert!(!read(&changed), "bit {bit} of byte {at} changed unnoticed");
            }
            assert!(!read(&block[..at]), "cut to {at} bytes unnoticed");
        }
        assert!(
            !read(&[block.as_slice(), b"\0"].concat()),
            "a byte more, unnoticed"
        );
    }
}

#[test]
fn long_and_empty_texts_come_back_too() {
    let texts = ["", "x", &"Zoë ".repeat(5000), "\0\n"];
    let column: StringArray = texts.iter().map(|text| Some(*text)).collect();
    let named: [(&str, ArrayRef); 1] = [("text", Arc::new(column))];
    let batch = RecordBatch::try_from_iter(named).unwrap();
    assert_eq!(decode(&encode(&batch).unwrap()).unwrap(), batch);
    let slice = batch.slice(1, 2);
    assert_eq!(decode(&encode(&slice).unwrap()).unwrap(), slice);
}

#[test]
fn nonsense_under_a_right_checksum_is_an_error_too() {
    let good = encode(&batch(5)).unwrap();
    let content = &good[HEAD..];
    for nonsense in [
        &b"nonsense"[..],
        &[],
        &[0xff; 64],
        &content[..content.len() / 2],
    ] {
        assert!(decode(&frame(Format::Rows, nonsense.len(), nonsense)).is_err());
        let packed = zstd::bulk::compress(nonsense, LEVEL).unwrap();
        for wrong in [0, nonsense.len() + 1, usize::MAX] {
            if wrong != nonsense.len() {
                assert!(decode_bytes(&frame(Format::Bytes, wrong, &packed)).is_err());
            }
        }
    }
}

#[test]
fn rows_that_the_first_builds_packed_come_back() {
    let batch = batch(300);
    let mut stream = Vec::new();
    let mut writer = StreamWriter::try_new(&mut stream, &batch.schema()).unwrap();
    writer.write(&batch).and_then(|()| writer.finish()).unwrap();
    let packed = zstd::bulk::compress(&stream, LEVEL).unwrap();
    let block = frame(Format::Rows, stream.len(), &packed);
    assert_eq!(decode(&block).unwrap(), batch);
    assert_eq!(
        decode_columns(&block, &[1]).unwrap(),
        batch.project(&[1]).unwrap()
    );
    let cut = frame(Format::Rows, stream.len() - 1, &packed);
    assert!(decode(&cut).is_err());
}
