//! Sending what a run has written down: several batches at once, creations one
//! after another, doubts settled as soon as they can be.

use crate::progress::Progress;
use crate::run::attempt::{Next, Sender};
use crate::run::{RunRecord, Stage, points};
use crate::service::Service;
use crate::usher::Usher;
use std::sync::Arc;
use tokio::task::JoinSet;
use usher_model::{BatchKind, BatchState, Code, Problem, RunState, Timestamp};
use usher_store::table::batches;

/// What one task did: the batch, what follows, or why it could not.
type Done = (BatchKind, Result<Next, Problem>);

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
        self.keep_run(run).await?;
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
        let mut under_way: Vec<i64> = Vec::new();
        let mut tasks: JoinSet<(i64, Done)> = JoinSet::new();
        let mut creating = false;
        let mut ending: Option<Problem> = None;
        let mut quota_wait = service.quota_wait();
        let total = self.open_batches(run)?.len() as u64;
        let mut settled = 0;
        loop {
            let mut wake: Option<Timestamp> = None;
            if ending.is_none() {
                if let Err(stopped) = progress.step("sending", settled, Some(total.max(settled))) {
                    ending = Some(stopped);
                    continue;
                }
                for (seq, kind, state) in self.open_batches(run)? {
                    if tasks.len() >= at_once {
                        break;
                    }
                    if under_way.contains(&seq) || (kind == BatchKind::Create && creating) {
                        continue;
                    }
                    if state == BatchState::Planned {
                        let sender = sender.clone();
                        tasks.spawn(async move { (seq, (kind, sender.send(seq).await)) });
                    } else {
                        let ready = self.settles_at(run, seq, kind, service)?;
                        if ready > self.now() {
                            wake = Some(wake.map_or(ready, |known| known.min(ready)));
                            continue;
                        }
                        let sender = sender.clone();
                        tasks.spawn(async move { (seq, (kind, sender.find_out(seq, true).await)) });
                    }
                    creating |= kind == BatchKind::Create;
                    under_way.push(seq);
                }
            }
            if tasks.is_empty() {
                match (wake, ending) {
                    (_, Some(problem)) => return Err(problem),
                    (None, None) => return Ok(()),
                    (Some(at), None) => {
                        ending = None;
                        progress.waits(
                            "the service's own time-out, before a creation in doubt is looked up",
                        );
                        self.sleep_until(at, progress).await;
                        continue;
                    }
                }
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
            let (seq, (kind, result)) = joined.map_err(|_| {
                Problem::new(Code::Internal, "Sending broke off.", "Resume the run.")
            })?;
            under_way.retain(|known| *known != seq);
            creating &= kind != BatchKind::Create;
            match result {
                Ok(Next::Settled) => settled += 1,
                Ok(Next::InDoubt | Next::Replaced) => {}
                Err(problem) => ending = ending.or(Some(problem)),
            }
            count(run, service, counted);
            self.keep_run(run).await?;
        }
    }

    fn open_batches(&self, run: &RunRecord) -> Result<Vec<(i64, BatchKind, BatchState)>, Problem> {
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

    async fn sleep_until(&self, at: Timestamp, progress: &Progress) {
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
            .any(|(_, kind, state)| *kind == BatchKind::Create && *state != BatchState::Planned);
        if doubtful {
            self.learn_timeout(progress).await?;
        }
        Ok(())
    }
}
