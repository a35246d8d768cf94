//! The people of a run: the plan's lines, and what became of each.

use crate::audience::contains;
use crate::plan::PlannedPerson;
use crate::retention::{hashed, people_not_kept};
use crate::run::{RunRecord, refusal};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use ts_rs::TS;
use usher_matching::reason;
use usher_model::{
    BatchKind, BatchState, ListAct, ListOutcome, Outcome, Person, PersonOutcome, Problem, Reason,
    ReasonCode, Receipt, Timestamp, Verdict,
};
use usher_store::table::{batches, runs};

/// The two ways out of a run: everybody leaves by one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// They are at the destination as the plan wanted them.
    Delivered,
    /// They are not, or nobody knows.
    NotDeliverable,
}

impl Transition {
    fn of(person: &PersonOutcome) -> Self {
        let is_there = match person.outcome {
            Some(Outcome::Created | Outcome::Updated | Outcome::Unchanged) | None => true,
            Some(
                Outcome::Skipped | Outcome::Invalid | Outcome::Rejected | Outcome::Unconfirmed,
            ) => false,
        };
        let is_placed = !matches!(
            person.list,
            ListOutcome::Rejected | ListOutcome::Unconfirmed | ListOutcome::NotSent
        );
        match is_there && is_placed {
            true => Self::Delivered,
            false => Self::NotDeliverable,
        }
    }
}

/// Which people of a run are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct OutcomeFilter {
    /// Only those with this outcome.
    pub outcome: Option<Outcome>,
    /// Only those whose place on the list came to this.
    pub list: Option<ListOutcome>,
    /// Only those with this reason.
    pub reason: Option<String>,
    /// Only those who leave by this transition.
    pub transition: Option<Transition>,
    /// Only those who have this text in their row of the audience, their key, their reason,
    /// their lead's number or the values that were sent, whatever the case. Once values are
    /// no longer kept, a whole key finds its person.
    pub search: Option<String>,
}

/// A text that is looked for among a run's people.
pub(super) struct Sought {
    text: String,
    /// Its hashes as a whole key: as it was typed, and in small letters.
    hashes: [String; 2],
    /// The rows of the audience that have it, 0-based and in order; none where they are no
    /// longer there.
    rows: Arc<Vec<u64>>,
}

impl Sought {
    fn is_in(&self, person: &PersonOutcome) -> bool {
        let by_row = person.row.and_then(|row| row.checked_sub(1));
        let by_row = by_row.is_some_and(|row| self.rows.binary_search(&row).is_ok());
        let lead = person.lead_id.or(person.list_lead_id);
        let is_purged = person.values_purged_at.is_some();
        by_row
            || lead.is_some_and(|lead| lead.to_string().contains(&self.text))
            || (is_purged
                && person
                    .key
                    .as_ref()
                    .is_some_and(|key| self.hashes.contains(key)))
            || mentions(person, &self.text)
    }
}

impl OutcomeFilter {
    /// Whether a person is wanted, given what is sought.
    pub(super) fn wants(&self, person: &PersonOutcome, sought: Option<&Sought>) -> bool {
        let reason = person.reason.as_ref().map(|reason| reason.code.as_str());
        let wanted = self.reason.as_deref();
        (self.outcome.is_none() || person.outcome == self.outcome)
            && self.list.is_none_or(|list| list == person.list)
            && (wanted.is_none() || reason == wanted)
            && self
                .transition
                .is_none_or(|transition| transition == Transition::of(person))
            && sought.is_none_or(|sought| sought.is_in(person))
    }
}

/// What is known of one side of a person: a receipt, or that it is in doubt.
#[derive(Clone)]
pub(super) enum Known {
    Receipt(Receipt),
    InDoubt,
}

/// What the batches of a run say, by row and by leaving lead.
#[derive(Default)]
pub(super) struct Told {
    profiles: HashMap<u64, Known>,
    joined: HashMap<u64, Known>,
    left: HashMap<i64, Known>,
    /// What was said of people who were taken, by row.
    warned: HashMap<u64, String>,
    values_purged_at: Option<Timestamp>,
}

