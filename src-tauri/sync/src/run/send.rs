//! Sending what a run has written down: several batches at once, creations one
//! after another, doubts settled as soon as they can be.

use crate::points;
use crate::progress::Progress;
use crate::run::attempt::{Next, Sender};
use crate::run::queue::{Queue, Work};
use crate::run::{RunRecord, Stage};
use crate::service::Service;
use crate::usher::Usher;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use usher_model::{BatchKind, BatchState, Code, Problem, RunState, Timestamp};
use usher_store::table::batches::{self, Open};

/// How often a run's counts are written down while it sends; what it did is
/// written with each batch.
const KEEP_EVERY: Duration = Duration::from_secs(1);

impl Usher {
    /// Sends everything that a run has left to send, and writes its end down.
    /// An error ends the run early; what is written down stays to be resumed.
    pub(crate) async fn send(
        self: &Arc<Self>,
        run: &mut RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let counted = (run.calls, run.retries);
        let sent = self.send_stages(run, service, progress, counted).await;
        count(run, service, counted);
        points::pass("before_end");
        let result = match sent {
            Ok(()) => {
                run.stage = Stage::Ended;
                run.state = self.end_state(run)?;
                run.problem = None;
                Ok(())
            }
            Err(problem) => {
                let stopped = matches!(problem.code, Code::Stopped | Code::QuotaSpent);
                run.state = if stopped {
                    RunState::Stopped
                } else {
                    RunState::Failed
                };
                run.problem = Some(problem.clone());
                Err(problem)
            }
        };
        run.finished_at = Some(self.now());
        self.tally(run)?;
        self.keep_run(run).await?;
        points::pass("end_written");
        result
    }

    async fn send_stages(
        self: &Arc<Self>,
        run: &mut RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
        counted: (u64, u64),
    ) -> Result<(), Problem> {
        service
            .learn_timeout_if_doubtful(self, run, progress)
            .await?;
        if run.stage == Stage::Profiles {
            self.drain(run, service, progress, counted).await?;
            self.write_list_batches(run, service, progress).await?;
        }
        self.drain(run, service, progress, counted).await
    }

    /// Sends and settles until no batch is left that can be.
    async fn drain(
        self: &Arc<Self>,
        run: &mut RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
        counted: (u64, u64),
    ) -> Result<(), Problem> {
        let sender = Arc::new(Sender::of(self, service, run, progress));
        let at_once = service.connection().limits.concurrency as usize;
        let mut queue = Queue::default();
        queue.add_new(self.waiting(run, service)?);
        let total = queue.people();
        let mut tasks: JoinSet<(Work, Result<Next, Problem>)> = JoinSet::new();
        let mut creating = false;
        let mut ending: Option<Problem> = None;
        let mut quota_wait = service.quota_wait();
        let mut settled = 0;
        let stage = match run.stage {
            Stage::List => "changing the list",
            _ => "sending",
        };
        let mut kept_at = self.now();
        loop {
            if ending.is_none() {
                ending = progress
                    .step(stage, settled, Some(total.max(settled)))
                    .err();
            }
            while ending.is_none() && tasks.len() < at_once {
                let Some(work) = queue.take(self.now(), creating) else {
                    break;
                };
                creating |= work.kind == BatchKind::Create;
                let sender = sender.clone();
                tasks.spawn(async move { (work, sender.work(work).await) });
            }
            if tasks.is_empty() {
                if let Some(problem) = ending {
                    return Err(problem);
                }
                let Some(at) = queue.wakes_at() else {
                    return Ok(());
                };
                progress
                    .waits("the service's own time-out, before a creation in doubt is looked up");
                self.sleep_until(at, progress).await;
                continue;
            }
            let joined = tokio::select! {
                joined = tasks.join_next() => joined,
                Ok(()) = quota_wait.changed() => {
                    let waits = *quota_wait.borrow_and_update();
                    let state = if waits { RunState::WaitingForQuota } else { RunState::Sending };
                    self.enter(run, state).await?;
                    continue;
                }
            };
            let Some(joined) = joined else { continue };
            let (work, result) = joined.map_err(|_| {
                Problem::new(Code::Internal, "Sending broke off.", "Resume the run.")
            })?;
            creating &= work.kind != BatchKind::Create;
            match result {
                Ok(Next::Settled) => settled += work.people,
                Ok(Next::InDoubt) => queue.put(Work {
                    state: BatchState::InDoubt,
                    ready: self.settles_at(run, work.seq, work.kind, service)?,
                    ..work
                }),
                Ok(Next::Replaced) => queue.add_new(self.waiting(run, service)?),
                Err(problem) => ending = ending.or(Some(problem)),
            }
            count(run, service, counted);
            if self.now().since(kept_at) >= KEEP_EVERY {
                kept_at = self.now();
                self.keep_run(run).await?;
            }
        }
    }

    /// The batches that have no receipts yet, with when they can be worked on.
    fn waiting(
        &self,
        run: &RunRecord,
        service: &Service,
    ) -> Result<impl Iterator<Item = Work>, Problem> {
        let works = self.open_batches(run)?.into_iter().map(|open| {
            let ready = match open.state {
                BatchState::Planned => Timestamp::default(),
                _ => self.settles_at(run, open.seq, open.kind, service)?,
            };
            Ok(Work {
                seq: open.seq,
                kind: open.kind,
                state: open.state,
                people: open.people,
                ready,
            })
        });
        Ok(works.collect::<Result<Vec<Work>, Problem>>()?.into_iter())
    }

    fn open_batches(&self, run: &RunRecord) -> Result<Vec<Open>, Problem> {
        Ok(batches::open(&*self.journal.reader()?, &run.run_id)?)
    }

    /// When a batch in doubt can be looked at: creations once the service's own
    /// time-out has passed, absolute changes at once.
    fn settles_at(
        &self,
        run: &RunRecord,
        seq: i64,
        kind: BatchKind,
        service: &Service,
    ) -> Result<Timestamp, Problem> {
        if kind != BatchKind::Create {
            return Ok(Timestamp::default());
        }
        let batch = batches::get(&*self.journal.reader()?, &run.run_id, seq)?;
        Ok(Timestamp(batch.sent_at.unwrap_or_default()).after(service.settles_after()))
    }

    pub(super) async fn sleep_until(&self, at: Timestamp, progress: &Progress) {
        let wait = at.since(self.now());
        tokio::select! {
            () = self.world.clock.sleep(wait) => {}
            () = progress.until_stopped() => {}
        }
    }
}

/// Adds the calls of this piece of work to those of the run before it.
fn count(run: &mut RunRecord, service: &Service, before: (u64, u64)) {
    let (calls, retries) = service.counted();
    run.calls = before.0 + calls;
    run.retries = before.1 + retries;
}

impl Service {
    /// A stand-in's own time-out is asked for when doubts hang on it.
    async fn learn_timeout_if_doubtful(
        &self,
        usher: &Usher,
        run: &RunRecord,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let doubtful = usher
            .open_batches(run)?
            .iter()
            .any(|open| open.kind == BatchKind::Create && open.state != BatchState::Planned);
        if doubtful {
            self.learn_timeout(progress).await?;
        }
        Ok(())
    }
}

impl Sender {
    /// Sends a batch that is planned, or finds out about one that is in doubt.
    async fn work(&self, work: Work) -> Result<Next, Problem> {
        match work.state {
            BatchState::Planned => self.send(work.seq).await,
            _ => self.find_out(work.seq, true).await,
        }
    }
}
