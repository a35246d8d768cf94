//! Running a sync, and going on with a run that ended early.

use crate::planted::{Planted, is_planted};
use crate::points;
use crate::progress::Progress;
use crate::run::attempt::Sender;
use crate::run::certain::certain_in;
use crate::run::cut::doubtful;
use crate::run::send::end_early;
use crate::run::stage::closed;
use crate::run::{RunRecord, RunRequest, Stage};
use crate::service::Service;
use crate::usher::Usher;
use std::sync::Arc;
use usher_model::{Batch, BatchState, Connection, Problem, Receipt, RunReport, RunState};
use usher_store::StoreError;
use usher_store::table::batches::{self, Open};
use usher_store::table::runs;

impl Usher {
    /// Runs a sync from its plan to its report. `started` hears the run's id as
    /// soon as there is one. A run that ended early still has its report: see
    /// [`Usher::run_problem`].
    pub async fn run_sync(
        self: &Arc<Self>,
        request: &RunRequest,
        progress: &Progress,
        started: impl FnOnce(&str),
    ) -> Result<RunReport, Problem> {
        if let Some(digest) = &request.plan {
            self.stored_plan(&request.sync, digest)?;
        }
        let mut run = self.begin_run(request).await?;
        started(run.run_id.as_str());
        let progress = progress.of_run(run.run_id.as_str());
        let planned = self.take_plan_in_time(&mut run, request.plan.as_deref(), &progress);
        if let Err(problem) = planned.await {
            return self.ended_early(run, problem, &progress).await;
        }
        if run.state == RunState::Held {
            return self.report_of(&run);
        }
        self.finish(run, &progress).await
    }

    /// Goes on with a run: the same plan, doubts settled by reading, then only
    /// what is not confirmed or not sent. It tries at once, whatever our own count of the
    /// day's calls says.
    pub async fn resume_run(
        self: &Arc<Self>,
        id: &str,
        progress: &Progress,
    ) -> Result<RunReport, Problem> {
        let mut run = self.run(id)?;
        if run.closed {
            return Err(closed(&run));
        }
        let report = self.report_of(&run)?;
        if !has_more_to_do(&report) {
            return Ok(report);
        }
        let progress = progress.of_run(id);
        run.finished_at = None;
        run.problem = None;
        run.asks_about_quota = true;
        run.was_paused = false;
        // It is not over any more, whatever else looks for runs that are.
        run.state = RunState::Interrupted;
        self.keep_run(&run).await?;
        self.note_hold(id, false).await?;
        if !run.was_sent() && run.retry.is_some() {
            return self.go_on_with_retry(run, &progress).await;
        }
        if !run.was_sent() {
            let digest = run.digest.clone();
            let planned = self.take_plan_in_time(&mut run, digest.as_deref(), &progress);
            if let Err(problem) = planned.await {
                return self.ended_early(run, problem, &progress).await;
            }
            if run.state == RunState::Held {
                return self.report_of(&run);
            }
            return self.finish(run, &progress).await;
        }
        // Without its service nothing of it is touched.
        if let Err(problem) = self.service_of_run(&run) {
            return self.ended_early(run, problem, &progress).await;
        }
        self.reopen(&run).await?;
        self.enter(&mut run, RunState::Sending).await?;
        points::pass("run_reopened");
        if run.stage == Stage::Ended {
            run.stage = Stage::Profiles;
        }
        self.finish(run, &progress).await
    }

    /// Closes what earlier runs left open and makes or takes the run's plan, through waits
    /// for the next day's calls.
    async fn take_plan_in_time(
        self: &Arc<Self>,
        run: &mut RunRecord,
        digest: Option<&str>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        loop {
            let taken = match self.close_earlier(run, progress).await {
                Ok(()) => self.take_plan(run, digest, progress).await,
                Err(problem) => Err(problem),
            };
            let Err(problem) = taken else {
                return Ok(());
            };
            self.wait_where_it_helps(run, problem, progress).await?;
        }
    }

    /// Remembers that a run was asked to hold on, or to go on, for a process after this one.
    pub(crate) async fn note_hold(&self, run: &str, holds: bool) -> Result<(), Problem> {
        let run = run.to_owned();
        let write = move |tx: &usher_store::Tx<'_>| runs::hold(tx, &run, holds);
        Ok(self.journal.write(write).await?)
    }

    /// Sends what is written down.
    pub(super) async fn finish(
        self: &Arc<Self>,
        mut run: RunRecord,
        progress: &Progress,
    ) -> Result<RunReport, Problem> {
        let service = match self.service_of_run(&run) {
            Ok(service) => service,
            Err(problem) => return self.ended_early(run, problem, progress).await,
        };
        self.send(&mut run, &service, progress).await?;
        self.report_of(&run)
    }

    /// The service that a run's people go to.
    pub(super) fn service_of_run(&self, run: &RunRecord) -> Result<Arc<Service>, Problem> {
        let connection: Connection = self.find(run.connection.as_str())?;
        let service = self.service(&connection)?;
        if run.asks_about_quota {
            service.ask_about_quota();
        }
        Ok(service)
    }

    /// Writes down that a run ended before anything was sent.
    pub(super) async fn ended_early(
        &self,
        mut run: RunRecord,
        problem: Problem,
        progress: &Progress,
    ) -> Result<RunReport, Problem> {
        end_early(&mut run, problem, progress, self.now());
        self.keep_run(&run).await?;
        self.report_of(&run)
    }

