//! What is known of a destination when a plan is made: its people, who of the
//! audience meets whom, what was delivered before, and who is on the list.

use crate::audience::{RowColumn, StoredKeys, THREADS, each_on_threads, key_hashes};
use crate::plan::inputs::{Ground, Inputs};
use crate::plan::rows::KeptRows;
use crate::plan::told::{KnownList, Told};
use crate::reading::{AskedKeys, LeadBlock, LeadColumn, LeadKeys, ReadLead, planned_columns};
use crate::usher::Usher;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use std::time::Duration;
use usher_matching::{
    At, Key, KeyColumn, KeyHash, KeyKind, Leads, Meeting, ReadingEnd, Says, Side, Sides, normalize,
};
use usher_model::{Code, ListChoice, Problem, Sync, Timestamp};
use usher_remote::marketo::MAX_RECORDS;
use usher_store::table::ledger;
use usher_store::table::lists::ReadList;
use usher_store::table::readings::{Place, Reading};

/// The calls that read what a service says of its fields and partitions.
const DESCRIPTION_CALLS: u64 = 2;

/// All that is known, as of one moment.
pub(crate) struct Known {
    pub(crate) read: ReadLeads,
    pub(crate) meeting: Meeting,
    pub(crate) list: Option<KnownList>,
    /// Whom this sync put on the list.
    pub(crate) ours: HashSet<i64>,
    /// As of the older of the readings that say something here.
    pub(crate) as_of: Option<Timestamp>,
    pub(crate) reading_calls: u64,
    /// How long the longest reading took.
    pub(crate) took: Duration,
    /// Blocks of rows that were looked at before, as many as there is room for.
    pub(crate) rows: KeptRows,
}

/// The leads of some readings, in columns, the oldest reading first; told ones last.
pub(crate) struct ReadLeads {
    pub(crate) readings: Vec<(i64, Reading)>,
    pub(crate) leads: Leads,
    blocks: Vec<Place>,
    told: Vec<LeadBlock>,
    ends: Vec<ReadingEnd>,
}

impl ReadLeads {
    /// Readings without their leads, where only the keys matter for which they speak.
    fn of_keys(ground: &Ground, readings: Vec<(i64, Reading)>, blocks: Vec<Place>) -> Self {
        let bare = |place: Place| Place { leads: 0, ..place };
        let blocks: Vec<Place> = blocks.into_iter().map(bare).collect();
        Self {
            ends: ends(&readings, &blocks),
            readings,
            leads: Leads::new(&ground.settings),
            blocks,
            told: Vec::new(),
        }
    }

    /// When the oldest of them began.
    pub(crate) fn began(&self) -> Option<Timestamp> {
        self.readings
            .iter()
            .map(|(_, reading)| reading.started_at)
            .min()
    }

