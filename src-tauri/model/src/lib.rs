//! The nouns of Usher, and what makes them valid.
//!
//! Every room shares these types and nothing else. There is no I/O here, no
//! clock, no SQL and no HTTP: a value of this crate can be made in a test with
//! three lines, and be written down and read back years later.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod alert;
mod audience;
mod batch;
mod connection;
mod count;
mod destination;
mod field;
mod id;
mod people;
mod percent;
mod plan;
mod problem;
mod route;
mod run;
mod schedule;
mod secret;
mod settings;
mod span;
mod sync;
mod time;

pub use alert::{Alert, AlertKind};
pub use audience::{Audience, FileMark, Quarantine, QuarantinedLine, Snapshot, Watched};
pub use batch::{Batch, BatchKind, BatchState, Item, Receipt, SentFile};
pub use connection::{Connection, EndpointError, Limits, is_loopback, parse_endpoint};
pub use count::grouped;
pub use destination::{Destination, FieldRule, Mapping, PersonAction, SyncType};
pub use field::{DataType, Field, ServiceDescription};
pub use id::{AudienceId, BatchId, ConnectionId, DestinationId, PlanId, RunId, SnapshotId, SyncId};
pub use people::{
    Candidate, Explain, ListAct, ListOutcome, Outcome, Person, PersonOutcome, Reason, ReasonCode,
    Verdict,
};
pub use percent::Percent;
pub use plan::{
    Cost, Guardrail, GuardrailName, ListEffect, PeopleCounts, PlanAudience, PlanSummary,
    SkipCounts, UsedToday,
};
pub use problem::{Code, Problem};
pub use route::{ReadRoute, RouteChoice, RouteCost, RouteReason, Routes, WriteRoute};
pub use run::{ListReport, PeopleReport, RunReport, RunState, Verification};
pub use schedule::{Missed, Schedule};
pub use secret::Secret;
pub use settings::{GuardrailLimits, Settings};
pub use sync::{Consent, ListChoice, ListRef, Mode, OnDrift, Sync};
pub use time::Timestamp;
