//! What the user defined: connections, audiences, destinations, syncs, and what
//! a service said of itself. A few rows each, kept whole, by unique name.

use super::{from_json, to_json};
use crate::error::StoreError;
use rusqlite::{Connection as Db, OptionalExtension, params};
use serde::{Serialize, de::DeserializeOwned};
use usher_model::{Audience, Connection, ConnectionId, Destination, ServiceDescription, Sync};

pub(crate) const MIGRATION: &str = "
CREATE TABLE definitions (
    kind TEXT NOT NULL,
    id   TEXT NOT NULL,
    name TEXT NOT NULL,
    doc  TEXT NOT NULL,
    PRIMARY KEY (kind, id),
    UNIQUE (kind, name)
) STRICT;
CREATE TABLE descriptions (
    connection TEXT PRIMARY KEY,
    doc        TEXT NOT NULL
) STRICT;";

/// A thing with an id and a unique name.
pub trait Defined: Serialize + DeserializeOwned {
    /// Its kind, as commands say it.
    const KIND: &'static str;
    /// Its id.
    fn id(&self) -> &str;
    /// Its name.
    fn name(&self) -> &str;
}

macro_rules! defined {
    ($($kind:literal $type:ty)*) => {$(
        impl Defined for $type {
            const KIND: &'static str = $kind;
            fn id(&self) -> &str {
                self.id.as_str()
            }
            fn name(&self) -> &str {
                &self.name
            }
        }
    )*};
}
defined! { "connection" Connection "audience" Audience "destination" Destination "sync" Sync }

/// All of a kind, by name.
pub fn all<T: Defined>(db: &Db) -> Result<Vec<T>, StoreError> {
    let mut query =
        db.prepare_cached("SELECT doc FROM definitions WHERE kind = ?1 ORDER BY name")?;
    let docs = query.query_map([T::KIND], |row| row.get::<_, String>(0))?;
    docs.map(|doc| from_json(&doc?)).collect()
}

/// The one of this id or, failing that, of this name.
pub fn find<T: Defined>(db: &Db, id_or_name: &str) -> Result<T, StoreError> {
    let sql = "SELECT doc FROM definitions WHERE kind = ?1 AND (id = ?2 OR name = ?2) ORDER BY id = ?2 DESC LIMIT 1";
    let doc: Option<String> = db
        .prepare_cached(sql)?
        .query_row([T::KIND, id_or_name], |row| row.get(0))
        .optional()?;
    match doc {
        Some(doc) => from_json(&doc),
        None => Err(StoreError::NotFound {
            kind: T::KIND,
            name: id_or_name.to_owned(),
        }),
    }
}

/// Keeps a new one; refused where the name is taken, as a name or as an id.
pub fn insert<T: Defined>(db: &Db, thing: &T) -> Result<(), StoreError> {
    if find::<T>(db, thing.name()).is_ok() {
        return Err(StoreError::NameTaken {
            kind: T::KIND,
            name: thing.name().to_owned(),
        });
    }
    let sql = "INSERT INTO definitions (kind, id, name, doc) VALUES (?1, ?2, ?3, ?4)";
    db.execute(
        sql,
        params![T::KIND, thing.id(), thing.name(), to_json(thing)?],
    )?;
    Ok(())
}

/// Replaces the one of the same id.
pub fn replace<T: Defined>(db: &Db, thing: &T) -> Result<(), StoreError> {
    let sql = "UPDATE definitions SET name = ?3, doc = ?4 WHERE kind = ?1 AND id = ?2";
    let changed = db.execute(
        sql,
        params![T::KIND, thing.id(), thing.name(), to_json(thing)?],
    )?;
    match changed {
        0 => Err(StoreError::NotFound {
            kind: T::KIND,
            name: thing.name().to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Forgets it.
pub fn remove<T: Defined>(db: &Db, thing: &T) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM definitions WHERE kind = ?1 AND id = ?2",
        [T::KIND, thing.id()],
    )?;
    Ok(())
}

/// Keeps what a service said of itself.
pub fn describe(
    db: &Db,
    connection: &ConnectionId,
    said: &ServiceDescription,
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO descriptions (connection, doc) VALUES (?1, ?2)";
    db.execute(sql, [connection.as_str(), &to_json(said)?])?;
    Ok(())
}

/// What a service said of itself when it was last asked.
pub fn description(
    db: &Db,
    connection: &ConnectionId,
) -> Result<Option<ServiceDescription>, StoreError> {
    let sql = "SELECT doc FROM descriptions WHERE connection = ?1";
    let doc: Option<String> = db
        .prepare_cached(sql)?
        .query_row([connection.as_str()], |row| row.get(0))
        .optional()?;
    doc.map(|doc| from_json(&doc)).transpose()
}
