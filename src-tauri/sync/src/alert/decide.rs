//! What is to be told of a sync, from what is so and what was told before: a change of
//! state once, and nothing while it lasts.

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use usher_model::{
    Alert, AlertKind, Code, Percent, Problem, ReasonCode, RunId, RunReport, RunState, Timestamp,
};

/// So many ends of a sync's runs are remembered.
const ENDS: usize = 8;

/// What is so.
pub(super) struct Seen<'a> {
    /// What somebody wants to be told.
    pub(super) alerts: &'a [Alert],
    /// Whether the sync is held until it is resumed: nothing of it is late then.
    pub(super) paused: bool,
    pub(super) now: Timestamp,
    /// The run that is looked at: the one that has just ended, or the newest.
    pub(super) run: Option<SeenRun<'a>>,
    /// The last run before it that sent anything of everyone, and its rows.
    pub(super) sent_before: Option<(RunId, u64)>,
    /// Why a run that was due could not begin.
    pub(super) not_begun: Option<&'a Problem>,
    /// The next time that was not dealt with; it may have gone by.
    pub(super) due_at: Option<Timestamp>,
}

/// A run as it is.
#[derive(Clone, Copy)]
pub(super) struct SeenRun<'a> {
    pub(super) report: &'a RunReport,
    /// Why it ended early.
    pub(super) problem: Option<&'a Problem>,
    /// When it was due, or began where nobody was waiting for it.
    pub(super) due_at: Timestamp,
    /// Whether its plan is made: it is known of which rows.
    pub(super) planned: bool,
    /// Whether it goes on by itself after a crash.
    pub(super) unattended: bool,
}

impl SeenRun<'_> {
    /// Names this end of it: a run that is gone on with ends again.
    pub(super) fn end(&self) -> Option<String> {
        let report = self.report;
        let goes_on = report.state == RunState::Interrupted && self.unattended;
        (report.state.is_final() && !goes_on).then(|| {
            let at = report.finished_at.map_or(0, |at| at.0);
            format!("{} {:?} {at}", report.run_id, report.state)
        })
    }
}

/// What was told of a sync so far, kept beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Told {
    /// When the newest run began whose beginning was looked at.
    started: Option<Timestamp>,
    /// When the newest run began whose rows were looked at.
    planned: Option<Timestamp>,
    /// The ends of runs that were looked at last, the latest behind.
    #[serde(deserialize_with = "ends")]
    ended: Vec<String>,
    /// The latest time whose delay was told.
    delay: Option<Timestamp>,
    /// What lasts since it was told, and the reason that was given.
    lasting: BTreeMap<AlertKind, String>,
}

/// As it is kept; one alone was kept by itself before.
fn ends<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Kept {
        All(Vec<String>),
        Last(Option<String>),
    }
    Ok(match Kept::deserialize(from)? {
        Kept::All(all) => all,
        Kept::Last(last) => last.into_iter().collect(),
    })
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Started,
    Succeeded,
    Problems,
    /// Without a code where its process is gone.
    Failed(Option<Code>),
    NotBegun(Code),
    SkipRate {
        limit: Percent,
        left_out: u64,
        rows: u64,
    },
    Size {
        limit: Percent,
        before: u64,
        rows: u64,
    },
    Delay {
        limit: Duration,
        due_at: Timestamp,
        begun: bool,
    },
}

impl Word {
    pub(super) fn kind(&self) -> AlertKind {
        match self {
            Self::Started => AlertKind::Started,
            Self::Succeeded => AlertKind::Succeeded,
            Self::Problems => AlertKind::Problems,
            Self::Failed(_) | Self::NotBegun(_) => AlertKind::Failed,
            Self::SkipRate { .. } => AlertKind::SkipRate,
            Self::Size { .. } => AlertKind::Size,
            Self::Delay { .. } => AlertKind::Delay,
        }
    }
}

