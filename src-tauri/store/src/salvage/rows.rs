//! Every row of every table that reads, carried from one file to the other.

use super::damaged::Damaged;
use super::places;
use crate::{Database, StoreError, block};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};
use std::collections::BTreeSet;

/// Bytes that are carried over in one transaction.
const MOST_AT_ONCE: usize = 16 << 20;

/// Tables whose rows say something only together: whoever misses one, misses all.
const TOGETHER: [&str; 2] = ["plans", "plan_blocks"];
/// Tables each of whose rows says something by itself, or for whose parts
/// somebody looks: a reading is complete for the keys that its blocks have.
const ALONE: [&str; 10] = [
    "snapshots",
    "snapshot_blocks",
    "snapshot_columns",
    "readings",
    "reading_blocks",
    "reading_columns",
    "lists",
    "calls",
    "call_days",
    "call_others",
];
/// The columns whose cells are blocks, and carry a checksum.
const BLOCKS: [(&str, &str); 6] = [
    ("snapshot_blocks", "block"),
    ("snapshot_columns", "hashes"),
    ("reading_blocks", "block"),
    ("reading_columns", "bytes"),
    ("lists", "members"),
    ("plan_blocks", "block"),
];

/// What was found where.
#[derive(Default)]
pub(super) struct Read {
    /// Snapshots' rows that are there and do not read, by rowid.
    pub(super) unread_snapshots: BTreeSet<i64>,
    /// Whether these, and those that read, are all there are.
    pub(super) knows_all_snapshots: bool,
}

struct Table {
    name: String,
    columns: Vec<String>,
    has_rowid: bool,
}

/// Carries everything over that stands by itself.
pub(super) fn carry_over(damaged: &Damaged, anew: &Database) -> Result<Read, StoreError> {
    let mut read = Read::default();
    let mut whole = true;
    for table in tables(&*anew.reader()?)? {
        let mut carrier = Carrier::new(damaged, anew, &table);
        let unread = match table.has_rowid {
            true => carrier.by_rowid()?,
            false => carrier.both_ways()?,
        };
        match table.name.as_str() {
            "snapshots" => {
                read.knows_all_snapshots = carrier.knows_all;
                read.unread_snapshots = unread;
            }
            name if !ALONE.contains(&name) => whole &= carrier.knows_all && unread.is_empty(),
            _ => {}
        }
    }
    if !whole {
        anew.write_blocking(|tx| {
            for table in TOGETHER {
                tx.execute(&format!("DELETE FROM {table}"), [])?;
            }
            Ok(())
        })?;
    }
    // What belongs to nothing any more would lie there for good.
    anew.write_blocking(|tx| {
        for table in ["reading_blocks", "reading_columns"] {
            let sql =
                format!("DELETE FROM {table} WHERE reading NOT IN (SELECT seq FROM readings)");
            tx.execute(&sql, [])?;
        }
        Ok(())
    })?;
    Ok(read)
}

/// Whether all blocks of a file read and have their checksums.
pub(super) fn blocks_hold(db: &Connection) -> bool {
    let hold = |(table, column): (&str, &str)| -> rusqlite::Result<bool> {
        let mut query = db.prepare(&format!("SELECT {column} FROM {table}"))?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            if !block::is_whole(row.get_ref(0)?.as_blob().unwrap_or_default()) {
                return Ok(false);
            }
        }
        Ok(true)
    };
    BLOCKS.into_iter().all(|one| hold(one).unwrap_or(false))
}

/// One table on its way.
struct Carrier<'a> {
    damaged: &'a Damaged,
    anew: &'a Database,
    table: &'a Table,
    waiting: Vec<Vec<Value>>,
    bytes: usize,
    knows_all: bool,
}

impl<'a> Carrier<'a> {
    fn new(damaged: &'a Damaged, anew: &'a Database, table: &'a Table) -> Self {
        Self {
            damaged,
            anew,
            table,
            waiting: Vec::new(),
            bytes: 0,
            knows_all: false,
        }
    }

    /// Row by row; gives those that are there and do not read.
    fn by_rowid(&mut self) -> Result<BTreeSet<i64>, StoreError> {
        let places = places::of_table(self.damaged, &self.table.name)?;
        self.knows_all = places.complete;
        let (columns, table) = (self.table.columns.join(", "), &self.table.name);
        let sql = format!("SELECT {columns} FROM {table} NOT INDEXED WHERE rowid = ?1");
        let mut unread = BTreeSet::new();
        for rowid in places.all {
            let found = self.damaged.ask(|db| {
                let count = self.table.columns.len();
                let mut query = db.prepare_cached(&sql)?;
                query.query_row([rowid], |row| cells(row, count)).optional()
            });
            match found {
                Ok(Some(row)) if self.holds(&row) => self.carry(row)?,
                Ok(None) => {}
                Ok(Some(_)) | Err(_) => drop(unread.insert(rowid)),
            }
        }
        self.flush()?;
        Ok(unread)
    }

