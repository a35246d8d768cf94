//! Opaque names for things: a newtype each, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text, for a query or a file name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A way to reach one service.
    ConnectionId
    /// A named set of people.
    AudienceId
    /// An audience as of a time.
    SnapshotId
    /// A system people go to, with settings and mapping.
    DestinationId
    /// A saved definition: this audience to that destination.
    SyncId
    /// A plan that was stored to be sent later.
    PlanId
    /// One execution of a sync.
    RunId
    /// People sent in one call.
    BatchId
}
