//! The engine: normalise, match, plan, tally.
//!
//! Columns come in, verdicts go out, the same way every time. There is no I/O,
//! no clock, no randomness and no async here, so a plan can be held against a
//! slow obvious one, replayed years later, and shown without a network. A
//! stream of blocks goes through one [`Planner`] in row order; block sizes do
//! not change anything that it says.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod counts;
mod digest;
mod key;
mod leads;
mod ledger;
mod matched;
mod person;
mod planner;
mod settings;
mod suppression;
mod value;

pub use counts::Counts;
pub use digest::Digest;
pub use key::{Key, KeyHash, KeyKind, normalize};
pub use leads::{Lead, LeadTable};
pub use ledger::{Delivered, Ledger, Membership, Place, ValueHash};
pub use person::reason;
pub use planner::{Decision, ListState, Planner, Removal};
pub use settings::{MappedField, Settings};
pub use suppression::Suppressions;
pub use value::{Misfit, canonical, read_as_text, same, value_hash};