    /// A table without rowids, which are small: as far as it reads.
    fn both_ways(&mut self) -> Result<BTreeSet<i64>, StoreError> {
        let (columns, table) = (self.table.columns.join(", "), &self.table.name);
        for order in ["", " DESC"] {
            let order: Vec<String> = (1..=self.table.columns.len())
                .map(|at| format!("{at}{order}"))
                .collect();
            let sql = format!(
                "SELECT {columns} FROM {table} ORDER BY {}",
                order.join(", ")
            );
            let (mut found, count) = (Vec::new(), self.table.columns.len());
            let whole = self
                .damaged
                .walk(&sql, |row| cells(row, count), |row| found.push(row));
            found.into_iter().try_for_each(|row| self.carry(row))?;
            if whole {
                self.knows_all = true;
                break;
            }
        }
        self.flush()?;
        Ok(BTreeSet::new())
    }

    fn holds(&self, row: &[Value]) -> bool {
        let is_block = |column: &String| BLOCKS.contains(&(&self.table.name, column));
        self.table
            .columns
            .iter()
            .zip(row)
            .all(|(column, cell)| match cell {
                Value::Blob(bytes) if is_block(column) => block::is_whole(bytes),
                _ => true,
            })
    }

    fn carry(&mut self, row: Vec<Value>) -> Result<(), StoreError> {
        self.bytes += row.iter().map(size).sum::<usize>();
        self.waiting.push(row);
        match self.bytes < MOST_AT_ONCE {
            true => Ok(()),
            false => self.flush(),
        }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.waiting);
        let sql = format!(
            "INSERT OR IGNORE INTO {} ({}) VALUES ({})",
            self.table.name,
            self.table.columns.join(", "),
            vec!["?"; self.table.columns.len()].join(", ")
        );
        self.anew.write_blocking(move |tx| {
            let mut insert = tx.prepare_cached(&sql)?;
            for row in rows {
                insert.execute(params_from_iter(row))?;
            }
            Ok(())
        })
    }
}

fn cells(row: &Row<'_>, count: usize) -> rusqlite::Result<Vec<Value>> {
    (0..count).map(|at| row.get(at)).collect()
}

fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
        _ => 8,
    }
}

/// The tables of a sound file but the record of its migrations.
fn tables(db: &Connection) -> Result<Vec<Table>, StoreError> {
    let sql = "SELECT tables.name, tables.wr = 0, columns.name
               FROM pragma_table_list AS tables, pragma_table_info(tables.name) AS columns
               WHERE tables.schema = 'main' AND tables.type = 'table'
               AND tables.name NOT LIKE 'sqlite%' AND tables.name <> 'migrations'
               ORDER BY tables.name, columns.cid";
    let mut query = db.prepare(sql)?;
    let mut rows = query.query([])?;
    let mut all: Vec<Table> = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, has_rowid, column) = (row.get(0)?, row.get(1)?, row.get(2)?);
        match all.last_mut().filter(|last| last.name == name) {
            Some(last) => last.columns.push(column),
            None => all.push(Table {
                name,
                has_rowid,
                columns: vec![column],
            }),
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::{ALONE, BLOCKS, TOGETHER, tables};
    use crate::table::CACHE;
    use crate::{Database, Settings};

    #[test]
    fn of_every_table_it_is_decided_what_a_part_of_it_says() {
        let dir = tempfile::tempdir().unwrap();
        let key = crate::Key::random().unwrap();
        let cache =
            Database::open(&dir.path().join("cache.db"), &key, Settings::CACHE, CACHE).unwrap();
        let names = tables(&cache.reader().unwrap()).unwrap().into_iter();
        let mut names: Vec<String> = names.map(|table| table.name).collect();
        let mut decided: Vec<&str> = ALONE.iter().chain(&TOGETHER).copied().collect();
        names.sort_unstable();
        decided.sort_unstable();
        assert_eq!(
            names, decided,
            "a new table: does a part of it say less, or something else?"
        );
        let sql = "SELECT tables.name || '.' || columns.name
                   FROM pragma_table_list AS tables, pragma_table_info(tables.name) AS columns
                   WHERE columns.type = 'BLOB'";
        let db = cache.reader().unwrap();
        let mut query = db.prepare(sql).unwrap();
        let cells = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
        let mut cells: Vec<String> = cells.map(Result::unwrap).collect();
        let mut checked: Vec<String> = BLOCKS
            .map(|(table, column)| format!("{table}.{column}"))
            .into();
        cells.sort_unstable();
        checked.sort_unstable();
        assert_eq!(cells, checked, "the last page of a bad cell reads as zeros");
    }
}
