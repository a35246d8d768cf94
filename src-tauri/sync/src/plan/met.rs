//! Who of the audience meets whom of the destination.

use crate::audience::{RowColumn, StoredKeys};
use crate::plan::inputs::Ground;
use crate::plan::leads::{ReadLeads, push};
use crate::plan::told::Told;
use crate::reading::{AskedKeys, LeadColumn, LeadKeys};
use crate::threads::THREADS;
use crate::usher::Usher;
use usher_matching::{At, Key, KeyColumn, KeyHash, Meeting, ReadingEnd, Side, Sides, normalize};
use usher_model::{Problem, Timestamp};
use usher_store::table::readings::Reading;

impl Usher {
    /// The keys that have to be looked up, each once, in row order: those that
    /// none of these readings speaks for. Who is suppressed is looked up too: it
    /// may be that they are to leave the list.
    pub(crate) fn unread_keys(
        &self,
        ground: &Ground,
        readings: &[(i64, Reading)],
    ) -> Result<Vec<(KeyHash, String)>, Problem> {
        let meeting = self.speakers(ground, readings)?;
        self.keys_where(ground, |row| meeting.at(row) == At::Unread)
    }

    /// Which of these readings speaks for which key; their leads are left out.
    pub(crate) fn speakers(
        &self,
        ground: &Ground,
        readings: &[(i64, Reading)],
    ) -> Result<Meeting, Problem> {
        let blocks = self.lead_blocks(readings)?;
        let keys = ReadLeads::of_keys(readings.to_vec(), blocks);
        self.meet(ground, &keys, &[])
    }

    /// The keys that changes leave open, each once, in row order: those that were never
    /// read, and those of several leads. Which of these was updated last does not show
    /// in the fields that are followed.
    pub(crate) fn open_keys(
        &self,
        ground: &Ground,
        readings: Vec<(i64, Reading)>,
        until: Timestamp,
    ) -> Result<Vec<(KeyHash, String)>, Problem> {
        let (_, meeting) = self.met_by_key(ground, readings, until)?;
        self.keys_where(ground, |row| {
            let at = meeting.at(row);
            at == At::Unread || meeting.leads(&at).len() > 1
        })
    }

    /// The keys of these rows.
    fn keys_where(
        &self,
        ground: &Ground,
        is_meant: impl Fn(usize) -> bool,
    ) -> Result<Vec<(KeyHash, String)>, Problem> {
        let kind = ground.settings.key_kind();
        let mut meant = Vec::new();
        self.each_block(&ground.snapshot, 0, |first_row, columns| {
            for (at, cell) in columns
                .column(ground.settings.key.column)
                .iter()
                .enumerate()
            {
                if is_meant(first_row as usize + at)
                    && let Key::Valid(key) = normalize(kind, cell.unwrap_or_default())
                {
                    meant.push((KeyHash::of(&key), key.into_owned()));
                }
            }
            Ok(true)
        })?;
        Ok(meant)
    }

    /// Everyone whom these readings have, with what runs were told until then,
    /// and which of them the rows meet.
    pub(crate) fn met(
        &self,
        ground: &Ground,
        readings: Vec<(i64, Reading)>,
        until: Timestamp,
    ) -> Result<(ReadLeads, Meeting), Problem> {
        let (mut read, meeting) = self.met_by_key(ground, readings, until)?;
        let there = self.values_there(ground, &read.blocks, &read.told)?;
        read.leads.know(there);
        Ok((read, meeting))
    }

    /// The same without what anybody has in the mapped fields.
    pub(super) fn met_by_key(
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
        let meeting = self.meet(ground, &read, &void)?;
        Ok((read, meeting))
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
            age: &|lead| read.leads.age(lead),
        };
        Meeting::of(&sides, THREADS)
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
