//! Unpacks a page to at most so many bytes: neither what it claims nor what comes out
//! of it may take more.

use ::parquet::basic::Compression;
use std::io::{self, Read};
use zstd::bulk::Decompressor;
use zstd::zstd_safe::get_frame_content_size;

/// Why a page was not unpacked.
pub(super) enum Unpacked {
    /// It is larger than it may be.
    TooLarge,
    /// It is none of its codec.
    Broken,
    /// There is no such codec here.
    Unknown,
}

/// Adds what is packed to `out`, at most `room` bytes.
pub(super) fn unpack(
    codec: Compression,
    packed: &[u8],
    room: usize,
    out: &mut Vec<u8>,
) -> Result<(), Unpacked> {
    match codec {
        Compression::UNCOMPRESSED if packed.len() > room => Err(Unpacked::TooLarge),
        Compression::UNCOMPRESSED => {
            out.extend_from_slice(packed);
            Ok(())
        }
        Compression::SNAPPY => {
            let size = snap::raw::decompress_len(packed).map_err(|_| Unpacked::Broken)?;
            into_sized(size, room, out, |out| {
                snap::raw::Decoder::new().decompress(packed, out).ok()
            })
        }
        Compression::GZIP(_) => stream(flate2::bufread::MultiGzDecoder::new(packed), room, out),
        Compression::BROTLI(_) => {
            let buffer = 64 << 10;
            stream(
                brotli_decompressor::Decompressor::new(packed, buffer),
                room,
                out,
            )
        }
        Compression::ZSTD(_) => match get_frame_content_size(packed) {
            Ok(Some(size)) => {
                let size = usize::try_from(size).map_err(|_| Unpacked::TooLarge)?;
                into_sized(size, room, out, |out| {
                    Decompressor::new()
                        .and_then(|mut decompressor| decompressor.decompress_to_buffer(packed, out))
                        .ok()
                })
            }
            Ok(None) => stream(
                zstd::Decoder::with_buffer(packed).map_err(|_| Unpacked::Broken)?,
                room,
                out,
            ),
            Err(_) => Err(Unpacked::Broken),
        },
        Compression::LZ4_RAW => lz4(packed, room, out),
        Compression::LZ4 => lz4_of_hadoop(packed, room, out),
        Compression::LZO => Err(Unpacked::Unknown),
    }
}

fn into_sized(
    size: usize,
    room: usize,
    out: &mut Vec<u8>,
    unpack: impl FnOnce(&mut [u8]) -> Option<usize>,
) -> Result<(), Unpacked> {
    if size > room {
        return Err(Unpacked::TooLarge);
    }
    let start = out.len();
    out.resize(start + size, 0);
    match unpack(&mut out[start..]) {
        Some(count) if count == size => Ok(()),
        _ => Err(Unpacked::Broken),
    }
}

fn stream(unpacked: impl Read, room: usize, out: &mut Vec<u8>) -> Result<(), Unpacked> {
    let start = out.len();
    let read: io::Result<usize> = unpacked.take(room as u64 + 1).read_to_end(out);
    match read {
        Ok(_) if out.len() - start > room => Err(Unpacked::TooLarge),
        Ok(_) => Ok(()),
        Err(_) => Err(Unpacked::Broken),
    }
}

/// A block does not say how large it is; this is the most that LZ4 can make of a byte.
const LZ4_RATIO: usize = 255;

fn lz4(packed: &[u8], room: usize, out: &mut Vec<u8>) -> Result<(), Unpacked> {
    let start = out.len();
    let most = room.min(packed.len().saturating_mul(LZ4_RATIO) + 64);
    out.resize(start + most, 0);
    let unpacked = lz4_flex::block::decompress_into(packed, &mut out[start..]);
    match unpacked {
        Ok(count) => {
            out.truncate(start + count);
            out.shrink_to_fit();
            Ok(())
        }
        Err(lz4_flex::block::DecompressError::OutputTooSmall { .. }) if most == room => {
            Err(Unpacked::TooLarge)
        }
        Err(_) => Err(Unpacked::Broken),
    }
}

/// The old codec: blocks behind their two lengths, or a block alone.
fn lz4_of_hadoop(packed: &[u8], room: usize, out: &mut Vec<u8>) -> Result<(), Unpacked> {
    let (start, mut rest) = (out.len(), packed);
    while let Some((size, after)) = rest.split_first_chunk::<4>() {
        let Some((length, after)) = after.split_first_chunk::<4>() else {
            break;
        };
        let (size, length) = (u32::from_be_bytes(*size), u32::from_be_bytes(*length));
        let Some((block, after)) = after.split_at_checked(length as usize) else {
            break;
        };
        let left = room - (out.len() - start);
        let block = into_sized(size as usize, left, out, |out| {
            lz4_flex::block::decompress_into(block, out).ok()
        });
        match block {
            Ok(()) => rest = after,
            Err(Unpacked::TooLarge) => return Err(Unpacked::TooLarge),
            Err(_) => break,
        }
    }
    if rest.is_empty() {
        return Ok(());
    }
    out.truncate(start);
    lz4(packed, room, out)
}
