//! How much more than itself a page takes whose texts are packed as differences.
//!
//! The library writes their lengths out, as many as the page says. In one encoding a
//! text also says how much of the text before it comes first, so that a page of a
//! mebibyte can stand for terabytes.

use ::parquet::basic::{Encoding, Repetition, Type as Kind};
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::column::reader::ColumnReaderImpl;
use ::parquet::data_type::Int32Type;
use ::parquet::errors::{ParquetError, Result};
use ::parquet::schema::types::{ColumnDescriptor, ColumnPath, Type};
use bytes::Bytes;
use std::sync::Arc;

/// How many lengths are read at a time.
const STEP: usize = 1024;

/// The bytes of a length, twice.
const LENGTHS: usize = 8;

/// The bytes beside its own that a page takes; none if the page is broken.
pub(super) fn unfolded(page: &Page, has_levels: bool) -> Option<usize> {
    let shares_prefixes = match page.encoding() {
        Encoding::DELTA_BYTE_ARRAY => true,
        Encoding::DELTA_LENGTH_BYTE_ARRAY => false,
        _ => return Some(0),
    };
    let values = values(page, has_levels)?;
    let count = count(&values)?;
    if count > page.num_values() {
        return None;
    }
    let lengths = LENGTHS * count as usize;
    match shares_prefixes {
        true => Some(lengths.saturating_add(sum(values, count).ok()?)),
        false => Some(lengths),
    }
}

/// What stands behind the levels.
fn values(page: &Page, has_levels: bool) -> Option<Bytes> {
    match page {
        Page::DataPage { buf, .. } if has_levels => {
            let (length, rest) = buf.split_first_chunk::<4>()?;
            let levels = u32::from_le_bytes(*length) as usize;
            (levels <= rest.len()).then(|| buf.slice(4 + levels..))
        }
        Page::DataPage { buf, .. } => Some(buf.clone()),
        Page::DataPageV2 {
            buf,
            def_levels_byte_len,
            rep_levels_byte_len,
            ..
        } => {
            let levels = (*def_levels_byte_len as usize) + (*rep_levels_byte_len as usize);
            (levels <= buf.len()).then(|| buf.slice(levels..))
        }
        Page::DictionaryPage { .. } => None,
    }
}

/// The lengths stand first, packed as numbers are in a column of numbers, and are read
/// as one.
fn sum(values: Bytes, count: u32) -> Result<usize> {
    let column = Type::primitive_type_builder("lengths", Kind::INT32)
        .with_repetition(Repetition::REQUIRED)
        .build()?;
    let path = ColumnPath::new(Vec::new());
    let column = ColumnDescriptor::new(Arc::new(column), 0, 0, path);
    let page = Page::DataPage {
        buf: values,
        num_values: count,
        encoding: Encoding::DELTA_BINARY_PACKED,
        def_level_encoding: Encoding::RLE,
        rep_level_encoding: Encoding::RLE,
        statistics: None,
    };
    let mut lengths =
        ColumnReaderImpl::<Int32Type>::new(Arc::new(column), Box::new(One(Some(page))));
    let (mut total, mut left) = (0_usize, count as usize);
    let mut some = Vec::with_capacity(STEP);
    while left > 0 {
        some.clear();
        let (_, read, _) = lengths.read_records(STEP.min(left), None, None, &mut some)?;
        if read == 0 {
            return Err(ParquetError::EOF("lengths".to_owned()));
        }
        for length in &some {
            total = total.saturating_add(usize::try_from(*length)?);
        }
        left -= read;
    }
    Ok(total)
}

/// How many numbers are packed: the third number of the head. Fewer than the page has
/// values, if some of these are null.
fn count(packed: &[u8]) -> Option<u32> {
    let mut bytes = packed.iter();
    let mut number = || {
        let mut value = 0_u64;
        for shift in (0..35).step_by(7) {
            let byte = bytes.next()?;
            value |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                return Some(value);
            }
        }
        None
    };
    let (_, _, count) = (number()?, number()?, number()?);
    u32::try_from(count).ok()
}

/// A column of one page.
struct One(Option<Page>);

impl Iterator for One {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageReader for One {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        Ok(self.0.take())
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Ok(None)
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.0 = None;
        Ok(())
    }
}
