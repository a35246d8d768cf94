//! Stand-ins for the remote services, on loopback.
//!
//! Today that is one service: the REST API of Marketo Engage, as its public
//! documentation and recorded traffic describe it. The sandbox shares no code with
//! the client it is used to test, so that a misreading on one side shows up as a
//! disagreement instead of being repeated on the other.
//!
//! Everything lives in memory behind one lock; `README.md` beside this crate lists
//! the private endpoints that let a test play "somebody else" or inject faults.

mod activities;
mod assets;
mod audience;
mod bulk;
mod clock;
mod config;
mod connection;
mod envelope;
mod extract;
mod faults;
mod field_table;
mod fields;
mod gateway;
mod identity;
mod leads;
mod limits;
mod lists;
mod log;
mod paging;
mod partitions;
mod people;
mod permissions;
mod private;
mod random;
mod reply;
mod request;
mod routes;
mod server;
mod snapshot;
mod state;
mod stats;
mod stepped;
mod values;

pub use audience::{AudienceCounts, write_audience, write_next_audience};
pub use config::{Config, SandboxError};
pub use extract::write_extract;
pub use server::Sandbox;
pub use stepped::{Answered, Asked, Stepped};
