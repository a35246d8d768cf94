//! Repeatable randomness: everything that looks random comes from the seed.

/// SplitMix64; small, fast, and the same on every machine.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for each purpose, so that drawing more for one does not
    /// shift another.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        Self(seed ^ hash(purpose.as_bytes()))
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound` (0 when the bound is 0).
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// A number in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// One of several, each as likely as the others.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len() as u64) as usize]
    }

    /// Characters out of an alphabet, for names, tokens and secrets.
    pub(crate) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.below(alphabet.len() as u64) as usize]))
            .collect()
    }

    /// A value of the shape of a UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let mut part = |length| self.text(b"0123456789abcdef", length);
        format!(
            "{}-{}-4{}-a{}-{}",
            part(8),
            part(4),
            part(3),
            part(3),
            part(12)
        )
    }
}

/// FNV-1a with a final mix: for index buckets and seeds, not for secrets.
pub(crate) fn hash(bytes: &[u8]) -> u64 {
    let mut h = 0xCBF2_9CE4_8422_2325u64;
    for &b in bytes {
        h = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01B3);
    }
    h ^ (h >> 32)
}
