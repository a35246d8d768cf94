//! Flat columns of key hashes, one beside each block: made at import where a
//! column looks like addresses, and for any other dedupe column when a plan
//! first asks for it.

use super::blocks::Columns;
use crate::usher::Usher;
use std::collections::BTreeMap;
use usher_matching::{Key, KeyHash, KeyKind, normalize};
use usher_model::{Problem, Snapshot};
use usher_store::table::snapshots;

/// The hashes of one column of a block.
pub(super) fn hashes(columns: &Columns, column: usize, kind: KeyKind) -> Vec<u128> {
    columns
        .column(column)
        .iter()
        .map(|cell| normalize(kind, cell.unwrap_or_default()).hash().0)
        .collect()
}

/// The columns most of whose cells are e-mail addresses, seen on one block.
pub(super) fn address_columns(columns: &Columns, count: usize) -> Vec<usize> {
    let is_address = |cell: &str| matches!(normalize(KeyKind::Email, cell), Key::Valid(_));
    (0..count)
        .filter(|&at| {
            let cells = || {
                columns
                    .column(at)
                    .iter()
                    .flatten()
                    .filter(|cell| !cell.trim().is_empty())
                    .take(1000)
            };
            let all = cells().count();
            all > 0 && cells().filter(|cell| is_address(cell)).count() * 2 > all
        })
        .collect()
}

impl Usher {
    /// The key hashes of a column by the first row (0-based) of their block;
    /// what is not kept yet is made and kept.
    pub(crate) async fn key_column(
        &self,
        snapshot: &Snapshot,
        column: usize,
        kind: KeyKind,
    ) -> Result<BTreeMap<u64, Vec<KeyHash>>, Problem> {
        let mut all = BTreeMap::new();
        let mut made = Vec::new();
        {
            let reader = self.cache.reader()?;
            for (first_row, _) in snapshots::blocks(&reader, &snapshot.id)? {
                let keys =
                    match snapshots::keys(&reader, &snapshot.id, column, kind.as_str(), first_row)?
                    {
                        Some(keys) => keys,
                        None => {
                            let columns =
                                Columns::new(&snapshots::block(&reader, &snapshot.id, first_row)?)?;
                            let keys = hashes(&columns, column, kind);
                            made.push((first_row, keys.clone()));
                            keys
                        }
                    };
                all.insert(first_row, keys.into_iter().map(KeyHash).collect());
            }
        }
        if !made.is_empty() {
            let id = snapshot.id.clone();
            self.cache
                .write(move |tx| {
                    made.iter().try_for_each(|(first_row, keys)| {
                        snapshots::add_keys(tx, &id, column, kind.as_str(), *first_row, keys)
                    })
                })
                .await?;
        }
        Ok(all)
    }
}
