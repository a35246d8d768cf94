//! What the owner is doing right now: which syncs run, and how to stop them.

use crate::progress::Stopper;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use usher_model::{Code, Problem, Sync, SyncId};

/// The runs of this owner, by sync. One handle a command; all share the table.
#[derive(Clone)]
pub(super) struct Doing {
    all: Arc<Mutex<HashMap<SyncId, Running>>>,
    stopper: Stopper,
    sync: Arc<Mutex<Option<SyncId>>>,
}

#[derive(Debug)]
struct Running {
    run: Option<String>,
    stopper: Stopper,
}

/// The table that a process's commands share.
#[derive(Clone, Default)]
pub(super) struct Table {
    running: Arc<Mutex<HashMap<SyncId, Running>>>,
    /// Syncs of commands that begin by themselves.
    reserved: Arc<Mutex<Vec<SyncId>>>,
}

/// A sync that is about to be run for as long as this lives.
pub(super) struct Reserved(Arc<Mutex<Vec<SyncId>>>, SyncId);

/// A sync that runs for as long as this lives.
pub(super) struct Begun(Doing, SyncId);

impl Table {
    /// For one command, which `stopper` stops.
    pub(super) fn command(&self, stopper: Stopper) -> Doing {
        Doing {
            all: self.running.clone(),
            stopper,
            sync: Arc::default(),
        }
    }

    /// Whether a sync is being run, or is about to be.
    pub(super) fn runs(&self, sync: &SyncId) -> bool {
        let reserved = self
            .reserved
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(sync);
        reserved || self.all().contains_key(sync)
    }

    /// Counts a sync as being run from here on.
    pub(super) fn reserve(&self, sync: &SyncId) -> Reserved {
        self.reserved
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sync.clone());
        Reserved(self.reserved.clone(), sync.clone())
    }

    fn all(&self) -> MutexGuard<'_, HashMap<SyncId, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks all that is being run to stop.
    pub(super) fn stop_all(&self) {
        self.all()
            .values()
            .for_each(|running| running.stopper.stop());
    }

    /// Asks all that is being run to hold on, or to go on; which runs these are.
    pub(super) fn hold_all(&self, holds: bool) -> Vec<String> {
        let all = self.all();
        all.values().for_each(|running| running.stopper.hold(holds));
        all.values()
            .filter_map(|running| running.run.clone())
            .collect()
    }

    /// Whether all that is being run was asked to hold on; not where nothing is.
    pub(super) fn all_held(&self) -> bool {
        let all = self.all();
        !all.is_empty() && all.values().all(|running| running.stopper.holds())
    }

    /// Whether anything is being run.
    pub(super) fn is_idle(&self) -> bool {
        self.all().is_empty()
    }
}

impl Doing {
    /// Begins to run a sync; an error while it runs already.
    pub(super) fn begin(&self, sync: &Sync) -> Result<Begun, Problem> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.contains_key(&sync.id) {
            return Err(already_running(sync));
        }
        all.insert(
            sync.id.clone(),
            Running {
                run: None,
                stopper: self.stopper.clone(),
            },
        );
        *self.sync.lock().unwrap_or_else(PoisonError::into_inner) = Some(sync.id.clone());
        Ok(Begun(self.clone(), sync.id.clone()))
    }

    /// Notes under which id it runs.
    pub(super) fn named(&self, run: &str) {
        let sync = self
            .sync
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = sync.and_then(|sync| all.get_mut(&sync)) {
            running.run = Some(run.to_owned());
        }
    }

    /// Asks a run to stop; says whether it is being run here.
    pub(super) fn stop(&self, run: &str) -> bool {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all
            .values()
            .find(|running| running.run.as_deref() == Some(run));
        found.inspect(|running| running.stopper.stop()).is_some()
    }

    /// Asks a run to hold on, or to go on; says whether it is being run here.
    pub(super) fn hold(&self, run: &str, holds: bool) -> bool {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all
            .values()
            .find(|running| running.run.as_deref() == Some(run));
        found
            .inspect(|running| running.stopper.hold(holds))
            .is_some()
    }

    /// The same for whatever run of a sync there is.
    pub(super) fn hold_sync(&self, sync: &SyncId, holds: bool) {
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = all.get(sync) {
            running.stopper.hold(holds);
        }
    }

    /// An error while a sync is being run.
    pub(super) fn refuse_running(&self, sync: &Sync) -> Result<(), Problem> {
        let running = self
            .all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(&sync.id);
        if running {
            Err(already_running(sync))
        } else {
            Ok(())
        }
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = all.iter().position(|sync| *sync == self.1) {
            all.swap_remove(at);
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.0
            .all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.1);
    }
}

/// The error of a second run of a sync.
pub(super) fn already_running(sync: &Sync) -> Problem {
    Problem::passing(
        Code::AlreadyRunning,
        format!("The sync `{}` is being run.", sync.name),
        "Follow it with `usher run list`, or stop it with `usher run stop`.",
    )
}