impl Told {
    /// For a subscription that begins now: what was before is no news.
    pub(super) fn from_now_on(run: Option<SeenRun<'_>>) -> Self {
        let began = run.map(|run| run.report.started_at);
        Self {
            started: began,
            planned: began.filter(|_| run.is_some_and(|run| run.planned)),
            ended: run.and_then(|run| run.end()).into_iter().collect(),
            ..Self::default()
        }
    }

    /// For a subscription that changes: what lasts stays told where its limit stays.
    pub(super) fn change(&mut self, before: &[Alert], after: &[Alert]) {
        let stays = |kind: AlertKind| {
            let kept = before.iter().find(|alert| alert.kind() == kind);
            kept.is_some_and(|alert| after.contains(alert))
        };
        self.lasting.retain(|kind, _| stays(*kind));
    }

    /// Whether this end of a run was looked at: an older run that is gone on with ends
    /// behind a newer one.
    pub(super) fn has_seen_end(&self, end: &String) -> bool {
        self.ended.contains(end)
    }

    fn note_end(&mut self, end: String) {
        self.ended.push(end);
        let too_many = self.ended.len().saturating_sub(ENDS);
        self.ended.drain(..too_many);
    }

    /// Whether the rows of the run that began then were looked at.
    pub(super) fn has_seen_rows_of(&self, began: Timestamp) -> bool {
        self.planned >= Some(began)
    }

    /// Whether it is news that a state of this kind has this reason; noted as told.
    fn is_news(&mut self, kind: AlertKind, reason: &str) -> bool {
        self.lasting.insert(kind, reason.to_owned()).as_deref() != Some(reason)
    }

    fn is_over(&mut self, kind: AlertKind) {
        self.lasting.remove(&kind);
    }
}

/// Decides it, and notes it as told.
pub(super) fn decide(seen: &Seen<'_>, told: &mut Told) -> Vec<Word> {
    let mut words = Vec::new();
    if let Some(run) = &seen.run {
        begun(seen, run, told, &mut words);
        if let Some(end) = run.end()
            && !told.has_seen_end(&end)
        {
            told.note_end(end);
            ended(seen, run, told, &mut words);
        }
    }
    if let Some(problem) = seen.not_begun.filter(|problem| is_failure(problem.code)) {
        told.is_over(AlertKind::Problems);
        if told.is_news(AlertKind::Failed, &reason(problem.code)) {
            words.push(Word::NotBegun(problem.code));
        }
    }
    words.extend(late(seen, told));
    let wanted = |kind| seen.alerts.iter().any(|alert| alert.kind() == kind);
    told.lasting.retain(|kind, _| wanted(*kind));
    words.retain(|word| wanted(word.kind()));
    words
}

/// When it has to be looked at again, if nothing happens before.
pub(super) fn look_again(seen: &Seen<'_>, told: &Told) -> Option<Timestamp> {
    let (limit, due_at, _) = waited_for(seen)?;
    (told.delay < Some(due_at)).then(|| due_at.after(limit))
}

/// The limit of a delay, the time that it is counted from, and whether its run has begun.
/// While a run is under way, the times behind it wait.
fn waited_for(seen: &Seen<'_>) -> Option<(Duration, Timestamp, bool)> {
    let limit = seen.alerts.iter().find_map(|alert| match alert {
        Alert::Delay(limit) => Some(*limit),
        _ => None,
    })?;
    let underway = seen.run.filter(|run| !run.report.state.is_final());
    match underway {
        _ if seen.paused => None,
        Some(run) if run.report.state == RunState::Paused => None,
        Some(run) => Some((limit, run.due_at, true)),
        None => Some((limit, seen.due_at?, false)),
    }
}

fn late(seen: &Seen<'_>, told: &mut Told) -> Option<Word> {
    let (limit, due_at, begun) = waited_for(seen)?;
    let is_late = due_at.after(limit) <= seen.now && told.delay < Some(due_at);
    is_late.then(|| {
        told.delay = Some(due_at);
        Word::Delay {
            limit,
            due_at,
            begun,
        }
    })
}

