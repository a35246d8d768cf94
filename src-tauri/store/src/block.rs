//! A block: many rows, or plain bytes, as one compressed and checked BLOB.
//!
//! Frame: format (1 byte), length of the content (8, little-endian), CRC-32 of
//! these and the packed content (4), packed content. The checksum is looked at
//! before anything is unpacked, so damage is an error and never a wrong row.
//!
//! Rows are packed column by column, so that one can be had without the others.
//! A column of text is its lengths and its letters: lengths are small and alike,
//! where offsets would all differ. Lengths and numbers are an Arrow stream with
//! compressed buffers; the letters of each text column follow it as a Zstandard
//! frame with its length (4, little-endian) in front.

use crate::StoreError;
use arrow_array::builder::{UInt8Builder, UInt32Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt32Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_buffer::{Buffer, OffsetBuffer};
use arrow_ipc::{
    CompressionType,
    reader::StreamReader,
    writer::{IpcWriteOptions, StreamWriter},
};
use arrow_schema::{DataType, Field, Schema};
use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

const LEVEL: i32 = 1;
const HEAD: usize = 13;
/// Marks a column of lengths whose letters follow.
const LETTERS: &str = "letters";

/// What a block holds and how; the numbers are on disk for good.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
enum Format {
    /// Rows, column by column.
    Rows = 1,
    /// Bytes, under Zstandard.
    Bytes = 2,
    /// Bytes as they are: when packing them gains nothing.
    Plain = 3,
}

/// One record batch as a block.
///
/// # Errors
/// `Internal` when a column is of a type that the format does not know.
pub fn encode(batch: &RecordBatch) -> Result<Vec<u8>, StoreError> {
    let packs = || StoreError::internal("a column cannot be put into a block");
    let mut fields: Vec<Field> = Vec::with_capacity(batch.num_columns());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns());
    let mut letters: Vec<Vec<u8>> = Vec::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        match column.as_string_opt::<i32>() {
            None => {
                fields.push(field.as_ref().clone());
                columns.push(column.clone());
            }
            Some(text) => {
                let lengths = lengths(text);
                let mark = HashMap::from([(LETTERS.to_owned(), String::new())]);
                let field = Field::new(field.name(), lengths.data_type().clone(), true);
                fields.push(field.with_metadata(mark));
                columns.push(lengths);
                let packed = zstd::bulk::compress(&letters_of(text), LEVEL);
                letters.push(packed.map_err(|_| packs())?);
            }
        }
    }
    let schema = Arc::new(Schema::new(fields));
    let flat = RecordBatch::try_new(schema.clone(), columns).map_err(|_| packs())?;
    let options = IpcWriteOptions::default()
        .try_with_compression(Some(CompressionType::ZSTD))
        .and_then(|options| options.try_with_compression_level(Some(LEVEL)))
        .map_err(|_| packs())?;
    let mut stream = Vec::new();
    StreamWriter::try_new_with_options(&mut stream, &schema, options)
        .and_then(|mut writer| writer.write(&flat).and_then(|()| writer.finish()))
        .map_err(|_| packs())?;
    let mut content = Vec::new();
    for part in std::iter::once(&stream).chain(&letters) {
        let length = u32::try_from(part.len()).map_err(|_| packs())?;
        content.extend_from_slice(&length.to_le_bytes());
        content.extend_from_slice(part);
    }
    Ok(frame(Format::Rows, content.len(), &content))
}

/// The record batch of a block that [`encode`] made.
///
/// # Errors
/// `Damaged` for anything else, whatever the bytes are.
pub fn decode(block: &[u8]) -> Result<RecordBatch, StoreError> {
    read(block, None)
}

/// Only some columns, by place and in the order asked for; the others are not
/// unpacked.
///
/// # Errors
/// `Damaged`, also for a place that the block does not have.
pub fn decode_columns(block: &[u8], columns: &[usize]) -> Result<RecordBatch, StoreError> {
    read(block, Some(columns))
}

