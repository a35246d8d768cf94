//! The beginning of a run: its plan is made or taken, held against the
//! guardrails, and written down as people and batches.

use crate::plan::{Look, PlannedPerson, StoredPlan, lead_batches};
use crate::points;
use crate::progress::Progress;
use crate::run::{RunList, RunRecord, Stage, record};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;
use ts_rs::TS;
use usher_model::{
    Batch, BatchKind, BatchState, Code, Destination, Guardrail, GuardrailName, Item, ListAct,
    ListChoice, PeopleCounts, PlanId, Problem, RunId, RunState, Sync, Verdict,
};
use usher_remote::marketo::record_len;
use usher_store::table::{batches, ledger, plans, runs};

/// What `sync run` is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct RunRequest {
    /// The sync's id or name.
    pub sync: String,
    /// Exactly this stored plan.
    pub plan: Option<String>,
    /// The first so many rows that have something to do.
    pub limit: Option<u64>,
    /// Guardrails that are overridden for this run.
    pub allow: Vec<GuardrailName>,
    /// Whether to end when the day's quota is spent.
    pub no_wait: bool,
}

impl Usher {
    /// Writes a run down that has nothing but its sync yet.
    pub(crate) async fn begin_run(&self, request: &RunRequest) -> Result<RunRecord, Problem> {
        let sync: Sync = self.find(&request.sync)?;
        let destination: Destination = self.find(sync.destination.as_str())?;
        if sync.paused {
            return Err(Problem::new(
                Code::Paused,
                format!("The sync `{}` is paused.", sync.name),
                format!("`usher sync resume {}` lets it run again.", sync.name),
            ));
        }
        let run = RunRecord {
            run_id: RunId(self.world.entropy.id("run")),
            sync_id: sync.id.clone(),
            sync: sync.name,
            destination: destination.id,
            connection: destination.connection,
            state: RunState::Planning,
            stage: Stage::Preparing,
            plan: None,
            digest: request.plan.clone(),
            fresh_until: None,
            rows: self.audience(sync.audience.as_str())?.1.rows,
            partitions: 0,
            people: PeopleCounts::default(),
            list: expected_list(&sync.list),
            dedupe_field: None,
            fields: Vec::new(),
            partition: None,
            limit: request.limit,
            limit_row: None,
            no_wait: request.no_wait,
            allowed: request.allow.clone(),
            retry_of: None,
            calls: 0,
            retries: 0,
            started_at: self.now(),
            finished_at: None,
            problem: None,
            closed: false,
            tallies: None,
        };
        let kept = run.clone();
        self.journal
            .write(move |tx| runs::insert(tx, &kept.run_id, &kept.sync_id, &kept))
            .await?;
        points::pass("run_written");
        Ok(run)
    }

    /// The stored plan that was asked for by its digest, if it may be sent.
    pub(crate) fn stored_plan(
        &self,
        sync: &str,
        digest: &str,
    ) -> Result<(PlanId, StoredPlan), Problem> {
        let sync: Sync = self.find(sync)?;
        let found: Option<(PlanId, StoredPlan)> =
            plans::find(&*self.cache.reader()?, &sync.id, digest)?;
        let (id, plan) = found.ok_or_else(|| crate::plan::no_such_plan(digest))?;
        let all: Vec<RunRecord> = runs::all(&*self.journal.reader()?, Some(&sync.id))?;
        if all
            .iter()
            .any(|run| run.plan.as_ref() == Some(&id) && run.was_sent())
        {
            return Err(Problem::new(
                Code::PlanUsed,
                "This plan was sent before.",
                "Preview the sync again: what is left to do is a plan of its own.",
            ));
        }
        Ok((id, plan))
    }

    /// Makes or takes the run's plan and writes it down, ready to be sent. The
    /// run's state is `held` afterwards when a guardrail holds it back.
    pub(crate) async fn take_plan(
        self: &Arc<Self>,
        run: &mut RunRecord,
        digest: Option<&str>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let (id, plan) = match digest {
            Some(digest) => self.stored_plan(run.sync_id.as_str(), digest)?,
            None => {
                self.enter(run, RunState::Refreshing).await?;
                let service = self.service_of(&self.find(run.sync_id.as_str())?)?;
                let looked = self
                    .look_by(
                        service.clone(),
                        run.sync_id.as_str(),
                        Look::Refresh,
                        progress,
                    )
                    .await;
                let (calls, retries) = service.counted();
                run.calls += calls;
                run.retries += retries;
                let inputs = looked?;
                self.enter(run, RunState::Planning).await?;
                self.make_plan(Arc::new(inputs), progress).await?
            }
        };
        adopt(run, &id, &plan);
        if let Some(held) = self.held_by(run, &plan, digest.is_some()) {
            run.state = RunState::Held;
            run.finished_at = Some(self.now());
            run.problem = Some(held_back(&held));
            return self.keep_run(run).await;
        }
        let (usher, planned, progress) = (self.clone(), run.clone(), progress.clone());
        let written =
            tokio::task::spawn_blocking(move || usher.write_down(planned, &id, &progress)).await;
        *run = written.unwrap_or_else(|_| {
            Err(Problem::new(
                Code::Internal,
                "Taking the plan over broke off.",
                "Resume the run.",
            ))
        })?;
        points::pass("plan_taken");
        Ok(())
    }

