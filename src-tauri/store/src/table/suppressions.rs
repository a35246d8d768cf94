//! Who must not be sent: hashes by namespace, and the value where it may be shown.

use crate::error::StoreError;
use rusqlite::{Connection as Db, params};

pub(crate) const MIGRATION: &str = "
CREATE TABLE suppressions (
    namespace TEXT NOT NULL,
    hash      BLOB NOT NULL,
    value     TEXT,
    added_at  INTEGER NOT NULL,
    erased    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (namespace, hash)
) STRICT, WITHOUT ROWID;";

/// One suppressed value. An erased person's has no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The kind of value: `email`, or a field's name.
    pub namespace: String,
    /// The first 128 bits of SHA-256 of the normalised value.
    pub hash: u128,
    /// The normalised value, unless the person was erased.
    pub value: Option<String>,
    /// When, in milliseconds since 1970.
    pub added_at: i64,
    /// Whether the person was erased, so that no file brings them back.
    pub erased: bool,
}

/// Suppresses a value; says whether it is new. Who was erased stays so, and
/// without a text.
pub fn add(db: &Db, one: &Suppression) -> Result<bool, StoreError> {
    let sql = "INSERT OR IGNORE INTO suppressions (namespace, hash, value, added_at, erased) VALUES (?1, ?2, ?3, ?4, ?5)";
    let hash = one.hash.to_be_bytes();
    Ok(db.prepare_cached(sql)?.execute(params![
        one.namespace,
        hash,
        one.value,
        one.added_at,
        one.erased
    ])? == 1)
}

/// Suppresses an erased person's value by its hash alone; a text that was kept
/// with it goes.
pub fn erase(db: &Db, namespace: &str, hash: u128, now: i64) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO suppressions (namespace, hash, value, added_at, erased) VALUES (?1, ?2, NULL, ?3, 1)
               ON CONFLICT (namespace, hash) DO UPDATE SET value = NULL, erased = 1";
    db.prepare_cached(sql)?
        .execute(params![namespace, hash.to_be_bytes(), now])?;
    Ok(())
}

/// Lifts a suppression, an erased person's too; says whether there was one.
pub fn remove(db: &Db, namespace: &str, hash: u128) -> Result<bool, StoreError> {
    let sql = "DELETE FROM suppressions WHERE namespace = ?1 AND hash = ?2";
    Ok(db
        .prepare_cached(sql)?
        .execute(params![namespace, hash.to_be_bytes()])?
        == 1)
}

/// The namespaces in which anything is suppressed.
pub fn namespaces(db: &Db) -> Result<Vec<String>, StoreError> {
    // From one to the next, past all that is in it.
    let sql = "WITH RECURSIVE each (name) AS (
                   SELECT MIN(namespace) FROM suppressions
                   UNION ALL
                   SELECT (SELECT MIN(namespace) FROM suppressions WHERE namespace > name)
                   FROM each WHERE name IS NOT NULL)
               SELECT name FROM each WHERE name IS NOT NULL";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether the value of this hash is suppressed in a namespace.
pub fn contains(db: &Db, namespace: &str, hash: u128) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM suppressions WHERE namespace = ?1 AND hash = ?2";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![namespace, hash.to_be_bytes()])?)
}

/// All of them, by namespace and time.
pub fn all(db: &Db) -> Result<Vec<Suppression>, StoreError> {
    let sql = "SELECT namespace, hash, value, added_at, erased FROM suppressions ORDER BY namespace, added_at, hash";
    let mut query = db.prepare_cached(sql)?;
    let rows = query.query_map([], |row| {
        let hash: [u8; 16] = row.get(1)?;
        Ok(Suppression {
            namespace: row.get(0)?,
            hash: u128::from_be_bytes(hash),
            value: row.get(2)?,
            added_at: row.get(3)?,
            erased: row.get(4)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
