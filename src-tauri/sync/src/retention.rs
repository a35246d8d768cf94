//! People do not stay in runs for good: some time after a run is over, what was sent is
//! taken out of it. Who it was stays as a hash, and what became of them, so that a report
//! still answers and a forgotten person is still found. These go later, where the settings
//! say so; then only the counts are left.

use crate::plan::PlannedPerson;
use crate::run::RunRecord;
use crate::usher::Usher;
use serde_json::{Map, json};
use sha2::{Digest, Sha256};
use std::time::Duration;
use usher_model::{Batch, Code, Explain, Problem, Receipt, RunId, RunState, Timestamp};
use usher_store::table::purges::{self, Purge};
use usher_store::table::{batches, lists, readings, runs};
use usher_store::{StoreError, Tx};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// In place of what a service said.
const NO_LONGER_KEPT: &str = "The destination's words are no longer kept.";
/// What is spent on it at once at most; others wait for the owner meanwhile.
const AT_ONCE: Duration = Duration::from_secs(1);
/// Batches of one transaction.
const BATCHES_AT_ONCE: usize = 32;

impl Usher {
    /// Takes the values, and later the people, out of runs that have been over for long
    /// enough, in short transactions; whether it came to all of them.
    pub(crate) async fn purge_runs(&self) -> Result<bool, Problem> {
        let ends = self.world.clock.elapsed() + AT_ONCE;
        let settings = self.kept_settings()?;
        let kept_for = |days: u32| self.now().before(DAY * days);
        let kept_from = kept_for(settings.keep_values_days);
        let people_from = settings.keep_people_days.map(kept_for);
        let mut long_over: Vec<RunRecord> =
            runs::unpurged(&*self.journal.reader()?, kept_from, people_from)?;
        long_over.retain(|run| run.state.is_final());
        for run in &long_over {
            let is_older = |from: Timestamp| run.finished_at.is_some_and(|at| at < from);
            let purged = match self.purge_run(run, kept_from, ends).await {
                Ok(true) if people_from.is_some_and(is_older) => {
                    let from = people_from.unwrap_or(kept_from);
                    let purged = self.purge_people(run, from).await;
                    purged.map(|()| self.world.clock.elapsed() < ends)
                }
                purged => purged,
            };
            match purged {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                // Damage is told where somebody looks; it does not keep Usher from starting.
                Err(problem) if problem.code == Code::StoreDamaged => {
                    tracing::warn!(run = %run.run_id, "values of a damaged run are kept");
                }
                Err(problem) => return Err(problem),
            }
        }
        Ok(true)
    }

    /// The same for one run; whether there is time left.
    async fn purge_run(
        &self,
        run: &RunRecord,
        kept_from: Timestamp,
        ends: Duration,
    ) -> Result<bool, Problem> {
        if self.purge_of(run)?.done_at.is_some() || !self.is_over(run)? {
            return Ok(true);
        }
        self.forget_readings(kept_from).await?;
        loop {
            let (id, now) = (run.run_id.clone(), self.now());
            // Somebody may go on with it, or be at the same, meanwhile.
            let next = move |tx: &Tx<'_>| {
                let purge = purges::of(tx, &id)?;
                if purge.done_at.is_some() || !was_over(tx, &id, kept_from)? {
                    return Ok(true);
                }
                let purge = purge_next(tx, &id, purge, now)?;
                purges::put(tx, &id, &purge)?;
                Ok(purge.done_at.is_some())
            };
            if self.journal.write(next).await? {
                return Ok(true);
            }
            if self.world.clock.elapsed() >= ends {
                return Ok(false);
            }
        }
    }

    /// Takes everybody out of a run without values, where its counts are kept.
    async fn purge_people(&self, run: &RunRecord, from: Timestamp) -> Result<(), Problem> {
        let purge = self.purge_of(run)?;
        if purge.people_at.is_some() || purge.done_at.is_none() {
            return Ok(());
        }
        let (id, tallies, now) = (run.run_id.clone(), self.tallies(run)?, self.now());
        let write = move |tx: &Tx<'_>| {
            let purge = purges::of(tx, &id)?;
            if purge.people_at.is_some() || !was_over(tx, &id, from)? {
                return Ok(());
            }
            let mut kept: RunRecord = runs::find(tx, id.as_str())?;
            kept.tallies = Some(tallies);
            runs::replace(tx, &kept.run_id, &kept)?;
            runs::remove_people(tx, &kept.run_id)?;
            batches::remove_all(tx, &kept.run_id)?;
            let people_at = Some(now);
            purges::put(tx, &kept.run_id, &Purge { people_at, ..purge })
        };
        Ok(self.journal.write(write).await?)
    }

    /// What was taken out of a run.
    pub(crate) fn purge_of(&self, run: &RunRecord) -> Result<Purge, Problem> {
        Ok(purges::of(&*self.journal.reader()?, &run.run_id)?)
    }

    /// Whether nothing of a run is in doubt or left to be sent.
    fn is_over(&self, run: &RunRecord) -> Result<bool, Problem> {
        if run.state == RunState::CompletedWithProblems && !run.closed {
            let report = self.report_of(run)?;
            let unconfirmed = report.list.map_or(0, |list| list.unconfirmed);
            return Ok(report.people.unconfirmed + unconfirmed == 0);
        }
        let is_at_rest = run.state.is_final() && (run.closed || !run.was_sent());
        Ok(run.state == RunState::Completed || is_at_rest)
    }

    /// What was read longer ago knows of later deliveries only through the
    /// values that go now, and would show people as not there who are.
    async fn forget_readings(&self, before: Timestamp) -> Result<(), Problem> {
        let write = move |tx: &Tx<'_>| {
            readings::remove_where(tx, |reading| reading.when.started_at < before)?;
            lists::remove_older(tx, before)
        };
        Ok(self.cache.write(write).await?)
    }
}

