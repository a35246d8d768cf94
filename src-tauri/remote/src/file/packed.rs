//! Gzip and Zstandard around text, unpacked as it is read.

use std::io::{self, BufReader, Read};

/// The largest window of a Zstandard frame, as a power of two: what `zstd` itself
/// unpacks without being told to. A frame says how much memory it wants; this is the
/// most it gets.
const WINDOW: u32 = 27;

/// How much of the packed file is read at a time.
const CHUNK: usize = 128 << 10;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    /// One member or several.
    Gzip,
    /// One frame or several.
    Zstd,
}

impl Packing {
    /// By the first bytes.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        match start {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            // A frame of something else, which Zstandard skips.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// What is inside, to be read to its end: whether it is whole is known only then.
    pub(super) fn unpack(
        self,
        bytes: impl Read + Send + 'static,
    ) -> io::Result<Box<dyn Read + Send>> {
        let bytes = BufReader::with_capacity(CHUNK, bytes);
        Ok(match self {
            Self::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(bytes)),
            Self::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(bytes)?;
                decoder.window_log_max(WINDOW)?;
                Box::new(decoder)
            }
        })
    }
}
