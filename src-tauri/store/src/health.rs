//! Whether a database is as it was written.

use crate::{Database, StoreError};

/// What a look at one database found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// SQLite's version.
    pub sqlite: String,
    /// SQLCipher's version.
    pub cipher: String,
    /// What is wrong, in SQLite's words; empty when all is well. It names pages
    /// and tables, never what is in them.
    pub faults: Vec<String>,
}

impl Database {
    /// Reads every page: each must carry the mark of the key, and the tables
    /// must hang together. Takes as long as reading the file does.
    ///
    /// # Errors
    /// Those of opening a reader.
    pub fn check(&self) -> Result<Health, StoreError> {
        let reader = self.reader()?;
        let one = |sql: &str| reader.query_row(sql, [], |row| row.get::<_, String>(0));
        let mut faults = Vec::new();
        for pragma in ["PRAGMA cipher_integrity_check", "PRAGMA quick_check"] {
            let mut query = reader.prepare(pragma)?;
            let rows = query.query_map([], |row| row.get::<_, String>(0))?;
            for row in rows {
                faults.extend(row.ok().filter(|told| told != "ok"));
            }
            // Beside a page that does not read, the tables say nothing.
            if !faults.is_empty() {
                break;
            }
        }
        Ok(Health {
            sqlite: one("SELECT sqlite_version()")?,
            cipher: one("PRAGMA cipher_version")?,
            faults,
        })
    }
}
