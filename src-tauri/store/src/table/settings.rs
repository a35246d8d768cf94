//! What is set for the data folder as a whole: one document.

use crate::error::StoreError;
use crate::table::{from_json, to_json};
use rusqlite::{Connection as Db, OptionalExtension};
use usher_model::Settings;

pub(crate) const MIGRATION: &str = "
CREATE TABLE settings (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    doc TEXT NOT NULL
) STRICT;";

/// The settings; as they are where nobody set anything, if nobody did.
pub fn get(db: &Db) -> Result<Settings, StoreError> {
    let found: Option<String> = db
        .prepare_cached("SELECT doc FROM settings")?
        .query_row([], |row| row.get(0))
        .optional()?;
    found.map_or_else(|| Ok(Settings::default()), |doc| from_json(&doc))
}

/// Keeps them.
pub fn put(db: &Db, settings: &Settings) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO settings (one, doc) VALUES (1, ?1)";
    db.execute(sql, [to_json(settings)?])?;
    Ok(())
}
