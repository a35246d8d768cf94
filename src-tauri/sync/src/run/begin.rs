//! The beginning of a run: its plan is made or taken, held against the
//! guardrails, and written down as people and batches.

use crate::plan::{Look, PlannedPerson, RouteWish, StoredPlan};
use crate::points;
use crate::progress::Progress;
use crate::reading::is_fresh;
use crate::route;
use crate::run::{RunList, RunRecord, Stage};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use usher_model::{
    Batch, Code, Destination, Guardrail, GuardrailName, ListAct, ListChoice, PeopleCounts, PlanId,
    Problem, RunId, RunState, Sync, Timestamp,
};
use usher_store::table::{batches, ledger, plans, runs, schedules};

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
    /// Whether nobody watches: it goes on by itself after a crash.
    pub unattended: bool,
    /// The time of the sync's schedule that it is of.
    pub due_at: Option<Timestamp>,
    /// By which ways; chosen where nothing is said.
    #[serde(default)]
    pub routes: RouteWish,
}

impl Usher {
    /// Writes a run down that has nothing but its sync yet.
    pub(crate) async fn begin_run(&self, request: &RunRequest) -> Result<RunRecord, Problem> {
        let sync: Sync = self.find(&request.sync)?;
        let destination: Destination = self.find(sync.destination.as_str())?;
        if sync.paused {
            return Err(is_paused(&sync));
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
            fresh_since: None,
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
            unattended: request.unattended,
            due_at: request.due_at,
            routes: request.routes,
            fewest_in_file: None,
            asks_about_quota: false,
            list_is_old: false,
            was_paused: false,
            allowed: request.allow.clone(),
            overridden: Vec::new(),
            list_counted: None,
            retry_of: None,
            retry: None,
            calls: 0,
            retries: 0,
            verification: None,
            started_at: self.now(),
            finished_at: None,
            problem: None,
            closed: false,
            tallies: None,
        };
        // A pilot, or a plan of before, does not send what an audience changed to.
        let is_of_all = request.limit.is_none() && request.plan.is_none();
        let kept = run.clone();
        self.journal
            .write(move |tx| {
                if is_of_all {
                    schedules::owe_no_more(tx, &kept.sync_id)?;
                }
                runs::insert(tx, &kept.run_id, &kept.sync_id, &kept)
            })
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
        let took_it: Vec<RunRecord> = runs::of_plan(&*self.journal.reader()?, &sync.id, &id)?;
        if took_it.iter().any(RunRecord::was_sent) {
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
                run.state = RunState::Refreshing;
                self.keep_changes(run).await?;
                let service = self.service_of_run(run)?;
                let looked = self
                    .look_by(
                        service.clone(),
                        run.sync_id.as_str(),
                        Look::Refresh,
                        run.routes,
                        progress,
                    )
                    .await;
                run.count_calls(&service);
                let inputs = looked?;
                self.enter(run, RunState::Planning).await?;
                self.make_plan(Arc::new(inputs), progress).await?
            }
        };
        adopt(run, &id, &plan);
        let held;
        (held, run.overridden) = self.held_by(run, &plan, digest.is_some());
        if !held.is_empty() {
            run.state = RunState::Held;
            run.finished_at = Some(self.now());
            run.problem = Some(held_back(&held));
            return self.keep_run(run).await;
        }
        let (usher, planned, progress) = (self.clone(), run.clone(), progress.clone());
        let written =
            tokio::task::spawn_blocking(move || usher.write_down(planned, &id, &progress)).await;
        let written = written.unwrap_or_else(|_| {
            Err(Problem::new(
                Code::Internal,
                "Taking the plan over broke off.",
                "Resume the run.",
            ))
        });
        if written.is_err() && digest.is_none() {
            // Nobody asked for this plan: the run is planned anew when it is gone on with.
            (run.plan, run.digest) = (None, None);
        }
        *run = written?;
        points::pass("plan_taken");
        Ok(())
    }

    /// The guardrails that hold this run back, and those that would if they were not
    /// overridden.
    fn held_by(
        &self,
        run: &RunRecord,
        plan: &StoredPlan,
        by_digest: bool,
    ) -> (Vec<Guardrail>, Vec<Guardrail>) {
        let mut held = plan.summary.guardrails.clone();
        let now = self.now();
        let is_fresh = !plan.of_unknown_age && is_fresh(now, plan.made_at, plan.fresh_until);
        if by_digest && !is_fresh {
            let minutes = |span: std::time::Duration| span.as_secs() / 60;
            // None where no clock says how old it is.
            let age = (!plan.of_unknown_age).then(|| now.since(plan.made_at));
            held.push(Guardrail {
                name: GuardrailName::PlanExpired,
                limit: minutes(plan.fresh_until.since(plan.made_at)),
                found: age.map_or(0, minutes),
            });
        }
        if run.limit.is_some() {
            held.retain(|guardrail| {
                !matches!(
                    guardrail.name,
                    GuardrailName::Removals | GuardrailName::UnreadableRows
                )
            });
        }
        let is_allowed = |guardrail: &Guardrail| run.allowed.contains(&guardrail.name);
        let (overridden, held): (Vec<_>, Vec<_>) = held.into_iter().partition(is_allowed);
        for Guardrail { name, limit, found } in &overridden {
            let name = name.as_str();
            tracing::warn!(run = %run.run_id, guardrail = name, limit, found, "guardrail overridden");
        }
        (held, overridden)
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
        self.forget_people(&id)?;
        let mut cutter = run.cutter();
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
        self.ready(run, cutter.finish())
    }

    /// Forgets what was written down of a run's people: it may be of a beginning that
    /// was cut off.
    pub(super) fn forget_people(&self, id: &RunId) -> Result<(), Problem> {
        let id = id.clone();
        Ok(self.journal.write_blocking(move |tx| {
            runs::remove_people(tx, &id)?;
            batches::remove_all(tx, &id)
        })?)
    }

    /// Writes the last batches down, and with them that all of the run is there to be sent.
    pub(super) fn ready(&self, mut run: RunRecord, rest: Vec<Batch>) -> Result<RunRecord, Problem> {
        run.stage = Stage::Profiles;
        run.state = RunState::Sending;
        let kept = run.clone();
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

    /// Writes the run's document down where it is another one: who waits for hours wakes
    /// no disk.
    pub(crate) async fn keep_changes(&self, run: &RunRecord) -> Result<(), Problem> {
        match self.run(run.run_id.as_str())? == *run {
            true => Ok(()),
            false => self.keep_run(run).await,
        }
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
        others: 0,
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
    run.fresh_since = Some(plan.made_at);
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
    let write = plan.summary.routes.as_ref().map(|routes| &routes.write);
    run.fewest_in_file = write.and_then(route::fewest_in_file);
    run.list = plan
        .list
        .as_ref()
        .zip(plan.summary.list.as_ref())
        .map(|(list, effect)| RunList {
            id: list.id,
            name: list.name.clone(),
            folder: list.folder.clone(),
            keep: effect.keep,
            others: effect.others,
            add: effect.add,
            remove: effect.remove,
            beyond_limit: 0,
            refused: None,
        });
}

fn held_back(held: &[Guardrail]) -> Problem {
    let said: Vec<String> = held.iter().map(Guardrail::to_string).collect();
    let allow: Vec<String> = held
        .iter()
        .map(|one| format!("`--allow {}`", one.name.as_str()))
        .collect();
    Problem::new(
        Code::HeldBack,
        format!("Nothing was sent: {}.", said.join("; ")),
        format!(
            "If it is right as it is, run again with {}.",
            allow.join(" ")
        ),
    )
}

/// The error of a sync that is held until it is resumed.
pub(super) fn is_paused(sync: &Sync) -> Problem {
    Problem::new(
        Code::Paused,
        format!("The sync `{}` is paused.", sync.name),
        format!("`usher sync resume {}` lets it run again.", sync.name),
    )
}
