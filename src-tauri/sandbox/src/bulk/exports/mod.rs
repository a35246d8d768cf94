//! Bulk lead extract: its jobs.
//!
//! Marketo docs: bulk extract, bulk lead extract.

pub(crate) mod calls;
mod file;
mod request;
pub(crate) mod run;

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{IN_QUEUE, WEEK_MS};
use crate::clock::{DAY_S, lead_time};
use crate::random::Random;
use request::Request;

/// Files held at a time; the oldest give way. The documentation promises a week.
const FILES: usize = 12;
/// Marketo docs: bulk extract. How long a status can be asked for.
const STATUS_MS: i64 = 30 * DAY_S * 1_000;

/// One job. Times are milliseconds since 1970.
#[derive(Debug)]
pub(super) struct Export {
    /// Rising, never given out twice.
    pub(super) no: u64,
    id: String,
    request: Request,
    created: i64,
    queued: Option<i64>,
    started: Option<i64>,
    /// When it will end, once it has started.
    due: i64,
    /// Marketo docs: bulk lead extract. Who is on a list is decided when the job starts.
    members: Vec<u32>,
    ended: Option<(i64, End)>,
}

/// What became of a job.
#[derive(Debug)]
enum End {
    Completed(File),
    Failed(&'static str),
    Canceled,
}

/// A finished file; its content lasts shorter than what is known about it.
#[derive(Debug)]
struct File {
    content: Option<Bytes>,
    size: usize,
    checksum: String,
    rows: usize,
}

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Created,
    Queued,
    Processing,
    Completed,
    Failed,
    Canceled,
}

impl Phase {
    const ALL: [Self; 6] = [
        Self::Created,
        Self::Queued,
        Self::Processing,
        Self::Completed,
        Self::Failed,
        Self::Canceled,
    ];

    /// Case makes no difference.
    fn named(name: &str) -> Option<Self> {
        let named = |phase: &Self| {
            let spellings = [phase.name(false), phase.name(true)];
            spellings.iter().any(|text| text.eq_ignore_ascii_case(name))
        };
        Self::ALL.into_iter().find(named)
    }

    fn name(self, cancelled: bool) -> &'static str {
        match self {
            Self::Created => "Created",
            Self::Queued => "Queued",
            Self::Processing => "Processing",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::Canceled if cancelled => "Cancelled",
            Self::Canceled => "Canceled",
        }
    }

    /// In the queue, those at work included.
    fn waits(self) -> bool {
        matches!(self, Self::Queued | Self::Processing)
    }
}

impl Export {
    fn phase(&self) -> Phase {
        self.phase_at(i64::MAX)
    }

    /// Where the job was at a time. A start at that very time does not show yet: the reply
    /// to queueing says `Queued`.
    fn phase_at(&self, at: i64) -> Phase {
        match &self.ended {
            Some((ended, end)) if *ended <= at => match end {
                End::Completed(_) => Phase::Completed,
                End::Failed(_) => Phase::Failed,
                End::Canceled => Phase::Canceled,
            },
            _ if self.started.is_some_and(|started| started < at) => Phase::Processing,
            _ if self.queued.is_some_and(|queued| queued <= at) => Phase::Queued,
            _ => Phase::Created,
        }
    }

    /// The latest moment that the status knows of. Marketo docs: bulk extract, polling. What
    /// the caller did itself shows at once.
    fn seen_ms(&self, now: i64, every_ms: i64) -> i64 {
        if matches!(self.ended, Some((_, End::Canceled))) {
            return now;
        }
        let from = self.queued.unwrap_or(self.created);
        from + (now - from) / every_ms.max(1) * every_ms.max(1)
    }

    /// As a reply shows it, at one moment.
    fn shown(&self, at: i64, cancelled: bool) -> Value {
        let phase = self.phase_at(at);
        let mut item = json!({
            "exportId": self.id,
            "format": self.request.format.name(),
            "status": phase.name(cancelled),
            "createdAt": lead_time(self.created.div_euclid(1_000)),
        });
        let ended = self.ended.as_ref().map(|(at, _)| *at);
        let finished = ended.filter(|_| matches!(phase, Phase::Completed | Phase::Failed));
        let started = self.started.filter(|started| *started < at);
        for (name, time) in [
            ("queuedAt", self.queued),
            ("startedAt", started),
            ("finishedAt", finished),
        ] {
            if let Some(time) = time {
                item[name] = lead_time(time.div_euclid(1_000)).into();
            }
        }
        match &self.ended {
            Some((_, End::Completed(file))) if phase == Phase::Completed => {
                item["numberOfRecords"] = file.rows.into();
                item["fileSize"] = file.size.into();
                item["fileChecksum"] = file.checksum.as_str().into();
            }
            Some((_, End::Failed(why))) if phase == Phase::Failed => {
                item["errorMsg"] = (*why).into();
            }
            _ => {}
        }
        item
    }
}

/// All jobs, oldest first.
#[derive(Debug)]
pub(crate) struct Exports {
    jobs: Vec<Export>,
    made: u64,
    ids: Random,
}

impl Exports {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            jobs: Vec::new(),
            made: 0,
            ids: Random::new(seed, "exports"),
        }
    }

    fn add(&mut self, request: Request, now: i64) -> &Export {
        self.made += 1;
        let export = Export {
            no: self.made,
            id: self.ids.uuid(),
            request,
            created: now,
            queued: None,
            started: None,
            due: 0,
            members: Vec::new(),
            ended: None,
        };
        self.jobs.push(export);
        &self.jobs[self.jobs.len() - 1]
    }

    fn find(&mut self, id: &str) -> Option<&mut Export> {
        self.jobs.iter_mut().find(|job| job.id == id)
    }

    fn full(&self) -> bool {
        let waiting = self.jobs.iter().filter(|job| job.phase().waits());
        waiting.count() >= IN_QUEUE
    }

    /// The earliest end to come, and whose it is.
    pub(super) fn next_end(&self) -> Option<(i64, u64)> {
        let at_work = |job: &&Export| job.phase() == Phase::Processing;
        let ends = self.jobs.iter().filter(at_work);
        ends.map(|job| (job.due, job.no)).min()
    }

    /// Lets go of files after a week, or when there are too many, and of everything after
    /// a month.
    pub(super) fn forget_old(&mut self, now: i64) {
        let ended = |job: &Export| job.ended.as_ref().map_or(job.created, |(at, _)| *at);
        self.jobs
            .retain(|job| job.phase().waits() || now - ended(job) < STATUS_MS);
        let mut kept: Vec<(i64, &mut Option<Bytes>)> = Vec::new();
        for job in &mut self.jobs {
            if let Some((at, End::Completed(file))) = &mut job.ended
                && file.content.is_some()
            {
                kept.push((*at, &mut file.content));
            }
        }
        kept.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        for (place, (at, content)) in kept.into_iter().enumerate() {
            if place >= FILES || now - at >= WEEK_MS {
                *content = None;
            }
        }
    }

    /// The jobs as they are, for tests.
    pub(crate) fn all(&self) -> impl Iterator<Item = Value> {
        self.jobs.iter().map(|job| {
            let rows = match &job.ended {
                Some((_, End::Completed(file))) => Some(file.rows),
                _ => None,
            };
            json!({
                "kind": "export",
                "id": job.id,
                "state": job.phase().name(false),
                "rows": rows,
                "filter": job.request.shown,
            })
        })
    }
}
