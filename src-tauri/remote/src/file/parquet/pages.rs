//! The pages of a column, unpacked within the budget.
//!
//! The library finds the pages; it is told that they are not packed, so that what is
//! in them comes here first. It would make as much room as a page claims, or as comes
//! out of it.

use super::FileError;
use super::budget::{Budget, MAX_PAGE};
use super::delta;
use super::unpack::{Unpacked, unpack};
use ::parquet::basic::{Compression, Type};
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::errors::{ParquetError, Result};
use ::parquet::file::metadata::ColumnChunkMetaData;
use ::parquet::file::reader::{ChunkReader, Length};
use ::parquet::file::serialized_reader::SerializedPageReader;
use bytes::Bytes;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// A file that is read here and there, its bytes counted.
pub(super) struct Chunks {
    pub(super) name: String,
    pub(super) file: Mutex<File>,
    pub(super) len: u64,
    pub(super) read: AtomicU64,
    pub(super) budget: Budget,
}

impl Chunks {
    fn read_at(&self, position: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(position))?;
        let count = file.read(buffer)?;
        self.read.fetch_add(count as u64, Relaxed);
        Ok(count)
    }

    pub(super) fn damaged(&self, reason: &str) -> FileError {
        FileError::Damaged {
            name: self.name.clone(),
            reason: reason.to_owned(),
        }
    }

    fn refuse_large(&self) -> ParquetError {
        self.budget.refuse(FileError::TooLarge {
            name: self.name.clone(),
            what: "pages of over 128 MiB, or of over 256 MiB at one time",
        })
    }
}

/// A place in the file. What is before the place where a page starts is short.
pub(super) struct At {
    chunks: Arc<Chunks>,
    position: u64,
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.chunks.read_at(self.position, buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

/// The file as the library reads it.
pub(super) struct Shared(pub(super) Arc<Chunks>);

impl Length for Shared {
    fn len(&self) -> u64 {
        self.0.len
    }
}

impl ChunkReader for Shared {
    type T = BufReader<At>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let at = At {
            chunks: Arc::clone(&self.0),
            position: start,
        };
        Ok(BufReader::with_capacity(256, at))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if length > MAX_PAGE {
            return Err(self.0.refuse_large());
        }
        let mut at = At {
            chunks: Arc::clone(&self.0),
            position: start,
        };
        let mut bytes = vec![0; length];
        let whole = at.read_exact(&mut bytes);
        whole.map_err(|reason| {
            let name = self.0.name.clone();
            self.0.budget.refuse(match reason.kind() {
                io::ErrorKind::UnexpectedEof => FileError::Changed { name },
                _ => FileError::Unreadable { name, reason },
            })
        })?;
        Ok(Bytes::from(bytes))
    }
}

/// The pages of one column of a row group.
pub(super) struct Pages {
    chunks: Arc<Chunks>,
    packed: SerializedPageReader<Shared>,
    codec: Compression,
    kind: Type,
    has_levels: bool,
    column: usize,
    /// Values that the footer promises and no page gave yet.
    left: i64,
}

impl Pages {
    pub(super) fn new(
        chunks: &Arc<Chunks>,
        metadata: &ColumnChunkMetaData,
        column: usize,
    ) -> Result<Self> {
        let codec = metadata.compression();
        let as_they_are = metadata
            .clone()
            .into_builder()
            .set_compression(Compression::UNCOMPRESSED)
            .build()?;
        let rows = usize::try_from(metadata.num_values())?;
        let shared = Arc::new(Shared(Arc::clone(chunks)));
        Ok(Self {
            chunks: Arc::clone(chunks),
            packed: SerializedPageReader::new(shared, &as_they_are, rows, None)?,
            codec,
            kind: metadata.column_type(),
            has_levels: metadata.column_descr().max_def_level() > 0,
            column,
            left: metadata.num_values(),
        })
    }

    fn unpacked(&self, packed: &Bytes, levels: usize) -> Result<Bytes> {
        let room = self.chunks.budget.room();
        let (levels, values) = packed
            .split_at_checked(levels)
            .ok_or_else(|| self.damaged("a page is shorter than it says"))?;
        let mut out = levels.to_vec();
        match unpack(
            self.codec,
            values,
            room.saturating_sub(levels.len()),
            &mut out,
        ) {
            Ok(()) => Ok(Bytes::from(out)),
            Err(Unpacked::TooLarge) => Err(self.chunks.refuse_large()),
            Err(Unpacked::Broken) => Err(self.damaged("a page does not unpack")),
            Err(Unpacked::Unknown) => Err(self.chunks.budget.refuse(FileError::Codec {
                name: self.chunks.name.clone(),
                codec: self.codec.to_string(),
            })),
        }
    }

    fn damaged(&self, reason: &str) -> ParquetError {
        self.chunks.budget.refuse(self.chunks.damaged(reason))
    }

    /// A page with its content unpacked, and its claims held against that.
    fn checked(&mut self, page: Page) -> Result<Page> {
        let page = match page {
            Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                statistics: _,
            } => Page::DataPage {
                buf: self.unpacked(&buf, 0)?,
                num_values,
                encoding,
                def_level_encoding,
                rep_level_encoding,
                statistics: None,
            },
            Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                num_nulls,
                num_rows,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed,
                statistics: _,
            } => Page::DataPageV2 {
                buf: match is_compressed {
                    true => {
                        let levels = def_levels_byte_len.saturating_add(rep_levels_byte_len);
                        self.unpacked(&buf, levels as usize)?
                    }
                    false => buf,
                },
                num_values,
                encoding,
                num_nulls,
                num_rows,
                def_levels_byte_len,
                rep_levels_byte_len,
                is_compressed: false,
                statistics: None,
            },
            Page::DictionaryPage {
                buf,
                num_values,
                encoding,
                is_sorted,
            } => {
                let buf = self.unpacked(&buf, 0)?;
                if num_values as usize > buf.len() / least_size(self.kind) {
                    return Err(self.damaged("a dictionary claims more than it holds"));
                }
                Page::DictionaryPage {
                    buf,
                    num_values,
                    encoding,
                    is_sorted,
                }
            }
        };
        self.account(&page)?;
        Ok(page)
    }

    fn account(&mut self, page: &Page) -> Result<()> {
        let mut size = page.buffer().len();
        if page.is_data_page() {
            self.left -= i64::from(page.num_values());
            if self.left < 0 {
                return Err(self.damaged("a column holds more rows than it says"));
            }
        }
        let more = delta::unfolded(page, self.has_levels);
        let more = more.ok_or_else(|| self.damaged("a page does not unpack"))?;
        size = size.saturating_add(more);
        if size > self.chunks.budget.room() {
            return Err(self.chunks.refuse_large());
        }
        let is_dictionary = page.is_dictionary_page();
        self.chunks.budget.hold(self.column, size, is_dictionary);
        Ok(())
    }
}

/// The least bytes that a value takes in a dictionary.
fn least_size(kind: Type) -> usize {
    match kind {
        Type::BOOLEAN | Type::FIXED_LEN_BYTE_ARRAY => 1,
        Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4,
        Type::INT64 | Type::DOUBLE => 8,
        Type::INT96 => 12,
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        match self.packed.get_next_page()? {
            Some(page) => self.checked(page).map(Some),
            None if self.left > 0 => Err(self.damaged("a column holds fewer rows than it says")),
            None => Ok(None),
        }
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.packed.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        Err(ParquetError::NYI("no page is ever left out".to_owned()))
    }
}
