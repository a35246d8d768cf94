//! A named set of people, and that set as of a time.

use crate::{AudienceId, Problem, SnapshotId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A named set of people. What it holds is in its snapshots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Audience {
    /// Opaque.
    pub id: AudienceId,
    /// As the user named it; unique.
    pub name: String,
    /// The file it was last imported from, so that a lost snapshot can be
    /// named by what would bring it back.
    pub source: String,
    /// What it follows, where it follows anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
    /// The snapshot whose lines that were set aside somebody looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub looked_over: Option<SnapshotId>,
}

/// A file, or a folder whose newest file counts, that an audience follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Watched {
    /// Where it is.
    pub path: String,
    /// The file that was last imported, or tried.
    pub taken: Option<FileMark>,
    /// Why that could not be imported.
    pub problem: Option<Problem>,
    /// The content for which syncs were last to run; nothing where an earlier version noted
    /// it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub content: Option<String>,
}

/// A file as it was: another size or time is another content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FileMark {
    /// Where it is.
    pub file: String,
    /// Its bytes.
    pub len: u64,
    /// When it was last written.
    pub modified: Timestamp,
}

/// An audience as of a time: immutable once it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Snapshot {
    /// Opaque.
    pub id: SnapshotId,
    /// Whose it is.
    pub audience: AudienceId,
    /// Kept rows; quarantined lines are not among them.
    pub rows: u64,
    /// Column names in the file's order.
    pub columns: Vec<String>,
    /// When the import ended.
    pub taken_at: Timestamp,
    /// SHA-256, hex, over columns and cells in row order: the same content has
    /// the same hash, whatever the blocks it is stored in.
    pub content: String,
    /// Lines that were set aside.
    pub quarantine: Quarantine,
}

/// The lines of a file that are not rows, counted, the first hundred named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Quarantine {
    /// How many there are.
    pub count: u64,
    /// The first hundred.
    pub first: Vec<QuarantinedLine>,
}

impl Quarantine {
    /// How many lines are named; the others are only counted.
    pub const NAMED: usize = 100;

    /// Sets one more line aside.
    pub fn add(&mut self, line: u64, problem: String) {
        self.count += 1;
        if self.first.len() < Self::NAMED {
            self.first.push(QuarantinedLine { line, problem });
        }
    }
}

/// One line that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QuarantinedLine {
    /// The 1-based physical line on which the record starts.
    pub line: u64,
    /// Why, in words; never a value of the line.
    pub problem: String,
}
