//! How old what each sync would be decided from is.

use crate::usher::Usher;
use serde::Serialize;
use std::collections::HashMap;
use ts_rs::TS;
use usher_model::{Destination, Problem, Sync, Timestamp};

/// The age of both sides of a sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Freshness {
    /// The sync, by name.
    pub sync: String,
    /// Its audience, by name.
    pub audience: String,
    /// When the audience was last imported; none where its rows were lost.
    pub audience_at: Option<Timestamp>,
    /// Its destination, by name.
    pub destination: String,
    /// When the destination's people were last read; none where they never were.
    pub destination_at: Option<Timestamp>,
    /// When it runs next by itself.
    pub next_run_at: Option<Timestamp>,
}

impl Usher {
    /// The freshness of every sync, by its name.
    pub fn freshness(&self) -> Result<Vec<Freshness>, Problem> {
        let audiences: HashMap<String, _> = self
            .audience_documents()?
            .into_iter()
            .map(|audience| (audience.id.clone(), audience))
            .collect();
        let mut all = Vec::new();
        for sync in self.all::<Sync>()? {
            let destination: Destination = self.find(sync.destination.as_str())?;
            let audience = audiences.get(sync.audience.as_str());
            all.push(Freshness {
                audience: audience.map_or(String::new(), |it| it.name.clone()),
                audience_at: audience
                    .filter(|it| it.lost.is_none())
                    .map(|it| it.snapshot_at),
                destination_at: self
                    .last_read(&destination.connection, &destination.dedupe_field)?,
                destination: destination.name,
                next_run_at: self.next_run_at(&sync)?,
                sync: sync.name,
            });
        }
        all.sort_by(|a, b| a.sync.cmp(&b.sync));
        Ok(all)
    }
}
