//! One run from start to report, and everything a person can ask of Usher.
//!
//! This room owns order, waiting, retrying and resuming, and it is the only one
//! that does. What is decided is decided in `matching`, what is remembered in
//! `store`, what is said to a service in `remote`; here they are brought
//! together. The window and the command line are two thin faces of it.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod alert;
mod audience;
mod change;
mod connections;
mod csv;
mod destinations;
mod doctor;
mod entropy;
mod forget;
mod freshness;
mod limiter;
mod memo;
pub mod owner;
mod partial;
mod plan;
mod planted;
mod points;
mod progress;
mod reading;
mod retention;
mod route;
mod run;
mod sample;
mod schedule;
mod service;
mod settings;
mod suppressions;
mod syncs;
mod threads;
mod tidy;
mod usage;
mod usher;

pub use alert::{
    Act, AlertChange, AlertChannels, AlertCounts, AlertLine, AlertTest, Buttons, Channel, Delivery,
    DeliveryState, Desktop, MailChannel, NoDesktop, Shown, SystemDesktop, Tried, WebhookChannel,
};
pub use audience::{
    AudienceDocument, AudienceProfile, ChangesDocument, ColumnStats, ExportFormat, FileLook,
    ImportRequest, KeyCoverage, LostRows, Member, MemberPage, MemberQuery, MemberRow, SnapshotLine,
};
pub use connections::{ConnectionChange, ConnectionTest, NewConnection};
pub use destinations::{
    DestinationChange, DestinationCheck, Fault, FaultPlace, NewDestination, Suggestion,
};
pub use doctor::{HealthCheck, HealthReport, examine};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use forget::Forgotten;
pub use freshness::Freshness;
pub use plan::{
    Look, PeopleFilter, PeoplePage, ReadDocument, RouteWish, WhatIf, WhatIfDocument, WhatIfList,
};
pub use planted::{Planted, plant};
pub use points::{POINTS, announce_points};
pub use progress::{Event, Progress, Stopper};
pub use run::{
    OutcomeFilter, OutcomePage, PlannedList, RetryRequest, RunDetail, RunPage, RunRequest,
    Transition,
};
pub use sample::{SAMPLE, SAMPLE_FILE, SAMPLE_PASSPHRASE, SampleService};
pub use settings::{SettingsChange, SettingsDocument};
pub use suppressions::{Suppressed, SuppressionChange};
pub use syncs::{ListWish, NewSync, SyncChange};
pub use usage::{ConnectionUsage, UserCalls};
pub use usher::{Usher, World};
