//! One table, one file: its migration, its rows, its reads and its writes.
//!
//! Reads and writes are functions over a connection, so that they serve inside
//! a transaction of the writer and on a reader alike. `journal.db` holds what
//! cannot be had again, `cache.db` what can; no function touches both.

pub mod alerts;
pub mod batches;
mod before;
pub mod calls;
pub mod definitions;
pub mod ledger;
pub mod lists;
pub mod plans;
pub mod purges;
pub mod readings;
pub mod runs;
pub mod schedules;
pub mod settings;
pub mod snapshots;
pub mod suppressions;
mod when;

pub use when::When;

use crate::error::StoreError;
use crate::{Migration, SECRETS_TABLE};
use serde::{Serialize, de::DeserializeOwned};

/// The tables of `journal.db`, oldest first; one that shipped is never edited.
pub(crate) const JOURNAL: &[Migration] = &[
    Migration {
        number: 1,
        sql: SECRETS_TABLE,
    },
    Migration {
        number: 2,
        sql: definitions::MIGRATION,
    },
    Migration {
        number: 3,
        sql: suppressions::MIGRATION,
    },
    Migration {
        number: 4,
        sql: runs::MIGRATION,
    },
    Migration {
        number: 5,
        sql: batches::MIGRATION,
    },
    Migration {
        number: 6,
        sql: ledger::MIGRATION,
    },
    Migration {
        number: 8,
        sql: purges::MIGRATION,
    },
    Migration {
        number: 9,
        sql: schedules::MIGRATION,
    },
    Migration {
        number: 10,
        sql: batches::FILES,
    },
    Migration {
        number: 11,
        sql: alerts::MIGRATION,
    },
    Migration {
        number: 12,
        sql: settings::MIGRATION,
    },
    Migration {
        number: 13,
        sql: purges::PEOPLE,
    },
    Migration {
        number: 14,
        sql: batches::OPEN,
    },
    Migration {
        number: 15,
        sql: schedules::OWED,
    },
    Migration {
        number: 16,
        sql: runs::HELD,
    },
    Migration {
        number: 17,
        sql: batches::OPEN_TRIED,
    },
    Migration {
        number: 18,
        sql: batches::SETTLED,
    },
    Migration {
        number: 19,
        sql: runs::SOUGHT,
    },
    Migration {
        number: 20,
        sql: batches::BY_TIME,
    },
];

/// The tables of `cache.db`, likewise.
pub(crate) const CACHE: &[Migration] = &[
    Migration {
        number: 1,
        sql: before::SNAPSHOTS,
    },
    Migration {
        number: 2,
        sql: before::READINGS,
    },
    Migration {
        number: 3,
        sql: lists::MIGRATION,
    },
    Migration {
        number: 4,
        sql: before::PLANS,
    },
    Migration {
        number: 5,
        sql: calls::MIGRATION,
    },
    Migration {
        number: 6,
        sql: before::MAKE_ROOM,
    },
    Migration {
        number: 7,
        sql: snapshots::MIGRATION,
    },
    Migration {
        number: 8,
        sql: readings::MIGRATION,
    },
    Migration {
        number: 9,
        sql: plans::MIGRATION,
    },
    Migration {
        number: 10,
        sql: before::NO_PLANS,
    },
    Migration {
        number: 11,
        sql: calls::OTHERS,
    },
];

pub(crate) fn damaged(detail: &str) -> StoreError {
    StoreError::Damaged(detail.to_owned())
}

pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| damaged("a row could not be written down"))
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| damaged("a row does not read back"))
}

/// JSON lines as one block of bytes.
pub(crate) fn to_lines<T: Serialize>(values: &[T]) -> Result<Vec<u8>, StoreError> {
    let mut text = Vec::new();
    for value in values {
        text.extend_from_slice(to_json(value)?.as_bytes());
        text.push(b'\n');
    }
    Ok(crate::block::encode_bytes(&text))
}

/// The values of a block that [`to_lines`] made.
pub(crate) fn from_lines<T: DeserializeOwned>(block: &[u8]) -> Result<Vec<T>, StoreError> {
    let bytes = crate::block::decode_bytes(block)?;
    let lines = bytes
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty());
    lines
        .map(|line| {
            serde_json::from_slice(line)
                .map_err(|_| damaged("a line of a block does not read back"))
        })
        .collect()
}
