//! What is told to the page, to the tray and to the person's desktop: that something
//! is so, by ids and counts. What it means is read from the store.

use crate::pace::Pace;
use crate::shell::Inside;
use crate::tray;
use crate::wire::TaskEvent;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tauri::{AppHandle, Emitter, Manager};
use usher_model::{RunReport, RunState, grouped};
use usher_sync::owner::{Hear, News};
use usher_sync::{Desktop, Event, SystemDesktop};

/// What the page listens to.
mod event {
    pub(super) const START: &str = "start";
    pub(super) const TASK: &str = "task";
    pub(super) const RUN: &str = "run";
    pub(super) const RUN_ENDED: &str = "run-ended";
    pub(super) const CHANGED: &str = "changed";
    pub(super) const FILE: &str = "file-offered";
    pub(super) const DRAGGING: &str = "dragging";
}

/// Tells. One that nobody listens to any more tells nobody: the page is gone.
#[derive(Clone)]
pub(crate) struct Speaker {
    app: AppHandle,
    runs: Arc<Mutex<BTreeMap<String, Underway>>>,
    hidden: Arc<AtomicBool>,
    in_front: Arc<AtomicBool>,
}

/// A run on its way.
struct Underway {
    pace: Arc<Pace>,
    /// Its sync's name, as soon as that was looked up.
    sync: Option<String>,
}

impl Speaker {
    pub(crate) fn new(app: AppHandle) -> Self {
        Self {
            app,
            runs: Arc::default(),
            hidden: Arc::default(),
            in_front: Arc::default(),
        }
    }

    /// The data folder is open, or is not.
    pub(crate) fn start_changed(&self) {
        drop(self.app.emit(event::START, ()));
    }

    /// A task is this far.
    pub(crate) fn task(&self, told: TaskEvent) {
        drop(self.app.emit(event::TASK, told));
    }

    /// A file was given; it waits until the page asks for it.
    pub(crate) fn file(&self) {
        drop(self.app.emit(event::FILE, ()));
    }

    /// A file is being dragged over the window, or no longer.
    pub(crate) fn dragging(&self, over: bool) {
        drop(self.app.emit(event::DRAGGING, over));
    }

    /// For the owner to tell what happens in it; a run that has ended is handed on.
    pub(crate) fn hear(&self, ended: impl Fn(&str) + Send + Sync + 'static) -> Hear {
        let speaker = self.clone();
        Arc::new(move |news| match news {
            News::Run(event) => speaker.run(event),
            News::RunEnded { run_id } => {
                speaker.run_ended(&run_id);
                ended(&run_id);
            }
            News::Changed => {
                speaker.show_hold();
                drop(speaker.app.emit(event::CHANGED, ()));
            }
        })
    }

    /// Says in the tray whether what is running is held.
    pub(crate) fn show_hold(&self) {
        let session = self.app.try_state::<Inside>();
        let session = session.and_then(|inside| inside.0.opened().ok());
        tray::show_hold(
            &self.app,
            session.is_some_and(|session| session.holds_runs()),
        );
    }

    /// Whether somebody may be looking at the window: it is in front.
    pub(crate) fn is_in_front(&self) -> bool {
        self.in_front.load(Ordering::SeqCst)
    }

    /// Remembers that the window is in front, or is not.
    pub(crate) fn note_in_front(&self, in_front: bool) {
        self.in_front.store(in_front, Ordering::SeqCst);
    }

    /// Whether nobody sees the window: it is closed to the tray.
    pub(crate) fn is_hidden(&self) -> bool {
        self.hidden.load(Ordering::SeqCst)
    }

    /// Remembers that the window was hidden, or shown. Whoever works does not ask the window
    /// itself: it would wait for the main thread, which waits for them at the program's end.
    pub(crate) fn note_hidden(&self, is_hidden: bool) {
        self.hidden.store(is_hidden, Ordering::SeqCst);
    }

    /// How many runs are on their way.
    pub(crate) fn runs_underway(&self) -> usize {
        self.runs().len()
    }

    fn run(&self, event: Event) {
        let Some(run_id) = event.run_id.clone() else {
            return;
        };
        let (pace, is_new) = {
            let mut runs = self.runs();
            let is_new = !runs.contains_key(&run_id);
            let run = runs.entry(run_id.clone()).or_insert_with(|| {
                let (speaker, run) = (self.clone(), run_id.clone());
                Underway {
                    pace: Pace::new(move |event| speaker.run_is(&run, event)),
                    sync: None,
                }
            });
            (run.pace.clone(), is_new)
        };
        pace.hear(event);
        if is_new {
            self.look_up(run_id);
            drop(self.app.emit(event::CHANGED, ()));
        }
    }