/// Takes the values out of the next part of a run, or notes that there is none.
fn purge_next(
    tx: &Tx<'_>,
    run: &usher_model::RunId,
    done: Purge,
    now: Timestamp,
) -> Result<Purge, StoreError> {
    let people = runs::edit_next(tx, run, done.people, |people: &mut Vec<PlannedPerson>| {
        people.iter_mut().for_each(purge_person);
    })?;
    if let Some(people) = people {
        return Ok(Purge { people, ..done });
    }
    let next = batches::after(tx, run, done.batches, BATCHES_AT_ONCE)?;
    let Some(last) = next.last().map(|batch| batch.seq) else {
        return Ok(Purge {
            done_at: Some(now),
            ..done
        });
    };
    for mut batch in next {
        purge_batch(&mut batch);
        batches::rewrite(tx, run, &batch)?;
    }
    Ok(Purge {
        batches: last,
        ..done
    })
}

/// Whether a run has been over since before this time, and nobody goes on with it.
fn was_over(tx: &Tx<'_>, id: &RunId, from: Timestamp) -> Result<bool, StoreError> {
    let run: RunRecord = runs::find(tx, id.as_str())?;
    Ok(run.state.is_final() && run.finished_at.is_some_and(|at| at < from))
}

fn purge_batch(batch: &mut Batch) {
    for item in &mut batch.items {
        item.key = hashed(&item.key);
        // No field stays: planning lays what was delivered over what was read,
        // and an empty value would say that the field was emptied.
        item.changes = Map::new();
        item.emails = Vec::new();
        item.warning = item.warning.take().map(|_| NO_LONGER_KEPT.to_owned());
    }
    for receipt in &mut batch.receipts {
        if let Receipt::Rejected { message, .. } = receipt {
            // The service's words may quote what it was sent.
            *message = NO_LONGER_KEPT.to_owned();
        }
    }
}

fn purge_person(planned: &mut PlannedPerson) {
    planned.seen = Vec::new();
    planned.emails = Vec::new();
    let person = &mut planned.person;
    person.key = person.key.as_deref().map(hashed);
    let explain = std::mem::take(&mut person.explain);
    person.explain = Explain {
        rule: explain.rule,
        candidates: explain.candidates,
        changes: explain
            .changes
            .into_iter()
            .map(|(field, _)| (field, json!([null, null])))
            .collect(),
        ..Explain::default()
    };
}

/// The SHA-256 of a key in hex, as suppressions take it, too; nothing stays nothing.
pub(crate) fn hashed(key: &str) -> String {
    if key.is_empty() {
        return String::new();
    }
    let digest = Sha256::digest(key.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// For whoever asks for people who are gone.
pub(crate) fn people_not_kept(at: Timestamp) -> Problem {
    Problem::new(
        Code::PeopleNotKept,
        format!("What became of each person of this run was kept until {at}."),
        "Its counts are in its report. `usher settings show` says how long people are kept.",
    )
}
