//! The destination's people as they were read, in columns, and their text where it is
//! looked at.

use crate::audience::key_hashes;
use crate::plan::inputs::Ground;
use crate::reading::{LeadBlock, LeadColumn, ReadLead, planned_columns};
use crate::threads::made_on_threads;
use crate::usher::Usher;
use std::collections::HashMap;
use usher_matching::{KeyHash, KeyKind, Leads, ReadingEnd, Says};
use usher_model::{Problem, Timestamp};
use usher_store::table::readings::{Place, Reading};

/// The leads of some readings, in columns, the oldest reading first; told ones last.
pub(crate) struct ReadLeads {
    pub(crate) readings: Vec<(i64, Reading)>,
    pub(crate) leads: Leads,
    pub(super) blocks: Vec<Place>,
    pub(super) told: Vec<LeadBlock>,
    pub(super) ends: Vec<ReadingEnd>,
}

impl ReadLeads {
    /// Readings without their leads, where only the keys matter for which they speak.
    pub(super) fn of_keys(readings: Vec<(i64, Reading)>, blocks: Vec<Place>) -> Self {
        let bare = |place: Place| Place { leads: 0, ..place };
        let blocks: Vec<Place> = blocks.into_iter().map(bare).collect();
        Self {
            ends: ends(&readings, &blocks),
            readings,
            leads: Leads::default(),
            blocks,
            told: Vec::new(),
        }
    }

    /// When the oldest of them began that speaks for anybody.
    pub(crate) fn began(&self) -> Option<Timestamp> {
        let read = self.readings.iter().map(|(_, reading)| reading);
        let read = read.filter(|reading| reading.told_by.is_none());
        read.map(|reading| reading.when.started_at).min()
    }

    /// How many of the first readings began before a time, or then.
    pub(crate) fn began_before(&self, at: Timestamp) -> u32 {
        let before = self
            .readings
            .iter()
            .take_while(|(_, reading)| reading.when.started_at <= at);
        u32::try_from(before.count()).unwrap_or(u32::MAX)
    }

    /// The reading that a lead is from, by its place among them.
    pub(crate) fn reading_of(&self, lead: u32) -> u32 {
        let of = self.ends.partition_point(|end| end.leads <= lead);
        u32::try_from(of).unwrap_or(u32::MAX)
    }

    /// The text of the leads, fetched where it is looked at.
    pub(crate) fn texts<'a>(&'a self, usher: &'a Usher) -> Texts<'a> {
        let mut end = 0;
        let stored = self.blocks.iter().map(|place| place.leads as usize);
        let ends = stored
            .chain(self.told.iter().map(LeadBlock::len))
            .map(|leads| {
                end += leads;
                end
            });
        Texts {
            usher,
            blocks: &self.blocks,
            told: &self.told,
            ends: ends.collect(),
            fetched: HashMap::new(),
        }
    }
}

/// The text of leads by position.
pub(crate) struct Texts<'a> {
    usher: &'a Usher,
    blocks: &'a [Place],
    told: &'a [LeadBlock],
    ends: Vec<usize>,
    fetched: HashMap<usize, LeadBlock>,
}

impl Texts<'_> {
    /// The block that a lead is in, and its place there.
    pub(crate) fn of(&mut self, lead: u32) -> Result<(&LeadBlock, usize), Problem> {
        let lead = lead as usize;
        let at = self.ends.partition_point(|end| *end <= lead);
        let first = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        if let Some(told) = at.checked_sub(self.blocks.len()) {
            return Ok((&self.told[told], lead - first));
        }
        if !self.fetched.contains_key(&at) {
            let reader = self.usher.cache.reader()?;
            let block = self.usher.lead_block(&reader, self.blocks[at])?;
            self.fetched.insert(at, block);
        }
        Ok((&self.fetched[&at], lead - first))
    }

    /// A lead with all that was read of it.
    pub(crate) fn lead(&mut self, lead: u32) -> Result<ReadLead, Problem> {
        let (block, at) = self.of(lead)?;
        Ok(block.lead(at))
    }
}

