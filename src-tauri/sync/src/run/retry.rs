//! Trying again who was refused or stayed in doubt: a run of its own over these
//! people and list changes alone. What was refused is read again before it is sent,
//! and what was in doubt is settled by reading.

use crate::plan::PlannedPerson;
use crate::points;
use crate::progress::Progress;
use crate::reading::freshness;
use crate::run::again::{Again, Sheaf};
use crate::run::stage::closed;
use crate::run::{RunRecord, Stage};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use ts_rs::TS;
use usher_model::{
    BatchKind, BatchState, Code, ListAct, PeopleCounts, Problem, Receipt, RunId, RunReport,
    RunState, Sync, Verdict,
};
use usher_store::table::{batches, runs};

/// What `run retry` is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct RetryRequest {
    /// The run whose people are tried again.
    pub run: String,
    /// Only those with this reason.
    pub reason: Option<String>,
    /// Only the person with this key.
    pub key: Option<String>,
}

impl RetryRequest {
    /// Whether a person is wanted who failed for one of these reasons.
    pub(super) fn wants<'a>(
        &self,
        key: Option<&str>,
        mut codes: impl Iterator<Item = &'a str>,
    ) -> bool {
        let by_key = self.key.as_deref().is_none_or(|wanted| key == Some(wanted));
        by_key && codes.any(|code| self.reason.as_deref().is_none_or(|wanted| code == wanted))
    }
}

impl Usher {
    /// Tries the people of a run again who were refused or are unconfirmed, all or
    /// those that are asked for, in a new run. `started` hears its id.
    pub async fn retry_run(
        self: &Arc<Self>,
        request: RetryRequest,
        progress: &Progress,
        started: impl FnOnce(&str),
    ) -> Result<RunReport, Problem> {
        let first = self.run(&request.run)?;
        self.refuse_retry(&first)?;
        if !self.has_again(&first, &request)? {
            return Err(nobody(&first, &request));
        }
        let mut run = RunRecord {
            run_id: RunId(self.world.entropy.id("run")),
            state: RunState::Planning,
            stage: Stage::Preparing,
            retry_of: Some(first.run_id.clone()),
            retry: Some(request),
            due_at: None,
            rows: 0,
            people: PeopleCounts::default(),
            limit: None,
            limit_row: None,
            fewest_in_file: None,
            list_is_old: false,
            was_paused: false,
            allowed: Vec::new(),
            overridden: Vec::new(),
            list_counted: None,
            calls: 0,
            retries: 0,
            verification: None,
            started_at: self.now(),
            finished_at: None,
            problem: None,
            tallies: None,
            ..first
        };
        if let Some(list) = run.list.as_mut() {
            (list.add, list.keep, list.remove, list.beyond_limit) = (0, 0, 0, 0);
            list.refused = None;
        }
        let kept = run.clone();
        self.journal
            .write(move |tx| runs::insert(tx, &kept.run_id, &kept.sync_id, &kept))
            .await?;
        points::pass("run_written");
        started(run.run_id.as_str());
        let progress = progress.of_run(run.run_id.as_str());
        self.go_on_with_retry(run, &progress).await
    }

    /// Takes the people over that are tried again, and sends them.
    pub(super) async fn go_on_with_retry(
        self: &Arc<Self>,
        mut run: RunRecord,
        progress: &Progress,
    ) -> Result<RunReport, Problem> {
        // It tries at once, as one that is resumed does.
        run.asks_about_quota = true;
        let (usher, planned, told) = (self.clone(), run.clone(), progress.clone());
        let taken = tokio::task::spawn_blocking(move || usher.take_again(planned, &told)).await;
        run = match taken {
            Ok(Ok(run)) => run,
            Ok(Err(problem)) => return self.ended_early(run, problem, progress).await,
            Err(_) => return self.ended_early(run, broke_off(), progress).await,
        };
        points::pass("plan_taken");
        match self.withhold_changed(&mut run, progress).await {
            Ok(()) => self.finish(run, progress).await,
            Err(problem) => self.ended_early(run, problem, progress).await,
        }
    }

    /// Copies the people that are tried again into the new run, and cuts them into batches.
    fn take_again(&self, mut run: RunRecord, progress: &Progress) -> Result<RunRecord, Problem> {
        self.forget_people(&run.run_id)?;
        let request = run.retry.clone().unwrap_or_default();
        let first = self.run(&request.run)?;
        let list_exists = run.list.as_ref().is_some_and(|list| list.id.is_some());
        let mut sheaf = Sheaf::new(self.latest_doubt(&first)?);
        let mut seq = 0;
        run.people = PeopleCounts::default();
        self.each_again(&first, &request, |people| {
            let mut lines = Vec::new();
            for again in people {
                count(&mut run, &again.planned);
                sheaf.add(&again, list_exists);
                lines.push(again.planned);
            }
            run.rows = run.people.rows;
            progress.step("preparing", run.rows, None)?;
            let (run_id, at, ready) = (run.run_id.clone(), seq, sheaf.take());
            seq += 1;
            Ok(self.journal.write_blocking(move |tx| {
                runs::add_people(tx, &run_id, at, &lines)?;
                ready
                    .iter()
                    .try_for_each(|batch| batches::plan(tx, &run_id, batch))
            })?)
        })?;
        points::pass("people_written");
        let now = self.now();
        run.fresh_since = Some(now);
        run.fresh_until = Some(now.after(freshness(Duration::ZERO)));
        self.ready(run, sheaf.finish())
    }