/// Any bytes as a block: flat columns of keys, lines of JSON.
pub fn encode_bytes(bytes: &[u8]) -> Vec<u8> {
    match zstd::bulk::compress(bytes, LEVEL) {
        Ok(packed) if packed.len() < bytes.len() => frame(Format::Bytes, bytes.len(), &packed),
        _ => frame(Format::Plain, bytes.len(), bytes),
    }
}

/// The bytes of a block that [`encode_bytes`] made.
///
/// # Errors
/// `Damaged` for anything else, whatever the bytes are.
pub fn decode_bytes(block: &[u8]) -> Result<Vec<u8>, StoreError> {
    match open(block)? {
        (Format::Rows, ..) => Err(damaged("it holds rows, not bytes")),
        (Format::Bytes, length, packed) => unpack(packed, length),
        (Format::Plain, length, content) if length == content.len() => Ok(content.to_vec()),
        (Format::Plain, ..) => Err(damaged("its length")),
    }
}

/// Whether these bytes are a block as it was written.
pub(crate) fn is_whole(block: &[u8]) -> bool {
    open(block).is_ok()
}

fn read(block: &[u8], wanted: Option<&[usize]>) -> Result<RecordBatch, StoreError> {
    let odd = || damaged("its rows do not read back");
    let (format, length, mut content) = open(block)?;
    if format != Format::Rows || length != content.len() {
        return Err(damaged("it holds no rows"));
    }
    let stream = part(&mut content)?;
    let mut reader = StreamReader::try_new(Cursor::new(stream), wanted.map(<[usize]>::to_vec))
        .map_err(|_| odd())?;
    let flat = reader.next().ok_or_else(odd)?.map_err(|_| odd())?;
    if reader.next().is_some() {
        return Err(damaged("it has more rows than it should"));
    }
    // A projection says nothing of the columns it left out: all are in the stream's head.
    let all = match wanted {
        None => flat.schema(),
        Some(_) => StreamReader::try_new(Cursor::new(stream), None)
            .map_err(|_| odd())?
            .schema(),
    };
    let mut letters = HashMap::new();
    for (at, field) in all.fields().iter().enumerate() {
        if field.metadata().contains_key(LETTERS) {
            letters.insert(at, part(&mut content)?);
        }
    }
    if !content.is_empty() {
        return Err(damaged("it has more columns than it should"));
    }
    let places: Vec<usize> =
        wanted.map_or_else(|| (0..flat.num_columns()).collect(), <[usize]>::to_vec);
    let mut fields = Vec::with_capacity(places.len());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(places.len());
    for (place, (field, column)) in places
        .iter()
        .zip(flat.schema().fields().iter().zip(flat.columns()))
    {
        match letters.get(place) {
            None => {
                fields.push(field.as_ref().clone());
                columns.push(column.clone());
            }
            Some(packed) => {
                let text = text(column, packed)?;
                let nullable = text.null_count() > 0;
                fields.push(Field::new(field.name(), DataType::Utf8, nullable));
                columns.push(Arc::new(text));
            }
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|_| odd())
}

/// How long each text is, in bytes: in one byte where all are short.
fn lengths(text: &StringArray) -> ArrayRef {
    let length = |row: usize| text.is_valid(row).then(|| text.value_length(row) as u32);
    let longest = (0..text.len()).filter_map(length).max();
    if longest.is_none_or(|longest| longest <= u32::from(u8::MAX)) {
        let mut short = UInt8Builder::with_capacity(text.len());
        (0..text.len()).for_each(|row| short.append_option(length(row).map(|length| length as u8)));
        return Arc::new(short.finish());
    }
    let mut long = UInt32Builder::with_capacity(text.len());
    (0..text.len()).for_each(|row| long.append_option(length(row)));
    Arc::new(long.finish())
}

/// The letters of all texts, one after another.
fn letters_of(text: &StringArray) -> Vec<u8> {
    let (first, last) = (text.value_offsets().first(), text.value_offsets().last());
    match (text.null_count(), first.zip(last)) {
        (0, Some((first, last))) => text.value_data()[*first as usize..*last as usize].to_vec(),
        _ => text.iter().flatten().flat_map(str::bytes).collect(),
    }
}

/// A column of text from its lengths and its letters.
fn text(lengths: &ArrayRef, packed: &[u8]) -> Result<StringArray, StoreError> {
    let odd = || damaged("its text does not read back");
    let mut offsets = Vec::with_capacity(lengths.len() + 1);
    let mut end = 0_usize;
    offsets.push(0);
    let mut add = |length: usize| {
        end += length;
        offsets.push(i32::try_from(end).unwrap_or(-1));
    };
    if let Some(short) = lengths.as_primitive_opt::<UInt8Type>() {
        short
            .iter()
            .for_each(|length| add(usize::from(length.unwrap_or(0))));
    } else {
        let long = lengths.as_primitive_opt::<UInt32Type>().ok_or_else(odd)?;
        long.iter()
            .for_each(|length| add(length.unwrap_or(0) as usize));
    }
    if offsets.last().is_none_or(|last| *last < 0) {
        return Err(odd());
    }
    let letters = unpack(packed, end)?;
    let offsets = OffsetBuffer::new(offsets.into());
    StringArray::try_new(offsets, Buffer::from_vec(letters), lengths.nulls().cloned())
        .map_err(|_| odd())
}

/// Takes a part with its length from the front of a block's content.
fn part<'c>(content: &mut &'c [u8]) -> Result<&'c [u8], StoreError> {
    let short = || damaged("it is cut short");
    let (length, rest) = content.split_first_chunk::<4>().ok_or_else(short)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| short())?;
    let (part, rest) = rest.split_at_checked(length).ok_or_else(short)?;
    *content = rest;
    Ok(part)
}

