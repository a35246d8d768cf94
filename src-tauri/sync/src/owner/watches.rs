//! An owner that stays imports the files that audiences follow, and runs their syncs.

use crate::audience::{ImportRequest, newest};
use crate::owner::Command;
use crate::owner::serve::Server;
use crate::progress::Progress;
use crate::run::RunRequest;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use usher_model::{Audience, AudienceId, Code, FileMark, Problem, Sync, SyncId, Watched};

/// How often followed files are looked at. One is taken when it was the same in two looks:
/// who writes it is done.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Files that were different at the last look.
type Changing = HashMap<AudienceId, FileMark>;

impl Server {
    /// Follows files, for as long as this process is the owner.
    pub(super) async fn keep_watches(self: Arc<Self>) {
        let mut changing = Changing::new();
        let mut done = self.done.subscribe();
        loop {
            let idle = match self.look_at_files(&mut changing).await {
                Ok((files, owed)) => files + owed == 0,
                Err(problem) => {
                    tracing::error!(code = ?problem.code, "followed files cannot be looked at");
                    false
                }
            };
            // Only a command can make one followed.
            let again = self.usher.world.clock.sleep(LOOK_EVERY);
            tokio::select! {
                () = again, if !idle => {}
                Ok(()) = done.changed(), if idle => {}
            }
        }
    }

    /// Looks at each, and runs the syncs of what changed; how many files there are, and how
    /// many syncs have to wait.
    async fn look_at_files(
        self: &Arc<Self>,
        changing: &mut Changing,
    ) -> Result<(usize, usize), Problem> {
        let mut files = 0;
        for audience in self.usher.all::<Audience>()? {
            let Some(watched) = &audience.watched else {
                continue;
            };
            files += 1;
            match newest(Path::new(&watched.path)).await {
                Ok(Some(mark)) => {
                    let looked = self.look_at(&audience, watched, mark, changing);
                    if let Err(problem) = looked.await {
                        // The others are looked at all the same.
                        tracing::error!(code = ?problem.code, "a followed file cannot be noted");
                    }
                }
                // It may come again.
                Ok(None) | Err(_) => drop(changing.remove(&audience.id)),
            }
        }
        let owed = self.usher.owed()?;
        for sync in &owed {
            self.follow(sync).await?;
        }
        Ok((files, owed.len()))
    }

    async fn look_at(
        self: &Arc<Self>,
        audience: &Audience,
        watched: &Watched,
        mark: FileMark,
        changing: &mut Changing,
    ) -> Result<(), Problem> {
        if watched.taken.as_ref() == Some(&mark) {
            changing.remove(&audience.id);
            return Ok(());
        }
        if changing.get(&audience.id) != Some(&mark) {
            changing.insert(audience.id.clone(), mark);
            return Ok(());
        }
        let request = ImportRequest::of_file(&audience.name, &mark.file);
        let (progress, stopper) = Progress::new(|_| {});
        let import = Command::Import(request);
        let imported = self.perform(import, None, stopper, &progress, |_| {}).await;
        let problem = imported.err();
        if problem
            .as_ref()
            .is_some_and(|one| one.code == Code::Stopped)
        {
            return Ok(());
        }
        if let Some(problem) = &problem {
            tracing::error!(code = ?problem.code, "a followed file cannot be imported");
        }
        self.usher.note_taken(&audience.id, mark, problem).await
    }

    /// Runs a sync of an audience that changed, unless it is being run.
    async fn follow(self: &Arc<Self>, id: &SyncId) -> Result<(), Problem> {
        if self.table.runs(id) || self.leaving.load(Ordering::SeqCst) {
            return Ok(());
        }
        let sync = match self.usher.find::<Sync>(id.as_str()) {
            Ok(sync) => sync,
            Err(problem) if problem.code == Code::NotFound => {
                return self.usher.owe_no_more(id).await;
            }
            Err(problem) => return Err(problem),
        };
        // It runs once it is no longer paused.
        if sync.paused {
            return Ok(());
        }
        self.begin(Command::Run(RunRequest {
            sync: sync.id.to_string(),
            unattended: true,
            ..RunRequest::default()
        }));
        Ok(())
    }
}
