//! What is known of a destination when a plan is made: its people and whom the
//! audience meets, what was delivered before, and who is on the list.

use crate::plan::inputs::Inputs;
use crate::plan::leads::ReadLeads;
use crate::plan::rows::KeptRows;
use crate::plan::told::{KnownList, pages};
use crate::reading::carried;
use crate::threads::{InOrder, handed_on, made_at_once};
use crate::usher::Usher;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use usher_matching::{At, LeadSet, Leads, Meeting};
use usher_model::{Code, ListChoice, Problem, Sync, SyncId, Timestamp};
use usher_store::table::When;
use usher_store::table::ledger::{self, Entries};

/// The calls that read what a service says of its fields and partitions.
const DESCRIPTION_CALLS: u64 = 3;

/// All that is known, as of one moment.
pub(crate) struct Known {
    pub(crate) read: ReadLeads,
    pub(crate) meeting: Meeting,
    pub(crate) list: Option<KnownList>,
    /// Whom this sync put on the list.
    pub(crate) ours: LeadSet,
    /// As of the older of the readings that say something here.
    pub(crate) as_of: Option<Timestamp>,
    /// Whether no clock says how old one of these is.
    pub(crate) of_unknown_age: bool,
    /// The calls that reading it all again takes, without those for the people.
    pub(crate) reading_calls: u64,
    /// The calls that looking all the people up took, where they were looked up.
    pub(crate) lookup_calls: Option<u64>,
    /// How long the longest reading took.
    pub(crate) took: Duration,
    /// Blocks of rows that were looked at before, as many as there is room for.
    pub(crate) rows: KeptRows,
}

impl Usher {
    /// What is known for these inputs, with what runs were told until then. An
    /// error when something was never read.
    pub(crate) fn known(&self, inputs: &Inputs, until: Timestamp) -> Result<Known, Problem> {
        let readings = self.readings_of(inputs)?;
        let ((read, meeting), list) = made_at_once(
            || self.met_by_key(&inputs.ground, readings, until),
            || self.list_known(inputs, until),
        )?;
        let missing = (0..meeting.rows())
            .filter(|row| meeting.at(*row) == At::Unread)
            .count();
        let fills_list = inputs.sync.list != ListChoice::None;
        if missing > 0 || (fills_list && list.is_none()) {
            return Err(not_read(missing as u64, fills_list && list.is_none()));
        }
        let mut known = Known {
            read,
            meeting,
            list,
            ours: LeadSet::default(),
            as_of: None,
            of_unknown_age: false,
            reading_calls: DESCRIPTION_CALLS,
            lookup_calls: Some(0),
            took: Duration::ZERO,
            rows: KeptRows::default(),
        };
        known.date(self.now());
        let (ground, read) = (&inputs.ground, &mut known.read);
        let (blocks, told) = (&read.blocks, &read.told);
        let (leads, list) = (&mut read.leads, known.list.as_ref());
        let (ours, there) = made_at_once(
            || self.note_ledger(inputs, leads, list),
            || self.values_there(ground, blocks, told),
        )?;
        known.read.leads.know(there);
        known.ours = ours;
        Ok(known)
    }

    /// Notes what this sync delivered, and gives whom it put on the list.
    fn note_ledger(
        &self,
        inputs: &Inputs,
        leads: &mut Leads,
        list: Option<&KnownList>,
    ) -> Result<LeadSet, Problem> {
        let mut fields: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, mapped) in inputs.ground.settings.fields.iter().enumerate() {
            fields
                .entry(mapped.field.name.as_str())
                .or_default()
                .push(at);
        }
        let mut moves = Vec::new();
        let note = |entries: Entries| {
            let there = leads.positions(entries.leads());
            for (field, values) in entries.fields() {
                for at in fields.get(field).into_iter().flatten() {
                    leads.note_delivered(*at, &there, values.clone());
                }
            }
            let places = entries.leads().iter().zip(entries.places());
            moves.extend(places.filter_map(|(lead, place)| Some((*lead, place?.is_some()))));
        };
        self.each_entries(&inputs.sync.id, note)?;
        let ours = LeadSet::after(moves);
        leads.note_ours(&ours);
        if let Some(list) = list {
            leads.note_members(&list.members);
        }
        Ok(ours)
    }

    /// Gives a sync's ledger to `take`, oldest first; blocks are unpacked on several threads.
    fn each_entries(&self, sync: &SyncId, take: impl FnMut(Entries) + Send) -> Result<(), Problem> {
        let taking = Mutex::new((InOrder::default(), take));
        let mut numbers = 0..;
        handed_on(
            |hand_on| {
                let mut give = |block| numbers.next().is_some_and(|at| hand_on((at, block)));
                Ok(ledger::each_packed(
                    &*self.journal.reader()?,
                    sync,
                    &mut give,
                )?)
            },
            |(at, block): (u64, Vec<u8>)| {
                let entries = Entries::unpacked(&block)?;
                let mut taking = taking.lock().unwrap_or_else(PoisonError::into_inner);
                let (order, take) = &mut *taking;
                order.put(at, entries).for_each(take);
                Ok(())
            },
        )
    }

    /// The keys under which these leads were put on the list, in their order.
    pub(crate) fn places_of(
        &self,
        sync: &Sync,
        leads: Vec<i64>,
    ) -> Result<Vec<(i64, String)>, Problem> {
        let mut keys: HashMap<i64, String> = HashMap::new();
        if !leads.is_empty() {
            let wanted: HashSet<i64> = leads.iter().copied().collect();
            ledger::each(&*self.journal.reader()?, &sync.id, |entry| {
                if let Some(Some(key)) = entry.place.filter(|_| wanted.contains(&entry.lead)) {
                    keys.insert(entry.lead, key);
                }
            })?;
        }
        let place = |lead| (lead, keys.remove(&lead).unwrap_or_default());
        Ok(leads.into_iter().map(place).collect())
    }
}

impl Known {
    /// As of when it is known, and what reading it took.
    fn date(&mut self, now: Timestamp) {
        let mut older = |when: When| {
            self.took = self.took.max(when.took());
            self.of_unknown_age |= !when.says_its_age(now);
            let as_of = when.as_of();
            self.as_of = Some(self.as_of.map_or(as_of, |known| known.min(as_of)));
        };
        let readings = &self.read.readings;
        let carried = carried(readings);
        for (at, (_, reading)) in readings.iter().enumerate() {
            if self.meeting.speaks(at) {
                let last = &readings[carried[at]].1;
                older(last.when);
                let as_read = !reading.whole && carried[at] == at;
                let looked_up = self.lookup_calls.filter(|_| as_read);
                self.lookup_calls = looked_up.map(|calls| calls + reading.calls);
            }
        }
        if let Some(known) = &self.list {
            older(known.list.when);
            // Finding it takes what it took; its members may be more by now.
            self.reading_calls += known.finding_calls + pages(&known.list, known.members.len());
        }
    }
}

fn not_read(missing: u64, list: bool) -> Problem {
    let what = match (missing, list) {
        (0, _) => "The list was never read completely.".to_owned(),
        (keys, false) => {
            format!("{keys} keys of this audience were never looked up at the destination.")
        }
        (keys, true) => format!(
            "{keys} keys of this audience were never looked up at the destination, and the list was never read completely."
        ),
    };
    Problem::passing(
        Code::DestinationNotRead,
        format!("{what} Who is there and who is not cannot be told from a partial reading."),
        "Preview without `--offline`, or `usher destination read`.",
    )
}
