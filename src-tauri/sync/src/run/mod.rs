//! One run, from its plan to its report.
//!
//! A run is what is written of it: its document, a line a person, and batches
//! that are written down before they leave. Whatever stops it, the next owner
//! goes on from there.

mod again;
mod attempt;
mod begin;
mod certain;
mod cut;
mod doubt;
mod export;
mod file;
mod import;
mod imported;
mod makers;
mod old_plan;
mod pages;
mod people;
mod queue;
mod read_back;
mod receipts;
mod record;
mod refusal;
mod report;
mod resume;
mod retry;
mod send;
mod stage;
mod verify;

pub use begin::RunRequest;
pub(crate) use makers::Makers;
pub use pages::OutcomePage;
pub(crate) use pages::PagedRun;
pub use people::{OutcomeFilter, Transition};
pub(crate) use record::{RunList, RunRecord, Stage};
pub use report::{PlannedList, RunDetail, RunPage};
pub use retry::RetryRequest;
