//! Sending what a run has written down: several batches at once, creations one
//! after another, doubts settled as soon as they can be.

use crate::points;
use crate::progress::Progress;
use crate::run::attempt::{Next, Sender};
use crate::run::certain::settles_in;
use crate::run::queue::{Busy, Queue, Work};
use crate::run::read_back::ReadBack;
use crate::run::{RunRecord, Stage};
use crate::service::Service;
use crate::usher::Usher;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use usher_model::{BatchState, Code, Problem, RunState, Timestamp};
use usher_store::table::batches::{self, Open};

/// What is done about people who went in files and are in doubt.
enum Files {
    /// They wait until no file is left.
    Wait,
    /// They are held against what was read at once, or looked up where nothing was.
    Read(Option<Arc<ReadBack>>),
}

/// What a run that is paused waits for.
const RELEASE: &str = "somebody to resume it";
/// How often it is tried again whether something is there that was gone.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// Why sending came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drained {
    /// There is no more.
    All,
    /// It was asked to hold on.
    Held,
}

/// How often a run's counts are written down while it sends; what it did is
/// written with each batch.
const KEEP_EVERY: Duration = Duration::from_secs(1);

impl Usher {
    /// Sends everything that a run has left to send, and writes its end down: early with
    /// why, where it cannot go on; what is written down stays to be resumed. An error where
    /// its end cannot be written.
    pub(crate) async fn send(
        self: &Arc<Self>,
        run: &mut RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let mut sending = Sending {
            waited: false,
            counted: service.counted(),
            usher: self,
            run,
            service,
            progress,
        };
        let sent = sending.through().await;
        sending.count();
        points::pass("before_end");
        match sent {
            Ok(()) => {
                run.stage = Stage::Ended;
                run.state = self.end_state(run)?;
                run.problem = None;
                run.finished_at = Some(self.now());
            }
            Err(problem) => {
                end_early(run, problem, progress, self.now());
            }
        }
        self.tally(run)?;
        self.keep_run(run).await?;
        points::pass("end_written");
        self.keep_what_was_told(run, service, progress).await;
        Ok(())
    }

    /// Keeps what a run was told for the plans to come; without that its batches tell it.
    async fn keep_what_was_told(
        self: &Arc<Self>,
        run: &RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) {
        if run.tallies.is_none() || progress.step("keeping what was sent", 0, None).is_err() {
            return;
        }
        let (usher, run, service) = (self.clone(), run.clone(), service.clone());
        let keep = move || {
            usher.keep_told(&run, &service)?;
            usher.merge_ledger(&run.sync_id)
        };
        match tokio::task::spawn_blocking(keep).await {
            Ok(Ok(())) => points::pass("told_kept"),
            Ok(Err(problem)) => {
                tracing::warn!(code = ?problem.code, "what a run was told is not kept");
            }
            Err(_) => tracing::warn!("keeping what a run was told broke off"),
        }
    }

    /// Waits for what a run lacks: the next day's calls, where it may wait for them; and
    /// where nobody watches, a network or a keychain that will be there again.
    pub(super) async fn wait_where_it_helps(
        self: &Arc<Self>,
        run: &mut RunRecord,
        problem: Problem,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let what = match problem.code {
            Code::QuotaSpent if !run.no_wait => {
                run.asks_about_quota = true;
                self.enter(run, RunState::WaitingForQuota).await?;
                let service = self.service_of_run(run)?;
                return Ok(service.wait_for_quota(progress).await?);
            }
            Code::ServiceUnreachable if run.unattended => "the network",
            Code::KeychainLocked if run.unattended => "the keychain to be unlocked",
            _ => return Err(problem),
        };
        self.keep_changes(run).await?;
        progress.waits(what);
        self.sleep_for(TRY_AGAIN, progress).await;
        progress.check()
    }

    /// The batches that have no receipts yet, with when they can be worked on; without
    /// those of files in doubt, where these wait.
    fn waiting(
        &self,
        run: &RunRecord,
        service: &Service,
        files_wait: bool,
    ) -> Result<impl Iterator<Item = Work>, Problem> {
        let mut open = self.open_batches(run)?;
        open.retain(|open| {
            !(files_wait && open.file.is_some() && open.state == BatchState::InDoubt)
        });
        Ok(open.into_iter().map(|open| Work {
            seq: open.seq,
            kind: open.kind,
            state: open.state,
            people: open.people,
            is_file: open.file.is_some(),
            waited: false,
            ready: match open.state {
                BatchState::Planned | BatchState::Importing => Duration::ZERO,
                _ => self.ready_at(settles_in(&open, service)),
            },
        }))
    }

    /// So long from now.
    fn ready_at(&self, wait: Duration) -> Duration {
        self.world.clock.elapsed() + wait
    }

    pub(super) fn open_batches(&self, run: &RunRecord) -> Result<Vec<Open>, Problem> {
        Ok(batches::open(&*self.journal.reader()?, &run.run_id)?)
    }

