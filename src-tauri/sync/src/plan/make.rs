//! Making a plan: rows go through the engine block by block, and every person's
//! line is kept with it.

use crate::plan::cost::CostMeter;
use crate::plan::guardrails::{Found, guardrails};
use crate::plan::inputs::{Destined, Inputs};
use crate::points;
use crate::progress::Progress;
use crate::reading::freshness;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use usher_matching::{Counts, Digest, KeyHash, Planner};
use usher_model::{
    Code, Field, ListEffect, Person, PlanAudience, PlanId, PlanSummary, Problem, SnapshotId,
    Timestamp,
};
use usher_store::table::lists::ReadList;
use usher_store::table::plans;

/// People of a plan that are kept in one block.
const BLOCK: usize = 4096;
/// Blocks that may wait between deciding and keeping.
const WAITING_BLOCKS: usize = 4;
/// Plans that are kept of a sync.
const KEPT: u32 = 5;

/// A person of a plan, and the values that were found equal and not yet known
/// to be: `(field, hash)`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PlannedPerson {
    pub(crate) person: Person,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) seen: Vec<(String, u64)>,
    /// Other addresses that name this person, as hashes in hex.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) emails: Vec<String>,
}

/// A plan as it is kept: what was shown, and what sending it needs beside its people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredPlan {
    pub(crate) summary: PlanSummary,
    pub(crate) made_at: Timestamp,
    pub(crate) fresh_until: Timestamp,
    pub(crate) snapshot: SnapshotId,
    pub(crate) list: Option<ReadList>,
    pub(crate) dedupe_field: Field,
    pub(crate) fields: Vec<Field>,
    pub(crate) partition: Option<String>,
}

impl Usher {
    /// Makes a plan from what is known, and keeps it.
    pub(crate) async fn make_plan(
        self: &Arc<Self>,
        inputs: Arc<Inputs>,
        progress: &Progress,
    ) -> Result<(PlanId, StoredPlan), Problem> {
        let id = PlanId(self.world.entropy.id("pln"));
        let (begun, sync) = (id.clone(), inputs.sync.id.clone());
        self.cache
            .write(move |tx| plans::begin(tx, &begun, &sync))
            .await?;
        points::pass("plan_begun");
        let (usher, progress, plan, given) =
            (self.clone(), progress.clone(), id.clone(), inputs.clone());
        let made =
            tokio::task::spawn_blocking(move || usher.decide(&given, &plan, &progress)).await;
        let stored = made.unwrap_or_else(|_| Err(broke_off()))?;
        let (published, kept, sync) = (id.clone(), stored.clone(), inputs.sync.id.clone());
        self.cache
            .write(move |tx| {
                plans::publish(tx, &published, &kept.summary.digest, &kept)?;
                plans::prune(tx, &sync, KEPT)
            })
            .await?;
        points::pass("plan_published");
        Ok((id, stored))
    }

    fn decide(
        &self,
        inputs: &Inputs,
        plan: &PlanId,
        progress: &Progress,
    ) -> Result<StoredPlan, Problem> {
        let destined = self.destined(inputs)?;
        let ledger = self.ledger(&inputs.sync)?;
        let settings = &inputs.settings;
        let list = destined.list.as_ref().map(|(_, state)| state);
        let mut planner = Planner::new(
            settings,
            &destined.leads,
            &ledger,
            list,
            &inputs.suppressions,
        );
        let digest = Digest::new(
            settings,
            &list_identity(&destined),
            &inputs.snapshot.content,
        );
        let (sender, people) = sync_channel(WAITING_BLOCKS);
        let (counts, kept) = std::thread::scope(|scope| {
            let keeping = scope.spawn(|| self.keep(plan, digest, people));
            let mut block = Block {
                sender,
                people: Vec::new(),
            };
            let decided = self.each_block(&inputs.snapshot, 0, |first_row, columns| {
                progress.step("planning", first_row, Some(inputs.snapshot.rows))?;
                let keys = inputs
                    .keys
                    .get(&first_row)
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                let mut cells = Vec::new();
                for (at, key) in keys.iter().enumerate() {
                    columns.row(at, &mut cells);
                    block.put(planned(
                        &mut planner,
                        first_row + at as u64 + 1,
                        *key,
                        &cells,
                    ));
                }
                Ok(true)
            });
            let (counts, removals) = planner.finish();
            for removal in &removals {
                let person = Planner::leaver(removal);
                block.put(PlannedPerson {
                    person,
                    seen: Vec::new(),
                    emails: Vec::new(),
                });
            }
            block.finish();
            let kept = keeping.join().unwrap_or_else(|_| Err(broke_off()));
            decided.and(kept).map(|kept| (counts, kept))
        })?;
        let (digest, cost) = kept;
        let summary = self.summary(inputs, &destined, &counts, cost, digest)?;
        let made_at = self.now();
        let took = destined.took;
        Ok(StoredPlan {
            summary,
            made_at,
            fresh_until: made_at.after(freshness(took)),
            snapshot: inputs.snapshot.id.clone(),
            list: destined.list.map(|(list, _)| list),
            dedupe_field: settings.key.field.clone(),
            fields: settings
                .fields
                .iter()
                .map(|mapped| mapped.field.clone())
                .collect(),
            partition: settings.partition.clone(),
        })
    }