    /// What was sent without an answer is in doubt now: a crash is a lost reply.
    /// What was given up as unconfirmed is asked about anew.
    async fn reopen(&self, run: &RunRecord) -> Result<(), Problem> {
        let id = run.run_id.clone();
        let reader = self.journal.reader()?;
        let mut open = batches::open(&reader, &id)?;
        open.retain(|open| open.state == BatchState::Sending);
        let crashed = open
            .into_iter()
            .map(|open| batches::get(&reader, &id, open.seq))
            .collect::<Result<Vec<Batch>, StoreError>>()?;
        let given_up = batches::unconfirmed(&reader, &id)?;
        drop(reader);
        self.journal
            .write(move |tx| {
                for Batch {
                    seq,
                    attempt,
                    sent_at,
                    ..
                } in crashed
                {
                    if is_planted(Planted::DoubtForgotten) {
                        batches::remove(tx, &id, seq)?;
                        continue;
                    }
                    batches::mark(tx, &id, seq, BatchState::InDoubt, attempt + 1, sent_at)?;
                }
                for batch in given_up {
                    let (kept, asked) = parted(batch);
                    match kept.items.is_empty() {
                        true => batches::remove(tx, &id, kept.seq)?,
                        false => batches::rewrite(tx, &id, &kept)?,
                    }
                    batches::plan(tx, &id, &asked)?;
                }
                Ok(())
            })
            .await?;
        Ok(())
    }

    /// Closes what earlier runs of the sync left open, so that a new one can be
    /// planned: doubts are settled by reading, nothing is sent.
    async fn close_earlier(
        self: &Arc<Self>,
        new: &RunRecord,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let open: Vec<RunRecord> = runs::open(&*self.journal.reader()?, Some(&new.sync_id))?;
        for mut run in open.into_iter().filter(|run| run.run_id != new.run_id) {
            // A sync is run once at a time, so nobody is at it: its end was not written.
            if !run.state.is_final() {
                run.state = RunState::Interrupted;
            }
            if matches!(
                run.state,
                RunState::Interrupted | RunState::Stopped | RunState::Failed
            ) && run.was_sent()
            {
                self.reopen(&run).await?;
                points::pass("earlier_reopened");
                let connection: Connection = self.find(run.connection.as_str())?;
                let service = self.service(&connection)?;
                if new.asks_about_quota {
                    service.ask_about_quota();
                }
                self.settle_only(&run, &service, progress).await?;
                points::pass("earlier_settled");
                run.count_calls(&service);
            }
            // One that failed keeps saying why.
            if run.state == RunState::Interrupted {
                run.state = RunState::Stopped;
            }
            run.finished_at = run.finished_at.or(Some(self.now()));
            run.closed = true;
            self.keep_run(&run).await?;
            points::pass("earlier_closed");
        }
        Ok(())
    }

    async fn settle_only(
        self: &Arc<Self>,
        run: &RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let mut sender = Sender::of(self, service, run, progress);
        let open = |state: BatchState| -> Result<Vec<Open>, Problem> {
            let mut open = batches::open(&*self.journal.reader()?, &run.run_id)?;
            open.retain(|open| open.state == state);
            Ok(open)
        };
        for one in open(BatchState::Importing)? {
            sender.follow_import(sender.load(one.seq)?).await?;
        }
        let mut doubts = open(BatchState::InDoubt)?;
        if !doubts.is_empty() {
            service.learn_timeout(progress).await?;
            // Changes of any kind: one that takes effect behind the look would be taken for
            // somebody else's by the plan that follows.
            let waits = doubts.iter();
            let waits = waits.map(|one| certain_in(one, service));
            if let Some(wait) = waits.max().filter(|wait| !wait.is_zero()) {
                progress.waits("the service's own time-out, before what is in doubt is looked up");
                self.sleep_for(wait, progress).await;
                progress.check()?;
            }
            sender.read_back = self.read_back(run, service, progress).await?;
        }
        while !doubts.is_empty() {
            let newest = doubts.iter().map(|open| open.seq).max();
            for one in doubts {
                sender.find_out(one.seq, false).await?;
            }
            // A file in doubt is looked at in parts, which come behind all others.
            doubts = open(BatchState::InDoubt)?;
            doubts.retain(|open| Some(open.seq) > newest);
        }
        Ok(())
    }
}

/// Whether a run of this report can be gone on with: it ended early, or some of it is
/// in doubt.
pub(super) fn has_more_to_do(report: &RunReport) -> bool {
    let list = report.list.as_ref();
    match report.state {
        RunState::Completed | RunState::Held => false,
        RunState::CompletedWithProblems => {
            report.people.unconfirmed + list.map_or(0, |list| list.unconfirmed) > 0
        }
        _ => true,
    }
}

/// The people of a batch that have an answer, and those to be asked about.
fn parted(batch: Batch) -> (Batch, Batch) {
    let mut kept = batch.with_items(Vec::new());
    let mut asked = doubtful(kept.clone(), batch.sent_at);
    for (item, receipt) in batch.items.into_iter().zip(batch.receipts) {
        if receipt == Receipt::Unconfirmed {
            asked.items.push(item);
        } else {
            kept.items.push(item);
            kept.receipts.push(receipt);
        }
    }
    (kept, asked)
}
