//! Flat columns of key hashes, one beside each block: made at import where a column
//! looks like addresses, and for any other dedupe column when a plan first asks.

use super::blocks::Columns;
use crate::threads::each_on_threads;
use crate::usher::Usher;
use std::collections::HashSet;
use usher_matching::{Key, KeyColumn, KeyHash, KeyKind, normalize};
use usher_model::{Problem, Snapshot, SnapshotId};
use usher_store::block;
use usher_store::table::snapshots;

/// One column of a snapshot as keys of one kind: 16 bytes a row, see [`KeyHash`].
#[derive(Clone, Debug)]
pub(crate) struct RowColumn {
    column: usize,
    kind: KeyKind,
}

impl RowColumn {
    pub(crate) fn key(column: usize, kind: KeyKind) -> Self {
        Self { column, kind }
    }

    /// Where the column stands in the snapshot.
    pub(crate) fn place(&self) -> usize {
        self.column
    }

    /// What its cells are as.
    pub(crate) fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Its bytes as they are kept.
    pub(super) fn packed(&self, columns: &Columns) -> Vec<u8> {
        block::encode_bytes(&self.make(columns))
    }

    /// Its bytes, made from a block's text.
    fn make(&self, columns: &Columns) -> Vec<u8> {
        let key = |cell: Option<&str>| {
            let key = normalize(self.kind, cell.unwrap_or_default());
            key.hash().0.to_be_bytes()
        };
        columns.column(self.column).map(key).into_flattened()
    }

    /// Keeps its packed bytes beside the block that starts at `first_row`.
    pub(crate) fn keep(
        &self,
        tx: &usher_store::Tx<'_>,
        snapshot: &SnapshotId,
        first_row: u64,
        bytes: &[u8],
    ) -> Result<(), usher_store::StoreError> {
        snapshots::put_column(
            tx,
            snapshot,
            self.column,
            self.kind.as_str(),
            first_row,
            bytes,
        )
    }

    fn kept(
        &self,
        reader: &usher_store::Reader<'_>,
        snapshot: &SnapshotId,
        first_row: u64,
    ) -> Result<Option<Vec<u8>>, Problem> {
        Ok(snapshots::column(
            reader,
            snapshot,
            self.column,
            self.kind.as_str(),
            first_row,
        )?)
    }
}

/// Key hashes from the bytes they are kept as.
pub(crate) fn key_hashes(bytes: &[u8]) -> Vec<KeyHash> {
    let (whole, _) = bytes.as_chunks::<16>();
    whole
        .iter()
        .map(|hash| KeyHash(u128::from_be_bytes(*hash)))
        .collect()
}

/// The columns most of whose cells are e-mail addresses, seen on one block.
pub(super) fn address_columns(columns: &Columns, count: usize) -> Vec<RowColumn> {
    let is_address = |cell: &str| matches!(normalize(KeyKind::Email, cell), Key::Valid(_));
    let mostly = |at: &usize| {
        let cells = || {
            columns
                .column(*at)
                .iter()
                .flatten()
                .filter(|cell| !cell.trim().is_empty())
                .take(1000)
        };
        let all = cells().count();
        all > 0 && cells().filter(|cell| is_address(cell)).count() * 2 > all
    };
    (0..count)
        .filter(mostly)
        .map(|at| RowColumn::key(at, KeyKind::Email))
        .collect()
}

/// A column of keys as it is stored, walked block by block.
pub(crate) struct StoredKeys<'a> {
    pub(crate) usher: &'a Usher,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) column: RowColumn,
}

impl KeyColumn for StoredKeys<'_> {
    type Error = Problem;

    fn len(&self) -> usize {
        usize::try_from(self.snapshot.rows).unwrap_or(usize::MAX)
    }

    fn walk(&self, take: &mut dyn FnMut(&[KeyHash])) -> Result<(), Problem> {
        let reader = self.usher.cache.reader()?;
        for (first_row, _) in snapshots::blocks(&reader, &self.snapshot.id)? {
            let bytes = self
                .usher
                .row_column(&reader, self.snapshot, &self.column, first_row)?;
            take(&key_hashes(&bytes));
        }
        Ok(())
    }
}

impl Usher {
    /// The bytes of a column for one block: as kept, or made again where they
    /// were forgotten meanwhile.
    pub(crate) fn row_column(
        &self,
        reader: &usher_store::Reader<'_>,
        snapshot: &Snapshot,
        column: &RowColumn,
        first_row: u64,
    ) -> Result<Vec<u8>, Problem> {
        match column.kept(reader, &snapshot.id, first_row)? {
            Some(bytes) => Ok(bytes),
            None => {
                let columns = Columns::some(reader, snapshot, first_row, &[column.column])?;
                Ok(column.make(&columns))
            }
        }
    }

    /// Makes and keeps these columns of a snapshot where they are not there yet.
    pub(crate) fn make_columns(
        &self,
        snapshot: &Snapshot,
        wanted: &[RowColumn],
    ) -> Result<(), Problem> {
        let reader = self.cache.reader()?;
        let mut kept = Vec::new();
        for column in wanted {
            let rows = snapshots::kept_columns(
                &reader,
                &snapshot.id,
                column.column,
                column.kind.as_str(),
            )?;
            kept.push((column, rows.into_iter().collect::<HashSet<u64>>()));
        }
        let blocks = snapshots::blocks(&reader, &snapshot.id)?;
        drop(reader);
        each_on_threads(&blocks, |(first_row, _)| {
            let lacking = kept.iter().filter(|(_, rows)| !rows.contains(first_row));
            let missing: Vec<RowColumn> = lacking.map(|(column, _)| (*column).clone()).collect();
            if missing.is_empty() {
                return Ok(());
            }
            let reader = self.cache.reader()?;
            let mut places: Vec<usize> = missing.iter().map(|column| column.column).collect();
            places.sort_unstable();
            places.dedup();
            let columns = Columns::some(&reader, snapshot, *first_row, &places)?;
            let made: Vec<Vec<u8>> = missing
                .iter()
                .map(|column| column.packed(&columns))
                .collect();
            let (id, first_row) = (snapshot.id.clone(), *first_row);
            Ok(self.cache.write_blocking(move |tx| {
                let made = missing.iter().zip(&made);
                made.into_iter()
                    .try_for_each(|(column, bytes)| column.keep(tx, &id, first_row, bytes))
            })?)
        })
    }
}
