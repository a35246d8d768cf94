//! A column of words as it is packed: which word each cell is, and the words.

use super::{damaged, decode_bytes};
use crate::StoreError;
use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt16Type};
use arrow_array::{Array, ArrayRef, StringArray, UInt8Array, UInt16Array};
use std::sync::Arc;

/// The length of a word that is null.
const NULL_WORD: u32 = u32::MAX;

/// Which word each cell is, in one byte where that is enough.
pub(super) fn codes(codes: &UInt16Array, words: usize) -> ArrayRef {
    match words <= 1 << 8 {
        true => {
            let short = codes.values().iter().map(|code| *code as u8);
            Arc::new(UInt8Array::from_iter_values(short))
        }
        false => Arc::new(codes.clone()),
    }
}

/// What [`codes`] made.
pub(super) fn numbers(column: &ArrayRef) -> Result<UInt16Array, StoreError> {
    let odd = || damaged("its words do not read back");
    let codes = match column.as_primitive_opt::<UInt8Type>() {
        Some(short) => short.values().iter().map(|code| u16::from(*code)).collect(),
        None => column
            .as_primitive_opt::<UInt16Type>()
            .ok_or_else(odd)?
            .clone(),
    };
    // A null would be a cell that is no word.
    (column.null_count() == 0).then_some(codes).ok_or_else(odd)
}

/// Words, each behind its length (4, little-endian).
pub(super) fn written(words: &StringArray) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(words.value_data().len() + words.len() * 4);
    for word in words {
        let length = word.map_or(NULL_WORD, |word| word.len() as u32);
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(word.unwrap_or_default().as_bytes());
    }
    bytes
}

/// What [`written`] made, packed.
pub(super) fn read(packed: &[u8]) -> Result<StringArray, StoreError> {
    let bytes = decode_bytes(packed)?;
    let mut rest = bytes.as_slice();
    let mut words: Vec<Option<&str>> = Vec::new();
    while let Some((length, more)) = rest.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length);
        let length = (length != NULL_WORD).then_some(length as usize);
        let word = more.split_at_checked(length.unwrap_or(0));
        let (word, more) = word.ok_or_else(|| damaged("its words are cut short"))?;
        let word = str::from_utf8(word).map_err(|_| damaged("its words are no text"))?;
        words.push(length.map(|_| word));
        rest = more;
    }
    Ok(words.into_iter().collect())
}
