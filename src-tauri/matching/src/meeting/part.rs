//! One part of a meeting: both sides sorted, and one walk along both.

use super::scatter::Entry;
use super::{At, Found, KeyColumn, ReadingEnd, Says, Sides};
use crate::key::KeyHash;
use std::cmp::Reverse;
use std::collections::HashSet;

/// What decides, beside the keys, who meets whom.
pub(super) struct Rules<'a> {
    readings: &'a [ReadingEnd],
    age: &'a (dyn Fn(u32) -> (i64, i64) + Sync),
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
            age: sides.age,
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
                .partition_point(|reading| reading.asked <= entry.at())
        };
        self.whole.max(asked.map(of).max())
    }

    /// Whether a lead is one that the reading that speaks for its key has.
    fn counts(&self, lead: &Entry, newest: Option<usize>) -> bool {
        let of = self
            .readings
            .partition_point(|reading| reading.leads <= lead.at());
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
        let exact = rules.exact.as_ref();
        let of_rows = exact.map(|exact| picked(&exact.rows, &self.rows));
        let of_leads = exact.map(|exact| picked(&exact.leads, &self.leads));
        let of_asked = exact.map(|exact| picked(&exact.asked, &self.asked));
        let mut rows = Sorted::new(&self.rows, &of_rows);
        let mut leads = Sorted::new(&self.leads, &of_leads);
        let mut asked = Sorted::new(&self.asked, &of_asked);
        let mut order = Order {
            begin: self.begin,
            free: self.order,
            used: 0,
            age: rules.age,
        };
        while let Some(first) = rows.entries.first() {
            let key = first.key();
            let alike = Alike {
                rows: rows.take(key),
                leads: leads.take(key),
                asked: asked.take(key),
            };
            match exact {
                None => alike.meet(rules, &mut order, place),
                Some(_) => alike.meet_exactly(rules, &mut order, place),
            }
        }
    }
}

/// The exact forms of these keys. They are fetched for a whole part at once: one after
/// another they would keep the processor waiting for each.
fn picked(exact: &[KeyHash], of: &[Entry]) -> Vec<KeyHash> {
    of.iter().map(|entry| exact[entry.at() as usize]).collect()
}

/// A sorted side of a part, or a run of it, with the exact forms where there are any.
#[derive(Clone, Copy)]
struct Sorted<'e> {
    entries: &'e [Entry],
    exact: &'e [KeyHash],
}

impl<'e> Sorted<'e> {
    fn new(entries: &'e [Entry], exact: &'e Option<Vec<KeyHash>>) -> Self {
        Self {
            entries,
            exact: exact.as_deref().unwrap_or_default(),
        }
    }

    /// Takes what has this key from the front, and drops what is before.
    fn take(&mut self, key: u128) -> Self {
        let is_before = |entry: &&Entry| entry.key() < key;
        let (_, rest) = self.cut(self.entries.iter().take_while(is_before).count());
        let is_it = |entry: &&Entry| entry.key() == key;
        let (found, rest) = rest.cut(rest.entries.iter().take_while(is_it).count());
        *self = rest;
        found
    }

    fn cut(self, at: usize) -> (Self, Self) {
        let (entries, later) = self.entries.split_at(at);
        let (exact, exact_later) = self.exact.split_at(at.min(self.exact.len()));
        let rest = Self {
            entries: later,
            exact: exact_later,
        };
        (Self { entries, exact }, rest)
    }

    fn iter(self) -> impl Iterator<Item = (&'e Entry, &'e KeyHash)> {
        self.entries.iter().zip(self.exact)
    }
}

/// Those who meet: what has one key.
struct Alike<'e> {
    rows: Sorted<'e>,
    leads: Sorted<'e>,
    asked: Sorted<'e>,
}

impl Alike<'_> {
    fn meet(
        &self,
        rules: &Rules<'_>,
        order: &mut Order<'_>,
        place: &dyn Fn(u32, Option<usize>, At),
    ) {
        let newest = rules.newest(self.asked.entries.iter());
        let leads = self.leads.entries.iter();
        let there = leads.filter(|lead| rules.counts(lead, newest));
        let first = match newest {
            None => At::Unread,
            Some(_) => order.put(there).map_or(At::Nobody, At::Leads),
        };
        place(self.rows.entries[0].at(), newest, first);
        let later = self.rows.entries[1..].iter();
        later.for_each(|row| place(row.at(), None, At::Duplicate));
    }

    /// The same where who meets may differ by case: who has the very same key, and who
    /// else.
    fn meet_exactly(
        &self,
        rules: &Rules<'_>,
        order: &mut Order<'_>,
        place: &dyn Fn(u32, Option<usize>, At),
    ) {
        let asked_for = |key: KeyHash| {
            let same = self.asked.iter().filter(|(_, exact)| **exact == key);
            rules.newest(same.map(|(asked, _)| asked))
        };
        let any = rules.newest(self.asked.entries.iter());
        // A lead in another case than any key that was asked for came with those.
        let counts =
            |(lead, exact): &(&Entry, &KeyHash)| rules.counts(lead, asked_for(**exact).or(any));
        let there: Vec<(&Entry, &KeyHash)> = self.leads.iter().filter(counts).collect();
        let (mut seen, mut nearly) = (HashSet::new(), None);
        for (row, key) in self.rows.iter() {
            if self.rows.exact.len() > 1 && !seen.insert(key) {
                place(row.at(), None, At::Duplicate);
                continue;
            }
            let newest = asked_for(*key);
            if newest.is_none() {
                place(row.at(), None, At::Unread);
                continue;
            }
            let same = there.iter().filter(|(_, exact)| *exact == key);
            let at = order.put(same.map(|(lead, _)| *lead)).map(At::Leads);
            let at = at.or_else(|| {
                let all = || order.put(there.iter().map(|(lead, _)| *lead));
                nearly.get_or_insert_with(all).map(At::Nearly)
            });
            place(row.at(), newest, at.unwrap_or(At::Nobody));
        }
    }
}

/// The leads of each key that has several, one key after another, each with its
/// count in front, and in their order.
struct Order<'a> {
    begin: u32,
    free: &'a mut [u32],
    used: usize,
    age: &'a (dyn Fn(u32) -> (i64, i64) + Sync),
}

impl Order<'_> {
    /// Lists the leads of a key, where there are several.
    fn put<'e>(&mut self, leads: impl Iterator<Item = &'e Entry>) -> Option<Found> {
        let place = self.used;
        let mut end = place + 1;
        for lead in leads {
            self.free[end] = lead.at();
            end += 1;
        }
        let count = end - place - 1;
        match count {
            0 => return None,
            1 => return Some(Found::One(self.free[place + 1])),
            _ => {}
        }
        self.free[place + 1..end].sort_unstable_by_key(|lead| Reverse((self.age)(*lead)));
        self.free[place] = u32::try_from(count).unwrap_or(u32::MAX);
        self.used = end;
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        Some(Found::Several(self.begin + place))
    }
}
