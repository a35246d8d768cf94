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

/// Whether work is to end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wish {
    GoOn,
    /// The process ends, and nobody wants the work to.
    Leave,
    /// Somebody wants it to stop.
    Stop,
}

/// Where progress goes and where a wish to stop comes from.
#[derive(Clone)]
pub struct Progress {
    tell: Arc<dyn Fn(Event) + Send + Sync>,
    stop: watch::Receiver<Wish>,
    /// A part of the work may be stopped by itself.
    part: Option<watch::Receiver<Wish>>,
    hold: watch::Receiver<bool>,
    run_id: Option<String>,
}

/// Asks one piece of work to stop, or to hold on. Dropping it changes nothing.
#[derive(Clone, Debug)]
pub struct Stopper {
    stop: Arc<watch::Sender<Wish>>,
    hold: Arc<watch::Sender<bool>>,
}

impl Stopper {
    /// Asks it to stop.
    pub fn stop(&self) {
        self.stop.send_replace(Wish::Stop);
    }

    /// Asks it to stop since the process ends. A run that nobody watches is gone on with by
    /// the next one; what somebody stopped stays stopped.
    pub fn leave(&self) {
        self.stop
            .send_modify(|wish| *wish = (*wish).max(Wish::Leave));
    }

    /// Asks it to hold on, or to go on. What is under way is brought to its end.
    pub fn hold(&self, holds: bool) {
        self.hold.send_replace(holds);
    }

    /// Whether it was asked to hold on, and not to go on since.
    pub(crate) fn holds(&self) -> bool {
        *self.hold.borrow()
    }
}

impl Progress {
    /// Progress told to `tell`, and the handle that stops the work.
    pub fn new(tell: impl Fn(Event) + Send + Sync + 'static) -> (Self, Stopper) {
        let (stopping, stop) = watch::channel(Wish::GoOn);
        let (holding, hold) = watch::channel(false);
        let stopper = Stopper {
            stop: Arc::new(stopping),
            hold: Arc::new(holding),
        };
        let progress = Self {
            tell: Arc::new(tell),
            stop,
            part: None,
            hold,
            run_id: None,
        };
        (progress, stopper)
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

    /// The same for a part of the work, and the handle that stops that part alone.
    pub(crate) fn part(&self) -> (Self, Stopper) {
        let (stopping, part) = watch::channel(Wish::GoOn);
        let part = Some(part);
        let progress = Self {
            part,
            ..self.clone()
        };
        let stopper = Stopper {
            stop: Arc::new(stopping),
            hold: Arc::new(watch::channel(false).0),
        };
        (progress, stopper)
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
        let wished = |stop: &watch::Receiver<Wish>| *stop.borrow() != Wish::GoOn;
        wished(&self.stop) || self.part.as_ref().is_some_and(wished)
    }

    /// Whether it should stop for nothing but the end of the process.
    pub(crate) fn is_left(&self) -> bool {
        *self.stop.borrow() == Wish::Leave
    }

    /// Returns once the work should stop.
    pub async fn until_stopped(&self) {
        let part = async {
            match &self.part {
                Some(part) => wished(part.clone()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = wished(self.stop.clone()) => {}
            () = part => {}
        }
    }

    /// Whether the work should hold on, now and as it changes.
    pub(crate) fn hold(&self) -> watch::Receiver<bool> {
        self.hold.clone()
    }

    /// Returns once the work may go on; an error when it should stop instead.
    pub(crate) async fn until_released(&self) -> Result<(), Problem> {
        let mut hold = self.hold.clone();
        tokio::select! {
            // Who held it is gone: nobody would ever let it go on.
            _ = hold.wait_for(|holds| !holds) => {}
            () = self.until_stopped() => {}
        }
        self.check()
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

/// Returns once this says so; never where nobody can wish for it any more.
async fn wished(mut stop: watch::Receiver<Wish>) {
    if stop.wait_for(|stop| *stop != Wish::GoOn).await.is_err() {
        std::future::pending::<()>().await;
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
