//! One owner a data folder.
//!
//! A process that holds the folder's lock is its owner: it writes, runs syncs,
//! and asks the keychain. Every other process reads the stores by itself, with
//! the key it gets from the owner, and hands over what it wants done. Where no
//! owner is around, a command becomes one for as long as it takes.

mod alerts;
mod client;
mod clock;
mod command;
mod doing;
mod hand_off;
mod keeping;
mod lock;
mod login;
mod news;
mod place;
mod schedules;
mod serve;
mod session;
mod watches;
mod wire;

pub use command::Command;
pub use login::{Login, NoLogin, SystemLogin};
pub use news::{Hear, News};
pub use session::{Opening, Session, Watch};
pub use usher_store::KeychainKind;
