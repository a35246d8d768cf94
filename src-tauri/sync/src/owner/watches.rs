//! An owner that stays imports the files that audiences follow, and runs their syncs.

use crate::audience::{ImportRequest, newest};
use crate::owner::Command;
use crate::owner::serve::Server;
use crate::progress::Progress;
use crate::run::RunRequest;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use usher_model::{Audience, AudienceId, Code, FileMark, Problem, Sync, SyncId, Watched};

/// How often followed files are looked at. One is taken when it was the same in two looks:
/// who writes it is done.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// What was seen so far.
#[derive(Default)]
struct Seen {
    /// Files that were different at the last look.
    changing: HashMap<AudienceId, FileMark>,
    /// Syncs that are to follow, and were busy.
    waiting: HashSet<SyncId>,
}

impl Server {
    /// Follows files, for as long as this process is the owner.
    pub(super) async fn keep_watches(self: Arc<Self>) {
        let mut seen = Seen::default();
        let mut done = self.done.subscribe();
        loop {
            let looked = self.look_at_files(&mut seen).await;
            let idle = match looked {
                Ok(files) => files == 0 && seen.waiting.is_empty(),
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

    /// Looks at each; how many there are.
    async fn look_at_files(self: &Arc<Self>, seen: &mut Seen) -> Result<usize, Problem> {
        let mut files = 0;
        for audience in self.usher.all::<Audience>()? {
            let Some(watched) = &audience.watched else {
                continue;
            };
            files += 1;
            match newest(Path::new(&watched.path)).await {
                Ok(Some(mark)) => self.look_at(&audience, watched, mark, seen).await?,
                // It may come again.
                Ok(None) | Err(_) => drop(seen.changing.remove(&audience.id)),
            }
        }
        let waiting = std::mem::take(&mut seen.waiting);
        seen.waiting = waiting
            .into_iter()
            .filter(|sync| !self.follow(sync))
            .collect();
        Ok(files)
    }

    async fn look_at(
        self: &Arc<Self>,
        audience: &Audience,
        watched: &Watched,
        mark: FileMark,
        seen: &mut Seen,
    ) -> Result<(), Problem> {
        if watched.taken.as_ref() == Some(&mark) {
            seen.changing.remove(&audience.id);
            return Ok(());
        }
        if seen.changing.get(&audience.id) != Some(&mark) {
            seen.changing.insert(audience.id.clone(), mark);
            return Ok(());
        }
        let before = self.usher.audience(audience.id.as_str());
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
        self.usher.note_taken(&audience.id, mark, problem).await?;
        let after = self.usher.audience(audience.id.as_str())?.1;
        if before.is_ok_and(|(_, before)| before.content == after.content) {
            return Ok(());
        }
        let syncs = self.usher.all::<Sync>()?.into_iter();
        let follow = syncs.filter(|sync| sync.audience == audience.id);
        seen.waiting.extend(follow.map(|sync| sync.id));
        Ok(())
    }

    /// Runs a sync of an audience that changed; says whether that is dealt with.
    fn follow(self: &Arc<Self>, sync: &SyncId) -> bool {
        let Ok(sync) = self.usher.find::<Sync>(sync.as_str()) else {
            return true;
        };
        if sync.paused || self.leaving.load(Ordering::SeqCst) {
            return true;
        }
        if self.table.runs(&sync.id) {
            return false;
        }
        self.begin(Command::Run(RunRequest {
            sync: sync.id.to_string(),
            unattended: true,
            ..RunRequest::default()
        }));
        true
    }
}
