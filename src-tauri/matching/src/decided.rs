//! What is intended for a block of rows, in columns, and for one of them.

use crate::counts::Counts;
use crate::fieldset::FieldSets;
use crate::hash::ValueHash;
use usher_model::{ListAct, ReasonCode, Verdict};

/// The place of a lead that is none, in a column of leads. No service gives this id.
pub const NOBODY: i64 = i64::MIN;

/// A block of rows, decided.
#[derive(Debug, Default)]
pub struct Decided {
    /// What is intended for each profile.
    pub verdicts: Vec<Verdict>,
    /// Why, where there is something to say.
    pub reasons: Vec<Option<ReasonCode>>,
    /// What is intended for each place on the list.
    pub list: Vec<ListAct>,
    /// The lead whose profile is meant, or [`NOBODY`].
    pub leads: Vec<i64>,
    /// The lead that holds the place, where it is another one, or [`NOBODY`].
    pub list_leads: Vec<i64>,
    /// The mapped fields that are written.
    pub writes: FieldSets,
    /// The mapped fields that are equal at the destination and were not known
    /// to be: a run remembers them as delivered.
    pub seen_equal: FieldSets,
    /// What the leads have in the fields that are written, row by row.
    pub(crate) before: Vec<ValueHash>,
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
            leads: vec![NOBODY; rows],
            list_leads: vec![NOBODY; rows],
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
    pub fn decision(&self, row: usize) -> Decision {
        let lead = |id: i64| (id != NOBODY).then_some(id);
        Decision {
            verdict: self.verdicts[row],
            reason: self.reasons[row],
            list: self.list[row],
            lead: lead(self.leads[row]),
            list_lead: lead(self.list_leads[row]),
            writes: self.writes.fields(row).collect(),
            seen_equal: self.seen_equal.fields(row).collect(),
        }
    }
}
