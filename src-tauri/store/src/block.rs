//! A block: many rows, or plain bytes, as one compressed and checked BLOB.
//!
//! Frame: format (1 byte), length of the content (8, little-endian), CRC-32 of
//! these and the packed content (4), packed content. The checksum is looked at
//! before anything is unpacked, so damage is an error and never a wrong row.

use crate::StoreError;
use arrow_array::RecordBatch;
use arrow_ipc::{reader::StreamReader, writer::StreamWriter};
use std::io::Cursor;

const LEVEL: i32 = 1;
const HEAD: usize = 13;

/// What a block holds and how; the numbers are on disk for good.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
enum Format {
    /// An Arrow stream of one batch, under Zstandard.
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
    let mut stream = Vec::with_capacity(batch.get_array_memory_size());
    StreamWriter::try_new(&mut stream, &batch.schema())
        .and_then(|mut writer| writer.write(batch).and_then(|()| writer.finish()))
        .map_err(|_| StoreError::internal("a column cannot be put into a block"))?;
    let packed = zstd::bulk::compress(&stream, LEVEL)
        .map_err(|_| StoreError::internal("a block cannot be packed"))?;
    Ok(frame(Format::Rows, stream.len(), &packed))
}

/// The record batch of a block that [`encode`] made.
///
/// # Errors
/// `Damaged` for anything else, whatever the bytes are.
pub fn decode(block: &[u8]) -> Result<RecordBatch, StoreError> {
    read(block, None)
}

/// Only some columns, by place and in the order asked for; the others are
/// unpacked but not built.
///
/// # Errors
/// `Damaged`, also for a place that the block does not have.
pub fn decode_columns(block: &[u8], columns: &[usize]) -> Result<RecordBatch, StoreError> {
    read(block, Some(columns.to_vec()))
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
        (Format::Rows, _) => Err(damaged("it holds rows, not bytes")),
        (_, content) => Ok(content),
    }
}

fn read(block: &[u8], columns: Option<Vec<usize>>) -> Result<RecordBatch, StoreError> {
    let (format, stream) = open(block)?;
    if format != Format::Rows {
        return Err(damaged("it holds bytes, not rows"));
    }
    let odd = |_| damaged("its rows do not read back");
    let mut reader = StreamReader::try_new(Cursor::new(stream), columns).map_err(odd)?;
    let batch = reader
        .next()
        .ok_or_else(|| damaged("it has no rows"))?
        .map_err(odd)?;
    match reader.next() {
        None => Ok(batch),
        Some(_) => Err(damaged("it has more rows than it should")),
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

/// Checks a block and unpacks its content.
fn open(block: &[u8]) -> Result<(Format, Vec<u8>), StoreError> {
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
        3 if length == packed.len() => return Ok((Format::Plain, packed.to_vec())),
        _ => return Err(damaged("its format is not known")),
    };
    let mut content = Vec::new();
    content
        .try_reserve_exact(length)
        .map_err(|_| damaged("its length"))?;
    zstd::bulk::Decompressor::new()
        .and_then(|mut unpack| unpack.decompress_to_buffer(packed, &mut content))
        .map_err(|_| damaged("it does not unpack"))?;
    if content.len() != length {
        return Err(damaged("its length"));
    }
    Ok((format, content))
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
    fn nonsense_under_a_right_checksum_is_an_error_too() {
        let mut stream = Vec::new();
        let mut writer = StreamWriter::try_new(&mut stream, &batch(5).schema()).unwrap();
        writer.write(&batch(5)).unwrap();
        writer.write(&batch(5)).unwrap();
        writer.finish().unwrap();
        for content in [&b"nonsense"[..], &[], &[0xff; 64], &stream] {
            let packed = zstd::bulk::compress(content, LEVEL).unwrap();
            assert!(decode(&frame(Format::Rows, content.len(), &packed)).is_err());
            for wrong in [0, content.len() + 1, usize::MAX] {
                if wrong != content.len() {
                    assert!(decode_bytes(&frame(Format::Bytes, wrong, &packed)).is_err());
                }
            }
        }
    }
}