    /// How many of the first readings began before a time, or then.
    pub(crate) fn began_before(&self, at: Timestamp) -> u32 {
        let before = self
            .readings
            .iter()
            .take_while(|(_, reading)| reading.started_at <= at);
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
    /// The keys that have to be looked up, each once, in row order: those that
    /// none of these readings speaks for. Who is suppressed is looked up too: it
    /// may be that they are to leave the list.
    pub(crate) fn unread_keys(
        &self,
        ground: &Ground,
        readings: &[(i64, Reading)],
    ) -> Result<Vec<(KeyHash, String)>, Problem> {
        let blocks = self.lead_blocks(readings)?;
        let keys = ReadLeads::of_keys(ground, readings.to_vec(), blocks);
        let meeting = self.meet(ground, &keys, &[])?;
        let kind = ground.settings.key_kind();
        let mut unread = Vec::new();
        self.each_block(&ground.snapshot, 0, |first_row, columns| {
            for (at, cell) in columns
                .column(ground.settings.key.column)
                .iter()
                .enumerate()
            {
                if meeting.at(first_row as usize + at) == At::Unread
                    && let Key::Valid(key) = normalize(kind, cell.unwrap_or_default())
                {
                    unread.push((KeyHash::of(&key), key.into_owned()));
                }
            }
            Ok(true)
        })?;
        Ok(unread)
    }

    /// Everyone whom these readings have, with what runs were told until then,
    /// and which of them the rows meet.
    pub(crate) fn met(
        &self,
        ground: &Ground,
        readings: Vec<(i64, Reading)>,
        until: Timestamp,
    ) -> Result<(ReadLeads, Meeting), Problem> {
        let mut read = self.read_leads(ground, readings)?;
        read.leads.index();
        let told = self.told_leads(ground, &read, until)?;
        add_told(ground, &mut read, told);
        let void = read.leads.index();
        let mut meeting = self.meet(ground, &read, &void)?;
        meeting.sort(|lead| read.leads.age(lead));
        Ok((read, meeting))
    }

    /// What is known for these inputs, with what runs were told until then. An
    /// error when something was never read.
    pub(crate) fn known(&self, inputs: &Inputs, until: Timestamp) -> Result<Known, Problem> {
        let readings = self.readings_for(&inputs.service, &inputs.ground.settings)?;
        let (read, meeting) = self.met(&inputs.ground, readings, until)?;
        let missing = (0..meeting.rows())
            .filter(|row| meeting.at(*row) == At::Unread)
            .count();
        let fills_list = inputs.sync.list != ListChoice::None;
        let list = self.list_known(inputs, until)?;
        if missing > 0 || (fills_list && list.is_none()) {
            return Err(not_read(missing as u64, fills_list && list.is_none()));
        }
        let mut known = Known {
            read,
            meeting,
            list,
            ours: HashSet::new(),
            as_of: None,
            reading_calls: DESCRIPTION_CALLS,
            took: Duration::ZERO,
            rows: KeptRows::default(),
        };
        known.date();
        self.note_ledger(inputs, &mut known)?;
        Ok(known)
    }

    /// The leads of these readings, in columns.
    fn read_leads(
        &self,
        ground: &Ground,
        readings: Vec<(i64, Reading)>,
    ) -> Result<ReadLeads, Problem> {
        let blocks = self.lead_blocks(&readings)?;
        self.make_lead_columns(&blocks, &planned_columns(&ground.settings))?;
        let leads = self.lead_columns(ground, &blocks)?;
        Ok(ReadLeads {
            ends: ends(&readings, &blocks),
            readings,
            leads,
            blocks,
            told: Vec::new(),
        })
    }

    /// The flat columns of these blocks, each fetched by itself.
    fn lead_columns(&self, ground: &Ground, blocks: &[Place]) -> Result<Leads, Problem> {
        let mut wanted = vec![LeadColumn::Id, LeadColumn::Updated];
        let values = ground.settings.fields.iter();
        wanted.extend(values.map(|mapped| LeadColumn::Value(Box::new(mapped.field.clone()))));
        let fetched: Vec<OnceLock<Vec<u64>>> = wanted.iter().map(|_| OnceLock::new()).collect();
        let jobs: Vec<(&LeadColumn, &OnceLock<Vec<u64>>)> = wanted.iter().zip(&fetched).collect();
        each_on_threads(&jobs, |(column, fetched)| {
            let reader = self.cache.reader()?;
            let mut all = Vec::with_capacity(blocks.iter().map(|place| place.leads as usize).sum());
            for place in blocks {
                all.extend(numbers(&self.lead_column(&reader, *place, column)?));
            }
            fetched.get_or_init(|| all);
            Ok(())
        })?;
        let fetched = fetched
            .into_iter()
            .map(|numbers| numbers.into_inner().unwrap_or_default());
        let mut leads = Leads::of(fetched.collect());
        let reader = self.cache.reader()?;
        if !ground.suppressions.is_empty() {
            for place in blocks {
                let emails = self.lead_column(&reader, *place, &addresses(ground))?;
                push_suppressed(ground, &mut leads, &emails);
            }
        }
        Ok(leads)
    }

    fn meet(&self, ground: &Ground, read: &ReadLeads, void: &[bool]) -> Result<Meeting, Problem> {
        let key = &ground.settings.key;
        let kind = ground.settings.key_kind();
        let rows = |kind| StoredKeys {
            usher: self,
            snapshot: &ground.snapshot,
            column: RowColumn::key(key.column, kind),
        };
        let leads = |kind| LeadKeys {
            usher: self,
            blocks: &read.blocks,
            told: &read.told,
            column: LeadColumn::Key(key.field.name.clone(), kind),
        };
        let asked = |kind| AskedKeys {
            usher: self,
            blocks: &read.blocks,
            kind,
        };
        let join = kind.joins_by();
        let mut wanted = vec![RowColumn::key(key.column, kind)];
        if join != kind {
            wanted.push(RowColumn::key(key.column, join));
        }
        self.make_columns(&ground.snapshot, &wanted)?;
        let joins = (rows(join), leads(join), asked(join));
        let exacts = (rows(kind), leads(kind), asked(kind));
        let exact = join != kind;
        let sides = Sides {
            rows: side(&joins.0, &exacts.0, exact),
            leads: side(&joins.1, &exacts.1, exact),
            asked: side(&joins.2, &exacts.2, exact),
            readings: &read.ends,
            void,
        };
        Meeting::of(&sides, THREADS)
    }

    /// What this sync delivered, and whom it put on the list.
    fn note_ledger(&self, inputs: &Inputs, known: &mut Known) -> Result<(), Problem> {
        let mut fields: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, mapped) in inputs.ground.settings.fields.iter().enumerate() {
            fields
                .entry(mapped.field.name.as_str())
                .or_default()
                .push(at);
        }
        let (leads, ours) = (&mut known.read.leads, &mut known.ours);
        ledger::each(&*self.journal.reader()?, &inputs.sync.id, |entry| {
            for (field, value) in &entry.values {
                for at in fields.get(field.as_str()).into_iter().flatten() {
                    leads.note_delivered(*at, entry.lead, *value);
                }
            }
            match entry.place {
                Some(Some(_)) => drop(ours.insert(entry.lead)),
                Some(None) => drop(ours.remove(&entry.lead)),
                None => {}
            }
        })?;
        ours.iter().for_each(|lead| leads.note_ours(*lead));
        for lead in known.list.iter().flat_map(|list| &list.members) {
            leads.note_member(*lead);
        }
        Ok(())
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
    fn date(&mut self) {
        let mut older = |started: Timestamp, finished: Timestamp| {
            self.took = self.took.max(finished.since(started));
            self.as_of = Some(self.as_of.map_or(finished, |known| known.min(finished)));
        };
        for (at, (_, reading)) in self.read.readings.iter().enumerate() {
            if self.meeting.speaks(at) {
                older(reading.started_at, reading.finished_at);
                self.reading_calls += reading.calls;
            }
        }
        if let Some(known) = &self.list {
            older(known.list.started_at, known.list.finished_at);
            // Finding it takes what it took; its members may be more by now.
            self.reading_calls += known.finding_calls + pages(&known.list, known.members.len());
        }
    }
}

/// Adds what runs were told behind all that was read.
fn add_told(ground: &Ground, read: &mut ReadLeads, told: Told) {
    let last = read.ends.last().copied();
    let (leads, asked) = last.map_or((0, 0), |end| (end.leads, end.asked));
    let behind = |end: &ReadingEnd| ReadingEnd {
        leads: leads + end.leads,
        asked,
        ..*end
    };
    read.ends.extend(told.ends.iter().map(behind));
    for block in &told.blocks {
        push(ground, &mut read.leads, block);
    }
    read.told = told.blocks;
}

/// Adds leads that are not kept: their columns are made here.
fn push(ground: &Ground, leads: &mut Leads, block: &LeadBlock) {
    let made = |column: LeadColumn| numbers(&column.make(block)).collect::<Vec<u64>>();
    let values = ground.settings.fields.iter();
    let values = values.map(|mapped| LeadColumn::Value(Box::new(mapped.field.clone())));
    let columns = [LeadColumn::Id, LeadColumn::Updated]
        .into_iter()
        .chain(values);
    leads.push(&columns.map(made).collect::<Vec<_>>());
    if !ground.suppressions.is_empty() {
        push_suppressed(ground, leads, &addresses(ground).make(block));
    }
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
    let end = |(id, reading): &(i64, Reading)| {
        for place in blocks.iter().filter(|place| place.reading == *id) {
            leads += place.leads;
            asked += place.asked;
        }
        ReadingEnd {
            leads: u32::try_from(leads).unwrap_or(u32::MAX),
            asked: u32::try_from(asked).unwrap_or(u32::MAX),
            says: if reading.whole {
                Says::All
            } else {
                Says::Asked
            },
        }
    };
    readings.iter().map(end).collect()
}

fn side<'a>(
    join: &'a dyn KeyColumn<Error = Problem>,
    exact: &'a dyn KeyColumn<Error = Problem>,
    differs: bool,
) -> Side<'a, Problem> {
    Side {
        join,
        exact: differs.then_some(exact),
    }
}

/// The calls that reading a list's members takes.
pub(crate) fn pages(list: &ReadList, members: usize) -> u64 {
    match list.id {
        Some(_) => members.div_ceil(MAX_RECORDS).max(1) as u64,
        None => 0,
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
