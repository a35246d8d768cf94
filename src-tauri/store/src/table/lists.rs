//! Who was on a static list when it was read whole.

use super::{When, from_json, to_json};
use crate::block;
use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use usher_model::{ListRef, RunId, Timestamp};

pub(crate) const MIGRATION: &str = "
CREATE TABLE lists (
    scope   TEXT PRIMARY KEY,
    doc     TEXT NOT NULL,
    members BLOB NOT NULL
) STRICT;";

/// A list as it was read; one that does not exist yet has no id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadList {
    /// The list's number.
    pub id: Option<i64>,
    /// Its name.
    pub name: String,
    /// The folder it is in or, while it does not exist, will be made in.
    pub folder: Option<ListRef>,
    /// When the reading began and ended.
    #[serde(flatten)]
    pub when: When,
    /// The calls it took or, where runs changed the list since, would take now.
    pub calls: u64,
    /// The runs behind the reading whose changes are among the members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told_by: Vec<RunId>,
}

/// Keeps a whole reading of a list, in place of the last.
pub fn put(db: &Db, scope: &str, list: &ReadList, members: &[i64]) -> Result<(), StoreError> {
    let bytes: Vec<u8> = members.iter().flat_map(|lead| lead.to_be_bytes()).collect();
    let sql = "INSERT OR REPLACE INTO lists (scope, doc, members) VALUES (?1, ?2, ?3)";
    db.execute(
        sql,
        params![scope, to_json(list)?, block::encode_bytes(&bytes)],
    )?;
    Ok(())
}

/// Keeps the list as runs left it, where what they changed is still the last reading of it.
pub fn carry_on(
    db: &Db,
    scope: &str,
    read: &ReadList,
    list: &ReadList,
    members: &[i64],
) -> Result<(), StoreError> {
    match mark(db, scope)? == Some(to_json(read)?) {
        true => put(db, scope, list, members),
        false => Ok(()),
    }
}

/// The last whole reading of a list: what it is, and the leads on it.
pub fn get(db: &Db, scope: &str) -> Result<Option<(ReadList, Vec<i64>)>, StoreError> {
    let sql = "SELECT doc, members FROM lists WHERE scope = ?1";
    let row: Option<(String, Vec<u8>)> = db
        .prepare_cached(sql)?
        .query_row([scope], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((doc, members)) = row else {
        return Ok(None);
    };
    let bytes = block::decode_bytes(&members)?;
    let (ids, _) = bytes.as_chunks::<8>();
    Ok(Some((
        from_json(&doc)?,
        ids.iter().map(|id| i64::from_be_bytes(*id)).collect(),
    )))
}

/// Forgets what was read before a time.
pub fn remove_older(db: &Db, than: Timestamp) -> Result<(), StoreError> {
    for (scope, list) in all(db)? {
        if list.when.started_at < than {
            remove(db, &scope)?;
        }
    }
    Ok(())
}

/// What the last whole reading of each list is, by its scope.
pub fn all(db: &Db) -> Result<Vec<(String, ReadList)>, StoreError> {
    let mut query = db.prepare_cached("SELECT scope, doc FROM lists")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (scope, doc) = row?;
        Ok((scope, from_json(&doc)?))
    })
    .collect()
}

/// Dates what is dated later `than` this back `to` another time: a clock was ahead, and was set
/// back, so that its age is not known. Whether there was any.
pub fn date_back(db: &Db, than: Timestamp, to: Timestamp) -> Result<bool, StoreError> {
    let mut dated = false;
    for (scope, mut list) in all(db)? {
        if list.when.date_back(than, to) {
            dated = true;
            db.execute(
                "UPDATE lists SET doc = ?2 WHERE scope = ?1",
                [&scope, &to_json(&list)?],
            )?;
        }
    }
    Ok(dated)
}

/// What the last whole reading of a list is, without its members.
pub fn read(db: &Db, scope: &str) -> Result<Option<ReadList>, StoreError> {
    mark(db, scope)?.map(|doc| from_json(&doc)).transpose()
}

/// What the last reading of a list is; another one is another text.
pub fn mark(db: &Db, scope: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT doc FROM lists WHERE scope = ?1";
    let mark = db.prepare_cached(sql)?.query_row([scope], |row| row.get(0));
    Ok(mark.optional()?)
}

/// Forgets the reading of a list.
pub fn remove(db: &Db, scope: &str) -> Result<(), StoreError> {
    db.execute("DELETE FROM lists WHERE scope = ?1", [scope])?;
    Ok(())
}
