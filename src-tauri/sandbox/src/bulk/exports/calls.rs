//! The endpoints of bulk lead extract.

use serde_json::Value;

use super::request::Request;
use super::{Export, Phase, file, run};
use crate::bulk::WEEK_MS;
use crate::envelope::{Answer, Failure};
use crate::paging;
use crate::request::Call;
use crate::state::State;

/// Marketo docs: over the day's volume, nothing can be created or queued until midnight.
fn volume(state: &mut State) -> Result<(), Failure> {
    let most = state.bulk.settings.export_daily_bytes;
    if state.limits.may_export(most, &state.clock) {
        Ok(())
    } else {
        Err(Failure::new(1029, "Export daily quota exceeded"))
    }
}

pub(crate) fn create(state: &mut State, call: &Call) -> Result<Answer, Failure> {
    let request = Request::read(state, &call.json()?)?;
    volume(state)?;
    let now = state.clock.now_ms();
    let cancelled = state.bulk.settings.cancelled_spelling;
    let export = state.bulk.exports.add(request, now);
    Ok(Answer::of(vec![export.shown(now, cancelled)]))
}

/// Puts a created job into the queue; all else is 1029, with different texts.
pub(crate) fn enqueue(state: &mut State, id: &str) -> Result<Answer, Failure> {
    let now = state.clock.now_ms();
    match job(state, id)?.phase() {
        Phase::Created => {}
        phase if phase.waits() => return Err(Failure::new(1029, "Export job already queued")),
        phase => {
            let text = format!(
                "Export job is not in status Created but {}",
                phase.name(false)
            );
            return Err(Failure::new(1029, text));
        }
    }
    if state.bulk.exports.full() {
        return Err(Failure::new(1029, "Too many jobs in queue"));
    }
    volume(state)?;
    job(state, id)?.queued = Some(now);
    run::start_waiting(state, now);
    shown_then(state, id, now)
}

pub(crate) fn cancel(state: &mut State, id: &str) -> Result<Answer, Failure> {
    let now = state.clock.now_ms();
    let job = job(state, id)?;
    if job.ended.is_some() {
        return Err(Failure::new(1003, "Export job has ended"));
    }
    job.ended = Some((now, super::End::Canceled));
    job.members = Vec::new();
    run::start_waiting(state, now);
    shown_then(state, id, now)
}

pub(crate) fn status(state: &mut State, id: &str) -> Result<Answer, Failure> {
    let now = state.clock.now_ms();
    let look = Look::of(state, now);
    Ok(Answer::of(vec![look.at(job(state, id)?)]))
}

/// Jobs of the past week. A status is understood in either spelling of the canceled one,
/// and in lower case, as the published description has it.
pub(crate) fn list(state: &State, call: &Call) -> Result<Answer, Failure> {
    let now = state.clock.now_ms();
    let look = Look::of(state, now);
    let wanted = call.list("status");
    let wanted: Vec<Phase> = wanted
        .iter()
        .map(|text| {
            let text = text.trim();
            Phase::named(text).ok_or_else(|| {
                let text = format!("Invalid value '{text}'. Required of type 'status'");
                Failure::new(1001, text)
            })
        })
        .collect::<Result<_, _>>()?;
    let size = paging::batch_size(call)?;
    let scope = call.scope();
    let after = paging::position(call, &scope)?;
    let meant = |job: &&Export| {
        job.no > after
            && now - job.created < WEEK_MS
            && (wanted.is_empty() || wanted.contains(&job.phase_at(look.seen(job))))
    };
    let jobs = state.bulk.exports.jobs.iter().filter(meant);
    let mut page: Vec<&Export> = jobs.take(size + 1).collect();
    let more = page.len() > size;
    page.truncate(size);
    let last = page.last().filter(|_| more);
    Ok(Answer {
        next_page: last.map(|last| paging::token(&scope, last.no)),
        ..Answer::of(page.into_iter().map(|job| look.at(job)).collect())
    })
}

/// The file itself, or part of it; HTTP 404 in plain text while there is none.
pub(crate) fn download(state: &mut State, call: &Call, id: &str) -> Answer {
    let job = state.bulk.exports.find(id);
    Answer::file(file::reply(job.as_deref(), call.range.as_deref()))
}

fn job<'a>(state: &'a mut State, id: &str) -> Result<&'a mut Export, Failure> {
    let job = state.bulk.exports.find(id);
    job.ok_or_else(|| Failure::new(1013, "Export job not found"))
}

/// The reply to a change tells of the moment of that change: a job that could start at
/// once is still told as queued.
fn shown_then(state: &mut State, id: &str, then: i64) -> Result<Answer, Failure> {
    let cancelled = state.bulk.settings.cancelled_spelling;
    Ok(Answer::of(vec![job(state, id)?.shown(then, cancelled)]))
}

/// How far behind a status is.
struct Look {
    now: i64,
    every_ms: i64,
    cancelled: bool,
}

impl Look {
    fn of(state: &State, now: i64) -> Self {
        let settings = state.bulk.settings;
        Self {
            now,
            every_ms: settings.export_status_ms(state.bulk.time_scale),
            cancelled: settings.cancelled_spelling,
        }
    }

    fn seen(&self, job: &Export) -> i64 {
        job.seen_ms(self.now, self.every_ms)
    }

    fn at(&self, job: &Export) -> Value {
        job.shown(self.seen(job), self.cancelled)
    }
}
