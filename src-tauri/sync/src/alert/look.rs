//! Finding out what is to be told of a sync, and writing it down as told and as owed in one
//! commit.

use crate::alert::channels::Stored;
use crate::alert::decide::{Seen, SeenRun, Told, Word, decide, look_again};
use crate::alert::{AlertCounts, AlertLine, Channel, Delivery, DeliveryState, words};
use crate::run::RunRecord;
use crate::usher::Usher;
use std::ops::ControlFlow;
use std::time::Duration;
use usher_model::{Alert, AlertKind, Problem, RunId, RunReport, Sync, SyncId, Timestamp};
use usher_store::table::{alerts, runs, schedules};

/// How long alerts are kept that were told.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3_600);

/// What a look came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Looked {
    /// Whether there is something new to tell.
    pub(crate) made: bool,
    /// When it has to be looked at again, if nothing happens before.
    pub(crate) next_at: Option<Timestamp>,
}

impl Usher {
    /// The alerts of all syncs or of one, newest first.
    pub fn alerts(&self, sync: Option<&str>) -> Result<Vec<AlertLine>, Problem> {
        let sync = sync.map(|sync| self.find::<Sync>(sync)).transpose()?;
        let reader = self.journal.reader()?;
        Ok(alerts::all(&reader, sync.as_ref().map(|sync| &sync.id))?)
    }

    /// Whether the end of a run was told by an alert.
    pub fn is_told_of(&self, run: &str) -> Result<bool, Problem> {
        let all: Vec<AlertLine> = alerts::of_run(&*self.journal.reader()?, run)?;
        Ok(all.iter().any(|line| line.alert.is_of_an_end()))
    }

    /// Looks at all syncs of which somebody wants to hear.
    pub(crate) async fn look_at_all(&self) -> Result<Looked, Problem> {
        let mut all = Looked::default();
        let subscribed = self.all::<Sync>()?.into_iter();
        for sync in subscribed.filter(|sync| !sync.alerts.is_empty()) {
            let looked = self.look_at(&sync.id, None, None).await?;
            all.made |= looked.made;
            all.next_at = earlier(all.next_at, looked.next_at);
        }
        Ok(all)
    }

    /// Looks at a sync whose run has just ended.
    pub(crate) async fn look_at_end(&self, run: &str) -> Result<Looked, Problem> {
        let run = self.run(run)?;
        self.look_at(&run.sync_id.clone(), Some(run), None).await
    }

    /// Looks at a sync: at this run of it or at its newest, and at why a run that was due
    /// could not begin.
    pub(crate) async fn look_at(
        &self,
        id: &SyncId,
        run: Option<RunRecord>,
        not_begun: Option<&Problem>,
    ) -> Result<Looked, Problem> {
        // Two looks at once would tell the same twice.
        let _turn = self.telling.lock().await;
        let Ok(sync) = self.find::<Sync>(id.as_str()) else {
            return Ok(Looked::default());
        };
        if sync.alerts.is_empty() {
            return Ok(Looked::default());
        }
        let run = match run {
            Some(run) => Some(run),
            None => runs::newest(&*self.journal.reader()?, &sync.id)?,
        };
        let reader = self.journal.reader()?;
        let mut told: Told = alerts::mark(&reader, &sync.id)?.unwrap_or_default();
        let report = run.as_ref().map(|run| self.report_to_tell(run, &told));
        let report = report.transpose()?;
        let seen_run = run.as_ref().zip(report.as_ref());
        let seen = Seen {
            alerts: &sync.alerts,
            paused: sync.paused,
            now: self.now(),
            run: seen_run.map(|(run, report)| seen_of(run, report)),
            sent_before: match &run {
                Some(run) if wants_size(&sync) && !told.has_seen_rows_of(run.started_at) => {
                    self.sent_before(run)?
                }
                _ => None,
            },
            not_begun,
            due_at: self.due_at(&sync)?,
        };
        let before = told.clone();
        let found = decide(&seen, &mut told);
        let looked = Looked {
            made: !found.is_empty(),
            next_at: look_again(&seen, &told),
        };
        if told == before {
            return Ok(looked);
        }
        let stored: Stored = alerts::channels(&reader)?.unwrap_or_default();
        let lines: Vec<AlertLine> = found
            .iter()
            .map(|word| self.line(word, &sync, &seen, &stored))
            .collect();
        let swept = seen.now.before(KEPT);
        let written = self.journal.write(move |tx| {
            for line in &lines {
                let place = alerts::Place {
                    id: &line.id,
                    sync: &line.sync_id,
                    run: line.run_id.as_ref(),
                    made_at: line.at,
                };
                alerts::insert(tx, place, line)?;
            }
            alerts::put_mark(tx, &sync.id, &told)?;
            alerts::sweep(tx, swept)
        });
        written.await?;
        Ok(looked)
    }

