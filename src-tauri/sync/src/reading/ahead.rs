//! What was read and told by a clock that was ahead and was set back since. It was before now,
//! in the order in which it was, and is dated so: else what is read from now on would count as
//! older than what it has seen. By how much the clock was ahead nothing says; so it is dated to
//! the earliest that it can have been, behind all that is dated before now, and counts as no
//! fresher than that. What was done between the setting back and this look is taken as older,
//! which it is not.

use crate::usher::Usher;
use std::time::Duration;
use usher_model::{Problem, Timestamp};
use usher_store::table::batches;
use usher_store::table::lists::{self, ReadList};
use usher_store::table::readings::{self, Reading};

/// Before that nothing was, where nothing is known to have been before.
const LONG_AGO: Duration = Duration::from_secs(24 * 3600);

/// Times that are to come, and the ones in place of them.
struct Later {
    /// In their order.
    to_come: Vec<Timestamp>,
    /// In place of the first; the others follow, a millisecond from the next.
    first: Timestamp,
}

impl Later {
    fn of(now: Timestamp, times: impl Iterator<Item = Timestamp>) -> Self {
        let (past, mut to_come): (Vec<_>, Vec<_>) = times.partition(|at| *at <= now);
        to_come.sort_unstable();
        to_come.dedup();
        let last = past.into_iter().max();
        let behind_it = last.map_or(now.before(LONG_AGO), |last| Timestamp(last.0 + 1));
        let many = i64::try_from(to_come.len()).unwrap_or(0);
        let first = behind_it.min(Timestamp(now.0 - many));
        Self { to_come, first }
    }

    fn dated(&self, at: Timestamp) -> Timestamp {
        match self.to_come.binary_search(&at) {
            Ok(place) => Timestamp(self.first.0 + i64::try_from(place).unwrap_or(0)),
            Err(_) => at,
        }
    }

    fn reading(&self, one: &Reading) -> Reading {
        Reading {
            started_at: self.dated(one.started_at),
            finished_at: self.dated(one.finished_at),
            ..one.clone()
        }
    }

    fn list(&self, one: &ReadList) -> ReadList {
        ReadList {
            started_at: self.dated(one.started_at),
            finished_at: self.dated(one.finished_at),
            ..one.clone()
        }
    }
}

/// The times of all that was read.
fn times_of(
    read: Vec<(i64, Reading)>,
    listed: Vec<(String, ReadList)>,
) -> impl Iterator<Item = Timestamp> {
    let read = read
        .into_iter()
        .flat_map(|(_, one)| [one.started_at, one.finished_at]);
    let listed = listed
        .into_iter()
        .flat_map(|(_, one)| [one.started_at, one.finished_at]);
    read.chain(listed)
}

/// When something began that is under way: the clock may be set before it ends.
pub(crate) struct Began {
    at: Timestamp,
    elapsed: Duration,
}

impl Usher {
    /// Something begins now.
    pub(crate) fn begins(&self) -> Began {
        Began {
            at: self.now(),
            elapsed: self.world.clock.elapsed(),
        }
    }

    /// When it began, by the clock as it is now: the earlier one where it was set, or the
    /// computer slept.
    pub(crate) fn began(&self, began: &Began) -> Timestamp {
        let took = self.world.clock.elapsed().saturating_sub(began.elapsed);
        began.at.min(self.now().before(took))
    }

    /// Dates what was read and what runs were told later than now to before now.
    pub(crate) async fn date_back(&self) -> Result<(), Problem> {
        let asked_at = self.now();
        let (told, last) = {
            let reader = self.journal.reader()?;
            let told = batches::settled_after(&reader, asked_at)?;
            (told, batches::last_settled_by(&reader, asked_at)?)
        };
        let (read, listed) = {
            let reader = self.cache.reader()?;
            (readings::published(&reader)?, lists::all(&reader)?)
        };
        let times = told.iter().map(|(_, _, at)| *at).chain(last);
        let later = Later::of(self.now(), times.chain(times_of(read, listed)));
        if later.to_come.is_empty() {
            return Ok(());
        }
        // First what runs were told: in between, it counts as told before what was read.
        let told: Vec<_> = told
            .into_iter()
            .map(|(run, seq, at)| (run, seq, [at, later.dated(at)]))
            .collect();
        let write = self.journal.write(move |tx| {
            told.iter()
                .try_for_each(|(run, seq, times)| batches::date(tx, run, *seq, *times))
        });
        write.await?;
        let write = self.cache.write(move |tx| {
            for (id, one) in readings::published(tx)? {
                let dated = later.reading(&one);
                if dated != one {
                    readings::date(tx, id, &dated)?;
                }
            }
            for (scope, one) in lists::all(tx)? {
                let dated = later.list(&one);
                if dated != one {
                    lists::date(tx, &scope, &dated)?;
                }
            }
            Ok(())
        });
        write.await?;
        // It may have been laid over one another in another order.
        self.remembered.forget();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dated(now: i64, times: &[i64], of: &[i64]) -> Vec<i64> {
        let later = Later::of(Timestamp(now), times.iter().copied().map(Timestamp));
        of.iter().map(|at| later.dated(Timestamp(*at)).0).collect()
    }

    #[test]
    fn what_is_to_come_was_behind_all_before_in_its_order() {
        let times = [300, 50, 200, 300];
        assert_eq!(dated(100, &times, &[50, 200, 300]), [50, 51, 52]);
        // As late as it can be at the least: before now.
        let times = [300, 99, 200, 300];
        assert_eq!(dated(100, &times, &[99, 200, 300]), [99, 98, 99]);
        assert_eq!(dated(100, &[50, 100], &[50, 100]), [50, 100]);
    }

    #[test]
    fn where_nothing_was_before_it_was_long_ago() {
        const DAY: i64 = 86_400_000;
        assert_eq!(dated(3 * DAY, &[4 * DAY], &[4 * DAY]), [2 * DAY]);
    }
}
