//! What a file is: by its first bytes, as these cannot be renamed, then by its name.

use super::packed::Packing;
use super::parquet;
use super::source::Opened;
use super::{FileError, Format, Options};
use std::path::Path;

/// How many of the first bytes are looked at.
pub(super) const START: usize = 8;

/// What an archive starts with; a workbook is one.
pub(super) const ZIP: &[u8] = b"PK\x03\x04";

/// What Excel's files of old start with, and protected ones of today.
pub(super) const OLD_EXCEL: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// What is to be read, and how it is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) format: Format,
    pub(super) packing: Option<Packing>,
}

/// What the person says goes before the name, not before what no text starts with.
pub(super) fn of(opened: &mut Opened, options: &Options) -> Result<Kind, FileError> {
    let packing = Packing::of(opened.start());
    let format = match options.format {
        Some(format) => format,
        None if opened.start().starts_with(parquet::MAGIC)
            && opened.may_end_with(parquet::MAGIC)? =>
        {
            Format::Parquet
        }
        None if opened.start().starts_with(ZIP) || opened.start().starts_with(OLD_EXCEL) => {
            Format::Xlsx
        }
        None => named(opened.name()),
    };
    Ok(Kind { format, packing })
}

/// Whether what starts so may be text, and is not packed or of a format of its own.
pub(super) fn is_text(start: &[u8]) -> bool {
    Packing::of(start).is_none() && !start.starts_with(parquet::MAGIC) && !start.starts_with(ZIP)
}

/// What the name says, below how it is packed.
fn named(name: &str) -> Format {
    let mut path = Path::new(name);
    if ["gz", "gzip", "zst", "zstd"]
        .iter()
        .any(|end| ends_with(path, end))
    {
        path = Path::new(path.file_stem().unwrap_or_default());
    }
    match () {
        () if ends_with(path, "tsv") => Format::Tsv,
        () if ends_with(path, "parquet") => Format::Parquet,
        () if ends_with(path, "xlsx") => Format::Xlsx,
        () => Format::Csv,
    }
}

fn ends_with(path: &Path, end: &str) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(end))
}