    /// When a batch that was just left in doubt can be looked at.
    fn settles_again_at(
        &self,
        run: &RunRecord,
        seq: i64,
        service: &Service,
    ) -> Result<Duration, Problem> {
        let open = batches::open_one(&*self.journal.reader()?, &run.run_id, seq)?;
        Ok(self.ready_at(settles_in(&open, service)))
    }

    pub(super) async fn sleep_for(&self, wait: Duration, progress: &Progress) {
        tokio::select! {
            () = self.world.clock.sleep(wait) => {}
            () = progress.until_stopped() => {}
        }
    }
}

/// A run that is being sent.
struct Sending<'a> {
    /// Whether something of it had to wait for another run.
    waited: bool,
    usher: &'a Arc<Usher>,
    run: &'a mut RunRecord,
    service: &'a Arc<Service>,
    progress: &'a Progress,
    /// The calls and repeats of the service that are counted with the run already.
    counted: (u64, u64),
}

impl Sending<'_> {
    /// Sends through pauses, and through waits for the next day's calls. Whoever was
    /// planned on ground that is old by then is read again first.
    async fn through(&mut self) -> Result<(), Problem> {
        loop {
            match self.fresh().await {
                Ok(Drained::All) => return Ok(()),
                Ok(Drained::Held) => {
                    self.usher.enter(self.run, RunState::Paused).await?;
                    self.progress.waits(RELEASE);
                    self.progress.until_released().await?;
                }
                Err(problem) => {
                    self.usher
                        .wait_where_it_helps(self.run, problem, self.progress)
                        .await?
                }
            }
        }
    }

    async fn fresh(&mut self) -> Result<Drained, Problem> {
        self.usher
            .read_again_if_old(self.run, self.progress)
            .await?;
        if self.run.state != RunState::Sending {
            self.usher.enter(self.run, RunState::Sending).await?;
        }
        self.stages().await
    }

    async fn stages(&mut self) -> Result<Drained, Problem> {
        self.service
            .learn_timeout_if_doubtful(self.usher, self.run, self.progress)
            .await?;
        if self.run.stage == Stage::Profiles {
            self.usher
                .make_list_for_files(self.run, self.service, self.progress)
                .await?;
            let sent = self.stage().await?;
            if sent == Drained::Held {
                return Ok(sent);
            }
            self.usher
                .write_list_batches(self.run, self.service, self.progress)
                .await?;
        }
        self.usher.read_list_if_old(self.run, self.progress).await?;
        loop {
            let sent = self.stage().await?;
            if sent == Drained::Held || self.is_verified().await? {
                return Ok(sent);
            }
        }
    }

    /// Reads back what was confirmed; whether all of it is so. What is not is in doubt
    /// again. A run whose end cannot be read back ends by what the service had said of it,
    /// and says so.
    async fn is_verified(&mut self) -> Result<bool, Problem> {
        let problem = match self
            .usher
            .verify(self.run, self.service, self.progress)
            .await
        {
            Ok(0) => return Ok(true),
            Ok(_) => {
                self.usher.enter(self.run, RunState::Sending).await?;
                return Ok(false);
            }
            Err(problem) => problem,
        };
        let ends_the_run = match problem.code {
            Code::Stopped | Code::StoreDamaged | Code::StoreUnwritable | Code::Internal => true,
            // It waits for these where nobody watches.
            Code::ServiceUnreachable | Code::KeychainLocked => self.run.unattended,
            _ => false,
        };
        if ends_the_run {
            return Err(problem);
        }
        self.run.verification.get_or_insert_default().given_up = Some(problem.code);
        Ok(true)
    }

    /// Sends all that is written down; who went in files is read once no file is left.
    async fn stage(&mut self) -> Result<Drained, Problem> {
        let sent = self.drain(Files::Wait);
        if sent.await? == Drained::Held {
            return Ok(Drained::Held);
        }
        let read = self.read_files().await?;
        self.drain(Files::Read(read)).await
    }

    /// Reads people who went in files, where there are any in doubt.
    async fn read_files(&mut self) -> Result<Option<Arc<ReadBack>>, Problem> {
        let in_doubt = |open: &Open| open.file.is_some() && open.state == BatchState::InDoubt;
        if !self.usher.open_batches(self.run)?.iter().any(in_doubt) {
            return Ok(None);
        }
        self.usher.enter(self.run, RunState::Verifying).await?;
        let read = self
            .usher
            .read_back(self.run, self.service, self.progress)
            .await?;
        points::pass("files_read_back");
        let read_back = read.as_deref();
        self.run.list_counted = read_back.and_then(ReadBack::list_members);
        self.usher.enter(self.run, RunState::Sending).await?;
        Ok(read)
    }

    /// What waits; once something had to wait for another run, after a pause as well.
    fn waiting(&self, files_wait: bool) -> Result<impl Iterator<Item = Work>, Problem> {
        let waited = self.waited;
        let works = self.usher.waiting(self.run, self.service, files_wait)?;
        Ok(works.map(move |work| Work { waited, ..work }))
    }

    /// Sends and settles until no batch is left that can be, or it is to hold on.
    async fn drain(&mut self, files: Files) -> Result<Drained, Problem> {
        let mut sender = Sender::of(self.usher, self.service, self.run, self.progress);
        let wait = matches!(files, Files::Wait);
        if let Files::Read(read) = files {
            sender.read_back = read;
        }
        let sender = Arc::new(sender);
        let at_once = self.service.connection().limits.concurrency as usize;
        let mut queue = Queue::default();
        queue.add_new(self.waiting(wait)?);
        let total = queue.people();
        let mut tasks: JoinSet<(Work, Result<Next, Problem>)> = JoinSet::new();
        let mut busy = Busy::default();
        let clock = self.usher.world.clock.clone();
        let mut ending: Option<Problem> = None;
        let mut hold = self.progress.hold();
        let mut settled = 0;
        let stage = match self.run.stage {
            Stage::List => "changing the list",
            _ => "sending",
        };
        let mut kept_at = self.usher.now();
        loop {
            if ending.is_none() {
                ending = self
                    .progress
                    .step(stage, settled, Some(total.max(settled)))
                    .err();
            }
            let holds = *hold.borrow_and_update();
            while ending.is_none() && !holds && tasks.len() < at_once {
                let Some(work) = queue.take(clock.elapsed(), busy) else {
                    break;
                };
                busy.note(&work, true);
                let sender = sender.clone();
                tasks.spawn(async move { (work, sender.work(work).await) });
            }
            if tasks.is_empty() {
                if let Some(problem) = ending {
                    return Err(problem);
                }
                let Some(work) = queue.earliest() else {
                    return Ok(Drained::All);
                };
                if holds {
                    return Ok(Drained::Held);
                }
                self.progress.waits(match work.state {
                    BatchState::Planned => "another run, which makes some of the same people",
                    _ => "the service's own time-out, before a creation in doubt is looked up",
                });
                let wait = work.ready.saturating_sub(clock.elapsed());
                tokio::select! {
                    () = self.usher.sleep_for(wait, self.progress) => {}
                    Ok(()) = hold.changed() => {}
                }
                continue;
            }
            let Some(joined) = tasks.join_next().await else {
                continue;
            };
            let (work, result) = joined.map_err(|_| {
                Problem::new(Code::Internal, "Sending broke off.", "Resume the run.")
            })?;
            busy.note(&work, false);
            match result {
                Ok(Next::Settled) => settled += work.people,
                // Read with all others once no file is left.
                Ok(Next::InDoubt) if wait && work.is_file => {}
                Ok(Next::InDoubt) => queue.put(Work {
                    state: BatchState::InDoubt,
                    ready: self
                        .usher
                        .settles_again_at(self.run, work.seq, self.service)?,
                    ..work
                }),
                Ok(Next::Later(wait)) => {
                    self.waited = true;
                    queue.put_off(Work {
                        ready: self.usher.ready_at(wait),
                        ..work
                    })
                }
                Ok(Next::Replaced) => {
                    queue.add_new(self.usher.waiting(self.run, self.service, wait)?)
                }
                Err(problem) => ending = ending.or(Some(problem)),
            }
            self.count();
            if self.usher.now().since(kept_at) >= KEEP_EVERY {
                kept_at = self.usher.now();
                self.usher.keep_run(self.run).await?;
            }
        }
    }

    /// Adds the calls of this piece of work that are not counted yet.
    fn count(&mut self) {
        let (calls, retries) = self.service.counted();
        self.run.calls += calls - self.counted.0;
        self.run.retries += retries - self.counted.1;
        self.counted = (calls, retries);
    }
}

/// Ends a run that cannot go on for this. One that nobody watches is not over where only its
/// process ends: the next one goes on with it.
pub(super) fn end_early(
    run: &mut RunRecord,
    problem: Problem,
    progress: &Progress,
    now: Timestamp,
) {
    if problem.code == Code::Stopped && run.unattended && progress.is_left() {
        run.was_paused = *progress.hold().borrow();
        run.state = RunState::Interrupted;
        return;
    }
    run.state = match problem.code {
        Code::Stopped | Code::QuotaSpent => RunState::Stopped,
        _ => RunState::Failed,
    };
    run.problem = Some(problem);
    run.finished_at = Some(now);
}

impl Sender {
    /// Sends a batch that is planned, or finds out about one that is in doubt.
    async fn work(&self, work: Work) -> Result<Next, Problem> {
        match work.state {
            BatchState::Planned if work.waited => self.send_after_others(work.seq).await,
            BatchState::Planned => self.send(work.seq).await,
            BatchState::Importing => self.follow_import(self.load(work.seq)?).await,
            _ => self.find_out(work.seq, true).await,
        }
    }
}
