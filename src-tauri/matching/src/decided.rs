//! What is intended for a block of rows, in columns, and for one of them.

use crate::counts::Counts;
use crate::fieldset::FieldSets;
use crate::leads::Leads;
use usher_model::{ListAct, ReasonCode, Verdict};

/// A block of rows, decided.
#[derive(Debug, Default)]
pub struct Decided {
    /// What is intended for each profile.
    pub verdicts: Vec<Verdict>,
    /// Why, where there is something to say.
    pub reasons: Vec<Option<ReasonCode>>,
    /// What is intended for each place on the list.
    pub list: Vec<ListAct>,
    /// The lead whose profile is meant, by position.
    pub leads: Vec<Option<u32>>,
    /// The lead that holds the place, where it is another one, by position.
    pub list_leads: Vec<Option<u32>>,
    /// The mapped fields that are written.
    pub writes: FieldSets,
    /// The mapped fields that are equal at the destination and were not known
    /// to be: a run remembers them as delivered.
    pub seen_equal: FieldSets,
    /// The counts of this block.
    pub counts: Counts,
    /// Members of the list whom the audience names, by position.
    pub(crate) named: Vec<u32>,
    /// Leads whom Usher added and whom the audience still leads to, by position.
    pub(crate) staying: Vec<u32>,
}

/// What is intended for one row, with leads by id. The words are made from it
/// by [`crate::person`] where somebody looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What is intended for the profile.
    pub verdict: Verdict,
    /// Why, where there is something to say.
    pub reason: Option<ReasonCode>,
    /// What is intended for the place on the list.
    pub list: ListAct,
    /// The lead whose profile is meant.
    pub lead: Option<i64>,
    /// The lead that holds the place, where it is another one.
    pub list_lead: Option<i64>,
    /// Positions of the mapped fields that are written.
    pub writes: Vec<usize>,
    /// Positions of the mapped fields that are equal at the destination and
    /// were not known to be.
    pub seen_equal: Vec<usize>,
}

impl Decision {
    /// Whether something was left because somebody else changed it.
    pub fn drifted(&self) -> bool {
        self.reason == Some(ReasonCode::Drifted)
    }
}

impl Decided {
    pub(crate) fn new(fields: usize, rows: usize) -> Self {
        Self {
            verdicts: Vec::with_capacity(rows),
            reasons: Vec::with_capacity(rows),
            list: Vec::with_capacity(rows),
            leads: vec![None; rows],
            list_leads: vec![None; rows],
            writes: FieldSets::new(fields, rows),
            seen_equal: FieldSets::new(fields, rows),
            ..Self::default()
        }
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.verdicts.len()
    }

    /// One row of it, 0-based.
    pub fn decision(&self, row: usize, leads: &Leads) -> Decision {
        Decision {
            verdict: self.verdicts[row],
            reason: self.reasons[row],
            list: self.list[row],
            lead: self.leads[row].map(|at| leads.id(at)),
            list_lead: self.list_leads[row].map(|at| leads.id(at)),
            writes: self.writes.fields(row).collect(),
            seen_equal: self.seen_equal.fields(row).collect(),
        }
    }
}
