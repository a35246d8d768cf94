//! When a sync runs by itself: its times, and how far it is with them.

use crate::usher::Usher;
use croner::Cron;
use croner::parser::CronParser;
use jiff::tz::TimeZone;
use std::time::Duration;
use usher_model::{Missed, Problem, Schedule, Sync, Timestamp};
use usher_store::table::schedules::{self, Turn};

/// How late a run may begin and still count as in time.
const GRACE: Duration = Duration::from_secs(60);
/// Changes of a zone's clock that a year has at most.
const CHANGES_A_YEAR: usize = 4;
/// The longest interval that makes sense of a schedule.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 3600);

/// A schedule that was understood.
pub(crate) enum Times {
    Every(Duration),
    Cron(Box<Cron>),
}

impl Times {
    /// Reads a schedule; an error says what is wrong with it.
    pub(crate) fn read(schedule: &Schedule) -> Result<Self, Problem> {
        match schedule {
            Schedule::Every(text) => interval(text).map(Self::Every).ok_or_else(|| {
                Problem::usage(format!(
                    "`{text}` is not an interval; 15m, 2h and 1d are some."
                ))
            }),
            Schedule::DailyAt(text) => {
                let (hours, minutes) = time_of_day(text).ok_or_else(|| {
                    Problem::usage(format!("`{text}` is not a time of day; 08:30 is one."))
                })?;
                Self::cron(&format!("{minutes} {hours} * * *"))
            }
            Schedule::Cron(text) => Self::cron(text),
        }
    }

    fn cron(text: &str) -> Result<Self, Problem> {
        let said = |why: String| {
            Problem::usage(format!(
                "`{text}` is not a crontab expression of five fields: {why}."
            ))
        };
        if text.split_whitespace().count() != 5 {
            return Err(said("minute, hour, day, month and weekday".into()));
        }
        let cron = CronParser::new().parse(text);
        let cron = cron.map_err(|error| said(error.to_string()))?;
        let some_day = jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
        if cron.find_next_occurrence(&some_day, true).is_err() {
            return Err(Problem::usage(format!(
                "`{text}` names a time that never comes."
            )));
        }
        Ok(Self::Cron(Box::new(cron)))
    }

    /// The first time after `after`, where intervals are counted from `since`; none where
    /// there is none for years. Local times follow the zone's clock changes: a time that a
    /// change leaves out comes right behind it, one that comes twice counts once.
    fn next(&self, since: Timestamp, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Every(every) => {
                let every = i64::try_from(every.as_millis()).ok()?.max(1);
                let passed = after.0.saturating_sub(since.0).max(0) / every;
                let next = since.0.checked_add(every.checked_mul(passed + 1)?)?;
                Some(Timestamp(next))
            }
            Self::Cron(cron) => {
                let at = jiff::Timestamp::from_millisecond(after.0).ok()?;
                let next = cron.find_next_occurrence(&at.to_zoned(zone.clone()), false);
                let next = next.ok().map(|next| next.timestamp());
                let left_out = behind_a_gap(cron, zone, at, next);
                let first = left_out.into_iter().chain(next).min()?;
                Some(Timestamp(first.as_millisecond()))
            }
        }
    }
}

/// When the clock was set forward between two times over one of a crontab expression: the
/// end of that gap.
fn behind_a_gap(
    cron: &Cron,
    zone: &TimeZone,
    after: jiff::Timestamp,
    until: Option<jiff::Timestamp>,
) -> Option<jiff::Timestamp> {
    let changes = zone.following(after).take(CHANGES_A_YEAR);
    let mut changes = changes.map(|change| change.timestamp());
    changes.find(|change| {
        if until.is_some_and(|until| until <= *change) {
            return false;
        }
        // The times of day that the clock left out, as if there were no zone.
        let just_before = *change - jiff::SignedDuration::from_secs(1);
        let utc = |time: jiff::civil::DateTime| time.to_zoned(TimeZone::UTC).ok();
        let gap = utc(just_before.to_zoned(zone.clone()).datetime())
            .zip(utc(change.to_zoned(zone.clone()).datetime()));
        gap.is_some_and(|(before, behind)| {
            // One that comes about as often as that is not missed.
            let soon = *change + before.duration_until(&behind);
            let left_out = cron.find_next_occurrence(&before, false);
            until.is_none_or(|until| until > soon)
                && left_out.is_ok_and(|left_out| left_out < behind)
        })
    })
}

/// What is to be done about a sync's schedule at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    /// The time that it runs for now, if it does.
    pub(crate) runs_for: Option<Timestamp>,
    /// When it is looked at next.
    pub(crate) next_at: Option<Timestamp>,
}

