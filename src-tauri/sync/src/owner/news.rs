//! What a process that stays hears of its folder, whoever asked for it.

use crate::progress::Event;
use std::sync::Arc;

/// Something that happened in the owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// A run is this far.
    Run(Event),
    /// A run has come to its end; its report says which.
    RunEnded {
        /// The run.
        run_id: String,
    },
    /// Something else was changed: what was read before may be old.
    Changed,
}

/// Who hears it. It is called by what works, so it must be quick.
pub type Hear = Arc<dyn Fn(News) + Send + Sync>;

/// For a process in which nobody looks.
pub(super) fn nobody_hears() -> Hear {
    Arc::new(|_| {})
}