fn begun(seen: &Seen<'_>, run: &SeenRun<'_>, told: &mut Told, words: &mut Vec<Word>) {
    let report = run.report;
    let began = Some(report.started_at);
    if told.started < began {
        told.started = began;
        words.push(Word::Started);
    }
    if !run.planned || report.retry_of.is_some() || told.planned >= began {
        return;
    }
    told.planned = began;
    let limit = seen.alerts.iter().find_map(|alert| match alert {
        Alert::Size(limit) => Some(*limit),
        _ => None,
    });
    let (Some(limit), Some((id, before))) = (limit, &seen.sent_before) else {
        return told.is_over(AlertKind::Size);
    };
    if !limit.is_exceeded(report.rows.abs_diff(*before), *before) {
        told.is_over(AlertKind::Size);
    } else if told.is_news(AlertKind::Size, id.as_str()) {
        words.push(Word::Size {
            limit,
            before: *before,
            rows: report.rows,
        });
    }
}

fn ended(seen: &Seen<'_>, run: &SeenRun<'_>, told: &mut Told, words: &mut Vec<Word>) {
    let report = run.report;
    match report.state {
        RunState::Completed => {
            told.is_over(AlertKind::Problems);
            told.is_over(AlertKind::Failed);
            words.push(Word::Succeeded);
        }
        RunState::CompletedWithProblems => {
            told.is_over(AlertKind::Failed);
            if told.is_news(AlertKind::Problems, &refusals(report)) {
                words.push(Word::Problems);
            }
        }
        state => {
            let problem = run.problem.filter(|_| state != RunState::Interrupted);
            let code = problem.map(|problem| problem.code);
            // Who stops a run knows.
            if code.is_none_or(is_failure) {
                told.is_over(AlertKind::Problems);
                let reason = code.map_or_else(|| "interrupted".to_owned(), reason);
                if told.is_news(AlertKind::Failed, &reason) {
                    words.push(Word::Failed(code));
                }
            }
            return;
        }
    }
    let limit = seen.alerts.iter().find_map(|alert| match alert {
        Alert::SkipRate(limit) => Some(*limit),
        _ => None,
    });
    let (Some(limit), None) = (limit, &report.retry_of) else {
        return;
    };
    let (left_out, rows) = (left_out(report), report.rows);
    if !limit.is_exceeded(left_out, rows) {
        told.is_over(AlertKind::SkipRate);
    } else if told.is_news(AlertKind::SkipRate, "above") {
        words.push(Word::SkipRate {
            limit,
            left_out,
            rows,
        });
    }
}

/// People whom nobody meant to leave out: refused by Usher or by the destination, or held
/// back since they changed there. Not those who go with another row, whom a rule or a
/// setting leaves out (suppressed, without consent, not at the destination), or whom a
/// pilot leaves for later.
fn left_out(report: &RunReport) -> u64 {
    let people = &report.people;
    let changed = people.skipped.get(ReasonCode::ChangedSincePlan.as_str());
    let refused = people.invalid.values().chain(people.rejected.values());
    refused.chain(changed).sum()
}

/// For what people and list changes of a run were refused: the reason of its end.
fn refusals(report: &RunReport) -> String {
    let list = report.list.as_ref();
    let mut codes: Vec<&str> = report.people.rejected.keys().map(String::as_str).collect();
    codes.extend(
        list.iter()
            .flat_map(|list| list.rejected.keys())
            .map(String::as_str),
    );
    if report.people.unconfirmed + list.map_or(0, |list| list.unconfirmed) > 0 {
        codes.push("unconfirmed");
    }
    codes.sort_unstable();
    codes.dedup();
    codes.join(" ")
}

fn reason(code: Code) -> String {
    format!("{code:?}")
}

/// Whether somebody who is not there has to hear of it: a run that was stopped, a sync that
/// is paused or is being run is as somebody wished.
fn is_failure(code: Code) -> bool {
    !matches!(code, Code::Stopped | Code::Paused | Code::AlreadyRunning)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
