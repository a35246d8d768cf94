//! Which character separates the fields.

use super::record::Records;
use super::text::Text;
use super::{FileError, Options, Source};
use std::io::Cursor;

/// Those that are looked for, the most usual first.
const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How much of the file is looked at.
const SAMPLE: usize = 64 << 10;
const SAMPLE_RECORDS: u64 = 100;

/// What the person says, if it can be one.
pub(super) fn given(options: &Options) -> Result<Option<u8>, FileError> {
    match options.delimiter {
        Some(one) if !one.is_ascii() || matches!(one, 0 | b'"' | b'\r' | b'\n') => {
            Err(FileError::Delimiter)
        }
        given => Ok(given),
    }
}

/// The candidate by which most records have as many fields as the first one; of
/// equals the one that gives more fields. A file of one column has none of them in
/// its first line and is taken for comma-separated.
pub(super) fn detect(text: &[u8], is_whole: bool) -> Result<u8, FileError> {
    let sample = &text[..text.len().min(SAMPLE)];
    let is_whole = is_whole && sample.len() == text.len();
    let mut best = (b',', (0, 1));
    for candidate in CANDIDATES {
        let score = score(sample, is_whole, candidate)?;
        if score.1 > 1 && score > best.1 {
            best = (candidate, score);
        }
    }
    Ok(best.0)
}

/// How many in a thousand records are like the first one, and its fields.
fn score(sample: &[u8], is_whole: bool, delimiter: u8) -> Result<(u64, u64), FileError> {
    let sample = Source::from_read(Cursor::new(sample.to_vec()), "", 0);
    let mut text = Text::new(sample, None)?;
    let mut records = Records::new(delimiter);
    let (mut seen, mut alike, mut first) = (0, 0, 0);
    while seen < SAMPLE_RECORDS {
        let Some(fields) = records.next(&mut text)?.map(|record| record.fields) else {
            break;
        };
        // The last record of a sample that was cut off counts only if it is the first.
        if seen > 0 && !is_whole && records.is_at_end(&text) {
            break;
        }
        first = if seen == 0 { fields } else { first };
        alike += u64::from(fields == first);
        seen += 1;
    }
    Ok((alike * 1000 / seen.max(1), first))
}
