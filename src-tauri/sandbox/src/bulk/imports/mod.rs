//! Bulk lead import: its jobs.
//!
//! Marketo docs: bulk import, bulk lead import.

pub(crate) mod calls;
mod form;
mod order;
pub(in crate::bulk) mod run;

use serde_json::{Value, json};

use super::{IN_QUEUE, WEEK_MS};
use order::Order;

/// The first batch id given out.
const FIRST_BATCH: u32 = 1_001;
/// In how many steps the rows of a job are written.
const STEPS: usize = 20;

/// What an import leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    Failures,
    Warnings,
}

impl Left {
    /// Title of the column with the reasons. The documentation names none.
    fn title(self) -> &'static str {
        match self {
            Self::Failures => "Import Failure Reason",
            Self::Warnings => "Import Warning Reason",
        }
    }
}

/// Rows by their place in the order, each with its reason.
type Rows = Vec<(usize, String)>;

/// One job. Times are milliseconds since 1970.
#[derive(Debug)]
pub(super) struct Import {
    /// The batch id.
    pub(super) no: u32,
    order: Order,
    created: i64,
    /// When it started, and how long it takes.
    started: Option<(i64, i64)>,
    /// Rows written or refused so far.
    done: usize,
    imported: usize,
    members: usize,
    failures: Rows,
    warnings: Rows,
    /// The id of the next lead when the keys of the coming rows were looked up.
    looked_up_before: u32,
    /// It will not get beyond half of its rows.
    failing: bool,
    ended: Option<(Ending, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Complete,
    Failed,
}

impl Import {
    fn status(&self) -> &'static str {
        match (&self.ended, self.started) {
            (Some((Ending::Complete, _)), _) => "Complete",
            (Some((Ending::Failed, _)), _) => "Failed",
            (None, Some(_)) => "Importing",
            (None, None) => "Queued",
        }
    }

    fn at_work(&self) -> bool {
        self.ended.is_none() && self.started.is_some()
    }

    /// Where the next step ends.
    fn next_stop(&self) -> usize {
        let rows = self.order.rows.len();
        rows.min(self.done + rows.div_ceil(STEPS).max(1))
    }

    /// When that is: rows are spread evenly over the job's time.
    fn due(&self) -> Option<i64> {
        let (started, takes) = self.started.filter(|_| self.at_work())?;
        let rows = self.order.rows.len();
        if rows == 0 {
            return Some(started + takes);
        }
        let (stop, rows) = (self.next_stop() as i64, rows as i64);
        Some(started + takes * stop / rows)
    }

    fn left(&self, which: Left) -> &Rows {
        match which {
            Left::Failures => &self.failures,
            Left::Warnings => &self.warnings,
        }
    }
}

/// All jobs, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    jobs: Vec<Import>,
    made: u32,
}

impl Imports {
    fn add(&mut self, order: Order, now: i64) -> u32 {
        let no = FIRST_BATCH + self.made;
        self.made += 1;
        self.jobs.push(Import {
            no,
            order,
            created: now,
            started: None,
            done: 0,
            imported: 0,
            members: 0,
            failures: Vec::new(),
            warnings: Vec::new(),
            looked_up_before: 0,
            failing: false,
            ended: None,
        });
        no
    }

    fn find(&self, no: &str) -> Option<&Import> {
        let no = no.parse::<u32>().ok()?;
        self.jobs.iter().find(|job| job.no == no)
    }

    fn waiting(&self) -> impl Iterator<Item = &Import> {
        self.jobs.iter().filter(|job| job.ended.is_none())
    }

    fn full(&self) -> bool {
        self.waiting().count() >= IN_QUEUE
    }

    /// Whether an import into this list has not ended.
    fn busy(&self, list: u32) -> bool {
        self.waiting().any(|job| job.order.list == Some(list))
    }

    /// The earliest rows to be written, and whose they are.
    pub(super) fn next_rows(&self) -> Option<(i64, u32)> {
        let due = |job: &Import| Some((job.due()?, job.no));
        self.jobs.iter().filter_map(due).min()
    }

    /// Marketo docs: a batch id is good for seven days.
    pub(super) fn forget_old(&mut self, now: i64) {
        self.jobs
            .retain(|job| job.ended.is_none() || now - job.created < WEEK_MS);
    }

    /// The jobs as they are, for tests.
    pub(super) fn all(&self) -> impl Iterator<Item = Value> {
        self.jobs.iter().map(|job| {
            json!({
                "kind": "import",
                "id": job.no,
                "state": job.status(),
                "rows": job.order.rows.len(),
                "done": job.done,
                "list": job.order.list,
            })
        })
    }
}
