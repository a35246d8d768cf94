//! The report of a run: counts that add up, whatever has been sent so far.

use crate::planted::{Planted, is_planted};
use crate::run::resume::has_more_to_do;
use crate::run::{RunRecord, Stage};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;
use usher_model::{
    BatchKind, BatchState, ListReport, PeopleCounts, PeopleReport, Problem, ReasonCode, Receipt,
    RunReport, SyncId,
};
use usher_store::table::{batches, runs};

/// What the batches of a run say, by what they do.
pub(crate) type Tallies = BTreeMap<BatchKind, Tally>;

/// What batches say of people of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(super) done: u64,
    rejected: BTreeMap<String, u64>,
    unconfirmed: u64,
    withheld: BTreeMap<String, u64>,
    planned: u64,
    #[serde(default)]
    warned: u64,
}

impl Tally {
    /// People of whom it is known what became of them, or that it is not known.
    fn accounted(&self) -> u64 {
        let refused = self.rejected.values().chain(self.withheld.values());
        self.done + self.unconfirmed + refused.sum::<u64>()
    }
}

/// A run with what was planned for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RunDetail {
    /// What became of everyone.
    pub report: RunReport,
    /// The sync's id.
    pub sync_id: SyncId,
    /// What was intended for people.
    pub planned: PeopleCounts,
    /// What was intended for the list; none for profile-only.
    pub planned_list: Option<PlannedList>,
    /// The first so many rows that were to be sent.
    pub limit: Option<u64>,
    /// Why it ended early, if it did.
    pub problem: Option<Problem>,
    /// Whether it can be gone on with.
    pub resumable: bool,
    /// Whether anybody who was refused or is unconfirmed can be tried again.
    pub retryable: bool,
    /// Whether its plan was taken over to be sent, so that its people are its own.
    pub was_sent: bool,
}

/// Runs, newest first, and how many there are in all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RunPage {
    /// The newest of them.
    pub runs: Vec<RunReport>,
    /// How many there are.
    pub total: u64,
}

/// What a run was to do with the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PlannedList {
    /// Who was to join.
    pub add: u64,
    /// Who was there and was to stay.
    pub keep: u64,
    /// Who was to leave.
    pub remove: u64,
}

impl RunRecord {
    /// Its report without what became of people: what is known without reading its batches.
    pub(crate) fn bare_report(&self) -> RunReport {
        RunReport {
            run_id: self.run_id.clone(),
            sync: self.sync.clone(),
            state: self.state,
            digest: self.digest.clone(),
            rows: self.rows,
            retry_of: self.retry_of.clone(),
            people: PeopleReport::default(),
            list: None,
            verification: self.verification.clone(),
            allowed: self.allowed.clone(),
            overridden: self.overridden.clone(),
            calls: self.calls,
            retries: self.retries,
            started_at: self.started_at,
            finished_at: self.finished_at,
            values_purged_at: None,
            people_purged_at: None,
            warned: 0,
        }
    }
}

impl Usher {
    /// A run by its id, with what was planned for it.
    pub fn run_detail(&self, id: &str) -> Result<RunDetail, Problem> {
        let run = self.run(id)?;
        let report = self.report_of(&run)?;
        let retryable = self.can_retry(&run, &report)?;
        Ok(RunDetail {
            planned_list: run.list.as_ref().map(|list| PlannedList {
                add: list.add,
                keep: list.keep,
                remove: list.remove,
            }),
            sync_id: run.sync_id,
            planned: run.people,
            limit: run.limit,
            problem: run.problem,
            resumable: run.state.is_final() && !run.closed && has_more_to_do(&report),
            retryable,
            was_sent: run.stage != Stage::Preparing,
            report,
        })
    }

    /// The report of a run by its id.
    pub fn run_report(&self, id: &str) -> Result<RunReport, Problem> {
        self.report_of(&self.run(id)?)
    }

    /// The reports of all runs, or of a sync's, newest first.
    pub fn run_reports(&self, sync: Option<&str>) -> Result<Vec<RunReport>, Problem> {
        let sync = sync
            .map(|sync| self.find::<usher_model::Sync>(sync))
            .transpose()?;
        let all: Vec<RunRecord> =
            runs::all(&*self.journal.reader()?, sync.as_ref().map(|sync| &sync.id))?;
        all.iter().map(|run| self.report_of(run)).collect()
    }

