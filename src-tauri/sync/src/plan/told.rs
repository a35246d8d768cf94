//! What runs were told was done since a reading began, laid over it: so that a
//! plan shown offline knows Usher's own deliveries.

use crate::plan::inputs::{Ground, Inputs};
use crate::plan::leads::ReadLeads;
use crate::reading::{LeadBlock, ReadLead, UPDATED, fields_asked};
use crate::route;
use crate::run::RunRecord;
use crate::usher::Usher;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::ControlFlow;
use usher_matching::{LeadSet, ReadingEnd, Says};
use usher_model::{
    BatchKind, Connection, ConnectionId, DestinationId, ListChoice, Problem, Receipt, RunId,
    RunState, Timestamp,
};
use usher_store::Reader;
use usher_store::table::batches::Settled;
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
    /// Which runs left them so, and from when until when.
    pub(super) by: BTreeSet<RunId>,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
}

/// A list as it is known, and the calls that finding it took.
pub(crate) struct KnownList {
    pub(crate) list: ReadList,
    pub(crate) members: LeadSet,
    pub(crate) finding_calls: u64,
    /// The runs whose batches tell of it, and whether all of these are over.
    pub(super) by: BTreeSet<RunId>,
    pub(super) all_over: bool,
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
    /// times to `take`, the oldest run first; without those runs of which it is kept.
    fn settled(
        &self,
        destination: &DestinationId,
        kept: &HashSet<&RunId>,
        [since, until]: [Timestamp; 2],
        mut take: impl FnMut(&Reader<'_>, &RunRecord, Settled) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let reader = self.journal.reader()?;
        let later: Vec<RunRecord> = runs::ended_after(&reader, destination, since)?;
        for run in later.iter().filter(|run| !kept.contains(&run.run_id)) {
            for batch in batches::settled(&reader, &run.run_id, since.0, until.0)? {
                take(&reader, run, batch)?;
            }
        }
        Ok(())
    }

    /// When runs for other destinations of the same instance last changed something there:
    /// what was read before, of people or lists, knows nothing of it.
    pub(crate) fn changed_elsewhere_at(
        &self,
        inputs: &Inputs,
    ) -> Result<Option<Timestamp>, Problem> {
        let here = &inputs.service.connection().base_url;
        let mut newest = None;
        let connections = self.all::<Connection>()?.into_iter();
        for same in connections.filter(|connection| connection.base_url == *here) {
            newest = newest.max(self.changed_by(&same.id, &inputs.destination.id)?);
        }
        Ok(newest)
    }

    /// The same of runs by one connection.
    fn changed_by(
        &self,
        connection: &ConnectionId,
        but: &DestinationId,
    ) -> Result<Option<Timestamp>, Problem> {
        let reader = self.journal.reader()?;
        let (mut unended, now) = (Vec::<RunRecord>::new(), self.now());
        let ended = runs::elsewhere(&reader, connection, but, |run: RunRecord| {
            match (run.has_changed_anything(), run.finished_at) {
                (false, _) => {}
                (true, Some(at)) if at <= now => return ControlFlow::Break(at),
                // As one is that ended by a clock that was ahead.
                (true, _) => unended.push(run),
            }
            ControlFlow::Continue(())
        })?;
        let mut newest = ended;
        for run in unended {
            // One that is under way changes it now; of any other nothing happens behind what
            // it sent last.
            let at = match run.state {
                RunState::Sending | RunState::Verifying => Some(now),
                _ => batches::last_sent_at(&reader, &run.run_id)?.map(Timestamp),
            };
            newest = newest.max(at);
        }
        Ok(newest)
    }

    /// The leads that runs created or changed after the reading they are from
    /// began, with all that is known of them; those of runs that are kept as a reading
    /// are among what was read.
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
        let kept = read.readings.iter();
        let kept: HashSet<&RunId> = kept.filter_map(|(_, one)| one.told_by.as_ref()).collect();
        let mut told = Told::default();
        let times = [since, until];
        self.settled(&ground.destination, &kept, times, |reader, run, settled| {
            if !matches!(settled.kind, BatchKind::Create | BatchKind::Update) {
                return Ok(());
            }
            let batch = batches::get(reader, &run.run_id, settled.seq)?;
            let at = Timestamp(settled.at);
            told.by.insert(run.run_id.clone());
            told.first = Some(told.first.map_or(at, |first| first.min(at)));
            told.last = told.last.max(Some(at));
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
        let Told { blocks, ends, .. } = telling.finish()?;
        Ok(Told {
            blocks,
            ends,
            ..told
        })
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
        let Some((mut list, members)) =
            self.list_as_read(&inputs.service, &inputs.sync.list, workspace)?
        else {
            return Ok(None);
        };
        let finding_calls = list.calls.saturating_sub(pages(&list, members.len()));
        let mut moves: Vec<(i64, bool)> = members.into_iter().map(|lead| (lead, true)).collect();
        let kept: HashSet<&RunId> = list.told_by.iter().collect();
        let (name, id, times) = (list.name.clone(), list.id, [list.when.started_at, until]);
        let (mut by, mut all_over) = (BTreeSet::new(), true);
        self.settled(
            &inputs.destination.id,
            &kept,
            times,
            |reader, run, batch| {
                let is_it = |told: &crate::run::RunList| told.name == name || told.id == id;
                let Some(told) = run.list.as_ref().filter(|told| is_it(told)) else {
                    return Ok(());
                };
                if matches!(batch.kind, BatchKind::Create | BatchKind::Update) {
                    return Ok(());
                }
                let receipts = batches::receipts(reader, &run.run_id, batch.seq)?;
                let joined = batch.kind == BatchKind::Add;
                moves.extend(receipts.iter().filter_map(|receipt| match receipt {
                    Receipt::Done { lead } => Some((*lead, joined)),
                    _ => None,
                }));
                list.id = list.id.or(told.id);
                by.insert(run.run_id.clone());
                all_over &= run.tallies.is_some();
                Ok(())
            },
        )?;
        Ok(Some(KnownList {
            list,
            members: LeadSet::after(moves),
            finding_calls,
            by,
            all_over,
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
