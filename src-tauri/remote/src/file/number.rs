//! Numbers as plain text: digits, a point, a minus sign, and an exponent where there
//! would be too many digits. No thousands, no plus sign.

use std::fmt::{Display, LowerExp, Write};

/// From here on numbers have an exponent.
const LARGE: f64 = 1e17;
/// Below this too.
const SMALL: f64 = 1e-6;

/// Adds the shortest number that reads back as this one. What is no number is blank,
/// which is what programs mean by it that write it for a missing value.
pub(super) fn add<F: Display + LowerExp + Copy + Into<f64>>(number: F, out: &mut String) {
    let size = number.into().abs();
    let added = match size {
        _ if size.is_nan() => Ok(()),
        _ if size == 0.0 => out.write_str("0"),
        _ if size.is_infinite() || (SMALL..LARGE).contains(&size) => write!(out, "{number}"),
        _ => write!(out, "{number:e}"),
    };
    debug_assert!(added.is_ok(), "a text takes everything");
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_short_and_plain() {
        let text = |number: f64| {
            let mut out = String::new();
            super::add(number, &mut out);
            out
        };
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (5.0, "5"),
            (-12.5, "-12.5"),
            (0.1, "0.1"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e6, "1000000"),
            (491_701_234_567.0, "491701234567"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (1.5e300, "1.5e300"),
            (0.000_001, "0.000001"),
            (0.000_000_5, "5e-7"),
            (f64::NAN, ""),
            (f64::INFINITY, "inf"),
        ];
        for (number, expected) in cases {
            assert_eq!(text(number), expected);
        }
        let mut single = String::new();
        super::add(0.1_f32, &mut single);
        assert_eq!(single, "0.1");
    }
}