    /// The reports of the newest of all runs, or of a sync's, `most` at most.
    pub fn run_page(&self, sync: Option<&SyncId>, most: u32) -> Result<RunPage, Problem> {
        let reader = self.journal.reader()?;
        let newest: Vec<RunRecord> = runs::first(&reader, sync, most)?;
        let reports = newest.iter().map(|run| self.report_of(run));
        Ok(RunPage {
            runs: reports.collect::<Result<_, _>>()?,
            total: runs::count(&reader, sync)?,
        })
    }

    /// How each sync stands: the reports of its newest run, and of what is under way.
    pub fn current_runs(&self) -> Result<Vec<RunReport>, Problem> {
        let reader = self.journal.reader()?;
        let mut current: Vec<RunRecord> = runs::open(&reader, None)?;
        current.retain(|run| !run.state.is_final());
        for sync in self.all::<usher_model::Sync>()? {
            let newest: Option<RunRecord> = runs::newest(&reader, &sync.id)?;
            let is_known = |run: &RunRecord| current.iter().any(|one| one.run_id == run.run_id);
            current.extend(newest.filter(|run| !is_known(run)));
        }
        current.sort_by_key(|run| std::cmp::Reverse(run.started_at));
        current.iter().map(|run| self.report_of(run)).collect()
    }

    /// Why a run ended early, if it did.
    pub fn run_problem(&self, id: &str) -> Result<Option<Problem>, Problem> {
        Ok(self.run(id)?.problem)
    }

    pub(crate) fn run(&self, id: &str) -> Result<RunRecord, Problem> {
        Ok(runs::find(&*self.journal.reader()?, id)?)
    }

    pub(crate) fn report_of(&self, run: &RunRecord) -> Result<RunReport, Problem> {
        let tallies = self.tallies(run)?;
        let (people, failed_creations) = people(run, &tallies);
        let purge = self.purge_of(run)?;
        debug_assert!(
            !run.was_sent() || people.total() == run.rows,
            "people add up to rows"
        );
        Ok(RunReport {
            list: list(run, &tallies, failed_creations),
            people,
            values_purged_at: purge.done_at,
            people_purged_at: purge.people_at,
            warned: tallies.values().map(|tally| tally.warned).sum(),
            ..run.bare_report()
        })
    }

    /// Keeps what the batches of a run say with it where nothing of it can change any
    /// more: its report then reads none of them.
    pub(crate) fn tally(&self, run: &mut RunRecord) -> Result<(), Problem> {
        run.tallies = Some(self.tallies(run)?);
        if !run.state.is_final() || has_more_to_do(&self.report_of(run)?) {
            run.tallies = None;
        }
        Ok(())
    }

    /// What the batches of a run say.
    pub(crate) fn tallies(&self, run: &RunRecord) -> Result<Tallies, Problem> {
        if let Some(kept) = &run.tallies {
            return Ok(kept.clone());
        }
        let mut tallies = Tallies::new();
        batches::each::<Problem>(&*self.journal.reader()?, &run.run_id, |batch| {
            let tally = tallies.entry(batch.kind).or_default();
            let items = batch.items.len() as u64;
            let warned = batch.items.iter().filter(|item| item.warning.is_some());
            tally.warned += warned.count() as u64;
            match (batch.receipts.is_empty(), batch.state) {
                (true, BatchState::Planned) => tally.planned += items,
                (true, _) => tally.unconfirmed += items,
                _ => {}
            }
            for receipt in &batch.receipts {
                match receipt {
                    Receipt::Done { .. } => tally.done += 1,
                    Receipt::Rejected { code, .. } => {
                        *tally.rejected.entry(code.clone()).or_default() += 1
                    }
                    Receipt::Unconfirmed => tally.unconfirmed += 1,
                    Receipt::Withheld(_) if is_planted(Planted::WithheldUncounted) => {}
                    Receipt::Withheld(reason) => {
                        *tally
                            .withheld
                            .entry(reason.as_str().to_owned())
                            .or_default() += 1
                    }
                }
            }
            Ok(())
        })?;
        Ok(tallies)
    }
}

