//! How the rows of an import are written.
//!
//! Rows go one after the other, so a key that stands twice is created and then updated.
//! Different jobs are not coordinated: each looks up the keys of a whole step when the
//! step begins, so a lead that somebody else creates meanwhile is created once more.
//! Marketo docs: leads, the race of overlapping calls.

use std::collections::btree_map::Entry;
use std::mem;

use serde_json::{Map, Value};

use super::{Ending, Import};
use crate::bulk::AT_WORK;
use crate::leads::sync::carry_out;
use crate::leads::sync_plan::{Action, Batch};
use crate::state::State;

/// Starts the oldest jobs that wait, as far as there are places.
pub(super) fn start_waiting(state: &mut State, at: i64) {
    loop {
        let bulk = &mut state.bulk;
        let at_work = bulk.imports.jobs.iter().filter(|job| job.at_work()).count();
        let jobs = &mut bulk.imports.jobs;
        let waits = |job: &&mut Import| job.ended.is_none() && job.started.is_none();
        let (true, Some(job)) = (at_work < AT_WORK, jobs.iter_mut().find(waits)) else {
            return;
        };
        let settings = &mut bulk.settings;
        let takes = settings.import_takes_ms(job.order.rows.len(), bulk.time_scale);
        job.started = Some((at, takes));
        job.failing = settings.failing_imports > 0;
        settings.failing_imports -= u32::from(job.failing);
        job.looked_up_before = state.leads.next_id();
    }
}

/// Writes the rows of one step at its time, and ends the job after the last one.
pub(in crate::bulk) fn rows(state: &mut State, no: u32, at: i64) {
    let jobs = &mut state.bulk.imports.jobs;
    let Some(place) = jobs.iter().position(|job| job.no == no) else {
        return;
    };
    let mut job = jobs.remove(place);
    let (stop, all) = (job.next_stop(), job.order.rows.len());
    let failed = |why: &str| Some((Ending::Failed, format!("Import failed: {why}")));
    if let Some(why) = &job.order.wrong {
        job.ended = failed(why);
    } else if job.failing && stop * 2 > all {
        job.ended = failed("system error");
    } else {
        write(state, &mut job, stop, at.div_euclid(1_000));
        if stop == all {
            job.ended = Some((Ending::Complete, message(&job)));
        }
    }
    let over = job.ended.is_some();
    state.bulk.imports.jobs.insert(place, job);
    if over {
        start_waiting(state, at);
    }
}

/// Marketo docs: bulk lead import, the messages of its examples.
fn message(job: &Import) -> String {
    let (imported, members) = (job.imported, job.members);
    match job.failures.len() {
        0 => format!("Import succeeded, {imported} records imported ({members} members)"),
        failed => format!(
            "Import completed with errors, {imported} records imported ({members} members), {failed} failed"
        ),
    }
}

fn write(state: &mut State, job: &mut Import, stop: usize, now: i64) {
    let order = mem::take(&mut job.order.rows);
    let lookup = job.order.lookup.clone();
    let partition = job.order.partition.clone();
    let batch = Batch {
        action: match lookup.as_str() {
            "id" => Action::UpdateOnly,
            _ => Action::CreateOrUpdate,
        },
        lookup: &lookup,
        key: job.order.key,
        partition: partition.as_deref(),
        unseen: job.looked_up_before..state.leads.next_id(),
    };
    for (at, row) in order.iter().enumerate().take(stop).skip(job.done) {
        let (record, trimmed) = match record(state, &job.order.head, row) {
            Ok(record) => record,
            Err(why) => {
                job.failures.push((at, why));
                continue;
            }
        };
        let warning = match trimmed {
            true => Some("Email was trimmed".to_owned()),
            false => state.faults.warning(&record),
        };
        let step = batch.plan(state, &Value::Object(record));
        match carry_out(state, step, now) {
            Ok((lead, _)) => {
                job.imported += 1;
                job.members += usize::from(join(state, job.order.list, lead, now));
                job.warnings.extend(warning.map(|text| (at, text)));
            }
            Err((code, message)) => job.failures.push((at, format!("{code} {message}"))),
        }
    }
    job.order.rows = order;
    job.done = stop;
    job.looked_up_before = state.leads.next_id();
}

/// A row as a record of Sync Leads, and whether its e-mail had spaces around it.
fn record(
    state: &State,
    head: &[String],
    row: &[String],
) -> Result<(Map<String, Value>, bool), String> {
    if row.len() != head.len() {
        let (has, wanted) = (row.len(), head.len());
        return Err(format!(
            "1003 The row has {has} columns and the header {wanted}"
        ));
    }
    let mut trimmed = false;
    let mut record = Map::new();
    for (name, cell) in head.iter().zip(row) {
        let mut cell = cell.as_str();
        if name == "email" && cell.trim() != cell {
            cell = cell.trim();
            trimmed = !cell.is_empty();
        }
        if !cell.is_empty() {
            record.insert(name.clone(), cell.into());
        } else if state.bulk.settings.blank_import_cells_clear {
            record.insert(name.clone(), Value::Null);
        }
    }
    Ok((record, trimmed))
}

/// Whether the lead is on the job's list now; being on it before is fine.
fn join(state: &mut State, list: Option<u32>, lead: u32, now: i64) -> bool {
    let list = list.and_then(|list| state.lists.get_mut(list));
    let Some(list) = list else {
        return false;
    };
    if let Entry::Vacant(place) = list.members.entry(lead) {
        place.insert(now);
        state.counters.list_added += 1;
    }
    true
}
