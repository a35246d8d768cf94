//! Numbers drawn from a seed, so that what they decide can be had again.

/// SplitMix64: small, and good enough to choose places with.
pub struct Random(u64);

impl Random {
    /// The numbers of one occasion of a seed; others do not shift them.
    pub fn new(seed: u64, occasion: u64) -> Self {
        let mut random = Self(seed ^ occasion.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to below this.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// From 1 to this.
    pub fn to(&mut self, most: u64) -> u64 {
        1 + self.below(most)
    }

    /// In so many of a hundred cases.
    pub fn percent(&mut self, cases: u64) -> bool {
        self.below(100) < cases
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}
