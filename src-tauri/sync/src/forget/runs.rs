//! Erasing the person from one run, whose counts stay as they are.
//!
//! A run that is at rest may be resumed, so who is erased from it must not be
//! sent by it afterwards, nameless: what was not sent yet is withheld as
//! suppressed, and what is in doubt stays whole until it is settled. A run that
//! is under way has its batches in hand; it is left alone, and withholds the
//! person by the suppression.

use crate::forget::traces::Traces;
use crate::forget::whom::Whom;
use crate::plan::PlannedPerson;
use crate::run::{RunRecord, Stage};
use serde_json::{Map, json};
use std::collections::{HashMap, HashSet};
use usher_model::{
    Batch, BatchKind, BatchState, Explain, Item, ListAct, Person, ReasonCode, Receipt, RunId,
    RunState,
};
use usher_store::table::{batches, runs};
use usher_store::{StoreError, Tx};

/// What was done in one run.
#[derive(Default)]
pub(super) struct Erased {
    pub(super) lines: u64,
    pub(super) pending: u64,
}

/// Erases the person from a run as it is written down now.
pub(super) fn erase(
    tx: &Tx<'_>,
    id: &RunId,
    whom: &Whom,
    traces: &Traces,
    now: i64,
) -> Result<Erased, StoreError> {
    let mut run: RunRecord = match runs::find(tx, id.as_str()) {
        Err(StoreError::NotFound { .. }) => return Ok(Erased::default()),
        found => found?,
    };
    let mut work = Work::new(tx, &run, whom, traces, now);
    if !run.state.is_final() {
        return work.only_count();
    }
    work.batches()?;
    work.people()?;
    let erased = work.done()?;
    if let Some(problem) = run.problem.as_mut()
        && whom.is_quoted_in(&problem.message)
    {
        problem.message = "What was said here named someone who was erased.".to_owned();
        runs::replace(tx, id, &run)?;
    }
    Ok(erased)
}

/// One run's erasure under way.
struct Work<'a> {
    tx: &'a Tx<'a>,
    run: &'a RunRecord,
    whom: &'a Whom,
    traces: &'a Traces,
    now: i64,
    /// Nothing of the run is sent or asked about any more.
    is_over: bool,
    erased: Erased,
    /// Rows and, for those who leave, leads that a doubt still needs.
    doubtful: (HashSet<Option<u64>>, HashSet<Option<i64>>),
    /// The leads that the person's creations became.
    created: HashMap<Option<u64>, i64>,
    /// Rows whose joining the list is written down as a batch.
    joining: HashSet<Option<u64>>,
    /// People left out of the list now.
    withheld: Vec<Item>,
}

impl<'a> Work<'a> {
    fn new(
        tx: &'a Tx<'a>,
        run: &'a RunRecord,
        whom: &'a Whom,
        traces: &'a Traces,
        now: i64,
    ) -> Self {
        Self {
            tx,
            run,
            whom,
            traces,
            now,
            is_over: run.closed || !run.was_sent() || run.state == RunState::Completed,
            erased: Erased::default(),
            doubtful: Default::default(),
            created: HashMap::new(),
            joining: HashSet::new(),
            withheld: Vec::new(),
        }
    }

    fn is_item(&self, item: &Item) -> bool {
        self.is_trace(item.row, [item.lead])
            || self.whom.names_item(self.run.connection.as_str(), item)
    }

    fn is_person(&self, planned: &PlannedPerson) -> bool {
        let Person {
            row,
            lead_id,
            list_lead_id,
            ..
        } = planned.person;
        let connection = self.run.connection.as_str();
        self.is_trace(row, [lead_id, list_lead_id]) || self.whom.names_person(connection, planned)
    }

    fn is_trace<const N: usize>(&self, row: Option<u64>, leads: [Option<i64>; N]) -> bool {
        let connection = self.run.connection.as_str();
        let mut leads = leads.into_iter().flatten();
        self.traces.has_row(&self.run.run_id, row)
            || leads.any(|lead| self.traces.has_lead(connection, lead))
    }

    /// A run that is being prepared may name anyone by and by.
    fn only_count(mut self) -> Result<Erased, StoreError> {
        runs::each_block::<PlannedPerson, StoreError>(self.tx, &self.run.run_id, |people| {
            let theirs = people.iter().filter(|planned| self.is_person(planned));
            self.erased.pending += theirs.count() as u64;
            Ok(())
        })?;
        if self.run.stage == Stage::Preparing {
            self.erased.pending = self.erased.pending.max(1);
        }
        Ok(self.erased)
    }

    fn batches(&mut self) -> Result<(), StoreError> {
        let mut touched = Vec::new();
        batches::each::<StoreError>(self.tx, &self.run.run_id, |batch| {
            let quotes = |receipt: &Receipt| matches!(receipt, Receipt::Rejected { message, .. } if self.whom.is_quoted_in(message));
            if batch.items.iter().any(|item| self.is_item(item))
                || batch.receipts.iter().any(quotes)
            {
                touched.push(batch);
            }
            Ok(())
        })?;
        touched.into_iter().try_for_each(|batch| self.batch(batch))
    }

