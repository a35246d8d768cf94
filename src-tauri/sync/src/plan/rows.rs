//! A block of the audience as the engine takes it: columns of hashes, and beside
//! them how long what would be sent is. They are made from the text of the mapped
//! columns, and kept in memory only.

use crate::audience::Columns;
use crate::plan::inputs::Ground;
use crate::usher::Usher;
use arrow_array::UInt16Array;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use usher_matching::{Decided, Planner, Rows, ValueHash, cell_hash, cell_length, plain_hash};
use usher_model::{Field, Problem};
use usher_store::Reader;
use usher_store::block::Cells;

/// The columns of one block.
pub(crate) struct RowBlock {
    first: usize,
    count: usize,
    key_lengths: Vec<u32>,
    fields: Vec<Sent>,
    consent: Option<Vec<ValueHash>>,
    forbidden: Vec<bool>,
}

/// What the rows would send for a mapped field: of each row or, where few words fill
/// the column, of each word.
struct Sent {
    words: Option<UInt16Array>,
    hashes: Vec<ValueHash>,
    /// The bytes of JSON.
    lengths: Vec<u32>,
}

impl Sent {
    fn of(field: &Field, cells: &Cells) -> Self {
        let sent = |cell: Option<&str>| cell_hash(field, cell.unwrap_or_default());
        let (words, texts) = match cells {
            Cells::Each(each) => (None, each),
            Cells::Words(codes, words) => (Some(codes.clone()), words),
        };
        let (hashes, lengths) = texts.iter().map(sent).unzip();
        Self {
            words,
            hashes,
            lengths,
        }
    }

    fn hashes(&self) -> Cow<'_, [ValueHash]> {
        match &self.words {
            None => Cow::Borrowed(&self.hashes),
            Some(words) => {
                let words = words.values().iter();
                Cow::Owned(words.map(|word| self.hashes[usize::from(*word)]).collect())
            }
        }
    }

    fn length(&self, row: usize) -> u32 {
        match &self.words {
            None => self.lengths[row],
            Some(words) => self.lengths[usize::from(words.value(row))],
        }
    }
}

/// Blocks that are kept in memory, up to a limit.
#[derive(Default)]
pub(crate) struct KeptRows(Mutex<HashMap<u64, Arc<RowBlock>>>);

/// Rows that are kept in memory at most: 4 bytes each, and for each mapped field 12, or
/// 2 where few words fill it.
const KEPT_ROWS: usize = 2_500_000;

impl RowBlock {
    /// Lets a planner decide the rows.
    pub(crate) fn decided(&self, planner: &Planner<'_>) -> Decided {
        let fields: Vec<Cow<'_, [ValueHash]>> = self.fields.iter().map(Sent::hashes).collect();
        let fields: Vec<&[ValueHash]> = fields.iter().map(Cow::as_ref).collect();
        planner.decide(&Rows {
            first: self.first,
            count: self.count,
            key_lengths: &self.key_lengths,
            fields: &fields,
            consent: self.consent.as_deref(),
            forbidden: &self.forbidden,
        })
    }

    /// The bytes of JSON of what a row's key would send.
    pub(crate) fn key_length(&self, row: usize) -> u32 {
        self.key_lengths[row]
    }

    /// The bytes of JSON of what a row would send for a mapped field.
    pub(crate) fn length(&self, field: usize, row: usize) -> u32 {
        self.fields[field].length(row)
    }
}

/// The columns that a plan on this ground looks at, by place.
fn looked_at(ground: &Ground, namespaces: &[(String, Vec<usize>)]) -> Vec<usize> {
    let settings = &ground.settings;
    let mapped = settings.fields.iter().map(|mapped| mapped.column);
    let consent = settings.consent.iter().map(|(column, _)| *column);
    let named = namespaces.iter().flat_map(|(_, columns)| columns.clone());
    let mut places: Vec<usize> = mapped.chain(consent).chain(named).collect();
    places.push(settings.key.column);
    places.sort_unstable();
    places.dedup();
    places
}

impl Usher {
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
        let settings = &ground.settings;
        let namespaces = ground.suppressions.columns(settings);
        let places = looked_at(ground, &namespaces);
        let columns = Columns::some(reader, &ground.snapshot, first_row, &places)?;
        let fields = settings.fields.iter();
        let fields = fields.map(|mapped| Sent::of(&mapped.field, columns.column(mapped.column)));
        let key = &settings.key;
        let key_length = |cell: Option<&str>| cell_length(&key.field, cell.unwrap_or_default());
        let key_lengths = columns.column(key.column).map(key_length);
        let consent = settings.consent.as_ref().map(|(column, _)| {
            let said = |cell: Option<&str>| plain_hash(cell.unwrap_or_default());
            columns.column(*column).map(said)
        });
        let forbids = |row: usize| {
            namespaces.iter().any(|(namespace, of)| {
                let mut cells = of.iter().map(|column| columns.cell(*column, row));
                cells.any(|cell| ground.suppressions.forbids(namespace, cell))
            })
        };
        Ok(RowBlock {
            first: usize::try_from(first_row).unwrap_or(usize::MAX),
            count: usize::try_from(rows).unwrap_or(usize::MAX),
            key_lengths,
            consent,
            forbidden: match namespaces.is_empty() {
                true => Vec::new(),
                false => (0..columns.rows()).map(forbids).collect(),
            },
            fields: fields.collect(),
        })
    }
}
