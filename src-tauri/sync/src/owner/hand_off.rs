//! Leaving a run to an owner that stays.

use crate::owner::Command;
use crate::owner::client::{Client, silent};
use crate::owner::session::Opening;
use std::time::Duration;
use usher_model::Problem;

/// How long an owner that was started has to become one: it may wait for another to end,
/// and derive its key from a passphrase.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked for.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

impl Opening {
    /// Has a run done by the owner that stays in this folder, and does not wait for its
    /// end; the run's id. Where there is no such owner, `start` starts one, once.
    pub async fn hand_off(
        &self,
        command: &Command,
        start: impl FnOnce() -> Result<(), Problem>,
    ) -> Result<String, Problem> {
        let clock = &self.world.clock;
        let deadline = clock.elapsed() + PATIENCE;
        let mut start = Some(start);
        loop {
            if let Ok(client) = Client::connect(&self.folder).await
                && let Some(run) = client?.begin(command).await?
            {
                return Ok(run);
            }
            if let Some(start) = start.take() {
                start()?;
            }
            if clock.elapsed() >= deadline {
                return Err(silent());
            }
            clock.sleep(LOOK_AGAIN).await;
        }
    }
}
