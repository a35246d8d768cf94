//! Where the rows of a damaged table may be, found from every side: along the
//! table from both ends, along its indexes, and by trying what lies between.

use super::damaged::Damaged;
use crate::StoreError;
use std::collections::BTreeSet;

/// Places that are tried one by one where no index says which there are.
const MOST_TRIED: i64 = 4_000;

/// The rowids that a table may have rows at.
pub(super) struct Places {
    pub(super) all: BTreeSet<i64>,
    /// Whether every row the table ever had is among them for certain.
    pub(super) complete: bool,
}

/// Looks for the rows of a table that has rowids.
pub(super) fn of_table(damaged: &Damaged, table: &str) -> Result<Places, StoreError> {
    let along = |order: &str, index: &str| {
        let mut found = BTreeSet::new();
        let sql = format!("SELECT rowid FROM {table} {index} ORDER BY {order}");
        let whole = damaged.walk(&sql, |row| row.get(0), |rowid: i64| found.extend([rowid]));
        (found, whole)
    };
    let (mut all, complete) = along("rowid", "NOT INDEXED");
    if complete {
        return Ok(Places { all, complete });
    }
    let first_part = all.last().copied().unwrap_or(0);
    let (last_part, _) = along("rowid DESC", "NOT INDEXED");
    let mut told = false;
    for (index, columns) in indexes(damaged, table)? {
        let by = format!("INDEXED BY \"{index}\"");
        for order in ["", " DESC"] {
            let order: Vec<String> = columns.iter().map(|one| format!("{one}{order}")).collect();
            let (found, whole) = along(&order.join(", "), &by);
            all.extend(found);
            told |= whole;
        }
    }
    if !told {
        let end = last_part.first().or(all.last()).copied();
        let end = end
            .unwrap_or(0)
            .max(first_part + 1)
            .min(first_part + MOST_TRIED);
        all.extend(first_part + 1..=end);
    }
    all.extend(last_part);
    Ok(Places {
        all,
        complete: told,
    })
}

/// The indexes of a table, with their columns.
fn indexes(damaged: &Damaged, table: &str) -> Result<Vec<(String, Vec<String>)>, StoreError> {
    let sql = "SELECT indexes.name, columns.name FROM pragma_index_list(?1) AS indexes,
               pragma_index_info(indexes.name) AS columns ORDER BY indexes.seq, columns.seqno";
    damaged.ask(|db| {
        let mut query = db.prepare(sql)?;
        let mut rows = query.query([table])?;
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        while let Some(row) = rows.next()? {
            let (index, column): (String, String) = (row.get(0)?, row.get(1)?);
            match all.last_mut().filter(|(last, _)| *last == index) {
                Some((_, columns)) => columns.push(column),
                None => all.push((index, vec![column])),
            }
        }
        Ok::<_, rusqlite::Error>(all)
    })
}
