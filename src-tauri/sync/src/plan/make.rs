//! Making a plan: rows go through the engine block by block, and what is decided
//! is kept as columns.

use crate::plan::cost::{CostMeter, Lengths};
use crate::plan::file_cost::FileMeter;
use crate::plan::guardrails::{Found, guardrails};
use crate::plan::inputs::{Ground, Inputs};
use crate::plan::kept;
use crate::plan::known::Known;
use crate::plan::rows::RowBlock;
use crate::plan::told::KnownList;
use crate::planted::{Planted, is_planted};
use crate::points;
use crate::progress::Progress;
use crate::reading::{first_usable, fresh_for, least_calls, since};
use crate::route;
use crate::threads::{InOrder, each_on_threads};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use usher_matching::{Counts, Decided, Digest, Planner, Settings, Tally};
use usher_model::{
    Code, Cost, DestinationId, ListEffect, PlanAudience, PlanId, PlanSummary, Problem, ReadRoute,
    RouteChoice, RouteCost, Routes, SnapshotId, Timestamp, UsedToday, WriteRoute,
};
use usher_store::block;
use usher_store::table::lists::ReadList;
use usher_store::table::plans::{self, Part};
use usher_store::table::{readings, snapshots};

/// Blocks that may wait between deciding and keeping.
const WAITING_BLOCKS: usize = 4;
/// Plans that are kept of a sync.
const KEPT: u32 = 5;

/// A plan as it is kept: what was shown, and what sending it needs beside its people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredPlan {
    pub(crate) summary: PlanSummary,
    pub(crate) made_at: Timestamp,
    pub(crate) fresh_until: Timestamp,
    /// Whether no clock says how old what it was made from is.
    #[serde(default)]
    pub(crate) of_unknown_age: bool,
    pub(crate) snapshot: SnapshotId,
    pub(crate) readings: Vec<i64>,
    pub(crate) destination: DestinationId,
    pub(crate) partitions: Vec<(i64, String)>,
    pub(crate) list: Option<ReadList>,
    pub(crate) settings: Settings,
}

impl Usher {
    /// Makes a plan from what is known, and keeps it.
    pub(crate) async fn make_plan(
        self: &Arc<Self>,
        inputs: Arc<Inputs>,
        progress: &Progress,
    ) -> Result<(PlanId, StoredPlan), Problem> {
        let id = PlanId(self.world.entropy.id("pln"));
        let (usher, progress, plan) = (self.clone(), progress.clone(), id.clone());
        let made =
            tokio::task::spawn_blocking(move || usher.decide(&inputs, &plan, &progress)).await;
        match made.unwrap_or_else(|_| Err(broke_off())) {
            Ok(made) => Ok((id, made)),
            Err(problem) => {
                self.cache.write(move |tx| plans::remove(tx, &id)).await?;
                Err(problem)
            }
        }
    }

