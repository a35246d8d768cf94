//! Reading the destination before anything is concluded of it.

mod ahead;
mod block;
mod chain;
mod changes;
mod everyone;
mod export;
mod extract;
mod extract_file;
mod keys;
mod list;
mod lookup;
mod people;
mod unfinished;

pub(crate) use block::{LeadBlock, LeadColumn, PARTITION, ReadLead, UPDATED, asked};
pub(crate) use chain::{carried, first_usable, since};
pub(crate) use changes::{ChangesAsk, least_calls};
pub(crate) use everyone::exported_leads;
pub(crate) use export::Exporter;
pub(crate) use extract::Whose;
pub(crate) use keys::{AskedKeys, LeadKeys};
pub(crate) use list::{list_scope, list_there, members_of};
pub(crate) use people::{
    fields_asked, fresh_for, freshness, is_fresh, planned_columns, told_scope,
};
pub(crate) use unfinished::{AtWork, is_gone_on_with};