/// What became of people, and how many creations came to nothing for good.
fn people(run: &RunRecord, tallies: &Tallies) -> (PeopleReport, u64) {
    let plan = &run.people;
    let mut report = PeopleReport {
        unchanged: plan.leave,
        ..PeopleReport::default()
    };
    let mut put = |code: ReasonCode, count: u64| {
        let counts = if code.is_invalid() {
            &mut report.invalid
        } else {
            &mut report.skipped
        };
        if count > 0 {
            counts.insert(code.as_str().to_owned(), count);
        }
    };
    put(ReasonCode::NoKey, plan.skip.no_key);
    put(ReasonCode::InvalidKey, plan.skip.invalid_key);
    put(ReasonCode::CaseDiffers, plan.skip.case_differs);
    put(ReasonCode::MissingRequired, plan.skip.missing_required);
    put(ReasonCode::InvalidValue, plan.skip.invalid_value);
    put(
        ReasonCode::DuplicateInAudience,
        plan.skip.duplicate_in_audience,
    );
    put(ReasonCode::Suppressed, plan.skip.suppressed);
    put(ReasonCode::NoConsent, plan.skip.no_consent);
    put(ReasonCode::NotInDestination, plan.skip.not_in_destination);
    let mut left = plan.create + plan.update;
    let mut failed_creations = 0;
    for kind in [BatchKind::Create, BatchKind::Update] {
        let Some(tally) = tallies.get(&kind) else {
            continue;
        };
        match kind {
            BatchKind::Create => report.created += tally.done,
            _ => report.updated += tally.done,
        }
        report.unconfirmed += tally.unconfirmed;
        for (code, count) in &tally.rejected {
            *report.rejected.entry(code.clone()).or_default() += count;
        }
        for (reason, count) in &tally.withheld {
            *report.skipped.entry(reason.clone()).or_default() += count;
        }
        if kind == BatchKind::Create {
            failed_creations = tally.rejected.values().chain(tally.withheld.values()).sum();
        }
        left = left.saturating_sub(tally.accounted());
    }
    if run.stage == Stage::Preparing {
        // Nobody is decided yet, or nobody was sent: all others are not sent.
        left = run.rows.saturating_sub(report.total());
    }
    if left > 0 {
        *report
            .skipped
            .entry(ReasonCode::NotSent.as_str().to_owned())
            .or_default() += left;
    }
    (report, failed_creations)
}

/// What became of the list. A creation that came to nothing joins nothing, and
/// is no list change that was not sent.
fn list(run: &RunRecord, tallies: &Tallies, failed_creations: u64) -> Option<ListReport> {
    let planned = run.list.as_ref()?;
    let none = Tally::default();
    let add = tallies.get(&BatchKind::Add).unwrap_or(&none);
    let remove = tallies.get(&BatchKind::Remove).unwrap_or(&none);
    let mut rejected = add.rejected.clone();
    for (code, count) in &remove.rejected {
        *rejected.entry(code.clone()).or_default() += count;
    }
    let creations = tallies.get(&BatchKind::Create).unwrap_or(&none);
    let not_sent = match run.stage {
        Stage::Preparing => planned.add + planned.remove,
        // Who went in a file may have joined by it.
        Stage::Profiles => (planned.add + planned.remove)
            .saturating_sub(failed_creations + add.accounted() + remove.accounted()),
        Stage::List | Stage::Verifying | Stage::Ended => {
            // Whoever is looked for once more may have joined already.
            let without_place = (add.accounted() + add.planned + failed_creations).min(planned.add);
            planned.beyond_limit
                + add.planned
                + remove.planned
                + (creations.unconfirmed + creations.planned).min(planned.add - without_place)
        }
    };
    Some(ListReport {
        id: planned.id,
        name: planned.name.clone(),
        added: add.done,
        kept: planned.keep,
        removed: remove.done,
        rejected,
        unconfirmed: add.unconfirmed + remove.unconfirmed,
        not_sent,
    })
}
