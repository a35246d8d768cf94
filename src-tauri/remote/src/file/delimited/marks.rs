//! Finds the bytes that mean something: delimiters, quotes and line ends.
//!
//! 64 bytes are looked at at once and become a number of 64 bits, one of them set for
//! each such byte, which are then taken from it one by one. Fields are short, so this
//! is several times faster than to look for each one's end.

use wide::u8x16;

/// How many bytes are looked at at once.
const BLOCK: usize = 64;

/// Goes through a chunk from its start to its end.
pub(super) struct Marks {
    wanted: [u8x16; 4],
    /// Where the next block starts.
    next: usize,
    /// What is left of the present block.
    left: u64,
}

impl Marks {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            wanted: [delimiter, b'"', b'\n', b'\r'].map(u8x16::splat),
            next: 0,
            left: 0,
        }
    }

    /// Begins with another chunk.
    pub(super) fn restart(&mut self) {
        (self.next, self.left) = (0, 0);
    }

    /// Where the next one is in the chunk, which is the same until the next start.
    #[inline]
    pub(super) fn next(&mut self, chunk: &[u8]) -> Option<usize> {
        while self.left == 0 {
            let rest = chunk.get(self.next..).filter(|rest| !rest.is_empty())?;
            self.left = match rest.first_chunk() {
                Some(block) => self.look(block),
                None => {
                    let mut block = [0; BLOCK];
                    block[..rest.len()].copy_from_slice(rest);
                    self.look(&block)
                }
            };
            self.next += BLOCK;
        }
        let at = self.next - BLOCK + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(at)
    }

    #[inline]
    fn look(&self, block: &[u8; BLOCK]) -> u64 {
        let (parts, _) = block.as_chunks::<16>();
        let mut found = 0;
        for part in parts.iter().rev() {
            let part = u8x16::new(*part);
            let is_wanted = self.wanted.map(|wanted| part.simd_eq(wanted));
            let is_wanted = (is_wanted[0] | is_wanted[1]) | (is_wanted[2] | is_wanted[3]);
            found = found << 16 | u64::from(is_wanted.to_bitmask());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Marks;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_and_nothing_else(bytes in prop::collection::vec(prop_oneof![
            3 => Just(b'x'), 1 => Just(b';'), 1 => Just(b'"'), 1 => Just(b'\n'), 1 => Just(b'\r'),
            1 => Just(0_u8), 1 => any::<u8>(),
        ], 0..300)) {
            let wanted = |byte: &u8| matches!(byte, b';' | b'"' | b'\n' | b'\r');
            let slow: Vec<usize> = (0..bytes.len()).filter(|at| wanted(&bytes[*at])).collect();
            let mut marks = Marks::new(b';');
            for _ in 0..2 {
                let fast: Vec<usize> = std::iter::from_fn(|| marks.next(&bytes)).collect();
                prop_assert_eq!(&fast, &slow);
                marks.restart();
            }
        }
    }
}
