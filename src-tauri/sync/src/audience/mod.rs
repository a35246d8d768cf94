//! Audiences: imported from files, looked at, exported, removed.

mod blocks;
mod changes;
mod content;
mod erased;
mod export;
mod import;
mod keys;
mod look;
mod members;
mod pages;
mod profile;
mod search;
mod stats;
mod watched;

pub use changes::ChangesDocument;
pub use export::ExportFormat;
pub use import::ImportRequest;
pub use look::FileLook;
pub use members::{Member, MemberQuery};
pub use pages::{MemberPage, MemberRow};
pub use profile::{AudienceProfile, KeyCoverage, SnapshotLine};
pub use stats::ColumnStats;

pub(crate) use blocks::Columns;
pub(crate) use content::Content;
pub(crate) use erased::blanked;
pub(crate) use keys::{RowColumn, StoredKeys, key_hashes};
pub(crate) use members::contains;
pub(crate) use pages::FoundRows;
pub(crate) use watched::newest;

use crate::connections::refuse_in_use;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use usher_model::{Audience, Code, Problem, Quarantine, Snapshot, Sync, Timestamp, Watched};
use usher_store::table::{definitions, snapshots};

/// The document of `audience import` and `audience show`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AudienceDocument {
    /// Opaque.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Kept rows.
    pub rows: u64,
    /// Column names, in order.
    pub columns: Vec<String>,
    /// As of when.
    pub snapshot_at: Timestamp,
    /// Lines that were set aside.
    pub quarantined: Quarantine,
    /// Whether somebody looked at these lines in the window.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(as = "Option<bool>", optional)]
    pub looked_over: bool,
    /// The file it was last imported from.
    pub source: String,
    /// The file or folder it follows, where it follows any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub watched: Option<Watched>,
    /// What damage on this machine left of its newest rows, which are not used
    /// then: importing the file again makes up for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<LostRows>,
}

/// Rows that were lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LostRows {
    /// How many there were, where that is still known.
    pub rows: Option<u64>,
    /// How many of them still read.
    pub readable: u64,
}

impl Usher {
    /// An audience with its newest snapshot.
    pub fn audience(&self, id_or_name: &str) -> Result<(Audience, Snapshot), Problem> {
        let audience: Audience = self.find(id_or_name)?;
        match self.newest(&audience)? {
            Ok(snapshot) => Ok((audience, snapshot)),
            Err(rows) => Err(lost(&audience, rows)),
        }
    }

    /// The newest snapshot of an audience, or what is left of it.
    fn newest(&self, audience: &Audience) -> Result<Result<Snapshot, LostRows>, Problem> {
        let reader = self.cache.reader()?;
        let newest = snapshots::of_audience(&reader, &audience.id)?
            .into_iter()
            .next();
        let lost = snapshots::lost(&reader, &audience.id)?;
        Ok(newest.ok_or(LostRows {
            rows: lost.and_then(|lost| lost.rows),
            readable: lost.map_or(0, |lost| lost.readable),
        }))
    }

    /// The document of an audience.
    pub fn audience_document(&self, id_or_name: &str) -> Result<AudienceDocument, Problem> {
        let (audience, snapshot) = self.audience(id_or_name)?;
        Ok(document(&audience, snapshot))
    }

    /// All audiences; one whose rows were lost shows none.
    pub fn audience_documents(&self) -> Result<Vec<AudienceDocument>, Problem> {
        self.all::<Audience>()?
            .into_iter()
            .map(|audience| {
                Ok(match self.newest(&audience)? {
                    Ok(snapshot) => document(&audience, snapshot),
                    Err(lost) => AudienceDocument {
                        id: audience.id.to_string(),
                        name: audience.name,
                        rows: 0,
                        columns: Vec::new(),
                        snapshot_at: Timestamp::default(),
                        quarantined: Quarantine::default(),
                        looked_over: false,
                        source: audience.source,
                        watched: audience.watched,
                        lost: Some(lost),
                    },
                })
            })
            .collect()
    }

    /// Notes that somebody looked at the lines that the newest snapshot set aside.
    pub async fn look_over(&self, id_or_name: &str) -> Result<AudienceDocument, Problem> {
        let (mut audience, snapshot) = self.audience(id_or_name)?;
        audience.looked_over = Some(snapshot.id.clone());
        self.replace(&audience).await?;
        Ok(document(&audience, snapshot))
    }

    /// Removes an audience that no sync uses, with all its rows.
    pub async fn remove_audience(&self, id_or_name: &str) -> Result<Audience, Problem> {
        let audience: Audience = self.find(id_or_name)?;
        let syncs = self.all::<Sync>()?.into_iter();
        let users: Vec<String> = syncs
            .filter(|sync| sync.audience == audience.id)
            .map(|sync| sync.name)
            .collect();
        refuse_in_use("audience", &audience.name, "sync", &users)?;
        let gone = audience.clone();
        self.journal
            .write(move |tx| definitions::remove(tx, &gone))
            .await?;
        let id = audience.id.clone();
        self.cache
            .write(move |tx| {
                let all = snapshots::ids(tx)?.into_iter();
                all.filter(|(_, audience, _)| *audience == id)
                    .try_for_each(|(snapshot, ..)| snapshots::remove(tx, &snapshot))
            })
            .await?;
        Ok(audience)
    }
}

pub(crate) fn document(audience: &Audience, snapshot: Snapshot) -> AudienceDocument {
    AudienceDocument {
        id: audience.id.to_string(),
        name: audience.name.clone(),
        rows: snapshot.rows,
        looked_over: audience.looked_over.as_ref() == Some(&snapshot.id),
        columns: snapshot.columns,
        snapshot_at: snapshot.taken_at,
        quarantined: snapshot.quarantine,
        source: audience.source.clone(),
        watched: audience.watched.clone(),
        lost: None,
    }
}

/// Names what is lost by the file that would bring it back. What still reads is
/// not offered: who is missing from it would be taken for having left.
fn lost(audience: &Audience, found: LostRows) -> Problem {
    let name = &audience.name;
    let what = match found {
        LostRows {
            rows: Some(rows),
            readable,
        } => format!(
            "The audience `{name}` was damaged on this machine: {readable} of its {rows} rows still read, {} do not, so it is not used.",
            rows.saturating_sub(readable)
        ),
        LostRows {
            rows: None,
            readable: 0,
        } => {
            format!("The rows of the audience `{name}` are no longer here.")
        }
        LostRows {
            rows: None,
            readable,
        } => format!(
            "The audience `{name}` was damaged on this machine: {readable} rows still read, and how many do not is not known, so it is not used."
        ),
    };
    Problem::new(
        Code::AudienceLost,
        what,
        format!(
            "No service can give them back; import `{}` again.",
            audience.source
        ),
    )
}
