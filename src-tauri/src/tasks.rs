//! Pieces of work that the page follows and may stop, each under a name that the
//! page chose.

use crate::wire::TaskEvent;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use usher_model::Problem;
use usher_sync::{Event, Stopper};

/// The longest name of a task.
const LONGEST: usize = 64;

/// What is under way.
#[derive(Default)]
pub(crate) struct Tasks(Mutex<HashMap<String, Stopper>>, AtomicU64);

/// A task, for as long as it is under way.
pub(crate) struct Underway<'a>(&'a Tasks, String);

impl Tasks {
    /// Notes a task that `stopper` stops.
    pub(crate) fn begin(&self, task: &str, stopper: Stopper) -> Result<Underway<'_>, Problem> {
        if task.is_empty() || task.len() > LONGEST {
            return Err(Problem::usage("A task has a name of 1 to 64 bytes."));
        }
        let mut all = self.all();
        if all.contains_key(task) {
            return Err(Problem::usage("A task of that name is under way."));
        }
        all.insert(task.to_owned(), stopper);
        drop(all);
        Ok(Underway(self, task.to_owned()))
    }

    /// The same for one that the page has no name for.
    pub(crate) fn begin_unnamed(&self, stopper: Stopper) -> Underway<'_> {
        let name = format!("unnamed/{}", self.1.fetch_add(1, Ordering::Relaxed));
        self.all().insert(name.clone(), stopper);
        Underway(self, name)
    }

    /// Asks a task to stop; one that has ended needs no stopping.
    pub(crate) fn stop(&self, task: &str) {
        if let Some(stopper) = self.all().get(task) {
            stopper.stop();
        }
    }

    /// Asks all of them.
    pub(crate) fn stop_all(&self) {
        self.all().values().for_each(Stopper::leave);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Stopper>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        self.0.all().remove(&self.1);
    }
}

/// A task's progress as the page hears it.
pub(crate) fn told(task: &str, event: Event) -> TaskEvent {
    TaskEvent {
        task: task.to_owned(),
        event,
    }
}
