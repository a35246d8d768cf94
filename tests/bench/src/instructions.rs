//! Instructions a person takes to import, to read and to plan: a figure that a noisy
//! machine does not change, so that a regression shows on any.
//!
//! Counted by Valgrind, which runs one thread at a time on a processor of its own
//! making: a hash or a cipher costs more there than on a real one.

use crate::child::instructions_of;
use crate::data::{Data, Files, Size};
use crate::told::Failure;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Small, as every instruction takes fifty times as long; the same everywhere.
const SIZE: Size = Size {
    people: 20_000,
    leads: 15_000,
    seed: 7,
};
/// More than what is kept by this share is worth a look.
const WORTH_A_LOOK: f64 = 0.10;

/// The steps, each named as in `ours`, and who is counted by.
const STEPS: [(&str, &str, u64); 3] = [
    ("import", "a row", SIZE.people),
    ("leads", "a lead", SIZE.leads),
    ("plan", "a row", SIZE.people),
];

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    size: String,
    tool: String,
    /// Instructions by step, for one row or lead.
    each: BTreeMap<String, u64>,
}

/// Counts, and either keeps the counts or shows them beside those that are kept.
pub(crate) fn run(folder: &Path, keep: bool) -> Result<(), Failure> {
    let data = Data::make(&folder.join(SIZE.name()), SIZE, Files::All)?;
    let ours = env::current_exe()?;
    let mut before = instructions_of(&ours, &data, "set-up")?;
    let mut each = BTreeMap::new();
    for (step, _, count) in STEPS {
        let until = instructions_of(&ours, &data, step)?;
        each.insert(step.to_owned(), until.saturating_sub(before) / count);
        before = until;
    }
    let file = file();
    if keep {
        let kept = Kept {
            size: SIZE.name(),
            tool: "valgrind --tool=callgrind".into(),
            each,
        };
        fs::write(&file, serde_json::to_string_pretty(&kept)? + "\n")?;
        println!("kept in {}", file.display());
        return Ok(());
    }
    let kept: Kept = serde_json::from_str(&fs::read_to_string(&file)?)?;
    println!("instructions      now      kept");
    for (step, of, _) in STEPS {
        let (now, then) = (each[step], kept.each.get(step).copied().unwrap_or(0));
        println!(
            "{step:<7} {of:<7} {now:>8}  {then:>8}  {}",
            verdict(now, then)
        );
    }
    Ok(())
}

fn verdict(now: u64, then: u64) -> String {
    if then == 0 {
        return "never kept".into();
    }
    let more = now as f64 / then as f64 - 1.0;
    if more > WORTH_A_LOOK {
        format!("{:+.1} %: a regression", more * 100.0)
    } else {
        format!("{:+.1} %", more * 100.0)
    }
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json")
}

#[cfg(test)]
mod tests {
    use super::verdict;

    #[test]
    fn a_tenth_more_is_a_regression() {
        assert_eq!(verdict(111, 100), "+11.0 %: a regression");
        assert_eq!(verdict(109, 100), "+9.0 %");
        assert_eq!(verdict(50, 100), "-50.0 %");
        assert_eq!(verdict(50, 0), "never kept");
    }
}
