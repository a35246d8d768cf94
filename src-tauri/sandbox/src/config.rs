//! What a sandbox is started with, and why starting can fail.

use std::path::PathBuf;
use std::time::Duration;

/// How one sandbox behaves. `Default` gives the documented limits and 1,000 people.
#[derive(Debug, Clone)]
pub struct Config {
    /// Port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// How many people to generate when there is no state file to load.
    pub people: usize,
    /// Decides people, credentials and tokens; the same seed gives the same ones.
    pub seed: u64,
    /// Stands for every documented server time-out, in seconds, and is announced in
    /// `X-Sandbox-Timeout`. `None` keeps the documented ones (30 to 300 s).
    pub server_timeout: Option<u64>,
    /// Divides the wait for the daily reset and the times of jobs, and is announced in
    /// `X-Sandbox-Time-Scale` when above 1. The rate window is never scaled.
    pub time_scale: u32,
    /// Calls in one rate window before 606 (documented: 100).
    pub calls_per_window: u32,
    /// Length of the sliding rate window (documented: 20 s).
    pub window: Duration,
    /// Calls in flight before 615 (documented: 10).
    pub concurrency: u32,
    /// Calls a day before 607 (typical: 50,000).
    pub daily_quota: u32,
    /// Life of a fresh token (documented: 3600 s).
    pub token_life: Duration,
    /// The time at the start, in milliseconds since 1970; `None` is the system's.
    pub starts_at_ms: Option<i64>,
    /// Loaded at start when it exists, written at shutdown.
    pub state_file: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            people: 1_000,
            seed: 7,
            server_timeout: None,
            time_scale: 1,
            calls_per_window: 100,
            window: Duration::from_secs(20),
            concurrency: 10,
            daily_quota: 50_000,
            token_life: Duration::from_secs(3_600),
            starts_at_ms: None,
            state_file: None,
        }
    }
}

/// Why a sandbox could not start or save its state.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The port could not be bound.
    #[error("the sandbox cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
    /// The state file could not be read or written.
    #[error("the sandbox's state file {path}: {source}")]
    StateFile {
        /// Where it is.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
