//! What this machine remembers: two encrypted SQLite files and the key that opens them.
//!
//! Every write goes through one thread a database ([`Writer`]); every reader has
//! its own read-only connection ([`Reader`]). Nothing here knows people or syncs:
//! the tables do, one file each, on top of this.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod backup;
pub mod block;
mod config;
mod connect;
mod db;
mod disk;
mod error;
mod folder;
mod health;
mod key;
pub mod keychain;
mod migrate;
mod passphrase;
mod reader;
mod salvage;
mod stores;
pub mod table;
mod vault;
mod wording;
mod writer;

pub use config::KeychainKind;
pub use connect::{Durability, Settings};
pub use db::Database;
pub use disk::{Commits, Disk};
pub use error::StoreError;
pub use folder::{Folder, Unlock, open_folder, prepare_folder};
pub use health::Health;
pub use key::Key;
pub use keychain::{Keychain, MemoryKeychain, OsKeychain};
pub use migrate::Migration;
pub use reader::Reader;
pub use salvage::suspect_cache;
pub use stores::Stores;
pub use vault::{SECRETS_TABLE, Vault};
pub use writer::Writer;

/// A transaction of the writer.
pub type Tx<'a> = rusqlite::Transaction<'a>;