    /// The guardrails that hold this run back and were not overridden.
    fn held_by(
        &self,
        run: &RunRecord,
        plan: &StoredPlan,
        by_digest: bool,
    ) -> Option<Vec<Guardrail>> {
        let mut held = plan.summary.guardrails.clone();
        let now = self.now();
        if by_digest && now > plan.fresh_until {
            let minutes = |span: std::time::Duration| span.as_secs() / 60;
            held.push(Guardrail {
                name: GuardrailName::PlanExpired,
                limit: minutes(plan.fresh_until.since(plan.made_at)),
                found: minutes(now.since(plan.made_at)),
            });
        }
        for name in &run.allowed {
            if held.iter().any(|guardrail| guardrail.name == *name) {
                tracing::warn!(run = %run.run_id, guardrail = name.as_str(), "guardrail overridden");
            }
        }
        held.retain(|guardrail| !run.allowed.contains(&guardrail.name));
        if run.limit.is_some() {
            held.retain(|guardrail| {
                !matches!(
                    guardrail.name,
                    GuardrailName::Removals | GuardrailName::UnreadableRows
                )
            });
        }
        (!held.is_empty()).then_some(held)
    }

    /// Copies the plan's people into the journal and cuts them into batches, a
    /// block a transaction; the last one says that all of it is there.
    fn write_down(
        &self,
        mut run: RunRecord,
        plan: &PlanId,
        progress: &Progress,
    ) -> Result<RunRecord, Problem> {
        let id = run.run_id.clone();
        // An earlier beginning that was cut off may have been of another plan.
        self.journal.write_blocking(move |tx| {
            runs::remove_people(tx, &id)?;
            batches::remove_all(tx, &id)
        })?;
        let mut cutter = Cutter::default();
        let mut seq = 0;
        let mut left = run.limit;
        let mut rows_done = 0;
        let mut beyond = 0;
        self.each_planned(plan, |people| {
            rows_done += people.len() as u64;
            progress.step("preparing", rows_done, Some(run.rows))?;
            let mut ready = Vec::new();
            for planned in &people {
                let person = &planned.person;
                if let Some(left) = left.as_mut() {
                    if !person.has_something_to_do() || person.row.is_none() || *left == 0 {
                        beyond += u64::from(matches!(person.list, ListAct::Add | ListAct::Remove));
                        continue;
                    }
                    *left -= 1;
                    run.limit_row = person.row;
                }
                ready.extend(cutter.add(planned));
            }
            let seen: Vec<ledger::Entry> = people
                .iter()
                .filter_map(PlannedPerson::seen_entry)
                .collect();
            let (run_id, sync_id, at) = (run.run_id.clone(), run.sync_id.clone(), seq);
            seq += 1;
            self.journal.write_blocking(move |tx| {
                runs::add_people(tx, &run_id, at, &people)?;
                ledger::append(tx, &sync_id, &seen)?;
                ready
                    .iter()
                    .try_for_each(|batch| batches::plan(tx, &run_id, batch))
            })?;
            points::pass("people_block_written");
            Ok(())
        })?;
        points::pass("people_written");
        if let Some(list) = run.list.as_mut() {
            list.beyond_limit = beyond;
        }
        run.stage = Stage::Profiles;
        run.state = RunState::Sending;
        let (rest, kept) = (cutter.finish(), run.clone());
        self.journal.write_blocking(move |tx| {
            rest.iter()
                .try_for_each(|batch| batches::plan(tx, &kept.run_id, batch))?;
            runs::replace(tx, &kept.run_id, &kept)
        })?;
        Ok(run)
    }

    /// Enters a state and writes it down.
    pub(crate) async fn enter(&self, run: &mut RunRecord, state: RunState) -> Result<(), Problem> {
        run.state = state;
        self.keep_run(run).await
    }

    /// Writes the run's document down.
    pub(crate) async fn keep_run(&self, run: &RunRecord) -> Result<(), Problem> {
        let kept = run.clone();
        Ok(self
            .journal
            .write(move |tx| runs::replace(tx, &kept.run_id, &kept))
            .await?)
    }
}

