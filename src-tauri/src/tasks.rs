//! Pieces of work that the page follows and may stop, each under a name that the
//! page chose.

use crate::wire::TaskEvent;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use usher_model::Problem;
use usher_sync::{Event, Stopper};

/// The page hears of a piece of work at most this often.
const TELL_EVERY: Duration = Duration::from_millis(100);
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

/// Passes on how far something is, not more often than anybody can see: ten times a
/// second, whatever changes. What came too soon is told when its turn comes, the newest
/// alone, so that the last word of a stage is never missing.
pub(crate) struct Pace {
    tell: Box<dyn Fn(Event) + Send + Sync>,
    turn: Mutex<Turn>,
}

#[derive(Default)]
struct Turn {
    told_at: Option<Instant>,
    /// Waits for its turn, and somebody waits to tell it.
    next: Option<Event>,
    ended: bool,
}

impl Pace {
    /// Tells by `tell`.
    pub(crate) fn new(tell: impl Fn(Event) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            tell: Box::new(tell),
            turn: Mutex::default(),
        })
    }

    /// Takes in how far it is.
    pub(crate) fn hear(self: &Arc<Self>, event: Event) {
        let mut turn = self.turn();
        let left = turn
            .told_at
            .and_then(|at| TELL_EVERY.checked_sub(at.elapsed()))
            .filter(|left| !left.is_zero());
        match left {
            _ if turn.ended => {}
            None => self.say(&mut turn, event),
            Some(left) => {
                if turn.next.replace(event).is_none() {
                    let pace = self.clone();
                    tauri::async_runtime::spawn(async move {
                        tokio::time::sleep(left).await;
                        pace.catch_up();
                    });
                }
            }
        }
    }

    /// Nothing more is told: how it ended is told otherwise.
    pub(crate) fn end(&self) {
        let mut turn = self.turn();
        turn.ended = true;
        turn.next = None;
    }

    fn catch_up(&self) {
        let mut turn = self.turn();
        if let Some(event) = turn.next.take() {
            self.say(&mut turn, event);
        }
    }

    /// Under the lock, so that nothing is told after what came later.
    fn say(&self, turn: &mut Turn, event: Event) {
        turn.told_at = Some(Instant::now());
        turn.next = None;
        (self.tell)(event);
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task's progress as the page hears it.
pub(crate) fn told(task: &str, event: Event) -> TaskEvent {
    TaskEvent {
        task: task.to_owned(),
        event,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(stage: &str, done: u64) -> Event {
        Event {
            stage: stage.into(),
            done,
            total: None,
            waiting_for: None,
            run_id: None,
        }
    }

    fn pace() -> (Arc<Pace>, Arc<Mutex<Vec<Event>>>) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let into = told.clone();
        let tell = move |event| into.lock().unwrap().push(event);
        (Pace::new(tell), told)
    }

    #[test]
    fn ten_a_second_are_told_and_the_last_one_is() {
        let (pace, told) = pace();
        let began = Instant::now();
        for n in 0..300 {
            pace.hear(event(if n % 2 == 0 { "even" } else { "odd" }, n));
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(TELL_EVERY * 3);
        let told = told.lock().unwrap();
        assert_eq!(*told.last().unwrap(), event("odd", 299));
        let turns = began.elapsed().as_millis() / TELL_EVERY.as_millis() + 1;
        assert!(told.len() as u128 <= turns, "{} in {turns}", told.len());
        for pair in told.windows(2) {
            assert!(pair[0].done < pair[1].done, "out of order");
        }
    }

    #[test]
    fn nothing_is_told_after_the_end() {
        let (pace, told) = pace();
        pace.hear(event("sending", 1));
        pace.hear(event("sending", 2));
        pace.end();
        pace.hear(event("sending", 3));
        std::thread::sleep(TELL_EVERY * 3);
        assert_eq!(told.lock().unwrap().len(), 1);
    }
}
