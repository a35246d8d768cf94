//! One part of a meeting: both sides sorted, and one walk along both.

use super::scatter::Entry;
use super::{At, Found, KeyColumn, ReadingEnd, Says, Sides};
use crate::key::KeyHash;
use std::collections::HashSet;

/// What decides, beside the keys, who meets whom.
pub(super) struct Rules<'a> {
    readings: &'a [ReadingEnd],
    /// The newest reading that speaks for every key.
    whole: Option<usize>,
    exact: Option<Exact>,
}

/// The exact forms of keys that meet by another, by place.
struct Exact {
    rows: Vec<KeyHash>,
    leads: Vec<KeyHash>,
    asked: Vec<KeyHash>,
}

/// The keys of one part, and the room for its leads: from `begin` on in the order.
pub(super) struct Part<'a> {
    pub(super) rows: Vec<Entry>,
    pub(super) leads: Vec<Entry>,
    pub(super) asked: Vec<Entry>,
    pub(super) begin: u32,
    pub(super) order: &'a mut [u32],
}

impl<'a> Rules<'a> {
    pub(super) fn new<E>(sides: &Sides<'a, E>) -> Result<Self, E> {
        let all = |column: Option<&dyn KeyColumn<Error = E>>| {
            let mut all = Vec::new();
            if let Some(column) = column {
                column.walk(&mut |hashes| all.extend_from_slice(hashes))?;
            }
            Ok(all)
        };
        let exact = match sides.rows.exact {
            None => None,
            rows => Some(Exact {
                rows: all(rows)?,
                leads: all(sides.leads.exact)?,
                asked: all(sides.asked.exact)?,
            }),
        };
        let whole = sides
            .readings
            .iter()
            .rposition(|reading| reading.says == Says::All);
        Ok(Self {
            readings: sides.readings,
            whole,
            exact,
        })
    }

    /// The room that leads may take, each key with its count: those that differ by
    /// case are listed once under their own key and once under the folded one.
    pub(super) fn room(&self, leads: usize) -> usize {
        leads * if self.exact.is_some() { 4 } else { 2 }
    }

    /// The newest reading that was asked for one of these keys.
    fn newest<'e>(&self, asked: impl Iterator<Item = &'e Entry>) -> Option<usize> {
        let of = |entry: &Entry| {
            self.readings
                .partition_point(|reading| reading.asked <= entry.at)
        };
        self.whole.max(asked.map(of).max())
    }

    /// Whether a lead is one that the reading that speaks for its key has.
    fn counts(&self, lead: &Entry, newest: Option<usize>) -> bool {
        let of = self
            .readings
            .partition_point(|reading| reading.leads <= lead.at);
        match self.readings[of].says {
            Says::Told(beats) => newest.is_some_and(|newest| newest < beats as usize),
            Says::Asked | Says::All => newest == Some(of),
        }
    }
}

impl Part<'_> {
    /// Finds every row of the part its place.
    pub(super) fn meet(mut self, rules: &Rules<'_>, place: &dyn Fn(u32, Option<usize>, At)) {
        self.rows.sort_unstable();
        self.leads.sort_unstable();
        self.asked.sort_unstable();
        let (mut leads, mut asked) = (self.leads.as_slice(), self.asked.as_slice());
        let mut order = Order {
            begin: self.begin,
            free: self.order,
            used: 0,
        };
        for rows in self.rows.chunk_by(|one, other| one.key() == other.key()) {
            let leads = take(&mut leads, rows[0].key());
            let asked = take(&mut asked, rows[0].key());
            match &rules.exact {
                None => {
                    let newest = rules.newest(asked.iter());
                    let there = leads.iter().filter(|lead| rules.counts(lead, newest));
                    let first = match newest {
                        None => At::Unread,
                        Some(_) => order.put(there).map_or(At::Nobody, At::Leads),
                    };
                    place(rows[0].at, newest, first);
                    let later = rows[1..].iter();
                    later.for_each(|row| place(row.at, None, At::Duplicate));
                }
                Some(exact) => exact.meet(rules, [rows, leads, asked], &mut order, place),
            }
        }
    }
}

impl Exact {
    /// Keys that are the same but for case: who has the very same, and who else.
    fn meet(
        &self,
        rules: &Rules<'_>,
        [rows, leads, asked]: [&[Entry]; 3],
        order: &mut Order<'_>,
        place: &dyn Fn(u32, Option<usize>, At),
    ) {
        let asked_for = |key: KeyHash| {
            let same = move |asked: &&Entry| self.asked[asked.at as usize] == key;
            rules.newest(asked.iter().filter(same))
        };
        let any = rules.newest(asked.iter());
        // A lead in another case than any key that was asked for came with those.
        let counts =
            |lead: &&Entry| rules.counts(lead, asked_for(self.leads[lead.at as usize]).or(any));
        let there: Vec<&Entry> = leads.iter().filter(counts).collect();
        let mut seen = HashSet::new();
        let mut nearly = None;
        for row in rows {
            let key = self.rows[row.at as usize];
            if !seen.insert(key) {
                place(row.at, None, At::Duplicate);
                continue;
            }
            let newest = asked_for(key);
            if newest.is_none() {
                place(row.at, None, At::Unread);
                continue;
            }
            let same = there
                .iter()
                .copied()
                .filter(|lead| self.leads[lead.at as usize] == key);
            let at = order.put(same).map(At::Leads).or_else(|| {
                let all = nearly.get_or_insert_with(|| order.put(there.iter().copied()));
                all.map(At::Nearly)
            });
            place(row.at, newest, at.unwrap_or(At::Nobody));
        }
    }
}

/// The leads of each key that has several, one key after another, each with its
/// count in front.
struct Order<'a> {
    begin: u32,
    free: &'a mut [u32],
    used: usize,
}

impl Order<'_> {
    /// Lists the leads of a key, where there are several.
    fn put<'e>(&mut self, leads: impl Iterator<Item = &'e Entry>) -> Option<Found> {
        let place = self.used;
        let mut end = place + 1;
        for lead in leads {
            self.free[end] = lead.at;
            end += 1;
        }
        let count = end - place - 1;
        match count {
            0 => return None,
            1 => return Some(Found::One(self.free[place + 1])),
            _ => {}
        }
        self.free[place] = u32::try_from(count).unwrap_or(u32::MAX);
        self.used = end;
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        Some(Found::Several(self.begin + place))
    }
}

/// Takes what has this key from the front of a sorted side, and drops what is before.
fn take<'e>(side: &mut &'e [Entry], key: (u64, u64)) -> &'e [Entry] {
    let before = side.iter().take_while(|entry| entry.key() < key).count();
    let rest = &side[before..];
    let len = rest.iter().take_while(|entry| entry.key() == key).count();
    let (found, rest) = rest.split_at(len);
    *side = rest;
    found
}