/// Decides it: nothing before the next time; then once, not at all or once for each of the
/// times that went by.
fn due(times: &Times, turn: &Turn, missed: Missed, now: Timestamp, zone: &TimeZone) -> Due {
    let next_after = |at| times.next(turn.since.min(now), at, zone);
    let Some(first) = turn.next_at.filter(|at| *at <= now) else {
        // Made by a clock that was ahead, it would leave times out. One is: it may be the
        // time that was just dealt with, by a clock that was set back a little.
        let second = next_after(now).and_then(next_after);
        return Due {
            runs_for: None,
            next_at: turn
                .next_at
                .map(|at| second.map_or(at, |second| at.min(second))),
        };
    };
    let in_time = now.since(first) <= GRACE;
    match missed {
        Missed::All => Due {
            runs_for: Some(first),
            next_at: next_after(first),
        },
        Missed::Once => Due {
            runs_for: Some(first),
            next_at: next_after(now),
        },
        Missed::Skip => Due {
            runs_for: in_time.then_some(first),
            next_at: next_after(now),
        },
    }
}

impl Usher {
    /// When a sync runs next by itself.
    pub fn next_run_at(&self, sync: &Sync) -> Result<Option<Timestamp>, Problem> {
        if sync.paused || sync.schedule.is_none() {
            return Ok(None);
        }
        let turn = schedules::of(&*self.journal.reader()?, &sync.id)?;
        Ok(turn.and_then(|turn| turn.next_at))
    }

    /// Counts a sync's times from now on.
    pub(crate) async fn reschedule(&self, sync: &Sync) -> Result<(), Problem> {
        let turn = match &sync.schedule {
            None => None,
            Some(schedule) => {
                let now = self.now();
                let next_at = Times::read(schedule)?.next(now, now, &self.world.zone);
                Some(Turn {
                    since: now,
                    next_at,
                })
            }
        };
        let id = sync.id.clone();
        let write = move |tx: &usher_store::Tx<'_>| match turn {
            Some(turn) => schedules::put(tx, &id, &turn),
            None => schedules::remove(tx, &id),
        };
        Ok(self.journal.write(write).await?)
    }

    /// Whether a sync is to run now, noted before it does; and when it is looked at next.
    pub(crate) async fn take_turn(&self, sync: &Sync) -> Result<Due, Problem> {
        let nothing = Due {
            runs_for: None,
            next_at: None,
        };
        let Some(schedule) = &sync.schedule else {
            return Ok(nothing);
        };
        let found = schedules::of(&*self.journal.reader()?, &sync.id)?;
        let Some(turn) = found else {
            return Ok(nothing);
        };
        let times = Times::read(schedule)?;
        let due = due(&times, &turn, sync.missed, self.now(), &self.world.zone);
        if due.next_at != turn.next_at {
            let (id, next_at) = (sync.id.clone(), due.next_at);
            let turn = Turn { next_at, ..turn };
            self.journal
                .write(move |tx| schedules::put(tx, &id, &turn))
                .await?;
        }
        Ok(due)
    }
}

/// A number and its unit: seconds, minutes, hours or days.
fn interval(text: &str) -> Option<Duration> {
    let (number, unit) = text
        .trim()
        .split_at_checked(text.trim().len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 24 * 3600,
        _ => return None,
    };
    let number: u64 = number.parse().ok()?;
    let every = Duration::from_secs(number.checked_mul(seconds)?);
    (every > Duration::ZERO && every <= LONGEST).then_some(every)
}

fn time_of_day(text: &str) -> Option<(u8, u8)> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some((hours, minutes))
}

#[cfg(test)]
mod tests {
    use super::{Due, Times, due, interval};
    use jiff::tz::TimeZone;
    use std::time::Duration;
    use usher_model::{Missed, Schedule, Timestamp};
    use usher_store::table::schedules::Turn;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    fn next(schedule: &Schedule, after: &str) -> Timestamp {
        let since = at("2026-01-01T00:00:00Z");
        let times = Times::read(schedule).unwrap();
        times.next(since, at(after), &berlin()).unwrap()
    }