    fn decide(
        &self,
        inputs: &Inputs,
        plan: &PlanId,
        progress: &Progress,
    ) -> Result<StoredPlan, Problem> {
        let made_at = self.now();
        let (known, looked_before) = self.known_now(inputs, made_at)?;
        let readings: Vec<i64> = known.read.readings.iter().map(|(id, _)| *id).collect();
        let (begun, sync) = (plan.clone(), inputs.sync.id.clone());
        let (snapshot, from) = (inputs.ground.snapshot.id.clone(), readings.clone());
        self.cache
            .write_blocking(move |tx| plans::begin(tx, &begun, &sync, &snapshot, &from))?;
        points::pass("plan_begun");

        let settings = &inputs.ground.settings;
        let planner = Planner::new(settings, &known.read.leads, &known.meeting);
        let decide = Deciding {
            ground: &inputs.ground,
            known: &known,
            planner: &planner,
            progress,
        };
        let mut digest = Digest::new(
            settings,
            &list_identity(&known),
            &inputs.ground.snapshot.content,
        );
        let (mut tally, mut cost) = (Tally::default(), CostMeter::default());
        let mut files = route::takes_files(settings).then(FileMeter::default);
        let takes_files = files.is_some();
        let mut seen = Mark::default();
        // Where somebody looked before, the plan is likely the same once more and has
        // its columns already; else they are kept as they come.
        let made = |rows: &RowBlock, decided: &Decided| {
            let lengths = Lengths::of(settings, rows, decided);
            let files = takes_files.then(|| FileMeter::of(rows, decided));
            let columns = (!looked_before)
                .then(|| kept::packed(decided))
                .transpose()?;
            Ok((Digest::bytes(decided), lengths, files, columns))
        };
        self.each_decided(&decide, made, |block| {
            let (bytes, lengths, in_files, columns) = block.made;
            digest.add(&bytes);
            seen.add(block.decided.seen_equal.words());
            tally.add(&block.decided);
            cost.add(&lengths, &block.decided);
            if let Some((files, more)) = files.as_mut().zip(in_files) {
                files.add(more);
            }
            columns.map_or(Ok(()), |columns| self.keep_block(plan, block.seq, columns))
        })?;
        let list = known.list.as_ref().map(|list| (&list.members, &known.ours));
        let (mut counts, mut leaving) = tally.finish(settings.mode, &known.read.leads, list);
        if is_planted(Planted::StayersLeave) {
            leaving = known.ours.ids().to_vec();
            counts.list_remove = leaving.len() as u64;
        }
        let leaving = self.places_of(&inputs.sync, leaving)?;
        for (lead, key) in &leaving {
            digest.leaver(*lead, key);
        }
        cost.add_leavers(leaving.len() as u64);
        let mut summary = self.summary(inputs, &known, &counts, cost, files, digest.finish())?;
        let minutes = self.guardrail_limits()?.plan_expired_minutes;
        let fresh_until = made_at.after(fresh_for(known.took, minutes));
        summary.fresh_until = Some(match known.of_unknown_age {
            true => made_at,
            false => fresh_until,
        });
        let content = format!("{}/{:x}", summary.digest, seen.0);
        let (sharing, of) = (plan.clone(), content.clone());
        let share = move |tx: &usher_store::Tx<'_>| plans::share(tx, &sharing, &of);
        if !self.cache.write_blocking(share)? {
            if looked_before {
                self.each_decided(
                    &decide,
                    |_, decided| kept::packed(decided),
                    |block| self.keep_block(plan, block.seq, block.made),
                )?;
            }
            self.keep_leavers(plan, &leaving)?;
        }
        let stored = StoredPlan {
            summary,
            made_at,
            fresh_until,
            of_unknown_age: known.of_unknown_age,
            snapshot: inputs.ground.snapshot.id.clone(),
            readings,
            destination: inputs.destination.id.clone(),
            partitions: inputs.said.partitions.clone(),
            list: known.list.as_ref().map(|known| known.list.clone()),
            settings: settings.clone(),
        };
        let (published, kept, sync) = (plan.clone(), stored.clone(), inputs.sync.id.clone());
        self.cache.write_blocking(move |tx| {
            plans::publish(tx, &published, &kept.summary.digest, &content, &kept)?;
            plans::prune(tx, &sync, KEPT)?;
            readings::prune(tx, &plans::readings(tx)?)
        })?;
        points::pass("plan_published");
        self.remembered.note(plan, &known);
        Ok(stored)
    }

    fn keep_block(&self, plan: &PlanId, seq: u64, columns: Vec<u8>) -> Result<(), Problem> {
        let plan = plan.clone();
        self.cache
            .write_blocking(move |tx| plans::add_block(tx, &plan, Part::Rows, seq, &columns))?;
        points::pass("plan_block_kept");
        Ok(())
    }

    fn keep_leavers(&self, plan: &PlanId, leaving: &[(i64, String)]) -> Result<(), Problem> {
        let (plan, left) = (plan.clone(), block::encode(&kept::leavers(leaving)?)?);
        let leavers =
            move |tx: &usher_store::Tx<'_>| plans::add_block(tx, &plan, Part::Leavers, 0, &left);
        Ok(self.cache.write_blocking(leavers)?)
    }

