//! SHA-256 beside OpenSSL's own speed: of keys, which are short, and of long texts.

use super::{row, seconds};
use crate::child::last_line;
use crate::row::Row;
use crate::told::Failure;
use sha2::{Digest, Sha256};
use usher_matching::KeyHash;

/// Bytes of an address of middling length.
const KEY: usize = 30;
/// Bytes at which nothing counts but the hash itself.
const LONG: usize = 16_384;
/// Bytes hashed for one figure.
const BYTES: usize = 120_000_000;

pub(super) fn rows(turns: usize) -> Result<Vec<Row>, Failure> {
    let key = "a".repeat(KEY);
    let long = vec![b'a'; LONG];
    let (mut keys, mut texts) = (Vec::new(), Vec::new());
    for _ in 0..turns {
        let ours = seconds(|| {
            for _ in 0..BYTES / KEY {
                std::hint::black_box(KeyHash::of(std::hint::black_box(&key)));
            }
            Ok(())
        })?;
        keys.push((ours, openssl(KEY)?));
        let ours = seconds(|| {
            for _ in 0..BYTES / LONG {
                std::hint::black_box(Sha256::digest(std::hint::black_box(&long)));
            }
            Ok(())
        })?;
        texts.push((ours, openssl(LONG)?));
    }
    let work = |what| format!("SHA-256 of {} MB in {what}", BYTES / 1_000_000);
    Ok(vec![
        row(&work(format!("keys of {KEY} bytes")), "openssl speed", keys),
        row(&work("texts of 16 KiB".into()), "openssl speed", texts),
    ])
}

/// The seconds OpenSSL needs for as many bytes in messages of that length.
fn openssl(length: usize) -> Result<f64, Failure> {
    let length = length.to_string();
    let arguments = ["speed", "-mr", "-seconds", "1", "-bytes", &length, "sha256"];
    let line = last_line("openssl".into(), arguments.map(Into::into).into())?;
    let speed = line.rsplit(':').next().and_then(|word| word.parse().ok());
    let speed: f64 = speed.ok_or_else(|| format!("openssl says `{line}`"))?;
    Ok(BYTES as f64 / speed)
}
