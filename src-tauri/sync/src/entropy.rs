//! Randomness from outside, so that a test can replay a run from its seed.

use std::sync::atomic::{AtomicU64, Ordering};

/// A source of random bits.
pub trait Entropy: Send + Sync {
    /// Sixty-four random bits.
    fn bits(&self) -> u64;

    /// A fraction from 0 up to, not including, 1.
    fn fraction(&self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A new opaque id of twenty letters and digits, with what it is for in front.
    fn id(&self, prefix: &str) -> String {
        format!("{prefix}_{:016x}", self.bits())
    }
}

/// The operating system's.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bits(&self) -> u64 {
        getrandom::u64().unwrap_or_default()
    }
}

/// The same bits again for the same seed (SplitMix64).
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn bits(&self) -> u64 {
        let mut z = self
            .0
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)
            .wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