    /// Decides all blocks on several threads, makes something of each there, and
    /// gives them to `take` in order.
    pub(super) fn each_decided<T: Send>(
        &self,
        decide: &Deciding<'_>,
        make: impl Fn(&RowBlock, &Decided) -> Result<T, Problem> + Sync,
        mut take: impl FnMut(DecidedBlock<T>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let snapshot = &decide.ground.snapshot;
        let blocks = snapshots::blocks(&*self.cache.reader()?, &snapshot.id)?;
        let numbered: Vec<(u64, (u64, u64))> = (0..).zip(blocks).collect();
        let (sender, decided) = sync_channel(WAITING_BLOCKS);
        std::thread::scope(|scope| {
            let deciding = scope.spawn(|| {
                let sender = sender;
                each_on_threads(&numbered, |(seq, place)| {
                    decide
                        .progress
                        .step("planning", place.0, Some(snapshot.rows))?;
                    let rows = self.known_rows(&decide.known.rows, decide.ground, *place)?;
                    let decided = rows.decided(decide.planner);
                    let made = make(&rows, &decided)?;
                    let block = DecidedBlock {
                        seq: *seq,
                        decided,
                        made,
                    };
                    // Whoever takes them says itself why it is gone.
                    sender.send(block).map_err(|_| broke_off())
                })
            });
            let mut order = InOrder::default();
            let taken = decided
                .iter()
                .try_for_each(|block| order.put(block.seq, block).try_for_each(&mut take));
            drop(decided);
            let decided = deciding.join().unwrap_or_else(|_| Err(broke_off()));
            taken.and(decided)
        })
    }

    fn summary(
        &self,
        inputs: &Inputs,
        known: &Known,
        counts: &Counts,
        cost: CostMeter,
        files: Option<FileMeter>,
        digest: String,
    ) -> Result<PlanSummary, Problem> {
        let effect = known
            .list
            .as_ref()
            .map(|KnownList { list, .. }| ListEffect {
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
        let limits = &inputs.service.connection().limits;
        let read = self.reading_again(inputs, known, counts)?;
        let reading_calls = known.reading_calls + read.calls();
        let wished = inputs.routes.write;
        let members = counts.members_afterwards();
        let in_calls = cost.finish(limits, creates_list, members, reading_calls);
        let in_files = files.map(|files| {
            let list = [counts.list_add, counts.list_remove, members];
            let fewest = route::fewest_if(wished);
            files.finish(fewest, list, creates_list, reading_calls, limits)
        });
        let by = |route, cost: &Cost| RouteCost {
            route,
            calls: cost.calls,
            seconds: cost.seconds,
            quota_percent: cost.quota_percent,
            at_least: false,
        };
        let bulk = in_files.as_ref().map(|cost| by(WriteRoute::Bulk, cost));
        let options = std::iter::once(by(WriteRoute::Batch, &in_calls)).chain(bulk);
        let write = route::choose(options.collect(), wished, limits);
        let mut cost = match (write.route, in_files) {
            (WriteRoute::Bulk, Some(in_files)) => in_files,
            _ => in_calls,
        };
        let used = inputs.service.used_today()?;
        cost.used_today = UsedToday {
            ours: used.ours,
            others: used.others,
            left: u64::from(limits.daily_quota).saturating_sub(used.all()),
        };
        let found = Found {
            rows: inputs.ground.snapshot.rows,
            last_sent_rows: self.last_sent_rows(&inputs.sync)?,
            unreadable: self.unreadable(inputs, counts)?,
            unreadable_before: self.unreadable_before(inputs)?,
            removals: counts.list_remove,
            list_size: known
                .list
                .as_ref()
                .map_or(0, |list| list.members.len() as u64),
            creations: counts.people.create,
            calls_today: used.all() + cost.calls,
            partitions_seen: inputs.said.partitions.len() as u64,
            partitions_before: self.partitions_before(&inputs.sync)?,
        };
        Ok(PlanSummary {
            sync: inputs.sync.name.clone(),
            digest,
            audience: PlanAudience {
                name: inputs.audience.name.clone(),
                rows: inputs.ground.snapshot.rows,
                snapshot_at: inputs.ground.snapshot.taken_at,
            },
            destination_as_of: known.as_of,
            fresh_until: None,
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
                &self.guardrail_limits()?,
                inputs.sync.max_creations,
                limits,
            ),
            cost,
            routes: Some(Routes { read, write }),
        })
    }

    /// How a run would read the destination's people again.
    fn reading_again(
        &self,
        inputs: &Inputs,
        known: &Known,
        counts: &Counts,
    ) -> Result<RouteChoice<ReadRoute>, Problem> {
        let skip = &counts.people.skip;
        let keyless = skip.no_key + skip.invalid_key + skip.duplicate_in_audience;
        let keys = counts.people.rows.saturating_sub(keyless);
        let (readings, rows) = (&known.read.readings, inputs.ground.snapshot.rows);
        let partitions = inputs.said.partition_numbers();
        let first = first_usable(readings, self.now(), &partitions);
        let speaks = |at| known.meeting.speaks(at);
        let since = match (0..first).any(speaks) {
            true => None,
            false => since(&readings[first..], |at| speaks(first + at), rows),
        };
        let changes = since.map(|_| least_calls(counts.ambiguous_keys));
        let wished = inputs.routes.read;
        let mut choice = self.reading_route(&inputs.service, keys, changes, wished)?;
        // What it took is known better than what it should take.
        for option in &mut choice.options {
            if let (ReadRoute::Lookup, Some(took)) = (option.route, known.lookup_calls) {
                option.calls = took;
            }
        }
        Ok(choice)
    }
}

/// What a plan's digest says of the list: which one, not how it was found.
fn list_identity(known: &Known) -> serde_json::Value {
    match &known.list {
        Some(KnownList { list, .. }) => {
            json!({ "id": list.id, "name": list.name, "folder": list.folder })
        }
        None => serde_json::Value::Null,
    }
}

/// All that it takes to decide rows.
pub(super) struct Deciding<'a> {
    pub(super) ground: &'a Ground,
    pub(super) known: &'a Known,
    pub(super) planner: &'a Planner<'a>,
    pub(super) progress: &'a Progress,
}

/// A block of rows, decided, with what was made of it.
pub(super) struct DecidedBlock<T> {
    seq: u64,
    pub(super) decided: Decided,
    pub(super) made: T,
}

/// A number for a row of numbers, added block by block.
#[derive(Default)]
struct Mark(u64);

impl Mark {
    fn add(&mut self, words: &[u64]) {
        for word in words {
            self.0 = (self.0 ^ word)
                .wrapping_mul(0x0000_0100_0000_01b3)
                .rotate_left(17);
        }
    }
}

/// The error of a thread that ended in a panic.
fn broke_off() -> Problem {
    Problem::new(
        Code::Internal,
        "Planning broke off.",
        "Nothing was sent; try again.",
    )
}
