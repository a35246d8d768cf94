//! When a sync runs by itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// When a sync runs by itself, as its user wrote it; times are local ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Again and again after this long: `15m`, `2h`, `1d`.
    Every(String),
    /// Each day at `HH:MM`.
    DailyAt(String),
    /// By a crontab expression of five fields.
    Cron(String),
}

/// What happens about times that went by while nobody could run a sync: the computer slept,
/// Usher was closed, or the run before was not over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// It runs once for all of them.
    #[default]
    Once,
    /// It waits for the next time.
    Skip,
    /// It runs once for each of them.
    All,
}