/// What is known of the list before there is a plan.
fn expected_list(choice: &ListChoice) -> Option<RunList> {
    let (id, name, folder) = match choice {
        ListChoice::None => return None,
        ListChoice::Id(id) => (Some(*id), String::new(), None),
        ListChoice::Named { name, folder } => (None, name.clone(), folder.clone()),
    };
    Some(RunList {
        id,
        name,
        folder,
        keep: 0,
        add: 0,
        remove: 0,
        beyond_limit: 0,
        refused: None,
    })
}

/// Takes over what a plan was made with: what was approved is what is sent,
/// whatever was edited since.
fn adopt(run: &mut RunRecord, id: &PlanId, plan: &StoredPlan) {
    run.plan = Some(id.clone());
    run.digest = Some(plan.summary.digest.clone());
    run.fresh_until = Some(plan.fresh_until);
    run.rows = plan.summary.audience.rows;
    run.people = plan.summary.people.clone();
    run.partitions = plan.summary.partitions.len() as u64;
    let settings = &plan.settings;
    run.dedupe_field = Some(settings.key.field.clone());
    run.fields = settings
        .fields
        .iter()
        .map(|mapped| mapped.field.clone())
        .collect();
    run.partition = settings.partition.clone();
    run.list = plan
        .list
        .as_ref()
        .zip(plan.summary.list.as_ref())
        .map(|(list, effect)| RunList {
            id: list.id,
            name: list.name.clone(),
            folder: list.folder.clone(),
            keep: effect.keep,
            add: effect.add,
            remove: effect.remove,
            beyond_limit: 0,
            refused: None,
        });
}

/// Gathers creations and updates until a batch is full, by the rules of [`lead_batches`].
#[derive(Default)]
struct Cutter {
    creations: Vec<Item>,
    updates: Vec<Item>,
    creation_lengths: Vec<usize>,
    update_lengths: Vec<usize>,
}

impl Cutter {
    /// Adds a person; gives the batch that was full before.
    fn add(&mut self, planned: &PlannedPerson) -> Option<Batch> {
        let person = &planned.person;
        let (kind, items, lengths) = match person.verdict {
            Some(Verdict::Create) => (
                BatchKind::Create,
                &mut self.creations,
                &mut self.creation_lengths,
            ),
            Some(Verdict::Update) => (
                BatchKind::Update,
                &mut self.updates,
                &mut self.update_lengths,
            ),
            _ => return None,
        };
        items.push(item(planned, kind));
        lengths.push(record_len(&record(person)));
        if lead_batches(lengths.iter().copied()).len() < 2 {
            return None;
        }
        let next = items.pop().into_iter().collect();
        *lengths = lengths.pop().into_iter().collect();
        Some(unsent(kind, std::mem::replace(items, next)))
    }

    /// The batches that are not full.
    fn finish(self) -> Vec<Batch> {
        [
            (BatchKind::Create, self.creations),
            (BatchKind::Update, self.updates),
        ]
        .into_iter()
        .filter(|(_, items)| !items.is_empty())
        .map(|(kind, items)| unsent(kind, items))
        .collect()
    }
}

/// A batch that nothing was sent of.
pub(super) fn unsent(kind: BatchKind, items: Vec<Item>) -> Batch {
    Batch {
        seq: 0,
        kind,
        state: BatchState::Planned,
        attempt: 0,
        sent_at: None,
        items,
        receipts: Vec::new(),
    }
}

/// A person's part of a batch.
pub(super) fn item(planned: &PlannedPerson, kind: BatchKind) -> Item {
    let person = &planned.person;
    let (lead, changes) = match kind {
        BatchKind::Create => (None, person.explain.changes.clone()),
        BatchKind::Update => (person.lead_id, person.explain.changes.clone()),
        BatchKind::Add | BatchKind::Remove => (person.member(), Map::<String, Value>::new()),
    };
    debug_assert!(
        person.list != ListAct::Remove || kind == BatchKind::Remove,
        "who leaves is only removed"
    );
    Item {
        row: person.row,
        key: person.key.clone().unwrap_or_default(),
        lead,
        changes,
        emails: planned.emails.clone(),
    }
}

fn held_back(held: &[Guardrail]) -> Problem {
    let named: Vec<String> = held
        .iter()
        .map(|guardrail| {
            format!(
                "{} (limit {}, found {})",
                guardrail.name.as_str(),
                guardrail.limit,
                guardrail.found
            )
        })
        .collect();
    Problem::new(
        Code::HeldBack,
        format!(
            "Nothing was sent: the plan is held back by {}.",
            named.join(", ")
        ),
        "If it is right as it is, run again with `--allow NAME` for each.",
    )
}
