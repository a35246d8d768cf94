//! Planning: what is known is put before the engine, and what it decides is
//! kept as a plan that can be sent.

mod cost;
mod explain;
mod file_cost;
mod guardrails;
mod inputs;
mod kept;
mod known;
mod leads;
mod make;
mod met;
mod opened;
mod pages;
mod people;
mod preview;
mod remembered;
mod rows;
mod told;
mod told_kept;
mod what_if;

pub use explain::PeopleFilter;
pub use pages::PeoplePage;
pub use preview::{Look, ReadDocument, RouteWish};
pub use what_if::{WhatIf, WhatIfDocument, WhatIfList};

pub(crate) use cost::lead_batches;
pub(crate) use explain::no_such_plan;
pub(crate) use inputs::{Inputs, settings_for};
pub(crate) use make::StoredPlan;
pub(crate) use pages::PagedPlan;
pub(crate) use people::PlannedPerson;
pub(crate) use remembered::Remembered;
