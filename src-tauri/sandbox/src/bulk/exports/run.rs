//! How an extract comes to its file.

use std::borrow::Cow;

use axum::body::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::request::{Filter, Request};
use super::{End, Export, File, Phase};
use crate::bulk::{AT_WORK, delimited};
use crate::fields::{self, FieldNo};
use crate::leads::record::Lead;
use crate::state::State;
use crate::values::Datum;

/// Marketo docs: bulk lead extract. Stands for every empty value.
const EMPTY: &str = "null";

/// Starts the oldest jobs that wait, as far as there are places.
pub(super) fn start_waiting(state: &mut State, at: i64) {
    loop {
        let jobs = &state.bulk.exports.jobs;
        let at_work = jobs.iter().filter(|job| job.phase() == Phase::Processing);
        let waiting = jobs.iter().filter(|job| job.phase() == Phase::Queued);
        let next = waiting.min_by_key(|job| (job.queued, job.no));
        let (true, Some(next)) = (at_work.count() < AT_WORK, next) else {
            return;
        };
        let (no, members) = (next.no, members(state, next));
        let rows = rows(state, &next.request, &members).count();
        let settings = state.bulk.settings;
        let takes = settings.export_takes_ms(rows, state.bulk.time_scale);
        if let Some(job) = job(state, no) {
            job.started = Some(at);
            job.due = at + takes;
            job.members = members;
        }
    }
}

/// Ends a job at its time, which makes room for the next one.
pub(in crate::bulk) fn end(state: &mut State, no: u64, at: i64) {
    let jobs = &state.bulk.exports.jobs;
    let Some(done) = jobs.iter().find(|job| job.no == no) else {
        return;
    };
    let gone = |list: &u32| state.lists.get(*list).is_none();
    let end = if state.bulk.settings.failing_exports > 0 {
        state.bulk.settings.failing_exports -= 1;
        End::Failed("System error")
    } else if matches!(&done.request.filter, Filter::List(list) if gone(list)) {
        End::Failed("Static list not found")
    } else {
        let file = render(state, &done.request, &done.members);
        state.limits.exported(file.size as u64, at);
        End::Completed(file)
    };
    if let Some(job) = job(state, no) {
        job.ended = Some((at, end));
        job.members = Vec::new();
    }
    start_waiting(state, at);
}

fn job(state: &mut State, no: u64) -> Option<&mut Export> {
    state.bulk.exports.jobs.iter_mut().find(|job| job.no == no)
}

fn members(state: &State, job: &Export) -> Vec<u32> {
    let list = match job.request.filter {
        Filter::List(list) => state.lists.get(list),
        _ => None,
    };
    list.map_or(Vec::new(), |list| list.members.keys().copied().collect())
}

/// Whom the API user gets to see, by rising id.
fn rows<'a>(
    state: &'a State,
    request: &'a Request,
    members: &'a [u32],
) -> Box<dyn Iterator<Item = (u32, &'a Lead)> + 'a> {
    let seen = |(_, lead): &(u32, &Lead)| !state.hidden.contains(&lead.partition);
    let within = |from: &i64, to: &i64, time: i64| (*from..=*to).contains(&time);
    match &request.filter {
        Filter::List(_) => {
            let leads = members
                .iter()
                .filter_map(|&id| Some((id, state.leads.get(id)?)));
            Box::new(leads.filter(seen))
        }
        Filter::Created(from, to) => {
            let meant = move |(_, lead): &(u32, &Lead)| within(from, to, lead.created);
            Box::new(state.leads.iter().filter(meant).filter(seen))
        }
        Filter::Changed(from, to) => {
            let meant = move |(_, lead): &(u32, &Lead)| within(from, to, lead.changed());
            Box::new(state.leads.iter().filter(meant).filter(seen))
        }
    }
}

fn render(state: &State, request: &Request, members: &[u32]) -> File {
    let separator = request.format.separator();
    let mut content = Vec::new();
    let titles = request.columns.iter();
    delimited::put_row(
        &mut content,
        separator,
        titles.map(|(_, title)| title.into()),
    );
    let mut count = 0;
    for (id, lead) in rows(state, request, members) {
        let columns = request.columns.iter();
        let cells = columns.map(|(no, _)| cell(lead, id, *no));
        delimited::put_row(&mut content, separator, cells);
        count += 1;
    }
    let hash = Sha256::digest(&content);
    let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    File {
        size: content.len(),
        checksum: format!("sha256:{hash}"),
        rows: count,
        content: Some(Bytes::from(content)),
    }
}

/// Text is borrowed: millions of rows pass here.
fn cell(lead: &Lead, id: u32, no: FieldNo) -> Cow<'_, str> {
    if let Some(Datum::Text(text)) = lead.get(no) {
        return text.as_ref().into();
    }
    match lead.shown(id, no, fields::by_no(no)) {
        Value::Null => EMPTY.into(),
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}
