//! The people of a plan, in words: made from its columns, the snapshot it is of
//! and the readings it was made from.

use crate::plan::leads::Texts;
use crate::plan::make::StoredPlan;
use crate::plan::opened::Matched;
use crate::reading::{PARTITION, UPDATED};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use usher_matching::{
    At, Decision, KeyHash, Leads, Meeting, Met, other_emails, person, seen_equal,
};
use usher_model::{Candidate, Person, PlanId, Problem};
use usher_store::table::ledger;

/// People that are put in words at once.
const AT_ONCE: usize = 4096;

/// A person of a plan, and the values that were found equal and not yet known
/// to be: `(field, hash)`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PlannedPerson {
    pub(crate) person: Person,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) seen: Vec<(String, u64)>,
    /// Other addresses that name this person, as hashes in hex.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) emails: Vec<String>,
}

impl PlannedPerson {
    /// What a run remembers of this person as seen equal at the destination.
    pub(crate) fn seen_entry(&self) -> Option<ledger::Entry> {
        let lead = self.person.lead_id?;
        (!self.seen.is_empty()).then(|| ledger::Entry {
            lead,
            values: self.seen.clone(),
            place: None,
        })
    }
}

impl Usher {
    /// Gives everyone of a plan to `take`, in row order, those who leave the list
    /// last. A plan that was forgotten is an error, never one without people.
    pub(crate) fn each_planned(
        &self,
        plan: &PlanId,
        take: impl FnMut(Vec<PlannedPerson>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.each_planned_of(plan, |_, _| true, take)
    }

    /// The same, of the rows alone whose dedupe cell and decision are `wanted`:
    /// only they are put in words.
    pub(crate) fn each_planned_of(
        &self,
        plan: &PlanId,
        wanted: impl Fn(&str, &Decision) -> bool,
        mut take: impl FnMut(Vec<PlannedPerson>) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let reader = self.cache.reader()?;
        let opened = self.open_plan(plan)?;
        let mut words = opened.words(self);
        let key = opened.stored.settings.key.column;
        for block in opened.blocks(&reader)? {
            let rows = block.rows(&reader)?;
            let columns = block.columns(&reader)?;
            let mut people = Vec::new();
            let mut cells = Vec::new();
            for row in 0..rows.len() {
                columns.row(row, &mut cells);
                let decision = rows.decision(row)?;
                if wanted(cells[key], &decision) {
                    people.push(words.person(block.place(row), &cells, &decision)?);
                }
                if people.len() >= AT_ONCE {
                    take(std::mem::take(&mut people))?;
                }
            }
            take(people)?;
        }
        take(opened.leavers(&reader)?)
    }
}

/// What it takes to put a decision in words.
pub(super) struct Words<'a> {
    stored: &'a StoredPlan,
    meeting: &'a Meeting,
    leads: &'a Leads,
    texts: Texts<'a>,
    partitions: HashMap<i64, String>,
}

impl<'a> Words<'a> {
    pub(super) fn of(stored: &'a StoredPlan, known: &'a Matched, usher: &'a Usher) -> Self {
        Self {
            stored,
            meeting: known.meeting(),
            leads: &known.read().leads,
            texts: known.read().texts(usher),
            partitions: stored.partitions.iter().cloned().collect(),
        }
    }

    /// The person of a row (0-based) of the audience.
    pub(super) fn person(
        &mut self,
        row: usize,
        cells: &[&str],
        decision: &Decision,
    ) -> Result<PlannedPerson, Problem> {
        let settings = &self.stored.settings;
        let at = self.meeting.at(row);
        let mut candidates = Vec::new();
        let mut addresses = Vec::new();
        for &lead in self.meeting.leads(&at) {
            let (block, place) = self.texts.of(lead)?;
            let partition = block.text(PARTITION, place).and_then(|id| id.parse().ok());
            candidates.push(Candidate {
                lead_id: block.id(place),
                updated_at: block.text(UPDATED, place).map(str::to_owned),
                partition: partition.map(|id: i64| {
                    let name = self.partitions.get(&id);
                    name.cloned().unwrap_or_else(|| id.to_string())
                }),
            });
            if matches!(at, At::Leads(_)) {
                addresses.extend(block.text("email", place).map(str::to_owned));
            }
        }
        let (block, place);
        let there;
        let before: &dyn Fn(&str) -> Option<String> =
            match decision.lead.and_then(|lead| self.leads.position(lead)) {
                Some(lead) => {
                    (block, place) = self.texts.of(lead)?;
                    there = move |field: &str| block.text(field, place).map(str::to_owned);
                    &there
                }
                None => &|_| None,
            };
        let met = Met { candidates, before };
        let person = person(settings, row as u64 + 1, cells, decision, met);
        let emails = match person.has_something_to_do() {
            true => other_emails(settings, cells, addresses.iter().map(String::as_str)),
            false => Vec::new(),
        };
        Ok(PlannedPerson {
            seen: seen_equal(settings, decision, cells),
            emails: emails.into_iter().map(KeyHash::to_hex).collect(),
            person,
        })
    }
}
