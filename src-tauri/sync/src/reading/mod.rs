//! Reading the destination before anything is concluded of it.

mod list;
mod people;

pub(crate) use list::list_there;
pub(crate) use people::{Coverage, fields_asked, freshness, scope};