    /// Begins or ends to tell of a sync as its subscriptions change. Nobody looks at it
    /// between the change and this: who changes it has the turn.
    pub(crate) async fn resubscribe(
        &self,
        sync: &Sync,
        before: &[Alert],
        _turn: tokio::sync::MutexGuard<'_, ()>,
    ) -> Result<(), Problem> {
        if sync.alerts == before {
            return Ok(());
        }
        let reader = self.journal.reader()?;
        let told: Option<Told> = alerts::mark(&reader, &sync.id)?;
        let told = match told {
            _ if sync.alerts.is_empty() => None,
            Some(mut told) => {
                told.change(before, &sync.alerts);
                Some(told)
            }
            None => {
                let run: Option<RunRecord> = runs::newest(&reader, &sync.id)?;
                let bare = run.as_ref().map(RunRecord::bare_report);
                let seen = run.as_ref().zip(bare.as_ref());
                let seen = seen.map(|(run, report)| seen_of(run, report));
                Some(Told::from_now_on(seen))
            }
        };
        let id = sync.id.clone();
        let write = self.journal.write(move |tx| match &told {
            Some(told) => alerts::put_mark(tx, &id, told),
            None => alerts::remove_mark(tx, &id),
        });
        Ok(write.await?)
    }

    /// What became of everyone in a run that has come to an end of which nothing was told;
    /// of others only what costs nothing to know.
    fn report_to_tell(&self, run: &RunRecord, told: &Told) -> Result<RunReport, Problem> {
        let bare = run.bare_report();
        match seen_of(run, &bare).end() {
            Some(end) if !told.has_seen_end(&end) => self.report_of(run),
            _ => Ok(bare),
        }
    }

    /// The last run before this one that sent anything of everyone, and its rows.
    fn sent_before(&self, run: &RunRecord) -> Result<Option<(RunId, u64)>, Problem> {
        let mut is_older = false;
        let reader = self.journal.reader()?;
        let sent = runs::newest_first(&reader, &run.sync_id, |one: RunRecord| {
            if is_older && one.was_sent() && one.retry.is_none() {
                return ControlFlow::Break((one.run_id, one.rows));
            }
            is_older |= one.run_id == run.run_id;
            ControlFlow::Continue(())
        });
        Ok(sent?)
    }

    /// The next time of its schedule that was not dealt with.
    fn due_at(&self, sync: &Sync) -> Result<Option<Timestamp>, Problem> {
        if sync.schedule.is_none() {
            return Ok(None);
        }
        let turn = schedules::of(&*self.journal.reader()?, &sync.id)?;
        Ok(turn.and_then(|turn| turn.next_at))
    }

    fn line(&self, word: &Word, sync: &Sync, seen: &Seen<'_>, stored: &Stored) -> AlertLine {
        let run = match word {
            Word::NotBegun(_) | Word::Delay { begun: false, .. } => None,
            _ => seen.run,
        };
        let report = run.map(|run| run.report);
        let pending = |channel| Delivery {
            channel,
            state: DeliveryState::Pending,
            tries: 0,
            next_at: Some(seen.now),
            at: None,
            problem: None,
        };
        let channels = [
            Some(Channel::Desktop),
            stored.webhook.as_ref().map(|_| Channel::Webhook),
            stored.email.as_ref().map(|_| Channel::Email),
        ];
        AlertLine {
            id: self.world.entropy.id("alr"),
            alert: word.kind(),
            sync: sync.name.clone(),
            sync_id: sync.id.clone(),
            run_id: report.map(|report| report.run_id.clone()),
            state: report.map(|report| report.state),
            code: match word {
                Word::Failed(code) => *code,
                Word::NotBegun(code) => Some(*code),
                _ => None,
            },
            counts: report
                .filter(|report| report.state.is_final() && *word != Word::Started)
                .map(AlertCounts::from),
            at: seen.now,
            message: words::message(word, &sync.name, report),
            channels: channels.into_iter().flatten().map(pending).collect(),
        }
    }
}

fn seen_of<'a>(run: &'a RunRecord, report: &'a RunReport) -> SeenRun<'a> {
    SeenRun {
        report,
        problem: run.problem.as_ref(),
        due_at: run.due_at.unwrap_or(run.started_at),
        planned: run.plan.is_some(),
        unattended: run.unattended,
    }
}

/// The earlier of two times, where there are any.
pub(crate) fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

fn wants_size(sync: &Sync) -> bool {
    let mut kinds = sync.alerts.iter().map(|alert| alert.kind());
    kinds.any(|kind| kind == AlertKind::Size)
}
