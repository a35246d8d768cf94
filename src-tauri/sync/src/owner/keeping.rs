//! An owner that stays takes people out of runs that are over for as long as the settings
//! say, also when it is not started anew for weeks.

use crate::owner::serve::Server;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked for what is no longer to be kept.
const EVERY: Duration = Duration::from_secs(3600);
/// Between two turns of one that takes long: others wait for the owner meanwhile.
const PAUSE: Duration = Duration::from_secs(5);

impl Server {
    /// Does so for as long as this process is the owner.
    pub(super) async fn keep_no_longer(self: Arc<Self>) {
        loop {
            let kept = match self.usher.forget_given_up().await {
                Ok(()) => self.usher.purge_runs().await,
                Err(problem) => Err(problem),
            };
            let wait = match kept {
                Ok(true) => EVERY,
                Ok(false) => PAUSE,
                Err(problem) => {
                    tracing::error!(code = ?problem.code, "people of long ago cannot be taken out");
                    EVERY
                }
            };
            tokio::select! {
                () = self.usher.world.clock.sleep(wait) => {}
                () = self.usher.keeps_less.notified() => {}
            }
        }
    }
}
