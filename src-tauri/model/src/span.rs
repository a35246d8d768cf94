//! Lengths of time as people write them: `90m`, `1h`, `2d`.

use std::time::Duration;

/// The longest that makes sense anywhere.
const LONGEST: u64 = 366 * 24 * 3_600;

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// A number and its unit: `90m`, `1h`, `2d`.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let seconds = number.checked_mul(seconds)?;
    (seconds > 0 && seconds <= LONGEST).then(|| Duration::from_secs(seconds))
}

/// The same again, in the largest unit that says it exactly.
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let exact = UNITS
        .into_iter()
        .find(|(_, unit)| seconds.is_multiple_of(*unit));
    let (name, unit) = exact.unwrap_or(('s', 1));
    format!("{}{name}", seconds / unit)
}