impl Usher {
    /// The leads of these readings: who they are, how old what is read of them is, and
    /// who is suppressed.
    pub(super) fn read_leads(
        &self,
        ground: &Ground,
        readings: Vec<(i64, Reading)>,
    ) -> Result<ReadLeads, Problem> {
        let blocks = self.lead_blocks(&readings)?;
        self.make_lead_columns(&blocks, &planned_columns(&ground.settings))?;
        let mut leads = Leads::default();
        let who = [LeadColumn::Id, LeadColumn::Updated];
        leads.push(signed(self.fetched(&who, &blocks, &[])?));
        if !ground.suppressions.is_empty() {
            let reader = self.cache.reader()?;
            for place in &blocks {
                let emails = self.lead_column(&reader, *place, &addresses(ground))?;
                push_suppressed(ground, &mut leads, &emails);
            }
        }
        Ok(ReadLeads {
            ends: ends(&readings, &blocks),
            readings,
            leads,
            blocks,
            told: Vec::new(),
        })
    }

    /// What they have in each mapped field, the told ones last.
    pub(super) fn values_there(
        &self,
        ground: &Ground,
        blocks: &[Place],
        told: &[LeadBlock],
    ) -> Result<Vec<Vec<u64>>, Problem> {
        let values = ground.settings.fields.iter();
        let values = values.map(|mapped| LeadColumn::Value(Box::new(mapped.field.clone())));
        self.fetched(&values.collect::<Vec<_>>(), blocks, told)
    }

    /// Flat columns of numbers of these blocks, each fetched by itself; behind them those
    /// of leads that are not kept, which are made here.
    fn fetched(
        &self,
        wanted: &[LeadColumn],
        blocks: &[Place],
        told: &[LeadBlock],
    ) -> Result<Vec<Vec<u64>>, Problem> {
        let stored: usize = blocks.iter().map(|place| place.leads as usize).sum();
        let behind: usize = told.iter().map(LeadBlock::len).sum();
        made_on_threads(wanted, |column| {
            let reader = self.cache.reader()?;
            let mut all = Vec::with_capacity(stored + behind);
            for place in blocks {
                all.extend(numbers(&self.lead_column(&reader, *place, column)?));
            }
            for block in told {
                all.extend(numbers(&column.make(block)));
            }
            Ok(all)
        })
    }
}

/// Adds leads that are not kept: their columns are made here.
pub(super) fn push(ground: &Ground, leads: &mut Leads, block: &LeadBlock) {
    let who = [LeadColumn::Id, LeadColumn::Updated];
    let who = who.map(|column| numbers(&column.make(block)).collect());
    leads.push(signed(who.to_vec()));
    if !ground.suppressions.is_empty() {
        push_suppressed(ground, leads, &addresses(ground).make(block));
    }
}

/// Ids and times from the numbers they are kept as: those below zero in two's complement.
fn signed(columns: Vec<Vec<u64>>) -> [impl Iterator<Item = i64>; 2] {
    let mut columns = columns.into_iter();
    [(); 2].map(|()| {
        let numbers = columns.next().unwrap_or_default();
        numbers.into_iter().map(u64::cast_signed)
    })
}

/// The column of addresses: the key's own, where the key is one.
fn addresses(ground: &Ground) -> LeadColumn {
    let key = &ground.settings.key.field;
    match ground.settings.key_kind() {
        KeyKind::Email if key.name == "email" => LeadColumn::Key(key.name.clone(), KeyKind::Email),
        _ => LeadColumn::Email,
    }
}

fn push_suppressed(ground: &Ground, leads: &mut Leads, emails: &[u8]) {
    let suppressed = |email: &KeyHash| ground.suppressions.contains("email", *email);
    leads.push_suppressed(key_hashes(emails).iter().map(suppressed));
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let (whole, _) = bytes.as_chunks::<8>();
    whole.iter().map(|number| u64::from_le_bytes(*number))
}

/// Where each reading's leads and keys end.
fn ends(readings: &[(i64, Reading)], blocks: &[Place]) -> Vec<ReadingEnd> {
    let (mut leads, mut asked) = (0, 0);
    let end = |(at, (id, reading)): (usize, &(i64, Reading))| {
        for place in blocks.iter().filter(|place| place.reading == *id) {
            leads += place.leads;
            asked += place.asked;
        }
        ReadingEnd {
            leads: u32::try_from(leads).unwrap_or(u32::MAX),
            asked: u32::try_from(asked).unwrap_or(u32::MAX),
            says: match (reading.whole, reading.is_laid_over()) {
                (true, _) => Says::All,
                // Laid over those before it, as what runs were told is.
                (_, true) => Says::Told(u32::try_from(at).unwrap_or(u32::MAX)),
                _ => Says::Asked,
            },
        }
    };
    readings.iter().enumerate().map(end).collect()
}