    /// Parts a batch into what stays in it, nameless where it can be, and whom
    /// it must not send.
    fn batch(&mut self, batch: Batch) -> Result<(), StoreError> {
        let none = Batch {
            items: Vec::new(),
            receipts: Vec::new(),
            ..batch.clone()
        };
        let (mut kept, mut withheld) = (none.clone(), none);
        withheld.state = BatchState::Done;
        let mut receipts = batch.receipts.into_iter();
        for item in batch.items {
            let receipt = receipts.next();
            let is_them = self.is_item(&item);
            let unsent = receipt.is_none() && batch.state == BatchState::Planned;
            let in_doubt = !unsent && matches!(receipt, None | Some(Receipt::Unconfirmed));
            if is_them {
                self.note(batch.kind, &item, receipt.as_ref());
            }
            kept.receipts.extend(receipt.map(|receipt| match receipt {
                Receipt::Rejected { code, message }
                    if is_them || self.whom.is_quoted_in(&message) =>
                {
                    Receipt::Rejected {
                        message: code.clone(),
                        code,
                    }
                }
                other => other,
            }));
            if !is_them {
                kept.items.push(item);
            } else if in_doubt && !self.is_over {
                self.erased.pending += 1;
                match item.row {
                    Some(row) => self.doubtful.0.insert(Some(row)),
                    None => self.doubtful.1.insert(item.lead),
                };
                kept.items.push(item);
            } else if unsent && !self.is_over && batch.kind != BatchKind::Remove {
                withheld.items.push(nameless(item));
                withheld
                    .receipts
                    .push(Receipt::Withheld(ReasonCode::Suppressed));
            } else {
                kept.items.push(nameless(item));
            }
        }
        let run = &self.run.run_id;
        match kept.items.is_empty() {
            true => batches::remove(self.tx, run, kept.seq)?,
            false => batches::rewrite(self.tx, run, &kept)?,
        }
        match withheld.items.is_empty() {
            true => Ok(()),
            false => batches::plan_settled(self.tx, run, self.now, &withheld),
        }
    }

    fn note(&mut self, kind: BatchKind, item: &Item, receipt: Option<&Receipt>) {
        match (kind, receipt) {
            (BatchKind::Add, _) => drop(self.joining.insert(item.row)),
            (BatchKind::Create, Some(Receipt::Done { lead })) => {
                self.created.insert(item.row, *lead);
            }
            _ => {}
        }
    }

    fn people(&mut self) -> Result<(), StoreError> {
        let (tx, run) = (self.tx, self.run);
        runs::edit_people(tx, &run.run_id, |people: &mut Vec<PlannedPerson>| {
            let before = self.erased.lines;
            for planned in people {
                if self.is_person(planned) && !self.is_doubtful(&planned.person) {
                    self.withhold(&planned.person);
                    self.erased.lines += u64::from(erase_line(planned));
                }
            }
            self.erased.lines > before
        })
    }

    fn is_doubtful(&self, person: &Person) -> bool {
        match person.row {
            Some(_) => self.doubtful.0.contains(&person.row),
            None => self.doubtful.1.contains(&person.lead_id),
        }
    }

    /// Somebody whose joining is not written down as a batch yet would join on
    /// resuming: without a key, no suppression would hold them back.
    fn withhold(&mut self, person: &Person) {
        let is_to_join = person.list == ListAct::Add
            && !self.is_over
            && !self.run.is_beyond_limit(person.row)
            && !self.joining.contains(&person.row);
        let lead = person
            .member()
            .or_else(|| self.created.get(&person.row).copied());
        if is_to_join && lead.is_some() {
            self.withheld.push(Item {
                row: person.row,
                key: String::new(),
                lead,
                changes: Map::new(),
                emails: Vec::new(),
                warning: None,
            });
        }
    }

    fn done(self) -> Result<Erased, StoreError> {
        if !self.withheld.is_empty() {
            let receipts = vec![Receipt::Withheld(ReasonCode::Suppressed); self.withheld.len()];
            let batch = Batch {
                seq: 0,
                kind: BatchKind::Add,
                state: BatchState::Done,
                attempt: 0,
                sent_at: None,
                file: None,
                items: self.withheld,
                receipts,
            };
            batches::plan_settled(self.tx, &self.run.run_id, self.now, &batch)?;
        }
        Ok(self.erased)
    }
}

/// Which row and which lead, and nothing else. No field stays either: planning
/// lays what was delivered over what was read, and an empty value would say
/// that the field was emptied.
fn nameless(item: Item) -> Item {
    Item {
        key: String::new(),
        changes: Map::new(),
        emails: Vec::new(),
        // The service's words may name them.
        warning: None,
        ..item
    }
}

/// Blanks all that says who a line is; what was decided and why stays. Says
/// whether there was anything.
fn erase_line(planned: &mut PlannedPerson) -> bool {
    let before = planned.person.clone();
    planned.seen.clear();
    planned.emails.clear();
    let person = &mut planned.person;
    person.key = None;
    let fields = std::mem::take(&mut person.explain.changes).into_iter();
    person.explain = Explain {
        rule: std::mem::take(&mut person.explain.rule),
        changes: fields
            .map(|(field, _)| (field, json!([null, null])))
            .collect(),
        ..Explain::default()
    };
    *person != before
}