    /// Gives the people of a run who are tried again to `take`, a block at a time, with
    /// what is left of them to do. What later tries of them say counts.
    fn each_again(
        &self,
        first: &RunRecord,
        request: &RetryRequest,
        mut take: impl FnMut(Vec<Again>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let mut told = self.told(first)?;
        for later in self.retries_of(first)?.0 {
            told.overlay(self.told(&later)?);
        }
        let reader = self.journal.reader()?;
        runs::each_block(&reader, &first.run_id, |people: Vec<PlannedPerson>| {
            let again = people.into_iter();
            take(
                again
                    .filter_map(|planned| Again::of(planned, &told, request))
                    .collect(),
            )
        })
    }

    /// The later runs of its sync that tried a run's people again, oldest first, and
    /// whether another run took its place.
    fn retries_of(&self, first: &RunRecord) -> Result<(Vec<RunRecord>, bool), Problem> {
        let mut later: Vec<RunRecord> = Vec::new();
        let reader = self.journal.reader()?;
        runs::newest_first(&reader, &first.sync_id, |run: RunRecord| {
            if run.run_id == first.run_id {
                return ControlFlow::Break(());
            }
            if run.was_sent() {
                later.push(run);
            }
            ControlFlow::Continue(())
        })?;
        let mut family = vec![first.run_id.clone()];
        let (mut retries, mut replaced) = (Vec::new(), false);
        for run in later.into_iter().rev() {
            if run.retry_of.as_ref().is_some_and(|of| family.contains(of)) {
                family.push(run.run_id.clone());
                retries.push(run);
            } else {
                replaced = true;
            }
        }
        Ok((retries, replaced))
    }

    /// An error where a run's people cannot be tried again.
    fn refuse_retry(&self, first: &RunRecord) -> Result<(), Problem> {
        let sync: Sync = self.find(first.sync_id.as_str())?;
        if sync.paused {
            return Err(super::begin::is_paused(&sync));
        }
        if self.retries_of(first)?.1 {
            return Err(closed(first));
        }
        match self.purge_of(first)?.done_at {
            None => Ok(()),
            Some(at) => Err(Problem::new(
                Code::PlanUsed,
                format!(
                    "The values of the run {} are no longer kept since {at}.",
                    first.run_id
                ),
                "Run the sync again: who was not delivered is planned anew.",
            )),
        }
    }

    /// Whether anybody of a run can be tried again.
    pub(super) fn can_retry(&self, run: &RunRecord, report: &RunReport) -> Result<bool, Problem> {
        let list = report.list.as_ref();
        let failed = !report.people.rejected.is_empty()
            || report.people.unconfirmed > 0
            || list.is_some_and(|list| !list.rejected.is_empty() || list.unconfirmed > 0);
        if !failed || !run.state.is_final() || self.refuse_retry(run).is_err() {
            return Ok(false);
        }
        Ok(self.retries_of(run)?.0.is_empty() || self.has_again(run, &RetryRequest::default())?)
    }

    fn has_again(&self, first: &RunRecord, request: &RetryRequest) -> Result<bool, Problem> {
        let mut some = false;
        self.each_again(first, request, |people| {
            some |= !people.is_empty();
            Ok(())
        })?;
        Ok(some)
    }

    /// When the latest creation left that was never answered.
    fn latest_doubt(&self, run: &RunRecord) -> Result<Option<i64>, Problem> {
        let mut latest = None;
        batches::each::<Problem>(&*self.journal.reader()?, &run.run_id, |batch| {
            let unanswered = batch.receipts.is_empty() && batch.state != BatchState::Planned;
            if batch.kind == BatchKind::Create
                && (unanswered || batch.receipts.contains(&Receipt::Unconfirmed))
            {
                latest = latest.max(batch.sent_at);
            }
            Ok(())
        })?;
        Ok(latest)
    }
}

/// Counts a person into what the run intends.
fn count(run: &mut RunRecord, planned: &PlannedPerson) {
    let person = &planned.person;
    if person.row.is_some() {
        run.people.rows += 1;
    }
    match person.verdict {
        Some(Verdict::Create) => run.people.create += 1,
        Some(Verdict::Update) => run.people.update += 1,
        Some(Verdict::Leave) => run.people.leave += 1,
        Some(Verdict::Skip) | None => {}
    }
    if let Some(list) = run.list.as_mut() {
        match person.list {
            ListAct::Add => list.add += 1,
            ListAct::Keep => list.keep += 1,
            ListAct::Remove => list.remove += 1,
            ListAct::None => {}
        }
    }
}

fn nobody(run: &RunRecord, request: &RetryRequest) -> Problem {
    let reason = request.reason.as_ref();
    let why = reason.map_or(String::new(), |reason| {
        format!(" for the reason `{reason}`")
    });
    Problem::new(
        Code::NotFound,
        format!(
            "Nobody of the run {} was rejected or is unconfirmed{why}.",
            run.run_id
        ),
        "`usher run show` counts people by reason.",
    )
}

fn broke_off() -> Problem {
    Problem::new(
        Code::Internal,
        "Taking people over from the run before broke off.",
        "Resume the run.",
    )
}
