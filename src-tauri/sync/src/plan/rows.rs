//! A block of the audience as the engine takes it: columns of hashes, and beside
//! them how long what would be sent is.

use crate::audience::{Columns, RowColumn, value_hashes};
use crate::plan::inputs::Ground;
use crate::usher::Usher;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use usher_matching::{KeyHash, KeyKind, Rows, ValueHash};
use usher_model::Problem;
use usher_store::Reader;
use usher_store::table::snapshots;

/// The columns of one block.
pub(crate) struct RowBlock {
    first: usize,
    count: usize,
    key_lengths: Vec<u32>,
    fields: Vec<Vec<ValueHash>>,
    /// Of each mapped field, the bytes of JSON that a row would send.
    lengths: Vec<Vec<u32>>,
    consent: Option<Vec<ValueHash>>,
    forbidden: Vec<bool>,
}

/// Blocks that are kept in memory, up to a limit.
#[derive(Default)]
pub(crate) struct KeptRows(Mutex<HashMap<u64, Arc<RowBlock>>>);

/// Rows that are kept in memory at most: some 50 bytes each.
const KEPT_ROWS: usize = 2_500_000;

/// One column of values with their lengths.
struct Sent {
    hashes: Vec<ValueHash>,
    lengths: Vec<u32>,
}

impl Sent {
    /// From bytes as [`RowColumn`] keeps them: all hashes, then all lengths.
    fn of(bytes: &[u8], count: usize) -> Self {
        let (hashes, lengths) = bytes.split_at((count * 8).min(bytes.len()));
        Self {
            hashes: value_hashes(hashes),
            lengths: numbers(lengths),
        }
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let (whole, _) = bytes.as_chunks::<4>();
    whole
        .iter()
        .map(|number| u32::from_le_bytes(*number))
        .collect()
}

impl RowBlock {
    pub(crate) fn rows(&self) -> Rows<'_> {
        Rows {
            first: self.first,
            count: self.count,
            key_lengths: &self.key_lengths,
            fields: &self.fields,
            consent: self.consent.as_deref(),
            forbidden: &self.forbidden,
        }
    }

    /// The bytes of JSON of what a row's key would send.
    pub(crate) fn key_length(&self, row: usize) -> u32 {
        self.key_lengths[row]
    }

    /// The bytes of JSON of what a row would send for a mapped field.
    pub(crate) fn length(&self, field: usize, row: usize) -> u32 {
        self.lengths[field][row]
    }
}

/// The columns that a plan by these inputs looks at.
fn wanted(ground: &Ground) -> (RowColumn, Vec<RowColumn>, Option<RowColumn>) {
    let settings = &ground.settings;
    let key = RowColumn::length(settings.key.column, &settings.key.field);
    let fields = settings.fields.iter();
    let fields = fields.map(|mapped| RowColumn::value(mapped.column, &mapped.field));
    let consent = settings.consent.as_ref();
    (
        key,
        fields.collect(),
        consent.map(|(column, _)| RowColumn::plain(*column)),
    )
}

impl Usher {
    /// Makes the columns that planning looks at, where they are not there yet.
    pub(crate) fn make_planned_columns(&self, ground: &Ground) -> Result<(), Problem> {
        let (key, mut columns, consent) = wanted(ground);
        columns.push(key);
        columns.extend(consent);
        self.make_columns(&ground.snapshot, &columns)
    }

    /// A block as it is kept in memory, or fetched.
    pub(crate) fn known_rows(
        &self,
        kept: &KeptRows,
        ground: &Ground,
        place: (u64, u64),
    ) -> Result<Arc<RowBlock>, Problem> {
        let blocks = || kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(block) = blocks().get(&place.0) {
            return Ok(block.clone());
        }
        let block = Arc::new(self.row_block(&self.cache.reader()?, ground, place)?);
        let mut blocks = blocks();
        let rows: usize = blocks.values().map(|block| block.count).sum();
        if rows + block.count <= KEPT_ROWS {
            blocks.insert(place.0, block.clone());
        }
        Ok(block)
    }

    /// The block that starts at `first_row` (0-based), of so many rows.
    fn row_block(
        &self,
        reader: &Reader<'_>,
        ground: &Ground,
        (first_row, rows): (u64, u64),
    ) -> Result<RowBlock, Problem> {
        let count = usize::try_from(rows).unwrap_or(usize::MAX);
        let (key, columns, consent) = wanted(ground);
        let bytes =
            |column: &RowColumn| self.row_column(reader, &ground.snapshot, column, first_row);
        let (mut fields, mut lengths) = (Vec::new(), Vec::new());
        for column in &columns {
            let sent = Sent::of(&bytes(column)?, count);
            fields.push(sent.hashes);
            lengths.push(sent.lengths);
        }
        Ok(RowBlock {
            first: usize::try_from(first_row).unwrap_or(usize::MAX),
            count,
            key_lengths: numbers(&bytes(&key)?),
            fields,
            lengths,
            consent: consent
                .map(|column| Ok::<_, Problem>(value_hashes(&bytes(&column)?)))
                .transpose()?,
            forbidden: self.forbidden(reader, ground, first_row)?,
        })
    }

    /// Which rows of a block have a cell that is suppressed; empty where none can.
    fn forbidden(
        &self,
        reader: &Reader<'_>,
        ground: &Ground,
        first_row: u64,
    ) -> Result<Vec<bool>, Problem> {
        let key = &ground.settings.key;
        let looked_at = ground.suppressions.columns(&ground.settings);
        let only_key = |(namespace, columns): &(String, Vec<usize>)| {
            namespace == "email" && *columns == [key.column]
        };
        if looked_at.is_empty() {
            return Ok(Vec::new());
        }
        if ground.settings.key_kind() == KeyKind::Email && looked_at.iter().all(only_key) {
            let column = RowColumn::key(key.column, KeyKind::Email);
            let keys = self.row_column(reader, &ground.snapshot, &column, first_row)?;
            let forbids = |key: &KeyHash| ground.suppressions.contains("email", *key);
            return Ok(crate::audience::key_hashes(&keys)
                .iter()
                .map(forbids)
                .collect());
        }
        let columns = Columns::new(&snapshots::block(reader, &ground.snapshot.id, first_row)?)?;
        let forbids = |row: usize| {
            looked_at.iter().any(|(namespace, of)| {
                let mut cells = of.iter().map(|column| columns.column(*column).value(row));
                cells.any(|cell| ground.suppressions.forbids(namespace, cell))
            })
        };
        Ok((0..columns.rows()).map(forbids).collect())
    }
}
