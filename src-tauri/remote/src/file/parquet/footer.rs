//! The footer: what the file claims about itself, held against what there is before
//! anything is built from it.

use super::FileError;
use super::budget::MAX_GROUP_ROWS;
use super::thrift::Thrift;
use crate::file::columns;
use ::parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader,
    ParquetStatisticsPolicy, RowGroupMetaData,
};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// What a Parquet file starts and ends with.
pub(in crate::file) const MAGIC: &[u8; 4] = b"PAR1";

/// The length of the footer and the magic word, at the end.
const TAIL: u64 = 8;

/// The longest footer, about a hundred row groups of as many columns as there may be.
const MAX_FOOTER: u64 = 16 << 20;

/// The deepest nesting of columns.
const MAX_DEPTH: usize = 32;

/// Reads the footer. What it says fits the file and itself; the pages may still lie.
pub(super) fn read(file: &mut File, name: &str) -> Result<ParquetMetaData, FileError> {
    let damaged = |reason: &str| FileError::Damaged {
        name: name.to_owned(),
        reason: reason.to_owned(),
    };
    let unreadable = |reason| FileError::Unreadable {
        name: name.to_owned(),
        reason,
    };
    let end = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    let mut tail = [0; TAIL as usize];
    if end < MAGIC.len() as u64 + TAIL {
        return Err(damaged("it is too short for a Parquet file"));
    }
    file.seek(SeekFrom::Start(end - TAIL)).map_err(unreadable)?;
    file.read_exact(&mut tail).map_err(unreadable)?;
    let [l0, l1, l2, l3, magic @ ..] = tail;
    if magic != *MAGIC {
        return Err(damaged("it does not end as a Parquet file does"));
    }
    let length = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
    if length > end - TAIL - MAGIC.len() as u64 {
        return Err(damaged("its footer says it is longer than the file"));
    }
    if length > MAX_FOOTER {
        return Err(FileError::TooLarge {
            name: name.to_owned(),
            what: "its footer takes over 16 MiB",
        });
    }
    let start = end - TAIL - length;
    let mut footer = vec![0; length as usize];
    file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
    file.read_exact(&mut footer).map_err(unreadable)?;

    let leaves = count_columns(&footer).ok_or_else(|| damaged("its list of columns is broken"))?;
    columns::count(leaves as u64)?;
    let options = ParquetMetaDataOptions::new()
        .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
    let metadata = ParquetMetaDataReader::decode_metadata_with_options(&footer, Some(&options))
        .map_err(|_| damaged("its footer is broken"))?;
    check(&metadata, start).map_err(damaged)?;
    Ok(metadata)
}

/// How many columns the schema lists; none if it is not a tree of sane depth. The
/// library reserves room for as many children as a node claims, and goes down as deep
/// as they are nested.
fn count_columns(footer: &[u8]) -> Option<usize> {
    let mut fields = Thrift::new(footer);
    let schema = fields.find(2)?;
    let nodes = fields.list(schema)?;
    let (mut open, mut leaves) = (vec![1_usize], 0);
    for node in 0..nodes {
        *open.last_mut()? -= 1;
        let children = usize::try_from(fields.integer_of_struct(5)?.unwrap_or(0)).ok()?;
        if children > nodes - node {
            return None;
        }
        if children > 0 || node == 0 {
            open.push(children);
        } else {
            leaves += 1;
        }
        while open.last() == Some(&0) {
            open.pop();
        }
        if open.len() > MAX_DEPTH {
            return None;
        }
    }
    open.is_empty().then_some(leaves)
}

fn check(metadata: &ParquetMetaData, data_end: u64) -> Result<(), &'static str> {
    let mut rows = 0_i64;
    for group in metadata.row_groups() {
        let count = group.num_rows();
        if !(0..=MAX_GROUP_ROWS).contains(&count) {
            return Err("a row group claims an impossible number of rows");
        }
        rows = rows.saturating_add(count);
        for column in group.columns() {
            check_column(column, group, data_end)?;
        }
    }
    if rows != metadata.file_metadata().num_rows() {
        return Err("its row groups do not add up to its rows");
    }
    Ok(())
}

fn check_column(
    column: &ColumnChunkMetaData,
    group: &RowGroupMetaData,
    data_end: u64,
) -> Result<(), &'static str> {
    if column.file_path().is_some() {
        return Err("its columns are in other files");
    }
    let start = column.dictionary_page_offset();
    let start = u64::try_from(start.unwrap_or(column.data_page_offset()));
    let length = u64::try_from(column.compressed_size());
    let (Ok(start), Ok(length)) = (start, length) else {
        return Err("a column starts before the file");
    };
    if start.checked_add(length).is_none_or(|end| end > data_end) {
        return Err("a column goes beyond the file");
    }
    let is_flat = column.column_descr().max_rep_level() == 0;
    if is_flat && column.num_values() != group.num_rows() {
        return Err("a column claims another number of rows than its row group");
    }
    Ok(())
}
