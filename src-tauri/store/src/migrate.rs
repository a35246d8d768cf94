//! From any older schema to this version's: all steps or none.

use crate::{Key, Settings, StoreError, backup::back_up};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// One step of the schema. Once released it is never edited: the text that ran
/// is recorded and compared.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Ascending from 1; gaps are allowed, going back is not.
    pub number: u32,
    /// The statements, without `BEGIN` and `COMMIT`.
    pub sql: &'static str,
}

const RECORD: &str =
    "CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, sql TEXT NOT NULL) STRICT";

/// What the recorded steps of a file say against those of this version.
pub(crate) enum Schema {
    /// The same ones.
    Current,
    /// All of the recorded ones are known, and some of ours did not run yet,
    /// the first of them being this many places in.
    Behind(usize),
}

/// Compares without changing anything.
///
/// # Errors
/// `Newer` when the file has steps that this version does not know; `Internal`
/// when a step that ran was edited or renumbered since.
pub(crate) fn compare(
    connection: &Connection,
    path: &Path,
    known: &[Migration],
) -> Result<Schema, StoreError> {
    if !known.is_sorted_by_key(|step| step.number) || known.is_empty() {
        return Err(StoreError::internal("the migrations are not in order"));
    }
    let ran = recorded(connection)?;
    let newest = known.last().map_or(0, |step| step.number);
    if ran.iter().any(|(number, _)| *number > newest) {
        return Err(StoreError::Newer(path.to_owned()));
    }
    for (at, (number, sql)) in ran.iter().enumerate() {
        if known
            .get(at)
            .is_none_or(|step| step.number != *number || step.sql != sql)
        {
            return Err(StoreError::internal(format!(
                "migration {number} of {} differs from what ran on this file; a released \
                 migration must not be edited, add a new one",
                path.display()
            )));
        }
    }
    Ok(if ran.len() == known.len() {
        Schema::Current
    } else {
        Schema::Behind(ran.len())
    })
}

/// Brings the file up to date in one transaction, with the record of it. A file
/// that had a schema before is first copied beside itself.
///
/// # Errors
/// Those of [`compare`] and of the database; the file is then as it was.
pub(crate) fn migrate(
    connection: &mut Connection,
    path: &Path,
    key: &Key,
    settings: &Settings,
    known: &[Migration],
) -> Result<(), StoreError> {
    let Schema::Behind(at) = compare(connection, path, known)? else {
        return Ok(());
    };
    let pending = &known[at..];
    if let (true, Some(first)) = (at > 0, pending.first()) {
        back_up(connection, path, key, settings, first.number)?;
    }
    // A step may rebuild a table that others point to; the check below makes up for it.
    connection.execute_batch("PRAGMA foreign_keys = 0")?;
    let done = run(connection, pending, settings.application_id);
    connection.execute_batch("PRAGMA foreign_keys = 1")?;
    done
}

fn run(
    connection: &mut Connection,
    pending: &[Migration],
    application_id: i32,
) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(&format!(
        "{RECORD}; PRAGMA application_id = {application_id}"
    ))?;
    for step in pending {
        let Migration { number, sql } = step;
        transaction
            .execute_batch(sql)
            .map_err(|error| match StoreError::from(error) {
                StoreError::Internal(why) => {
                    StoreError::internal(format!("migration {number} does not run: {why}"))
                }
                other => other,
            })?;
        if transaction.is_autocommit() {
            return Err(StoreError::internal(format!(
                "migration {number} ends its transaction"
            )));
        }
        transaction.execute("INSERT INTO migrations VALUES (?1, ?2)", (number, sql))?;
    }
    if transaction
        .prepare("PRAGMA foreign_key_check")?
        .exists([])?
    {
        return Err(StoreError::internal(
            "a migration leaves rows that point nowhere",
        ));
    }
    Ok(transaction.commit()?)
}

fn recorded(connection: &Connection) -> Result<Vec<(u32, String)>, StoreError> {
    if !connection.table_exists(None, "migrations")? {
        return Ok(Vec::new());
    }
    let mut rows = connection.prepare("SELECT number, sql FROM migrations ORDER BY number")?;
    let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
