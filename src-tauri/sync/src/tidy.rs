//! What a new owner finds of those before it: work that a crash cut off.

use crate::reading::is_gone_on_with;
use crate::run::RunRecord;
use crate::usher::Usher;
use usher_model::{Code, Problem, RunState, Sync, SyncId};
use usher_store::table::{plans, readings, runs};

impl Usher {
    /// Removes what was never published and what is no longer to be kept, and
    /// names the runs that nobody owns.
    pub(crate) async fn tidy_up(&self) -> Result<(), Problem> {
        self.sweep_snapshots().await?;
        let now = self.now();
        self.cache
            .write(move |tx| {
                readings::sweep(tx, |_, reading| is_gone_on_with(reading, now))?;
                plans::sweep(tx)
            })
            .await?;
        self.name_interrupted(|_| false).await?;
        self.purge_runs().await?;
        Ok(())
    }

    /// Names the runs that nobody is at any more, of syncs that are not being run.
    pub(crate) async fn name_interrupted(
        &self,
        is_run: impl Fn(&SyncId) -> bool,
    ) -> Result<(), Problem> {
        let open: Vec<RunRecord> = runs::open(&*self.journal.reader()?, None)?;
        for mut run in open {
            if !run.state.is_final() && !is_run(&run.sync_id) {
                let is_held = runs::is_held(&*self.journal.reader()?, &run.run_id)?;
                run.was_paused = run.state == RunState::Paused || is_held;
                self.enter(&mut run, RunState::Interrupted).await?;
            }
        }
        Ok(())
    }

    /// The sync of a run.
    pub(crate) fn sync_of_run(&self, run: &str) -> Result<Sync, Problem> {
        self.find(self.run(run)?.sync_id.as_str())
    }

    /// Ends a run that no process is running: what is left stays unsent. A run
    /// that is over stays as it is.
    pub(crate) async fn stop_idle_run(&self, id: &str) -> Result<(), Problem> {
        let mut run = self.run(id)?;
        if run.state == RunState::Interrupted || !run.state.is_final() {
            run.finished_at = Some(self.now());
            run.problem = Some(Problem::new(
                Code::Stopped,
                "Stopped, as asked.",
                "Resume the run to go on.",
            ));
            self.enter(&mut run, RunState::Stopped).await?;
        }
        Ok(())
    }
}
