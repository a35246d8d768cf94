//! What runs were told was done since a reading began, laid over it: so that a
//! plan shown offline knows Usher's own deliveries.

use crate::plan::inputs::{Ground, Inputs};
use crate::plan::leads::ReadLeads;
use crate::reading::{LeadBlock, ReadLead, UPDATED, fields_asked};
use crate::route;
use crate::run::RunRecord;
use crate::usher::Usher;
use std::collections::{BTreeMap, HashMap, HashSet};
use usher_matching::{ReadingEnd, Says};
use usher_model::{BatchKind, DestinationId, ListChoice, Problem, Receipt, Timestamp};
use usher_store::table::lists::ReadList;
use usher_store::table::{batches, runs};

/// Leads that are gathered into one block.
const GATHERED: usize = 8192;

/// Leads as runs left them, in the order of how many readings began before.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) blocks: Vec<LeadBlock>,
    /// Where they end, counted from their first, and what they are later than.
    pub(crate) ends: Vec<ReadingEnd>,
}

/// A list as it is known, and the calls that finding it took.
pub(crate) struct KnownList {
    pub(crate) list: ReadList,
    pub(crate) members: HashSet<i64>,
    pub(crate) finding_calls: u64,
}

/// Told leads as they come, the later of one lead in place of the earlier.
struct Telling {
    fields: Vec<String>,
    by_age: BTreeMap<u32, Aged>,
    known: HashMap<i64, (u32, usize)>,
}

/// Told leads that are later than the same readings.
#[derive(Default)]
struct Aged {
    blocks: Vec<LeadBlock>,
    gathered: Vec<ReadLead>,
}

impl Telling {
    fn lead(&self, lead: i64) -> Option<ReadLead> {
        let (age, at) = self.known.get(&lead)?;
        let aged = self.by_age.get(age)?;
        match aged.blocks.get(at / GATHERED) {
            Some(block) => Some(block.lead(at % GATHERED)),
            None => aged.gathered.get(at % GATHERED).cloned(),
        }
    }

    fn put(&mut self, age: u32, lead: ReadLead) -> Result<(), Problem> {
        let aged = self.by_age.entry(age).or_default();
        let at = aged.blocks.len() * GATHERED + aged.gathered.len();
        self.known.insert(lead.0, (age, at));
        aged.gathered.push(lead);
        if aged.gathered.len() == GATHERED {
            aged.blocks
                .push(LeadBlock::of(&self.fields, &aged.gathered)?);
            aged.gathered.clear();
        }
        Ok(())
    }

    fn finish(self) -> Result<Told, Problem> {
        let mut told = Told::default();
        let mut leads = 0;
        for (age, mut aged) in self.by_age {
            aged.blocks
                .push(LeadBlock::of(&self.fields, &aged.gathered)?);
            leads += aged.blocks.iter().map(LeadBlock::len).sum::<usize>();
            told.blocks.append(&mut aged.blocks);
            told.ends.push(ReadingEnd {
                leads: u32::try_from(leads).unwrap_or(u32::MAX),
                asked: 0,
                says: Says::Told(age),
            });
        }
        Ok(told)
    }
}

impl Usher {
    /// Gives every batch of the destination's runs that was settled between two
    /// times to `take`, the oldest run first.
    fn settled(
        &self,
        destination: &DestinationId,
        since: Timestamp,
        until: Timestamp,
        mut take: impl FnMut(&RunRecord, &usher_model::Batch, Timestamp) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let reader = self.journal.reader()?;
        let all: Vec<RunRecord> = runs::all(&reader, None)?;
        let is_later = |run: &&RunRecord| {
            run.destination == *destination && run.finished_at.is_none_or(|at| at > since)
        };
        for run in all.iter().filter(is_later).rev() {
            batches::each::<Problem>(&reader, &run.run_id, |batch| {
                match batch.sent_at.map(Timestamp) {
                    Some(at) if at >= since && at <= until && !batch.receipts.is_empty() => {
                        take(run, &batch, at)
                    }
                    _ => Ok(()),
                }
            })?;
        }
        Ok(())
    }