impl Usher {
    /// Gives the people of a run to `take`, in row order, those who leave last.
    pub fn people_of_run(
        &self,
        id: &str,
        filter: &OutcomeFilter,
        mut take: impl FnMut(PersonOutcome) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let run = self.run(id)?;
        let told = self.told(&run)?;
        let sought = self.sought(&run, filter)?;
        let each = |people: Vec<PlannedPerson>| {
            let people = people.into_iter();
            people
                .map(|planned| told.outcome(&run, planned.person))
                .filter(|person| filter.wants(person, sought.as_ref()))
                .try_for_each(&mut take)
        };
        match (run.was_sent(), &run.plan) {
            // Held back: its people are still the plan's.
            (false, Some(plan)) => self.each_planned(plan, each),
            _ => runs::each_block(&*self.journal.reader()?, &run.run_id, each),
        }
    }

    /// What a filter looks for, with the rows of the run's audience that have it.
    pub(super) fn sought(
        &self,
        run: &RunRecord,
        filter: &OutcomeFilter,
    ) -> Result<Option<Sought>, Problem> {
        let Some(text) = filter.search.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let plan = run.plan.as_ref();
        let snapshot = plan.map(|plan| self.snapshot_of_plan(plan)).transpose()?;
        let rows = match snapshot.flatten() {
            Some(snapshot) => self.rows_with(&snapshot, text)?,
            None => Arc::default(),
        };
        let (key, text) = (text.trim(), text.to_lowercase());
        Ok(Some(Sought {
            hashes: [hashed(key), hashed(text.trim())],
            text,
            rows,
        }))
    }

    /// What the batches of a run say; an error where its people are no longer kept.
    pub(super) fn told(&self, run: &RunRecord) -> Result<Told, Problem> {
        let purge = self.purge_of(run)?;
        if let Some(at) = purge.people_at {
            return Err(people_not_kept(at));
        }
        let mut told = Told {
            values_purged_at: purge.done_at,
            ..Told::default()
        };
        batches::each::<Problem>(&*self.journal.reader()?, &run.run_id, |batch| {
            for (at, item) in batch.items.iter().enumerate() {
                if let (Some(row), Some(words)) = (item.row, &item.warning) {
                    told.warned.insert(row, words.clone());
                }
                let known = match batch.receipts.get(at) {
                    Some(receipt) => Known::Receipt(receipt.clone()),
                    None if batch.state == BatchState::Planned => continue,
                    None => Known::InDoubt,
                };
                match (batch.kind, item.row, item.lead) {
                    (BatchKind::Create | BatchKind::Update, Some(row), _) => {
                        drop(told.profiles.insert(row, known))
                    }
                    (BatchKind::Add, Some(row), _) => drop(told.joined.insert(row, known)),
                    (BatchKind::Remove, _, Some(lead)) => drop(told.left.insert(lead, known)),
                    _ => {}
                }
            }
            Ok(())
        })?;
        Ok(told)
    }
}

impl Told {
    /// What is known of a person's profile.
    pub(super) fn profile(&self, person: &Person) -> Option<&Known> {
        self.profiles.get(&person.row?)
    }

    /// What is known of a person's place on the list.
    pub(super) fn place(&self, person: &Person) -> Option<&Known> {
        match person.list {
            ListAct::Remove => self.left.get(&person.lead_id?),
            _ => self.joined.get(&person.row?),
        }
    }

    /// Takes over what a later run says of the same people.
    pub(super) fn overlay(&mut self, later: Self) {
        self.profiles.extend(later.profiles);
        self.joined.extend(later.joined);
        self.left.extend(later.left);
        self.warned.extend(later.warned);
    }

    pub(super) fn outcome(&self, run: &RunRecord, person: Person) -> PersonOutcome {
        let profile = self.profile(&person);
        let (outcome, told) = match person.verdict {
            None => (None, None),
            Some(verdict) => {
                let (outcome, told) = profile_outcome(verdict, &person, profile);
                (Some(outcome), told)
            }
        };
        let place = self.place(&person);
        let came_to_nothing = match profile {
            Some(Known::Receipt(Receipt::Rejected { .. })) => {
                person.verdict == Some(Verdict::Create)
            }
            Some(Known::Receipt(Receipt::Withheld(_))) => true,
            _ => false,
        };
        let (list, list_told) = list_outcome(run, &person, place, came_to_nothing);
        let lead_id = match profile {
            Some(Known::Receipt(Receipt::Done { lead })) => Some(*lead),
            _ => person.lead_id,
        };
        let warning = person.row.and_then(|row| self.warned.get(&row));
        let warning = warning.map(|words| taken_with(words));
        PersonOutcome {
            row: person.row,
            key: person.key,
            verdict: person.verdict,
            outcome,
            list,
            lead_id,
            list_lead_id: person.list_lead_id,
            reason: told.or(list_told).or(warning).or(person.reason),
            explain: person.explain,
            values_purged_at: self.values_purged_at,
        }
    }
}

