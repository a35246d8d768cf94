//! What one program says of its work: the same document from Usher and from its peers.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

/// Whatever went wrong, in words.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many of each kind: verdicts, or people who joined, left and stayed.
pub(crate) type Counts = BTreeMap<String, u64>;

/// The last line of a program's output.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// Its name and version.
    pub(crate) engine: String,
    /// How long each step took.
    pub(crate) seconds: BTreeMap<String, f64>,
    /// What a step found; a kind of which there is none may be left out.
    pub(crate) counts: BTreeMap<String, Counts>,
    /// What lay on disk after the steps that everyone does.
    pub(crate) stored_bytes: u64,
    /// The most memory the process had until then.
    pub(crate) peak_bytes: u64,
}

impl Told {
    /// Does a step and notes how long it took.
    pub(crate) async fn step<T>(
        &mut self,
        name: &str,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let begun = Instant::now();
        let done = work.await.map_err(|problem| format!("{name}: {problem}"))?;
        self.seconds
            .insert(name.to_owned(), begun.elapsed().as_secs_f64());
        Ok(done)
    }

    /// The seconds of several steps together; none unless all were done.
    pub(crate) fn together(&self, steps: &[&str]) -> Option<f64> {
        steps.iter().map(|step| self.seconds.get(*step)).sum()
    }
}

/// The most memory that this process ever had, as the kernel counts it for everyone;
/// 0 where it does not tell.
pub(crate) fn peak_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