    /// Whether the computer's clock was set back behind something that runs were told:
    /// which of that is later than what is read now, its time does not say.
    pub(crate) fn is_behind_runs(&self, destination: &DestinationId) -> Result<bool, Problem> {
        let mut is_behind = false;
        self.settled(destination, self.now(), Timestamp(i64::MAX), |_, _, _| {
            is_behind = true;
            Ok(())
        })?;
        Ok(is_behind)
    }

    /// The leads that runs created or changed after the reading they are from
    /// began, with all that is known of them.
    pub(crate) fn told_leads(
        &self,
        ground: &Ground,
        read: &ReadLeads,
        until: Timestamp,
    ) -> Result<Told, Problem> {
        let mut telling = Telling {
            fields: fields_asked(&ground.settings.fields_to_read()),
            by_age: BTreeMap::new(),
            known: HashMap::new(),
        };
        let Some(since) = read.began() else {
            return telling.finish();
        };
        let mut texts = read.texts(self);
        self.settled(&ground.destination, since, until, |_, batch, at| {
            if !matches!(batch.kind, BatchKind::Create | BatchKind::Update) {
                return Ok(());
            }
            let age = read.began_before(at);
            for (item, receipt) in batch.items.iter().zip(&batch.receipts) {
                let Receipt::Done { lead } = receipt else {
                    continue;
                };
                let there = read.leads.position(*lead);
                if there.is_some_and(|there| read.reading_of(there) >= age) {
                    continue;
                }
                let before = match (telling.lead(*lead), there) {
                    (Some(told), _) => told,
                    (None, Some(there)) => texts.lead(there)?,
                    (None, None) => ReadLead::default(),
                };
                let mut values = before.1;
                let wanted = item.wanted();
                values.extend(wanted.map(|(field, value)| (field.to_owned(), value.clone())));
                values.insert(UPDATED.to_owned(), at.to_string().into());
                telling.put(age, (*lead, values))?;
            }
            Ok(())
        })?;
        telling.finish()
    }

    /// The list and its members as they were read, with what runs did to it since.
    pub(crate) fn list_known(
        &self,
        inputs: &Inputs,
        until: Timestamp,
    ) -> Result<Option<KnownList>, Problem> {
        if inputs.sync.list == ListChoice::None {
            return Ok(None);
        }
        let workspace = inputs.destination.workspace.as_deref();
        let Some((mut list, mut members)) =
            self.list_as_read(&inputs.service, &inputs.sync.list, workspace)?
        else {
            return Ok(None);
        };
        let finding_calls = list.calls.saturating_sub(pages(&list, members.len()));
        let (since, name, id) = (list.started_at, list.name.clone(), list.id);
        self.settled(&inputs.destination.id, since, until, |run, batch, _| {
            let is_it = |told: &crate::run::RunList| told.name == name || told.id == id;
            let Some(told) = run.list.as_ref().filter(|told| is_it(told)) else {
                return Ok(());
            };
            let done = batch.receipts.iter().filter_map(|receipt| match receipt {
                Receipt::Done { lead } => Some(*lead),
                _ => None,
            });
            match batch.kind {
                BatchKind::Add => members.extend(done),
                BatchKind::Remove => done.for_each(|lead| {
                    members.remove(&lead);
                }),
                BatchKind::Create | BatchKind::Update => return Ok(()),
            }
            list.id = list.id.or(told.id);
            Ok(())
        })?;
        Ok(Some(KnownList {
            list,
            members,
            finding_calls,
        }))
    }
}

/// The calls that reading a list's members takes.
pub(super) fn pages(list: &ReadList, members: usize) -> u64 {
    match list.id {
        Some(_) => route::listing(members as u64),
        None => 0,
    }
}
