//! The destination's people, as columns: all readings one after another.

use crate::hash::ValueHash;
use crate::lead_set::LeadSet;

/// Leads by position over all readings. Their keys meet in [`crate::Meeting`].
#[derive(Debug, Default)]
pub struct Leads {
    ids: Vec<i64>,
    updated: Vec<i64>,
    /// Of each mapped field: what the destination has.
    there: Vec<Vec<ValueHash>>,
    /// Of each mapped field: what was last delivered, or seen equal; empty
    /// where nothing ever was, 0 for a lead to whom nothing was.
    delivered: Vec<Vec<ValueHash>>,
    suppressed: Vec<bool>,
    ours: Vec<bool>,
    on_list: Vec<bool>,
    /// Positions by id, where ids do not grow along with positions.
    by_id: Option<Vec<u32>>,
}

/// The time of a lead that has none: it is the oldest.
pub const NEVER: i64 = i64::MIN;

impl Leads {
    /// Adds leads: their ids, and when they were last updated, in milliseconds.
    pub fn push(&mut self, [ids, updated]: [impl Iterator<Item = i64>; 2]) {
        self.ids.extend(ids);
        self.updated.extend(updated);
    }

    /// Takes what all of them have in each mapped field. Who meets whom does not depend
    /// on it, so it need not be in memory before that is known.
    pub fn know(&mut self, there: Vec<Vec<ValueHash>>) {
        self.delivered.resize_with(there.len(), Vec::new);
        self.there = there;
    }

    /// Says of these leads, the next in order, whether their address is suppressed.
    pub fn push_suppressed(&mut self, suppressed: impl Iterator<Item = bool>) {
        self.suppressed.extend(suppressed);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Makes leads known by their ids, once all are there. Gives which of them a
    /// later reading has anew; nothing when every id is there once.
    pub fn index(&mut self) -> Vec<bool> {
        self.by_id = None;
        if self.ids.is_sorted_by(|one, next| one < next) {
            return Vec::new();
        }
        let count = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let mut by_id: Vec<u32> = (0..count).collect();
        // Readings follow one another here, each mostly in the order of ids.
        by_id.sort_by_key(|at| self.ids[*at as usize]);
        let mut void = vec![false; self.ids.len()];
        by_id.dedup_by(|next, kept| {
            let same = self.ids[*next as usize] == self.ids[*kept as usize];
            if same {
                void[*kept as usize] = true;
                *kept = *next;
            }
            same
        });
        self.by_id = Some(by_id);
        void
    }

    /// Where the lead of an id stands; of several the last.
    pub fn position(&self, id: i64) -> Option<u32> {
        match &self.by_id {
            None => self
                .ids
                .binary_search(&id)
                .ok()
                .and_then(|at| u32::try_from(at).ok()),
            Some(by_id) => {
                let found = by_id.binary_search_by_key(&id, |at| self.ids[*at as usize]);
                found.ok().map(|at| by_id[at])
            }
        }
    }

    /// Where the leads of these ids stand: the quicker the more of them follow one another
    /// here, too.
    pub fn positions(&self, ids: &[i64]) -> Vec<Option<u32>> {
        let order = self.by_id.as_deref();
        let at = |place: usize| match order {
            Some(order) => order.get(place).copied(),
            None => u32::try_from(place).ok().filter(|_| place < self.ids.len()),
        };
        let count = order.map_or(self.ids.len(), <[u32]>::len);
        let mut next = 0;
        let position = |id: &i64| {
            let is_it = |at: &u32| self.ids[*at as usize] == *id;
            if let Some(found) = at(next).filter(is_it) {
                next += 1;
                return Some(found);
            }
            next = match order {
                Some(order) => order.partition_point(|at| self.ids[*at as usize] < *id),
                None => self.ids.partition_point(|other| other < id),
            };
            let found = at(next).filter(is_it);
            next = (next + usize::from(found.is_some())).min(count);
            found
        };
        ids.iter().map(position).collect()
    }

    /// These leads, each with where it stands.
    pub(crate) fn places<'a>(
        &self,
        set: &'a LeadSet,
    ) -> impl Iterator<Item = (i64, Option<u32>)> + 'a {
        set.ids().iter().copied().zip(self.positions(set.ids()))
    }

    /// Notes what was delivered, or seen equal, for a field of the leads that stand there,
    /// nothing where nothing was; a later note replaces an earlier one.
    pub fn note_delivered(
        &mut self,
        field: usize,
        leads: &[Option<u32>],
        values: impl Iterator<Item = Option<ValueHash>>,
    ) {
        if self.delivered.len() <= field {
            self.delivered.resize_with(field + 1, Vec::new);
        }
        let column = &mut self.delivered[field];
        column.resize(self.ids.len(), 0);
        for (at, value) in leads.iter().zip(values) {
            if let (Some(at), Some(value)) = (at, value) {
                column[*at as usize] = value;
            }
        }
    }

    /// Notes that Usher filled the places on the list of these leads.
    pub fn note_ours(&mut self, ours: &LeadSet) {
        self.ours = self.flags(ours);
    }

    /// Notes that these leads are on the list.
    pub fn note_members(&mut self, members: &LeadSet) {
        self.on_list = self.flags(members);
    }

    fn flags(&self, set: &LeadSet) -> Vec<bool> {
        let mut flags = vec![false; self.ids.len()];
        let there = self.places(set).filter_map(|(_, at)| at);
        there.for_each(|at| flags[at as usize] = true);
        flags
    }

    /// The service's number for a lead.
    pub fn id(&self, at: u32) -> i64 {
        self.ids[at as usize]
    }

    /// When it was last updated, in milliseconds, and its id: the order of
    /// several that have one key.
    pub fn age(&self, at: u32) -> (i64, i64) {
        (self.updated[at as usize], self.ids[at as usize])
    }

    pub(crate) fn ids(&self) -> &[i64] {
        &self.ids
    }

    /// Of each mapped field, what everyone has.
    pub(crate) fn there(&self) -> &[Vec<ValueHash>] {
        &self.there
    }

    /// Of each mapped field, what was last delivered: 0 to whom nothing was, empty
    /// where nothing ever was to anyone.
    pub(crate) fn delivered(&self) -> &[Vec<ValueHash>] {
        &self.delivered
    }

    pub(crate) fn is_suppressed(&self, at: u32) -> bool {
        flag(&self.suppressed, at)
    }

    pub(crate) fn is_ours(&self, at: u32) -> bool {
        flag(&self.ours, at)
    }

    pub(crate) fn is_on_list(&self, at: u32) -> bool {
        flag(&self.on_list, at)
    }
}

fn flag(flags: &[bool], at: u32) -> bool {
    flags.get(at as usize).copied().unwrap_or(false)
}
