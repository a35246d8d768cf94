//! Cutting one side into parts by the first bits of its hashes.

use super::KeyColumn;
use crate::key::KeyHash;

/// A key with the place it came from, in one number, so ordered by key, then place:
/// 96 bits of the key behind those that all of a part share, then 32 of the place.
/// With the shared ones these are more than 100, of which two of a hundred million
/// different keys agree with a chance below 10^-14.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry(u128);

impl Entry {
    fn new(hash: KeyHash, shared: u32, at: u32) -> Self {
        let key = hash.0 << shared >> u32::BITS << u32::BITS;
        Self(key | u128::from(at))
    }

    pub(super) fn key(self) -> u128 {
        self.0 >> u32::BITS
    }

    pub(super) fn at(self) -> u32 {
        self.0 as u32
    }
}

/// How keys are cut: into `2^bits` parts, of which each of the turns takes its
/// even share.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    pub(super) bits: u32,
    pub(super) turn: usize,
    pub(super) turns: usize,
}

impl Parts {
    fn a_turn(self) -> usize {
        (1 << self.bits) / self.turns
    }
}

/// The parts of this turn. Blank and invalid keys are in none; `special` hears
/// of them. Hashes are even, so a part's size is known before it is filled.
pub(super) fn scatter<E>(
    column: &dyn KeyColumn<Error = E>,
    parts: Parts,
    leave_out: impl Fn(u32) -> bool,
    special: impl Fn(u32, KeyHash),
) -> Result<Vec<Vec<Entry>>, E> {
    let expected = column.len() >> parts.bits;
    let room = expected + expected / 16 + 32;
    let mut all: Vec<Vec<Entry>> = Vec::new();
    all.resize_with(parts.a_turn(), || {
        Vec::with_capacity(if column.is_empty() { 0 } else { room })
    });
    let first = parts.turn * parts.a_turn();
    let mut at = 0;
    column.walk(&mut |hashes| {
        for hash in hashes {
            if !hash.is_valid() {
                special(at, *hash);
            } else if !leave_out(at) {
                let part = (hash.0 >> 64) as u64 >> 1 >> (63 - parts.bits);
                if let Some(part) = all.get_mut((part as usize).wrapping_sub(first)) {
                    part.push(Entry::new(*hash, parts.bits, at));
                }
            }
            at += 1;
        }
    })?;
    Ok(all)
}