    #[test]
    fn times_of_the_day_are_local_and_follow_the_clock_changes() {
        let daily = Schedule::DailyAt("02:30".into());
        assert_eq!(
            next(&daily, "2026-01-10T12:00:00Z"),
            at("2026-01-11T01:30:00Z")
        );
        assert_eq!(
            next(&daily, "2026-07-10T12:00:00Z"),
            at("2026-07-11T00:30:00Z")
        );
        // 29 March 2026: the clock jumps from two to three.
        assert_eq!(
            next(&daily, "2026-03-28T12:00:00Z"),
            at("2026-03-29T01:00:00Z")
        );
        // 25 October 2026: half past two comes twice, and counts once.
        let first = next(&daily, "2026-10-24T12:00:00Z");
        assert_eq!(first, at("2026-10-25T00:30:00Z"));
        assert_eq!(
            next(&daily, "2026-10-25T00:30:00Z"),
            at("2026-10-26T01:30:00Z")
        );
        // All times of an hour that is left out come once, right behind it.
        for cron in ["10,40 2 * * *", "*/20 2 * * *", "30 2 * * *"] {
            let cron = Schedule::Cron(cron.into());
            let behind = next(&cron, "2026-03-28T12:00:00Z");
            assert_eq!(behind, at("2026-03-29T01:00:00Z"), "{cron:?}");
            assert!(next(&cron, "2026-03-29T01:00:00Z") > at("2026-03-29T23:00:00Z"));
        }
        let hourly = Schedule::Cron("15 * * * *".into());
        assert_eq!(
            next(&hourly, "2026-03-29T00:20:00Z"),
            at("2026-03-29T01:15:00Z")
        );
        let weekdays = Schedule::Cron("0 8 * * MON-FRI".into());
        assert_eq!(
            next(&weekdays, "2026-11-20T12:00:00Z"),
            at("2026-11-23T07:00:00Z")
        );
    }

    #[test]
    fn intervals_are_counted_from_when_the_schedule_was_given() {
        let every = Schedule::Every("15m".into());
        assert_eq!(
            next(&every, "2026-01-01T00:00:00Z"),
            at("2026-01-01T00:15:00Z")
        );
        assert_eq!(
            next(&every, "2026-01-01T00:15:00Z"),
            at("2026-01-01T00:30:00Z")
        );
        assert_eq!(
            next(&every, "2026-01-01T00:29:59Z"),
            at("2026-01-01T00:30:00Z")
        );
        assert_eq!(interval("2h"), Some(Duration::from_secs(7200)));
        for wrong in [
            "",
            "0m",
            "15",
            "m",
            "1.5h",
            "-1h",
            "99999999999999999999d",
            "ä",
        ] {
            assert_eq!(interval(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_said_to_be_none() {
        for wrong in [
            Schedule::Every("soon".into()),
            Schedule::DailyAt("24:00".into()),
            Schedule::DailyAt("8".into()),
            Schedule::Cron("0 8 * *".into()),
            Schedule::Cron("61 8 * * *".into()),
            Schedule::Cron("0 0 31 2 *".into()),
        ] {
            assert!(Times::read(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn times_that_went_by_are_made_up_for_as_wished() {
        let times = Times::read(&Schedule::Every("1h".into())).unwrap();
        let turn = Turn {
            since: at("2026-01-01T00:00:00Z"),
            next_at: Some(at("2026-01-01T01:00:00Z")),
        };
        let decide = |missed, now: &str| due(&times, &turn, missed, at(now), &berlin());
        let told = |runs: bool, next: &str| Due {
            runs_for: runs.then_some(at("2026-01-01T01:00:00Z")),
            next_at: Some(at(next)),
        };
        for missed in [Missed::Once, Missed::Skip, Missed::All] {
            let early = decide(missed, "2026-01-01T00:59:59Z");
            assert_eq!(early, told(false, "2026-01-01T01:00:00Z"));
            let in_time = decide(missed, "2026-01-01T01:00:01Z");
            assert_eq!(in_time, told(true, "2026-01-01T02:00:00Z"));
        }
        // The clock was ten days ahead as the next time was worked out.
        let ahead = Turn {
            next_at: Some(at("2026-01-11T01:00:00Z")),
            ..turn
        };
        let now = at("2026-01-01T00:30:00Z");
        assert_eq!(
            due(&times, &ahead, Missed::Once, now, &berlin()),
            told(false, "2026-01-01T02:00:00Z")
        );
        // It was set back a little, behind a run.
        let now = at("2025-12-31T23:58:00Z");
        let dealt_with = due(&times, &turn, Missed::Once, now, &berlin());
        assert_eq!(dealt_with, told(false, "2026-01-01T01:00:00Z"));
        // The computer slept for three hours and a half.
        let late = "2026-01-01T04:30:00Z";
        assert_eq!(
            decide(Missed::Once, late),
            told(true, "2026-01-01T05:00:00Z")
        );
        assert_eq!(
            decide(Missed::Skip, late),
            told(false, "2026-01-01T05:00:00Z")
        );
        assert_eq!(
            decide(Missed::All, late),
            told(true, "2026-01-01T02:00:00Z")
        );
    }
}
