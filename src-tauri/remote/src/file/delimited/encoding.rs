//! Which encoding a file is in.

use super::FileError;
use encoding_rs::{Encoding, UTF_8};

/// The longest byte order mark that is looked for.
pub(super) const LONGEST_MARK: usize = 3;

/// Chooses by the first bytes, then by the label, then UTF-8; with the length of the
/// byte order mark, which is no text.
///
/// The mark goes before the label because it is in the file: a label can only be
/// somebody's guess, and `utf-16` does not say which byte comes first. Without
/// either nothing is guessed: a wrong guess would import wrong names silently.
pub(super) fn choose(
    start: &[u8],
    label: Option<&str>,
) -> Result<(&'static Encoding, usize), FileError> {
    let named = match label {
        Some(label) => Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| {
            FileError::UnknownEncoding {
                label: label.to_owned(),
            }
        })?,
        None => UTF_8,
    };
    Ok(Encoding::for_bom(start).unwrap_or((named, 0)))
}
