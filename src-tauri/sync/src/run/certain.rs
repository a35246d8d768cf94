//! When it is certain of a batch in doubt that it was done or never will be.

use crate::planted::{Planted, is_planted};
use crate::progress::Progress;
use crate::run::RunRecord;
use crate::service::Service;
use crate::usher::Usher;
use std::time::Duration;
use usher_model::{BatchKind, BatchState, Problem, SentFile, Timestamp};
use usher_store::table::batches::Open;

/// How long a file may take to be worked on whose number is not known: none of its
/// people are made by calls meanwhile.
const LOST_FILE: Duration = Duration::from_secs(600);

/// How often something is sent whose outcome stays unknown.
pub(super) const TRIES: u32 = 3;

/// How long until a batch in doubt can be looked at: creations once the service's own
/// time-out has passed, absolute changes at once, as long as they may be sent again.
pub(super) fn settles_in(open: &Open, service: &Service) -> Duration {
    let at_once = match open.kind {
        BatchKind::Create => is_planted(Planted::CreationReadTooSoon),
        _ => open.attempt < TRIES,
    };
    match at_once {
        true => Duration::ZERO,
        false => certain_in(open, service),
    }
}

/// How long until it is certain that a batch in doubt was done or never will be. One that
/// left later than now, by a clock that was ahead, has left just now.
pub(super) fn certain_in(open: &Open, service: &Service) -> Duration {
    let settles_after = match open.file {
        // The service has said that it is done with it.
        Some(SentFile { job: Some(_), .. }) => return Duration::ZERO,
        Some(SentFile { job: None, .. }) => service.settles_after() + service.scaled(LOST_FILE),
        None => service.settles_after(),
    };
    let ago = service
        .now()
        .since(Timestamp(open.sent_at.unwrap_or_default()));
    settles_after.saturating_sub(ago)
}

impl Service {
    /// A stand-in's own time-out is asked for when doubts hang on it.
    pub(super) async fn learn_timeout_if_doubtful(
        &self,
        usher: &Usher,
        run: &RunRecord,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let doubtful = usher
            .open_batches(run)?
            .iter()
            .any(|open| open.state != BatchState::Planned);
        if doubtful {
            self.learn_timeout(progress).await?;
        }
        Ok(())
    }
}
