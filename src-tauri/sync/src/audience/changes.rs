//! Who joined and who left an audience with its last file.

use super::blocks::Columns;
use super::keys::{RowColumn, StoredKeys, address_columns};
use crate::threads::made_on_threads;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use usher_matching::{KeyColumn, KeyHash, KeyKind};
use usher_model::{Audience, Code, Problem, Snapshot, Timestamp};
use usher_store::table::snapshots;

/// The document of `audience changes`: people are distinct valid keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesDocument {
    /// The audience's name.
    pub audience: String,
    /// The column that says who somebody is.
    pub by: String,
    /// As of when the snapshot before is.
    pub before_at: Timestamp,
    /// As of when the newest one is.
    pub now_at: Timestamp,
    /// People who are in the newest alone.
    pub joined: u64,
    /// People who are in the one before alone.
    pub left: u64,
    /// People who are in both.
    pub stayed: u64,
    /// Rows of the newest that no key tells apart: it is blank, or cannot be one.
    pub without_key: u64,
}

impl Usher {
    /// Compares an audience's newest snapshot with the one before it, by the column
    /// `by`, or by its first column of e-mail addresses.
    pub fn audience_changes(
        &self,
        id_or_name: &str,
        by: Option<&str>,
    ) -> Result<ChangesDocument, Problem> {
        let (audience, _) = self.audience(id_or_name)?;
        let all = snapshots::of_audience(&*self.cache.reader()?, &audience.id)?;
        let [now, before, ..] = all.as_slice() else {
            return Err(no_snapshot_before(&audience));
        };
        let key = self.identifying(now, by)?;
        let name = &now.columns[key.place()];
        let place_before = before.columns.iter().position(|column| column == name);
        let place_before = place_before.ok_or_else(|| unknown(name, before))?;
        let keys = |snapshot, place| StoredKeys {
            usher: self,
            snapshot,
            column: RowColumn::key(place, key.kind()),
        };
        let sides = [keys(now, key.place()), keys(before, place_before)];
        let mut sides = made_on_threads(&sides, people)?.into_iter();
        let (now_keys, without_key) = sides.next().unwrap_or_default();
        let (before_keys, _) = sides.next().unwrap_or_default();
        let stayed = in_both(&now_keys, &before_keys);
        Ok(ChangesDocument {
            audience: audience.name,
            by: name.clone(),
            before_at: before.taken_at,
            now_at: now.taken_at,
            joined: now_keys.len() as u64 - stayed,
            left: before_keys.len() as u64 - stayed,
            stayed,
            without_key,
        })
    }

    /// The column that says who a row is.
    fn identifying(&self, snapshot: &Snapshot, by: Option<&str>) -> Result<RowColumn, Problem> {
        let reader = self.cache.reader()?;
        let addresses = match snapshots::blocks(&reader, &snapshot.id)?.first() {
            Some((first_row, _)) => {
                let first = snapshots::block(&reader, &snapshot.id, *first_row)?;
                address_columns(&Columns::new(&first)?, snapshot.columns.len())
            }
            None => Vec::new(),
        };
        let Some(by) = by else {
            return addresses.into_iter().next().ok_or_else(no_addresses);
        };
        let place = snapshot.columns.iter().position(|column| column == by);
        let place = place.ok_or_else(|| unknown(by, snapshot))?;
        let address = addresses.into_iter().find(|column| column.place() == place);
        Ok(address.unwrap_or(RowColumn::key(place, KeyKind::Text)))
    }
}

/// The valid keys of a side, each once, in order, and how many rows have none.
fn people(side: &StoredKeys<'_>) -> Result<(Vec<KeyHash>, u64), Problem> {
    let mut keys = Vec::with_capacity(side.len());
    let mut rows = 0;
    side.walk(&mut |some| {
        rows += some.len();
        keys.extend(some.iter().filter(|key| key.is_valid()));
    })?;
    if rows != side.len() {
        return Err(replaced_meanwhile());
    }
    let without = (rows - keys.len()) as u64;
    keys.sort_unstable();
    keys.dedup();
    Ok((keys, without))
}

/// How many keys are on both sides: one walk along both.
fn in_both(one: &[KeyHash], other: &[KeyHash]) -> u64 {
    let mut rest = other.iter().peekable();
    let is_there = |key: &&KeyHash| {
        while rest.next_if(|other| other < key).is_some() {}
        rest.next_if_eq(key).is_some()
    };
    one.iter().filter(is_there).count() as u64
}

fn replaced_meanwhile() -> Problem {
    Problem::passing(
        Code::NotFound,
        "The audience was imported anew while it was compared.",
        "Ask again.",
    )
}

fn no_snapshot_before(audience: &Audience) -> Problem {
    Problem::new(
        Code::NotFound,
        format!(
            "`{}` was imported once, so there is nothing to compare it with.",
            audience.name
        ),
        "Import its next file under the same name.",
    )
}

fn no_addresses() -> Problem {
    Problem::new(
        Code::UnknownColumn,
        "No column of the audience holds e-mail addresses, so it is not known by which one people are told apart.",
        "Name the column with `--by`.",
    )
}

fn unknown(name: &str, snapshot: &Snapshot) -> Problem {
    Problem::new(
        Code::UnknownColumn,
        format!(
            "The snapshot of {} has no column `{name}`; it has: {}.",
            snapshot.taken_at,
            snapshot.columns.join(", ")
        ),
        "Name a column that both snapshots have.",
    )
}
