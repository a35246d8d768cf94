//! What journeys share: a data folder of their own, a sandbox of their own, and
//! the shipped `usher` between them. A journey types commands and reads
//! documents, like a person with a script; then it asks the sandbox what is there.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod desk;
mod ran;
mod random;
mod remote;
mod who_listens;

pub use desk::{Desk, PASSPHRASE, binary};
pub use ran::Ran;
pub use random::Random;
pub use remote::{Remote, state_at};
pub use usher_sandbox::{Config, Sandbox};
pub use who_listens::{Hook, Postbox};
