//! What was delivered to whom, as far as planning has to know it.

use std::collections::HashMap;

/// Eight bytes that stand for a delivered value, see [`crate::value_hash`].
pub type ValueHash = u64;

/// A place on a list that Usher filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The key under which the person was added.
    pub key: String,
}

/// The values that are known to be, or to have been, at the destination for a
/// lead because this sync wrote them or saw them there. Field names are kept
/// once; a lead holds positions.
#[derive(Clone, Debug, Default)]
pub struct Delivered {
    names: Vec<String>,
    positions: HashMap<String, u16>,
    by_lead: HashMap<i64, Vec<(u16, ValueHash)>>,
}

impl Delivered {
    /// Notes a value of a field of a lead; a later note replaces an earlier one.
    pub fn note(&mut self, lead: i64, field: &str, value: ValueHash) {
        let position = match self.positions.get(field) {
            Some(position) => *position,
            None => {
                let position = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
                self.names.push(field.to_owned());
                self.positions.insert(field.to_owned(), position);
                position
            }
        };
        let values = self.by_lead.entry(lead).or_default();
        match values.iter_mut().find(|(known, _)| *known == position) {
            Some(known) => known.1 = value,
            None => values.push((position, value)),
        }
    }

    /// What was last delivered, or seen equal, for this field of this lead.
    pub fn value(&self, lead: i64, field: &str) -> Option<ValueHash> {
        let position = self.positions.get(field)?;
        let values = self.by_lead.get(&lead)?;
        values
            .iter()
            .find(|(known, _)| known == position)
            .map(|(_, value)| *value)
    }
}

/// Who is on the list because of Usher: lead to place. Someone whom Usher
/// removed again is not in it; someone whom somebody else removed still is.
pub type Membership = HashMap<i64, Place>;

/// Both halves of what a sync remembers of its deliveries.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Field values.
    pub delivered: Delivered,
    /// Places on the list.
    pub members: Membership,
}
