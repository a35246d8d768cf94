//! The destination's people, as columns: all readings one after another.

use crate::hash::ValueHash;

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
        self.delivered = vec![Vec::new(); there.len()];
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
        by_id.sort_unstable_by_key(|at| (self.ids[*at as usize], *at));
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

    /// Notes what was delivered, or seen equal, for a field of a lead; a later
    /// note replaces an earlier one.
    pub fn note_delivered(&mut self, field: usize, lead: i64, value: ValueHash) {
        let Some(at) = self.position(lead) else {
            return;
        };
        let column = &mut self.delivered[field];
        column.resize(self.ids.len(), 0);
        column[at as usize] = value;
    }

    /// Notes that Usher filled this lead's place on the list.
    pub fn note_ours(&mut self, lead: i64) {
        self.ours.resize(self.ids.len(), false);
        if let Some(at) = self.position(lead) {
            self.ours[at as usize] = true;
        }
    }

    /// Notes that this lead is on the list.
    pub fn note_member(&mut self, lead: i64) {
        self.on_list.resize(self.ids.len(), false);
        if let Some(at) = self.position(lead) {
            self.on_list[at as usize] = true;
        }
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
