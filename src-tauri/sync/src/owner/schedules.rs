//! An owner that stays runs syncs at their times, and goes on with what it began itself.

use crate::owner::Command;
use crate::owner::clock::LOOK_AGAIN;
use crate::owner::serve::Server;
use crate::progress::Progress;
use crate::run::{RunRecord, RunRequest};
use crate::schedule::Due;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use usher_model::{Code, Problem, RunState, Sync, Timestamp};
use usher_store::table::runs;

impl Server {
    /// Runs what is due, for as long as this process is the owner.
    pub(super) async fn keep_schedules(self: Arc<Self>) {
        let mut done = self.done.subscribe();
        let mut clock_set = self.clock_set.subscribe();
        if let Err(problem) = self.go_on_unattended() {
            tracing::error!(code = ?problem.code, "runs cannot be gone on with");
        }
        loop {
            // What fails at once is not to be tried without a pause.
            if self.unwritten.load(Ordering::SeqCst) {
                self.usher.world.clock.sleep(LOOK_AGAIN).await;
                self.catch_up_writing().await;
            }
            let next = match self.run_due().await {
                Ok(next) => next,
                Err(problem) => {
                    tracing::error!(code = ?problem.code, "schedules cannot be read");
                    Some(self.usher.now().after(LOOK_AGAIN))
                }
            };
            if self.unwritten.load(Ordering::SeqCst) {
                continue;
            }
            // Nobody knows what is due where the clock was set.
            tokio::select! {
                () = self.until_due(next) => {}
                Ok(()) = done.changed() => {}
                Ok(()) = clock_set.changed() => {}
            }
        }
    }

    /// Returns at this time of day; where nothing is due, never.
    async fn until_due(&self, next: Option<Timestamp>) {
        match next {
            Some(next) => {
                let clock = &self.usher.world.clock;
                clock.sleep(next.since(clock.now())).await;
            }
            None => std::future::pending().await,
        }
    }

    /// Begins what is due now; when the next is.
    async fn run_due(self: &Arc<Self>) -> Result<Option<Timestamp>, Problem> {
        let mut next: Option<Timestamp> = None;
        for sync in self.usher.all::<Sync>()? {
            // What is due while it runs is dealt with afterwards.
            if sync.paused || sync.schedule.is_none() || self.table.runs(&sync.id) {
                continue;
            }
            // A turn that is taken has to begin.
            if self.leaving.load(Ordering::SeqCst) {
                return Ok(None);
            }
            let due = match self.usher.take_turn(&sync).await {
                Ok(due) => due,
                Err(problem) => {
                    tracing::error!(code = ?problem.code, "a schedule cannot be read");
                    Due {
                        runs_for: None,
                        next_at: Some(self.usher.now().after(LOOK_AGAIN)),
                    }
                }
            };
            if due.runs_for.is_some() {
                self.begin(Command::Run(RunRequest {
                    sync: sync.id.to_string(),
                    unattended: true,
                    due_at: due.runs_for,
                    ..RunRequest::default()
                }));
            }
            let earlier = |at: Timestamp| next.is_none_or(|next| at < next);
            next = due.next_at.filter(|at| earlier(*at)).or(next);
        }
        Ok(next)
    }

    /// Names the runs whose end could not be written down, once there is room again, and
    /// goes on with them.
    async fn catch_up_writing(self: &Arc<Self>) {
        let named = self.usher.name_interrupted(|sync| self.table.runs(sync));
        if named.await.is_ok() && self.go_on_unattended().is_ok() {
            self.unwritten.store(false, Ordering::SeqCst);
        }
    }

    /// Goes on with runs that nobody watched and that ended with the owner before, a sync's
    /// newest; those that are held, or of syncs that are, wait.
    fn go_on_unattended(self: &Arc<Self>) -> Result<(), Problem> {
        for sync in self.usher.all::<Sync>()? {
            let newest: Option<RunRecord> = runs::newest(&*self.usher.journal.reader()?, &sync.id)?;
            let goes_on = |run: &RunRecord| {
                let is_cut_off = run.state == RunState::Interrupted && !run.closed;
                is_cut_off && run.unattended && !run.was_paused && !sync.paused
            };
            if let Some(run) = newest.filter(goes_on) {
                let run = run.run_id.to_string();
                self.begin(Command::Resume { run });
            }
        }
        Ok(())
    }

    /// Does a command that nobody waits for; its sync counts as being run from here on. Who
    /// subscribed to it hears of one that does not begin.
    pub(super) fn begin(self: &Arc<Self>, command: Command) {
        let server = self.clone();
        let (progress, stopper) = Progress::new(|_| {});
        let sync = self.sync_of(&command);
        let about = sync.as_ref().map(|sync| self.table.reserve(&sync.id));
        tokio::spawn(async move {
            let mut begun = false;
            let done = server.perform(command, None, stopper, &progress, |_| begun = true);
            if let Err(problem) = done.await {
                tracing::error!(code = ?problem.code, "a run could not begin");
                if let Some(sync) = sync.as_ref().filter(|_| !begun) {
                    server.tell_not_begun(sync, &problem).await;
                    // What would fail again is not tried again and again.
                    let passes = matches!(problem.code, Code::AlreadyRunning | Code::Stopped);
                    if !passes && !problem.retryable {
                        drop(server.usher.owe_no_more(&sync.id).await);
                    }
                }
            }
            drop(about);
            // Who looked before that found the sync being run.
            server.done.send_replace(());
        });
    }
}
