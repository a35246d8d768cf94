//! A value that must not be seen: no `Serialize`, and a `Debug` that shows nothing.

use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A client secret, a token or a passphrase. It is wiped when dropped, cannot
/// be serialised, and prints as `***`; only [`Secret::expose`] gives it away.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes the text over; the caller keeps no copy.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for a keychain entry, a header or a form body.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it but white space.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn debug_shows_nothing() {
        let secret = super::Secret::new("hunter2".into());
        assert_eq!(
            format!("{secret:?}"),
            "***",
            "a secret must not be printed by accident"
        );
    }
}
