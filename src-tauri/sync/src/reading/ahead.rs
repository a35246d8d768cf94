//! What was read and told by a clock that was ahead and was set back since. It was before now,
//! in the order in which it was, and is dated so: else what is read from now on would count as
//! older than what it has seen.

use crate::usher::Usher;
use std::collections::BTreeSet;
use usher_model::{Problem, Timestamp};
use usher_store::table::readings::Reading;
use usher_store::table::{batches, lists, readings};

/// Times that are to come, the last of them first.
struct Later {
    now: Timestamp,
    times: Vec<Timestamp>,
}

impl Later {
    fn of(now: Timestamp, times: impl Iterator<Item = Timestamp>) -> Self {
        let times: BTreeSet<Timestamp> = times.filter(|at| *at > now).collect();
        Self {
            now,
            times: times.into_iter().rev().collect(),
        }
    }

    /// The time in place of one: those to come end a millisecond before now, each a
    /// millisecond from the next.
    fn dated(&self, at: Timestamp) -> Timestamp {
        match self.times.binary_search_by(|one| at.cmp(one)) {
            Ok(behind) => Timestamp(self.now.0 - 1 - i64::try_from(behind).unwrap_or(0)),
            Err(_) => at,
        }
    }
}

/// Any of two times that belong together.
fn both(started_at: Timestamp, finished_at: Timestamp) -> [Timestamp; 2] {
    [started_at, finished_at]
}

impl Usher {
    /// Dates what was read and what runs were told later than now to just before now; whether
    /// there was anything.
    pub(crate) async fn date_back(&self) -> Result<bool, Problem> {
        let now = self.now();
        let told = batches::settled_after(&*self.journal.reader()?, now)?;
        let reader = self.cache.reader()?;
        let (read, listed) = (readings::all(&reader)?, lists::all(&reader)?);
        let times = read
            .iter()
            .flat_map(|(_, one)| both(one.started_at, one.finished_at));
        let of_lists = listed
            .iter()
            .flat_map(|(_, one)| both(one.started_at, one.finished_at));
        let of_told = told.iter().map(|(_, _, at)| *at);
        let later = Later::of(now, times.chain(of_lists).chain(of_told));
        if later.times.is_empty() {
            return Ok(false);
        }
        let told: Vec<_> = told
            .into_iter()
            .map(|(run, seq, at)| (run, seq, later.dated(at)))
            .collect();
        let write = self.journal.write(move |tx| {
            told.iter()
                .try_for_each(|(run, seq, at)| batches::date(tx, run, *seq, *at))
        });
        write.await?;
        let write = self.cache.write(move |tx| {
            for (id, one) in read {
                let dated = Reading {
                    started_at: later.dated(one.started_at),
                    finished_at: later.dated(one.finished_at),
                    ..one
                };
                readings::date(tx, id, &dated)?;
            }
            for (scope, one) in listed {
                let dated = lists::ReadList {
                    started_at: later.dated(one.started_at),
                    finished_at: later.dated(one.finished_at),
                    ..one
                };
                lists::date(tx, &scope, &dated)?;
            }
            Ok(())
        });
        write.await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_come_was_just_now_in_its_order() {
        let later = Later::of(
            Timestamp(100),
            [300, 50, 100, 200, 300].map(Timestamp).into_iter(),
        );
        let dated = [50, 100, 200, 300].map(|at| later.dated(Timestamp(at)).0);
        assert_eq!(dated, [50, 100, 98, 99]);
    }
}
