//! Audiences: imported from files, looked at, exported, removed.

mod blocks;
mod content;
mod erased;
mod export;
mod import;
mod keys;
mod members;

pub use export::ExportFormat;
pub use import::ImportRequest;
pub use members::{Member, MemberQuery};

pub(crate) use blocks::Columns;
pub(crate) use content::Content;
pub(crate) use erased::blanked;
pub(crate) use keys::{RowColumn, StoredKeys, THREADS, each_on_threads, key_hashes, value_hashes};
pub(crate) use members::contains;

use crate::connections::refuse_in_use;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use usher_model::{Audience, Code, Problem, Quarantine, Snapshot, Sync, Timestamp};
use usher_store::table::{definitions, snapshots};

/// The document of `audience import` and `audience show`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The file it was last imported from.
    pub source: String,
}

impl Usher {
    /// An audience with its newest snapshot.
    pub fn audience(&self, id_or_name: &str) -> Result<(Audience, Snapshot), Problem> {
        let audience: Audience = self.find(id_or_name)?;
        let newest = snapshots::of_audience(&*self.cache.reader()?, &audience.id)?
            .into_iter()
            .next();
        match newest {
            Some(snapshot) => Ok((audience, snapshot)),
            None => Err(lost(&audience)),
        }
    }

    /// The document of an audience.
    pub fn audience_document(&self, id_or_name: &str) -> Result<AudienceDocument, Problem> {
        let (audience, snapshot) = self.audience(id_or_name)?;
        Ok(document(&audience, snapshot))
    }

    /// All audiences; one whose rows were lost shows none.
    pub fn audience_documents(&self) -> Result<Vec<AudienceDocument>, Problem> {
        let reader = self.cache.reader()?;
        self.all::<Audience>()?
            .into_iter()
            .map(|audience| {
                let newest = snapshots::of_audience(&reader, &audience.id)?
                    .into_iter()
                    .next();
                Ok(match newest {
                    Some(snapshot) => document(&audience, snapshot),
                    None => AudienceDocument {
                        id: audience.id.to_string(),
                        name: audience.name,
                        rows: 0,
                        columns: Vec::new(),
                        snapshot_at: Timestamp::default(),
                        quarantined: Quarantine::default(),
                        source: audience.source,
                    },
                })
            })
            .collect()
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
                for snapshot in snapshots::of_audience(tx, &id)? {
                    snapshots::remove(tx, &snapshot.id)?;
                }
                Ok(())
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
        columns: snapshot.columns,
        snapshot_at: snapshot.taken_at,
        quarantined: snapshot.quarantine,
        source: audience.source.clone(),
    }
}

fn lost(audience: &Audience) -> Problem {
    Problem::new(
        Code::StoreDamaged,
        format!(
            "The rows of the audience `{}` are no longer here.",
            audience.name
        ),
        format!(
            "No service can give them back; import `{}` again.",
            audience.source
        ),
    )
}
