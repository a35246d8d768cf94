//! The flat columns of readings, one reading after another.

use crate::audience::key_hashes;
use crate::reading::block::{LeadBlock, LeadColumn, asked};
use crate::threads::each_on_threads;
use crate::usher::Usher;
use std::collections::{BTreeSet, HashSet};
use usher_matching::{KeyColumn, KeyHash, KeyKind};
use usher_model::Problem;
use usher_store::table::readings::{self, Place, Reading};
use usher_store::{Reader, block};

/// Who the leads of some readings are, those that runs were told of last.
pub(crate) struct LeadKeys<'a> {
    pub(crate) usher: &'a Usher,
    pub(crate) blocks: &'a [Place],
    pub(crate) told: &'a [LeadBlock],
    pub(crate) column: LeadColumn,
}

impl KeyColumn for LeadKeys<'_> {
    type Error = Problem;

    fn len(&self) -> usize {
        self.blocks
            .iter()
            .map(|block| block.leads as usize)
            .sum::<usize>()
            + self.told.iter().map(LeadBlock::len).sum::<usize>()
    }

    fn walk(&self, take: &mut dyn FnMut(&[KeyHash])) -> Result<(), Problem> {
        let reader = self.usher.cache.reader()?;
        for place in self.blocks.iter().filter(|block| block.leads > 0) {
            take(&key_hashes(&self.usher.lead_column(
                &reader,
                *place,
                &self.column,
            )?));
        }
        for block in self.told {
            take(&key_hashes(&self.column.make(block)));
        }
        Ok(())
    }
}

/// The keys that some readings are complete for.
pub(crate) struct AskedKeys<'a> {
    pub(crate) usher: &'a Usher,
    pub(crate) blocks: &'a [Place],
    pub(crate) kind: KeyKind,
}

impl KeyColumn for AskedKeys<'_> {
    type Error = Problem;

    fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.asked as usize).sum()
    }

    fn walk(&self, take: &mut dyn FnMut(&[KeyHash])) -> Result<(), Problem> {
        let reader = self.usher.cache.reader()?;
        for place in self.blocks.iter().filter(|block| block.asked > 0) {
            let keys = readings::column(&reader, *place, &asked(self.kind))?;
            let mut keys = key_hashes(&keys.unwrap_or_default());
            // What was lost is asked for anew; the others keep their places.
            keys.resize(
                usize::try_from(place.asked).unwrap_or(usize::MAX),
                KeyHash::INVALID,
            );
            take(&keys);
        }
        Ok(())
    }
}

impl Usher {
    /// Where the blocks of these readings are, in order.
    pub(crate) fn lead_blocks(&self, readings: &[(i64, Reading)]) -> Result<Vec<Place>, Problem> {
        let reader = self.cache.reader()?;
        let mut all = Vec::new();
        for (id, _) in readings {
            all.extend(readings::blocks(&reader, *id)?);
        }
        Ok(all)
    }

    /// The ids of all leads of these readings, each once and in order.
    pub(crate) fn lead_ids(&self, readings: &[(i64, Reading)]) -> Result<Vec<i64>, Problem> {
        let reader = self.cache.reader()?;
        let mut all = Vec::new();
        for place in self.lead_blocks(readings)? {
            let bytes = self.lead_column(&reader, place, &LeadColumn::Id)?;
            let (ids, _) = bytes.as_chunks::<8>();
            all.extend(ids.iter().map(|id| i64::from_le_bytes(*id)));
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// The text of a block.
    pub(crate) fn lead_block(
        &self,
        reader: &Reader<'_>,
        place: Place,
    ) -> Result<LeadBlock, Problem> {
        LeadBlock::from_batch(readings::block(reader, place)?)
    }

    /// The bytes of a flat column of a block, made from its text where they are
    /// not kept.
    pub(crate) fn lead_column(
        &self,
        reader: &Reader<'_>,
        place: Place,
        column: &LeadColumn,
    ) -> Result<Vec<u8>, Problem> {
        match readings::column(reader, place, &column.name())? {
            Some(bytes) => Ok(bytes),
            None => Ok(column.make(&self.lead_block(reader, place)?)),
        }
    }

    /// Makes and keeps these columns where they are not there yet.
    pub(crate) fn make_lead_columns(
        &self,
        blocks: &[Place],
        wanted: &[LeadColumn],
    ) -> Result<(), Problem> {
        let mut kept: HashSet<(i64, u64, usize)> = HashSet::new();
        let reader = self.cache.reader()?;
        let readings: BTreeSet<i64> = blocks.iter().map(|place| place.reading).collect();
        for reading in readings {
            for (at, column) in wanted.iter().enumerate() {
                let seqs = readings::kept_columns(&reader, reading, &column.name())?;
                kept.extend(seqs.into_iter().map(|seq| (reading, seq, at)));
            }
        }
        drop(reader);
        each_on_threads(blocks, |place| {
            let lacks = |at: usize| !kept.contains(&(place.reading, place.seq, at));
            let missing = wanted.iter().enumerate().filter(|(at, _)| lacks(*at));
            let missing: Vec<&LeadColumn> = missing.map(|(_, column)| column).collect();
            if missing.is_empty() {
                return Ok(());
            }
            let reader = self.cache.reader()?;
            let leads = self.lead_block(&reader, *place)?;
            let made = missing
                .iter()
                .map(|column| (column.name(), block::encode_bytes(&column.make(&leads))));
            let (made, place): (Vec<_>, _) = (made.collect(), *place);
            Ok(self.cache.write_blocking(move |tx| {
                made.iter().try_for_each(|(name, bytes)| {
                    readings::put_column(tx, place.reading, place.seq, name, bytes)
                })
            })?)
        })
    }
}
