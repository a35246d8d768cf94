//! Buttons of words on the desktop: pressed on some thread, heard by the owner.

use crate::alert::{Act, Buttons};
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};
use usher_model::RunId;

/// What was pressed and is not heard yet. One handle a word; all share it.
#[derive(Clone)]
pub(crate) struct Presses {
    sent: mpsc::UnboundedSender<(RunId, Act)>,
    heard: Arc<Mutex<mpsc::UnboundedReceiver<(RunId, Act)>>>,
}

impl Default for Presses {
    fn default() -> Self {
        let (sent, heard) = mpsc::unbounded_channel();
        Self {
            sent,
            heard: Arc::new(Mutex::new(heard)),
        }
    }
}

impl Presses {
    /// Buttons of a word about a run.
    pub(crate) fn buttons(&self, run: RunId, acts: &[Act]) -> Buttons {
        let sent = self.sent.clone();
        Buttons {
            acts: acts.to_vec(),
            // Nobody is left to hear of it as the process ends.
            pressed: Arc::new(move |act| drop(sent.send((run.clone(), act)))),
        }
    }

    /// The next that is pressed.
    pub(crate) async fn next(&self) -> Option<(RunId, Act)> {
        self.heard.lock().await.recv().await
    }
}