fn profile_outcome(
    verdict: Verdict,
    person: &Person,
    known: Option<&Known>,
) -> (Outcome, Option<Reason>) {
    let done = match verdict {
        Verdict::Leave => return (Outcome::Unchanged, None),
        Verdict::Skip => {
            let code = person.reason.as_ref().map(|reason| reason.code.as_str());
            let invalid = [
                "no_key",
                "invalid_key",
                "case_differs",
                "missing_required",
                "invalid_value",
            ];
            let outcome = if code.is_some_and(|code| invalid.contains(&code)) {
                Outcome::Invalid
            } else {
                Outcome::Skipped
            };
            return (outcome, None);
        }
        Verdict::Create => Outcome::Created,
        Verdict::Update => Outcome::Updated,
    };
    match known {
        Some(Known::Receipt(Receipt::Done { .. })) => (done, None),
        Some(Known::Receipt(Receipt::Rejected { code, message })) => {
            (Outcome::Rejected, Some(refused(code, message)))
        }
        Some(Known::Receipt(Receipt::Withheld(code))) => {
            (Outcome::Skipped, Some(reason(*code, None)))
        }
        Some(Known::Receipt(Receipt::Unconfirmed) | Known::InDoubt) => (
            Outcome::Unconfirmed,
            Some(reason(ReasonCode::Unconfirmed, None)),
        ),
        None => (Outcome::Skipped, Some(reason(ReasonCode::NotSent, None))),
    }
}

fn list_outcome(
    run: &RunRecord,
    person: &Person,
    known: Option<&Known>,
    came_to_nothing: bool,
) -> (ListOutcome, Option<Reason>) {
    let done = match person.list {
        ListAct::None => return (ListOutcome::None, None),
        ListAct::Keep => return (ListOutcome::Kept, None),
        ListAct::Add if came_to_nothing => return (ListOutcome::None, None),
        ListAct::Add => ListOutcome::Added,
        ListAct::Remove => ListOutcome::Removed,
    };
    match known {
        Some(Known::Receipt(Receipt::Done { .. })) => (done, None),
        Some(Known::Receipt(Receipt::Rejected { code, message })) => {
            (ListOutcome::Rejected, Some(refused(code, message)))
        }
        Some(Known::Receipt(Receipt::Withheld(code))) => {
            let list = if *code == ReasonCode::Suppressed {
                ListOutcome::None
            } else {
                ListOutcome::NotSent
            };
            (list, Some(reason(*code, None)))
        }
        Some(Known::Receipt(Receipt::Unconfirmed) | Known::InDoubt) => (
            ListOutcome::Unconfirmed,
            Some(reason(ReasonCode::Unconfirmed, None)),
        ),
        None => (
            ListOutcome::NotSent,
            run.list
                .as_ref()
                .and_then(|list| list.refused.as_ref())
                .map(|code| refused(code, "The list could not be made.")),
        ),
    }
}

/// That the destination took a person, with a warning in its own words.
fn taken_with(words: &str) -> Reason {
    let reason = reason(ReasonCode::TakenWithWarning, None);
    Reason {
        message: format!("{} {words}", reason.message),
        ..reason
    }
}

/// A refusal in the destination's own words and, where it is a known one, ours.
fn refused(code: &str, message: &str) -> Reason {
    Reason {
        code: code.to_owned(),
        message: message.to_owned(),
        fix: refusal::cause_and_remedy(code).to_owned(),
    }
}

fn mentions(person: &PersonOutcome, needle: &str) -> bool {
    let key = person
        .key
        .as_deref()
        .into_iter()
        .chain(person.explain.raw.as_deref());
    let reason = person
        .reason
        .iter()
        .flat_map(|reason| [reason.code.as_str(), reason.message.as_str()]);
    key.chain(reason).any(|text| contains(text, needle))
        || person.explain.changes.values().any(|pair| {
            pair.as_array().is_some_and(|pair| {
                pair.iter().any(|value| match value {
                    Value::Null => false,
                    Value::String(text) => contains(text, needle),
                    other => contains(&other.to_string(), needle),
                })
            })
        })
}
