//! A block: many rows, or plain bytes, as one compressed and checked BLOB.
//!
//! Frame: format (1 byte), length of the content (8, little-endian), CRC-32 of
//! these and the packed content (4), packed content. The checksum is looked at
//! before anything is unpacked, so damage is an error and never a wrong row.
//!
//! Rows are packed column by column, so that one can be had without the others.
//! A column of text is its lengths and its letters: lengths are small and alike,
//! where offsets would all differ. A column that few words fill is a number for each
//! cell, and the words. Lengths and numbers are an Arrow stream with compressed
//! buffers; the letters or the words of each text column follow it, packed by
//! themselves, with their packed length (4, little-endian) in front.

mod cells;
mod words;

pub use cells::Cells;

use crate::StoreError;
use arrow_array::builder::{UInt8Builder, UInt32Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt32Type};
use arrow_array::{Array, ArrayRef, DictionaryArray, RecordBatch, StringArray};
use arrow_buffer::{Buffer, OffsetBuffer};
use arrow_ipc::{
    CompressionType,
    reader::StreamReader,
    writer::{IpcWriteOptions, StreamWriter},
};
use arrow_schema::{Field, Schema};
use cells::{Code, by_words};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;
use zstd::bulk::Decompressor;

thread_local! {
    /// To be made once: where blocks are small, making it takes as long as unpacking one.
    static UNPACK: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

const LEVEL: i32 = 1;
const HEAD: usize = 13;
/// Bytes that tell whether packing the rest is worth it.
const BEGINNING: usize = 4096;
/// Marks a column of lengths whose letters follow.
const LETTERS: &str = "letters";
/// Marks a column of numbers whose words follow.
const WORDS: &str = "words";

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

/// The same rows, with every column of text that few words fill by these: as they
/// are packed, and as they come back from a block.
pub fn worded(batch: &RecordBatch) -> RecordBatch {
    let columns: Vec<ArrayRef> = batch.columns().iter().map(by_words).collect();
    let schema = batch.schema();
    let fields = schema.fields().iter().zip(&columns).map(|(field, column)| {
        let field = field.as_ref().clone();
        field.with_data_type(column.data_type().clone())
    });
    let schema = Schema::new(fields.collect::<Vec<_>>());
    RecordBatch::try_new(Arc::new(schema), columns).unwrap_or_else(|_| batch.clone())
}

/// One record batch as a block.
///
/// # Errors
/// `Internal` when a column is of a type that the format does not know.
pub fn encode(batch: &RecordBatch) -> Result<Vec<u8>, StoreError> {
    let packs = || StoreError::internal("a column cannot be put into a block");
    let mut fields: Vec<Field> = Vec::with_capacity(batch.num_columns());
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(batch.num_columns());
    let mut texts: Vec<Vec<u8>> = Vec::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let (mark, numbers) = if let Some(text) = column.as_string_opt::<i32>() {
            let packed = zstd::bulk::compress(&letters_of(text), LEVEL);
            texts.push(packed.map_err(|_| packs())?);
            (LETTERS, lengths(text))
        } else if let Some(coded) = column.as_dictionary_opt::<Code>() {
            let all = coded.values().as_string_opt::<i32>().ok_or_else(packs)?;
            texts.push(encode_bytes(&words::written(all)));
            (WORDS, words::codes(coded.keys(), all.len()))
        } else {
            fields.push(field.as_ref().clone());
            columns.push(column.clone());
            continue;
        };
        let mark = HashMap::from([(mark.to_owned(), String::new())]);
        let field = Field::new(field.name(), numbers.data_type().clone(), true);
        fields.push(field.with_metadata(mark));
        columns.push(numbers);
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
    for part in std::iter::once(&stream).chain(&texts) {
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
    let packed = |bytes: &[u8]| {
        let packed = zstd::bulk::compress(bytes, LEVEL).ok();
        packed.filter(|packed| packed.len() < bytes.len())
    };
    // Hashes of keys are noise: their beginning tells.
    let worth_it = bytes.len() <= BEGINNING || packed(&bytes[..BEGINNING]).is_some();
    match worth_it.then(|| packed(bytes)).flatten() {
        Some(packed) => frame(Format::Bytes, bytes.len(), &packed),
        None => frame(Format::Plain, bytes.len(), bytes),
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
    if format != Format::Rows {
        return Err(damaged("it holds no rows"));
    }
    if length != content.len() {
        // As the first builds packed them, and the ledger of an older folder has them: the
        // whole stream under one frame, so that its length is not that of what is packed.
        return one_batch(&unpack(content, length)?, wanted);
    }
    let stream = part(&mut content)?;
    let flat = one_batch(stream, wanted)?;
    // A projection says nothing of the columns it left out: all are in the stream's head.
    let all = match wanted {
        None => flat.schema(),
        Some(_) => StreamReader::try_new(Cursor::new(stream), None)
            .map_err(|_| odd())?
            .schema(),
    };
    let mut texts = HashMap::new();
    for (at, field) in all.fields().iter().enumerate() {
        let marks = field.metadata();
        if marks.contains_key(LETTERS) || marks.contains_key(WORDS) {
            texts.insert(at, part(&mut content)?);
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
        let Some(packed) = texts.get(place) else {
            fields.push(field.as_ref().clone());
            columns.push(column.clone());
            continue;
        };
        let (text, nullable): (ArrayRef, bool) = match field.metadata().contains_key(WORDS) {
            true => {
                let all = words::read(packed)?;
                let nullable = all.null_count() > 0;
                let coded = DictionaryArray::try_new(words::numbers(column)?, Arc::new(all));
                (Arc::new(coded.map_err(|_| odd())?), nullable)
            }
            false => {
                let text = text(column, packed)?;
                let nullable = text.null_count() > 0;
                (Arc::new(text), nullable)
            }
        };
        fields.push(Field::new(field.name(), text.data_type().clone(), nullable));
        columns.push(text);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(|_| odd())
}

/// The one batch of an Arrow stream, or some columns of it.
fn one_batch(stream: &[u8], wanted: Option<&[usize]>) -> Result<RecordBatch, StoreError> {
    let odd = || damaged("its rows do not read back");
    let mut reader = StreamReader::try_new(Cursor::new(stream), wanted.map(<[usize]>::to_vec))
        .map_err(|_| odd())?;
    let batch = reader.next().ok_or_else(odd)?.map_err(|_| odd())?;
    match reader.next() {
        None => Ok(batch),
        Some(_) => Err(damaged("it has more rows than it should")),
    }
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
        _ => {
            let mut letters = Vec::with_capacity(text.value_data().len());
            let texts = text.iter().flatten();
            texts.for_each(|text| letters.extend_from_slice(text.as_bytes()));
            letters
        }
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
    UNPACK
        .with_borrow_mut(|unpack| match unpack {
            Some(unpack) => unpack.decompress_to_buffer(packed, &mut content),
            None => Decompressor::new().and_then(|new| {
                unpack
                    .insert(new)
                    .decompress_to_buffer(packed, &mut content)
            }),
        })
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
mod tests;
