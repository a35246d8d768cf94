//! Saying how far a piece of work is, and hearing that it should stop: one act,
//! so that what reports its progress can always be stopped.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::watch;
use ts_rs::TS;
use usher_model::{Code, Problem};

/// How far a piece of work is. Small: it crosses a socket ten times a second.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Event {
    /// What is being done, in a word or two.
    pub stage: String,
    /// How much of it is done.
    pub done: u64,
    /// How much there is, where that is known.
    pub total: Option<u64>,
    /// What it waits for, while it waits.
    pub waiting_for: Option<String>,
    /// The run it belongs to.
    pub run_id: Option<String>,
}

/// Where progress goes and where a wish to stop comes from.
#[derive(Clone)]
pub struct Progress {
    tell: Arc<dyn Fn(Event) + Send + Sync>,
    stop: watch::Receiver<bool>,
    run_id: Option<String>,
}

/// Asks one piece of work to stop. Dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Stopper(Arc<watch::Sender<bool>>);

impl Stopper {
    /// Asks.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Progress {
    /// Progress told to `tell`, and the handle that stops the work.
    pub fn new(tell: impl Fn(Event) + Send + Sync + 'static) -> (Self, Stopper) {
        let (sender, stop) = watch::channel(false);
        (
            Self {
                tell: Arc::new(tell),
                stop,
                run_id: None,
            },
            Stopper(Arc::new(sender)),
        )
    }

    /// Progress that nobody watches and nobody stops.
    pub fn unwatched() -> Self {
        Self::new(|_| {}).0
    }

    /// The same, named as that of a run.
    pub fn of_run(&self, run_id: &str) -> Self {
        Self {
            run_id: Some(run_id.to_owned()),
            ..self.clone()
        }
    }

    /// The same, told to `hear` too.
    pub(crate) fn heard_by(&self, hear: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        let tell = self.tell.clone();
        Self {
            tell: Arc::new(move |event| {
                hear(&event);
                tell(event);
            }),
            ..self.clone()
        }
    }

    /// Says how far the work is; an error when it should stop.
    pub fn step(&self, stage: &str, done: u64, total: Option<u64>) -> Result<(), Problem> {
        self.say(stage, done, total, None);
        self.check()
    }

    /// Says what the work waits for.
    pub fn waits(&self, what: &str) {
        self.say("waiting", 0, None, Some(what.to_owned()));
    }

    /// An error when the work should stop.
    pub fn check(&self) -> Result<(), Problem> {
        if self.is_stopped() {
            Err(stopped())
        } else {
            Ok(())
        }
    }

    /// Whether the work should stop.
    pub fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Returns once the work should stop.
    pub async fn until_stopped(&self) {
        let mut stop = self.stop.clone();
        if stop.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn say(&self, stage: &str, done: u64, total: Option<u64>, waiting_for: Option<String>) {
        (self.tell)(Event {
            stage: stage.to_owned(),
            done,
            total,
            waiting_for,
            run_id: self.run_id.clone(),
        });
    }
}

/// The error of work that was asked to stop.
pub(crate) fn stopped() -> Problem {
    Problem::passing(
        Code::Stopped,
        "Stopped, as asked.",
        "Nothing of what was done before is lost.",
    )
}
