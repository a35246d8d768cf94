//! How near single pieces of work come to what the machine can do: a file is not
//! parsed faster than it is read, nor hashed faster than the processor hashes.
//!
//! One thread each, in turns, on files that were read once.

mod csv;
mod hash;
mod matching;

use crate::data::Data;
use crate::row::{Row, Unit};
use crate::told::Failure;
use std::time::Instant;

/// All of it, `turns` times.
pub(crate) fn rows(data: &Data, turns: usize) -> Result<Vec<Row>, Failure> {
    let mut rows = csv::rows(&data.profiles(), turns)?;
    rows.extend(hash::rows(turns)?);
    rows.extend(matching::rows(data, turns)?);
    Ok(rows)
}

/// A line without a goal: the machine's own speed is the limit, and 1 is there.
fn row(work: &str, peer: &str, pairs: Vec<(f64, f64)>) -> Row {
    Row {
        work: work.into(),
        peer: peer.into(),
        unit: Unit::Time,
        goal: None,
        pairs,
    }
}

fn seconds<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<f64, Failure> {
    let begun = Instant::now();
    std::hint::black_box(work()?);
    Ok(begun.elapsed().as_secs_f64())
}