    /// Tells how far a run is.
    fn run_is(&self, run_id: &str, event: Event) {
        let (underway, sync) = {
            let runs = self.runs();
            let sync = runs.get(run_id).and_then(|run| run.sync.clone());
            (runs.len(), sync)
        };
        tray::show(&self.app, underway, Some((sync.as_deref(), &event)));
        self.show_hold();
        drop(self.app.emit(event::RUN, event));
    }

    /// Finds out of which sync a run is: events name the run alone.
    fn look_up(&self, run_id: String) {
        let speaker = self.clone();
        tauri::async_runtime::spawn(async move {
            let Some(inside) = speaker.app.try_state::<Inside>() else {
                return;
            };
            let shell = inside.0.clone();
            let run = run_id.clone();
            // A run whose name cannot be had is shown without it.
            let report = shell.read(move |usher| usher.run_report(&run)).await;
            if let Ok(report) = report
                && let Some(run) = speaker.runs().get_mut(&run_id)
            {
                run.sync = Some(report.sync);
            }
        });
    }

    fn run_ended(&self, run_id: &str) {
        // Not under the lock: what is being told asks for it.
        let ended = self.runs().remove(run_id);
        if let Some(run) = ended {
            run.pace.end();
        }
        tray::show(&self.app, self.runs_underway(), None);
        self.show_hold();
        drop(self.app.emit(event::RUN_ENDED, run_id));
        drop(self.app.emit(event::CHANGED, ()));
    }

    /// Says on the desktop that the window was closed and Usher was not.
    pub(crate) fn notify_hidden(&self) {
        // Where nothing is shown, the icon in the tray says it alone. A bus takes its time.
        tauri::async_runtime::spawn_blocking(|| {
            SystemDesktop.show(
                "Usher is still open",
                "It runs what is under way and what is scheduled. Open Usher again to see it, or quit it from its icon in the tray.",
                None,
            )
        });
    }

    /// Says on the desktop how a run ended: its sync and counts, nobody's name.
    pub(crate) fn notify(&self, report: &RunReport) {
        let (title, body) = ending(report);
        let title = format!("{title}: {}", report.sync);
        // A desktop without notifications shows the report in the window all the same.
        tauri::async_runtime::spawn_blocking(move || SystemDesktop.show(&title, &body, None));
    }

    fn runs(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Underway>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a run ended, in a title and a line.
fn ending(report: &RunReport) -> (&'static str, String) {
    let people = &report.people;
    let rejected: u64 = people.rejected.values().sum();
    let counts = format!(
        "{} created, {} updated, {} rejected, {} unconfirmed",
        grouped(people.created),
        grouped(people.updated),
        grouped(rejected),
        grouped(people.unconfirmed)
    );
    match report.state {
        RunState::Completed => ("Sync completed", counts),
        RunState::CompletedWithProblems => ("Sync completed with problems", counts),
        RunState::Held => (
            "Sync held back",
            "A guardrail holds it back; nothing was sent.".into(),
        ),
        RunState::Stopped => ("Sync stopped", counts),
        _ => ("Sync ended early", counts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(state: &str) -> RunReport {
        serde_json::from_value(serde_json::json!({
            "run_id": "run_1", "sync": "Newsletter", "state": state, "digest": null, "rows": 9,
            "retry_of": null, "list": null, "allowed": [], "calls": 3, "retries": 0,
            "started_at": "2026-11-23T12:00:00Z", "finished_at": null,
            "people": { "created": 4, "updated": 2, "unchanged": 0, "skipped": {}, "invalid": {},
                "rejected": { "1003": 1, "1006": 1 }, "unconfirmed": 1 },
        }))
        .unwrap()
    }

    #[test]
    fn a_run_that_ended_is_told_by_its_counts() {
        let counts = "4 created, 2 updated, 2 rejected, 1 unconfirmed";
        for (state, title) in [
            ("completed", "Sync completed"),
            ("completed_with_problems", "Sync completed with problems"),
            ("stopped", "Sync stopped"),
            ("failed", "Sync ended early"),
        ] {
            assert_eq!(ending(&report(state)), (title, counts.to_owned()));
        }
        let (title, body) = ending(&report("held"));
        assert_eq!(title, "Sync held back");
        assert!(body.contains("nothing was sent"), "{body}");
    }
}
