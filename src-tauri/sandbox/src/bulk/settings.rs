//! What a test can set about jobs.

use serde::{Deserialize, Serialize};

/// Shown and taken by the private `config`, under these names. Times are divided by the
/// time scale.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// Every extract takes so long, and a second more for so many rows.
    pub(crate) export_seconds: u32,
    pub(crate) export_rows_per_second: u32,
    /// Marketo docs: bulk extract. A status is brought up to date only so often.
    pub(crate) export_status_seconds: u32,
    /// Bytes of files in a day before 1029.
    pub(crate) export_daily_bytes: u64,
    /// Whether the subscription has this filter; 1035 otherwise.
    pub(crate) updated_at_filter: bool,
    /// `Cancelled`, as in the documentation's examples, in place of `Canceled`.
    pub(crate) cancelled_spelling: bool,
    /// So many of the next extracts fail at their end.
    pub(crate) failing_exports: u32,
    /// Every import takes so long, and a second more for so many rows.
    pub(crate) import_seconds: u32,
    pub(crate) import_rows_per_second: u32,
    /// A blank cell clears its field. The documentation does not say.
    pub(crate) blank_import_cells_clear: bool,
    /// So many of the next imports fail when half of their rows are done.
    pub(crate) failing_imports: u32,
}

impl Settings {
    /// How long an extract of so many rows takes.
    pub(super) fn export_takes_ms(&self, rows: usize, time_scale: i64) -> i64 {
        takes_ms(self.export_seconds, rows, self.export_rows_per_second) / time_scale
    }

    /// The same for an import.
    pub(super) fn import_takes_ms(&self, rows: usize, time_scale: i64) -> i64 {
        takes_ms(self.import_seconds, rows, self.import_rows_per_second) / time_scale
    }

    /// How far a status may be behind.
    pub(super) fn export_status_ms(&self, time_scale: i64) -> i64 {
        i64::from(self.export_status_seconds) * 1_000 / time_scale
    }
}

fn takes_ms(seconds: u32, rows: usize, rows_per_second: u32) -> i64 {
    let rows = i64::try_from(rows).unwrap_or(i64::MAX / 1_000);
    i64::from(seconds) * 1_000 + rows * 1_000 / i64::from(rows_per_second.max(1))
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            export_seconds: 5,
            export_rows_per_second: 20_000,
            export_status_seconds: 60,
            export_daily_bytes: 500 * 1024 * 1024,
            updated_at_filter: true,
            cancelled_spelling: false,
            failing_exports: 0,
            import_seconds: 2,
            import_rows_per_second: 1_000,
            blank_import_cells_clear: false,
            failing_imports: 0,
        }
    }
}
