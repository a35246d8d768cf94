//! Jobs that take time: bulk extract and bulk import.
//!
//! Nothing runs in the background. Whoever takes the state first brings every job to
//! where the sandbox's clock says it is ([`State::settle`]), event by event in the order
//! of their times, so that pushing the clock is all a test needs.

mod delimited;
pub(crate) mod exports;
pub(crate) mod imports;
mod settings;

pub(crate) use settings::Settings;

use serde_json::Value;

use crate::clock::DAY_S;
use crate::config::Config;
use crate::state::State;
use exports::Exports;
use imports::Imports;

/// Jobs of one kind at work at a time, and in the queue with those.
const AT_WORK: usize = 2;
const IN_QUEUE: usize = 10;
/// How long what a job leaves behind can be asked for.
const WEEK_MS: i64 = 7 * DAY_S * 1_000;

/// All jobs, and how long they take.
#[derive(Debug)]
pub(crate) struct Bulk {
    pub(crate) settings: Settings,
    pub(crate) exports: Exports,
    imports: Imports,
    time_scale: i64,
}

impl Bulk {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            settings: Settings::default(),
            exports: Exports::new(config.seed),
            imports: Imports::default(),
            time_scale: i64::from(config.time_scale.max(1)),
        }
    }

    /// The earliest thing to happen, and when.
    fn next(&self) -> Option<(i64, Event)> {
        let rows = self.imports.next_rows();
        let rows = rows.map(|(at, no)| (at, Event::Rows(no)));
        let file = self.exports.next_end();
        let file = file.map(|(at, no)| (at, Event::File(no)));
        rows.into_iter().chain(file).min()
    }

    /// Every job as it is, for tests.
    pub(crate) fn shown(&self) -> Vec<Value> {
        self.exports.all().chain(self.imports.all()).collect()
    }
}

/// What comes next, and to which job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Some rows of an import are written.
    Rows(u32),
    /// An extract ends.
    File(u64),
}

impl State {
    /// Does everything that jobs were to have done by now, each thing at its own time.
    pub(crate) fn settle(&mut self) {
        let now = self.clock.now_ms();
        while let Some((at, event)) = self.bulk.next().filter(|(at, _)| *at <= now) {
            match event {
                Event::Rows(no) => imports::run::rows(self, no, at),
                Event::File(no) => exports::run::end(self, no, at),
            }
        }
        self.bulk.exports.forget_old(now);
        self.bulk.imports.forget_old(now);
    }
}