fn unpack(packed: &[u8], length: usize) -> Result<Vec<u8>, StoreError> {
    let mut content = Vec::new();
    content
        .try_reserve_exact(length)
        .map_err(|_| damaged("its length"))?;
    zstd::bulk::Decompressor::new()
        .and_then(|mut unpack| unpack.decompress_to_buffer(packed, &mut content))
        .map_err(|_| damaged("it does not unpack"))?;
    match content.len() == length {
        true => Ok(content),
        false => Err(damaged("its length")),
    }
}

fn frame(format: Format, length: usize, packed: &[u8]) -> Vec<u8> {
    let mut block = Vec::with_capacity(HEAD + packed.len());
    block.push(format as u8);
    block.extend_from_slice(&(length as u64).to_le_bytes());
    let sum = checksum(&block, packed);
    block.extend_from_slice(&sum.to_le_bytes());
    block.extend_from_slice(packed);
    block
}

/// Checks a block: its format, the length it gives, and its packed content.
fn open(block: &[u8]) -> Result<(Format, usize, &[u8]), StoreError> {
    let short = || damaged("it is cut short");
    let (head, rest) = block.split_first_chunk::<9>().ok_or_else(short)?;
    let (sum, packed) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    if checksum(head, packed) != u32::from_le_bytes(*sum) {
        return Err(damaged("its checksum differs"));
    }
    let [format, length @ ..] = *head;
    let length = usize::try_from(u64::from_le_bytes(length)).map_err(|_| damaged("its length"))?;
    let format = match format {
        1 => Format::Rows,
        2 => Format::Bytes,
        3 => Format::Plain,
        _ => return Err(damaged("its format is not known")),
    };
    Ok((format, length, packed))
}

fn checksum(head: &[u8], packed: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(head);
    sum.update(packed);
    sum.finalize()
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("a block: {what}"))
}

#[cfg(test)]
mod tests {
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
}
