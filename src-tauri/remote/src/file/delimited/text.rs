//! Stage 1: the file as UTF-8 bytes, whatever it is encoded in.

use super::encoding::{self, LONGEST_MARK};
use super::{FileError, Source};
use encoding_rs::{Decoder, DecoderResult, UTF_8};
use std::ops::Range;

/// How much is held at a time. Large enough that a chunk's end is rare.
const CHUNK: usize = 256 << 10;

/// What a malformed sequence becomes. No UTF-8 text has this byte, so the one check
/// for UTF-8 sets such a line aside in every encoding alike.
const MALFORMED: u8 = 0xFF;

/// The most one step of a decoder needs: a character, then [`MALFORMED`].
const ROOM: usize = 16;

/// The text of a file, a chunk at a time. UTF-8 passes through as it is, right or
/// wrong; everything else is decoded.
pub(super) struct Text {
    source: Source,
    decoder: Option<Decoder>,
    raw: Buffer,
    out: Buffer,
    /// The chunk from there on, if all of it is text without a NUL.
    known: String,
    known_from: usize,
}

impl Text {
    /// Finds the encoding and leaves its mark out.
    pub(super) fn new(mut source: Source, label: Option<&str>) -> Result<Self, FileError> {
        let mut raw = Buffer::default();
        raw.bytes.resize(CHUNK, 0);
        raw.end = source.fill(&mut raw.bytes[..LONGEST_MARK])?;
        raw.ended = raw.end < LONGEST_MARK;
        let (encoding, mark) = encoding::choose(raw.unread(), label)?;
        raw.start = mark;
        let mut text = Self {
            source,
            decoder: None,
            raw,
            out: Buffer::default(),
            known: String::new(),
            known_from: 0,
        };
        if encoding == UTF_8 {
            std::mem::swap(&mut text.raw, &mut text.out);
        } else {
            text.decoder = Some(encoding.new_decoder_without_bom_handling());
            text.out.bytes.resize(CHUNK, 0);
        }
        text.refill()?;
        Ok(text)
    }

    /// The name of its encoding.
    pub(super) fn encoding(&self) -> &'static str {
        let decoder = self.decoder.as_ref();
        decoder.map_or(UTF_8, Decoder::encoding).name()
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// The present chunk; empty only if the text is. The first one is all of the text or
    /// [`CHUNK`] of it, so it serves as a sample.
    pub(super) fn chunk(&self) -> &[u8] {
        self.out.unread()
    }

    /// Whether nothing follows the present chunk.
    pub(super) fn is_last(&self) -> bool {
        self.out.ended
    }

    /// A part of the chunk as text, where it is known to be text without a NUL. It may
    /// be that elsewhere too.
    #[inline]
    pub(super) fn known(&self, part: Range<usize>) -> Option<&str> {
        let start = part.start.checked_sub(self.known_from)?;
        self.known.get(start..part.end - self.known_from)
    }

    /// Goes on to the next chunk; false, and an empty one, at the end.
    pub(super) fn next_chunk(&mut self) -> Result<bool, FileError> {
        self.out.start = self.out.end;
        self.refill()?;
        Ok(!self.chunk().is_empty())
    }

    fn refill(&mut self) -> Result<(), FileError> {
        match &mut self.decoder {
            None => self.out.refill(&mut self.source),
            Some(decoder) => decode(decoder, &mut self.source, &mut self.raw, &mut self.out),
        }?;
        let chunk = self.out.unread();
        let whole = whole_characters(chunk);
        self.known.clear();
        self.known_from = whole.start;
        if let Ok(text) = simdutf8::basic::from_utf8(&chunk[whole])
            && !text.as_bytes().contains(&0)
        {
            self.known.push_str(text);
        }
        Ok(())
    }
}

/// A chunk without what may be parts of characters that are cut at its ends. Such parts
/// belong to records that go beyond the chunk.
fn whole_characters(chunk: &[u8]) -> Range<usize> {
    let is_later = |byte: &&u8| **byte & 0b1100_0000 == 0b1000_0000;
    let start = chunk.iter().take(3).take_while(is_later).count();
    let rest = &chunk[start..];
    let cut = rest
        .iter()
        .rev()
        .take(3)
        .take_while(|byte| !byte.is_ascii());
    start..chunk.len() - cut.count()
}

fn decode(
    decoder: &mut Decoder,
    source: &mut Source,
    raw: &mut Buffer,
    out: &mut Buffer,
) -> Result<(), FileError> {
    out.compact();
    while !out.ended && out.bytes.len() - out.end >= ROOM {
        if raw.unread().is_empty() {
            raw.refill(source)?;
        }
        let free = out.bytes.len() - 1;
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(
            raw.unread(),
            &mut out.bytes[out.end..free],
            raw.ended,
        );
        raw.start += read;
        out.end += written;
        match result {
            DecoderResult::InputEmpty => out.ended = raw.ended,
            DecoderResult::OutputFull => break,
            DecoderResult::Malformed(..) => {
                out.bytes[out.end] = MALFORMED;
                out.end += 1;
            }
        }
    }
    Ok(())
}

/// Bytes of which `start..end` are still to be read.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl Buffer {
    fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    fn compact(&mut self) {
        self.bytes.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
    }

    fn refill(&mut self, source: &mut Source) -> Result<(), FileError> {
        if self.ended {
            return Ok(());
        }
        self.compact();
        self.end += source.fill(&mut self.bytes[self.end..])?;
        self.ended = self.end < self.bytes.len();
        Ok(())
    }
}
