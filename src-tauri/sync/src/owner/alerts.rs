//! The owner tells what happens to syncs to who wants to hear it. It looks when a run
//! begins or ends, when anything is changed, and when something is late; one that ends with
//! its command tells of that command's run alone.

use crate::alert::{Act, earlier};
use crate::owner::Command;
use crate::owner::news::News;
use crate::owner::serve::Server;
use crate::progress::Progress;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use usher_model::{Problem, RunId, Sync, Timestamp};

/// The longest that nobody looks at the clock while something may get late: it may have been
/// set, and the computer may have slept.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Wakes who tells, and ends it.
pub(super) struct Teller(watch::Sender<Wish>);

/// What is wished of it.
#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    /// Whether a run began or ended here.
    acted: bool,
    ends: bool,
}

impl Default for Teller {
    fn default() -> Self {
        Self(watch::channel(Wish::default()).0)
    }
}

impl Teller {
    /// A run has begun or ended.
    pub(super) fn wake(&self) {
        self.0.send_modify(|wish| wish.acted = true);
    }

    /// It tells what is left, once, and ends.
    pub(super) fn end(&self) {
        self.0.send_modify(|wish| wish.ends = true);
    }
}

impl Server {
    /// Tells of what happens here until it is asked to end.
    pub(super) async fn keep_telling(self: Arc<Self>) {
        let mut wishes = self.teller.0.subscribe();
        let mut done = self.done.subscribe();
        if self.leaves_soon {
            let first = wishes.wait_for(|wish| wish.acted || wish.ends).await;
            if first.is_ok_and(|wish| !wish.acted) {
                return;
            }
        }
        loop {
            let ends = wishes.borrow_and_update().ends;
            let next = self.tell().await.unwrap_or_else(|problem| {
                tracing::error!(code = ?problem.code, "alerts cannot be told");
                Some(self.usher.now().after(LOOK_AGAIN))
            });
            if ends {
                return;
            }
            let until_next = async {
                match next {
                    Some(next) => {
                        let wait = next.since(self.usher.now()).min(LOOK_AGAIN);
                        self.usher.world.clock.sleep(wait).await
                    }
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = until_next => {}
                Ok(()) = wishes.changed() => {}
                Ok(()) = done.changed() => {}
            }
        }
    }

    /// Does what is wished by the buttons of words on the desktop.
    pub(super) async fn keep_hearing_buttons(self: Arc<Self>) {
        while let Some((id, act)) = self.usher.presses.next().await {
            let run = id.to_string();
            let command = match act {
                Act::Pause => Command::HoldRun { run, holds: true },
                Act::Resume => Command::HoldRun { run, holds: false },
                Act::Stop => Command::StopRun { run },
            };
            let (progress, stopper) = Progress::new(|_| {});
            let done = self.perform(command, None, stopper, &progress, |_| {});
            // A run that is over meanwhile has nothing left to be held.
            if done.await.is_ok() && act == Act::Pause {
                self.show_paused(id);
            }
        }
    }

    /// Says that a run is held: a word whose button was pressed is gone.
    fn show_paused(&self, run: RunId) {
        let Ok(sync) = self.usher.sync_of_run(run.as_str()) else {
            return;
        };
        let desktop = self.usher.world.desktop.clone();
        let acts = [Act::Resume, Act::Stop];
        let buttons = Some(self.usher.presses.buttons(run, &acts));
        let title = format!("{}: is paused", sync.name);
        // A bus takes its time.
        tokio::task::spawn_blocking(move || {
            desktop.show(&title, "Nothing more is sent until it is resumed.", buttons)
        });
    }

    /// Looks at all syncs, and delivers what is due; when to do so again.
    async fn tell(&self) -> Result<Option<Timestamp>, Problem> {
        let looked = self.usher.look_at_all().await?;
        let delivered = self.usher.deliver_alerts().await?;
        if looked.made || delivered.tried {
            (self.hear)(News::Changed);
        }
        Ok(earlier(looked.next_at, delivered.next_at))
    }

    /// Writes down what the end of a run means to who wants to hear it, before another run
    /// of its sync can begin to hide it.
    pub(super) async fn tell_end(&self, run: &str) {
        if let Err(problem) = self.usher.look_at_end(run).await {
            // The next look finds it.
            tracing::error!(code = ?problem.code, "what a run's end means is not written down");
        }
        self.teller.wake();
    }

    /// The same for a run that was due and could not begin.
    pub(super) async fn tell_not_begun(&self, sync: &Sync, why: &Problem) {
        if let Err(problem) = self.usher.look_at(&sync.id, None, Some(why)).await {
            tracing::error!(code = ?problem.code, "a run that did not begin is not written down");
        }
        self.teller.wake();
    }
}
