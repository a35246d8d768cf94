//! A plan that somebody looks into: what it was made from, at hand again, and its
//! rows block by block.

use crate::audience::Columns;
use crate::plan::inputs::Ground;
use crate::plan::kept::{self, Rows};
use crate::plan::known::Known;
use crate::plan::leads::ReadLeads;
use crate::plan::make::StoredPlan;
use crate::plan::people::{PlannedPerson, Words};
use crate::usher::Usher;
use std::sync::Arc;
use usher_matching::{Meeting, Suppressions, leaver};
use usher_model::{Code, PlanId, Problem, Snapshot};
use usher_store::table::plans::{self, Part};
use usher_store::table::{readings, snapshots};
use usher_store::{Reader, StoreError};

/// A plan with all that it takes to put its people in words.
pub(crate) struct OpenedPlan {
    id: PlanId,
    pub(super) stored: StoredPlan,
    pub(super) snapshot: Snapshot,
    matched: Matched,
}

/// Who meets whom, as the plan has it.
pub(super) enum Matched {
    /// Still in memory, from when the plan was made.
    Known(Arc<Known>),
    /// Matched again, from the same readings.
    Again(Box<(ReadLeads, Meeting)>),
}

impl Matched {
    pub(super) fn read(&self) -> &ReadLeads {
        match self {
            Self::Known(known) => &known.read,
            Self::Again(again) => &again.0,
        }
    }

    pub(super) fn meeting(&self) -> &Meeting {
        match self {
            Self::Known(known) => &known.meeting,
            Self::Again(again) => &again.1,
        }
    }
}

impl Usher {
    /// The snapshot that a plan was made from, while both are there.
    pub(crate) fn snapshot_of_plan(&self, id: &PlanId) -> Result<Option<Snapshot>, Problem> {
        let reader = self.cache.reader()?;
        let stored: StoredPlan = match plans::get(&reader, id) {
            Err(StoreError::NotFound { .. }) => return Ok(None),
            stored => stored?,
        };
        Ok(snapshots::get(&reader, &stored.snapshot)?)
    }

    /// Opens a plan. One that was forgotten is an error, never one without people.
    pub(crate) fn open_plan(&self, id: &PlanId) -> Result<OpenedPlan, Problem> {
        let reader = self.cache.reader()?;
        let stored: StoredPlan = plans::get(&reader, id)?;
        let snapshot = snapshots::get(&reader, &stored.snapshot)?.ok_or_else(lost)?;
        let matched = match self.remembered.of_plan(id) {
            Some(known) => Matched::Known(known),
            None => {
                let ground = Ground {
                    snapshot: snapshot.clone(),
                    destination: stored.destination.clone(),
                    settings: stored.settings.clone(),
                    suppressions: Suppressions::default(),
                };
                let mut read = Vec::new();
                for reading in &stored.readings {
                    let found = readings::get(&reader, *reading)?.ok_or_else(lost)?;
                    read.push((*reading, found));
                }
                Matched::Again(Box::new(self.met(&ground, read, stored.made_at)?))
            }
        };
        Ok(OpenedPlan {
            id: id.clone(),
            stored,
            snapshot,
            matched,
        })
    }
}

impl OpenedPlan {
    /// To put its people in words.
    pub(super) fn words<'a>(&'a self, usher: &'a Usher) -> Words<'a> {
        Words::of(&self.stored, &self.matched, usher)
    }

    /// Its blocks, in order.
    pub(super) fn blocks(&self, reader: &Reader<'_>) -> Result<Vec<PlanBlock<'_>>, Problem> {
        let places = snapshots::blocks(reader, &self.stored.snapshot)?;
        let block = |(seq, (first_row, rows))| PlanBlock {
            plan: self,
            seq,
            first_row,
            count: rows,
        };
        Ok((0..).zip(places).map(block).collect())
    }

    /// Those who leave the list.
    pub(super) fn leavers(&self, reader: &Reader<'_>) -> Result<Vec<PlannedPerson>, Problem> {
        let mut all = Vec::new();
        for seq in 0..plans::blocks(reader, &self.id, Part::Leavers)? {
            let block = plans::block(reader, &self.id, Part::Leavers, seq)?;
            let leavers = kept::read_leavers(&block)?;
            all.extend(leavers.iter().map(|(lead, key)| PlannedPerson {
                person: leaver(*lead, key),
                seen: Vec::new(),
                emails: Vec::new(),
            }));
        }
        Ok(all)
    }
}

/// A block of a plan, and of the snapshot that it is of.
pub(super) struct PlanBlock<'a> {
    plan: &'a OpenedPlan,
    seq: u64,
    pub(super) first_row: u64,
    pub(super) count: u64,
}

impl PlanBlock<'_> {
    /// What was decided.
    pub(super) fn rows(&self, reader: &Reader<'_>) -> Result<Rows, Problem> {
        let block = plans::block(reader, &self.plan.id, Part::Rows, self.seq)?;
        Rows::of(block, self.plan.stored.settings.fields.len())
    }

    /// The audience's cells.
    pub(super) fn columns(&self, reader: &Reader<'_>) -> Result<Columns, Problem> {
        let block = snapshots::block(reader, &self.plan.stored.snapshot, self.first_row)?;
        Columns::new(&block)
    }

    /// Its dedupe cells alone.
    pub(super) fn keys(&self, reader: &Reader<'_>) -> Result<Columns, Problem> {
        let key = self.plan.stored.settings.key.column;
        Columns::some(reader, &self.plan.snapshot, self.first_row, &[key])
    }

    /// Where a row of the block stands in the audience, from 0.
    pub(super) fn place(&self, row: usize) -> usize {
        usize::try_from(self.first_row).unwrap_or(usize::MAX) + row
    }
}

fn lost() -> Problem {
    Problem::new(
        Code::NotFound,
        "What this plan was made from is not kept any more.",
        "Preview the sync again.",
    )
}
