//! Static lists of the lead database: finding them, and who is on them.

pub(crate) mod browse;
pub(crate) mod ids;
pub(crate) mod membership;
pub(crate) mod store;
