//! The engine: normalise, match, plan, tally.
//!
//! Columns come in, verdicts go out, the same way every time. There is no I/O,
//! no clock, no randomness and no async here, so a plan can be held against a
//! slow obvious one, replayed years later, and shown without a network.
//!
//! Rows and leads meet by the hashes of their keys ([`Meeting`]); a [`Planner`]
//! decides from columns of hashes alone, a block of rows at a time, in any order
//! and on any number of threads; [`person`] puts one decision in words where
//! somebody looks. Block sizes and threads do not change anything that is said.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod counts;
mod decided;
mod digest;
mod fieldset;
mod hash;
mod key;
mod lead_set;
mod leads;
mod meeting;
mod person;
mod planner;
mod settings;
mod suppression;
mod value;

pub use counts::Counts;
pub use decided::{Decided, Decision, NOBODY};
pub use digest::{Digest, DigestBytes};
pub use fieldset::FieldSets;
pub use hash::{
    BLANK, MISFIT, NULL, ValueHash, cell_hash, cell_length, equal, hashed_as, plain_hash,
    there_hash, value_hash,
};
pub use key::{Key, KeyHash, KeyKind, normalize};
pub use lead_set::LeadSet;
pub use leads::{Leads, NEVER};
pub use meeting::{At, Found, KeyColumn, Meeting, ReadingEnd, Says, Side, Sides};
pub use person::{Met, leaver, other_emails, person, reason, seen_equal};
pub use planner::{Planner, Rows, Tally};
pub use settings::{MappedField, Settings};
pub use suppression::{Suppressions, email_hash};
pub use value::{Misfit, canonical, read_as_text, same};
