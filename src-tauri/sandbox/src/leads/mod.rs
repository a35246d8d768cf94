//! The lead database's people: storage, reading and writing.

pub(crate) mod filter;
pub(crate) mod index;
pub(crate) mod maintain;
pub(crate) mod record;
pub(crate) mod store;
pub(crate) mod sync;
pub(crate) mod sync_plan;