    /// Keeps a plan's people as they come, a block a transaction, so that memory
    /// does not grow with them; gives the plan's digest and what sending it takes.
    fn keep(
        &self,
        plan: &PlanId,
        mut digest: Digest,
        blocks: Receiver<Vec<PlannedPerson>>,
    ) -> Result<(String, CostMeter), Problem> {
        let mut cost = CostMeter::default();
        for (seq, people) in (0..).zip(blocks) {
            for planned in &people {
                digest.person(&planned.person);
                cost.add(&planned.person);
            }
            let plan = plan.clone();
            self.cache
                .write_blocking(move |tx| plans::add_people(tx, &plan, seq, &people))?;
            points::pass("plan_block_kept");
        }
        Ok((digest.finish(), cost))
    }

    fn summary(
        &self,
        inputs: &Inputs,
        destined: &Destined,
        counts: &Counts,
        cost: CostMeter,
        digest: String,
    ) -> Result<PlanSummary, Problem> {
        let effect = destined.list.as_ref().map(|(list, _)| ListEffect {
            id: list.id,
            name: list.name.clone(),
            exists: list.id.is_some(),
            add: counts.list_add,
            keep: counts.list_keep,
            remove: counts.list_remove,
            others: counts.list_others,
        });
        let creates_list = effect
            .as_ref()
            .is_some_and(|effect| !effect.exists && effect.add > 0);
        let cost = cost.finish(
            &inputs.service.connection().limits,
            creates_list,
            destined.reading_calls,
        );
        let found = Found {
            rows: inputs.snapshot.rows,
            last_sent_rows: self.last_sent_rows(&inputs.sync)?,
            unreadable: self.unreadable(inputs, counts)?,
            unreadable_before: self.unreadable_before(inputs)?,
            removals: counts.list_remove,
            list_size: destined
                .list
                .as_ref()
                .map_or(0, |(_, state)| state.members.len() as u64),
            creations: counts.people.create,
            calls_today: inputs.service.used_today()? + cost.calls,
            partitions_seen: inputs.said.partitions.len() as u64,
            partitions_before: self.partitions_before(&inputs.sync)?,
        };
        Ok(PlanSummary {
            sync: inputs.sync.name.clone(),
            digest,
            audience: PlanAudience {
                name: inputs.audience.name.clone(),
                rows: inputs.snapshot.rows,
                snapshot_at: inputs.snapshot.taken_at,
            },
            destination_as_of: destined.as_of,
            partitions: inputs
                .said
                .partitions
                .iter()
                .map(|(_, name)| name.clone())
                .collect(),
            people: counts.people.clone(),
            list: effect,
            ambiguous_keys: counts.ambiguous_keys,
            drifted: counts.drifted,
            guardrails: guardrails(
                &found,
                inputs.sync.max_creations,
                &inputs.service.connection().limits,
            ),
            cost,
        })
    }
}

/// What a plan's digest says of the list: which one, not how it was found.
fn list_identity(destined: &Destined) -> serde_json::Value {
    match &destined.list {
        Some((list, _)) => json!({ "id": list.id, "name": list.name, "folder": list.folder }),
        None => serde_json::Value::Null,
    }
}

/// One row decided, in words.
fn planned(planner: &mut Planner<'_>, row: u64, key: KeyHash, cells: &[&str]) -> PlannedPerson {
    let decision = planner.decide(key, cells);
    let person = planner.person(row, key, cells, &decision);
    let seen = planner.seen_equal(&decision, cells);
    let emails = match person.has_something_to_do() {
        true => planner
            .other_emails(key, cells)
            .into_iter()
            .map(KeyHash::to_hex)
            .collect(),
        false => Vec::new(),
    };
    PlannedPerson {
        person,
        seen,
        emails,
    }
}

/// Gathers people for the thread that keeps them. Once that has ended, what is
/// put here goes nowhere.
struct Block {
    sender: SyncSender<Vec<PlannedPerson>>,
    people: Vec<PlannedPerson>,
}

impl Block {
    fn put(&mut self, person: PlannedPerson) {
        self.people.push(person);
        if self.people.len() >= BLOCK {
            self.pass_on();
        }
    }

    fn pass_on(&mut self) {
        // The keeper's own error says why it is gone.
        drop(self.sender.send(std::mem::take(&mut self.people)));
    }

    fn finish(mut self) {
        if !self.people.is_empty() {
            self.pass_on();
        }
    }
}

fn broke_off() -> Problem {
    Problem::new(
        Code::Internal,
        "Planning broke off.",
        "Nothing was sent; try again.",
    )
}
