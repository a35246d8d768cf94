//! A reading of everyone by exports that ended in the middle: whoever reads everyone next,
//! in this process or another, goes on with it from the months that are kept.

use crate::reading::block::LeadColumn;
use crate::reading::everyone::Everyone;
use crate::reading::people::{ALL, scope};
use crate::route::windows;
use crate::usher::Usher;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use usher_model::{ConnectionId, Problem, Timestamp};
use usher_store::table::readings::{self, Reading};
use usher_store::{Reader, Tx};

/// What is older is read anew.
const YOUNG: Duration = Duration::from_secs(24 * 3600);

/// The readings of everyone that somebody in this process is at.
#[derive(Debug, Default)]
pub(crate) struct AtWork(Mutex<HashSet<i64>>);

/// Somebody is at one of them, for as long as this is held.
pub(super) struct Turn {
    usher: Arc<Usher>,
    id: i64,
}

impl AtWork {
    fn all(&self) -> MutexGuard<'_, HashSet<i64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.usher.at_work.all().remove(&self.id);
    }
}

/// Whether somebody may go on with a reading that is not finished.
pub(crate) fn is_gone_on_with(reading: &Reading, now: Timestamp) -> bool {
    let kept = reading.exports.as_ref().map(|exports| &exports.kept);
    let is_young = reading.when.says_its_age(now) && now.since(reading.when.started_at) < YOUNG;
    is_young && kept.is_some_and(|kept| !kept.is_empty())
}

impl Usher {
    /// Forgets the readings that nobody goes on with any more.
    pub(crate) async fn forget_given_up(&self) -> Result<(), Problem> {
        let now = self.now();
        self.forget_unfinished(move |reading| !is_gone_on_with(reading, now))
            .await
    }

    /// Forgets the unfinished readings that are meant, but those that somebody is at.
    pub(crate) async fn forget_unfinished(
        &self,
        is_meant: impl Fn(&Reading) -> bool + Send + 'static,
    ) -> Result<(), Problem> {
        let at_work = self.at_work.all().clone();
        let forget = move |tx: &Tx<'_>| {
            readings::sweep(tx, |id, reading| {
                at_work.contains(&id) || reading.exports.is_none() || !is_meant(reading)
            })
        };
        Ok(self.cache.write(forget).await?)
    }
}

impl Everyone {
    /// Goes on with an unfinished reading that asks for the same as this one, where there is
    /// one that nobody is at, or begins this one.
    pub(super) fn go_on_or_begin(
        usher: &Arc<Usher>,
        connection: &ConnectionId,
        columns: Vec<LeadColumn>,
        wanted: Reading,
    ) -> Result<Self, Problem> {
        let mut at_work = usher.at_work.all();
        let (now, covers_since) = (usher.now(), since(&wanted));
        let reader = usher.cache.reader()?;
        let newest = newest(&reader, connection)?;
        let mut unfinished = readings::unfinished(&reader, &scope(connection, ALL))?;
        drop(reader);
        unfinished.retain(|(id, reading)| {
            *id > newest
                && !at_work.contains(id)
                && is_gone_on_with(reading, now)
                && reading.fields == wanted.fields
                && reading.partitions == wanted.partitions
                && since(reading) == covers_since
        });
        let mut everyone = match unfinished.into_iter().next() {
            Some((id, reading)) => Self::again(usher, connection, columns, id, reading)?,
            None => Self::begin(usher, connection, columns, wanted)?,
        };
        at_work.insert(everyone.id);
        everyone.turn = Some(Turn {
            usher: usher.clone(),
            id: everyone.id,
        });
        Ok(everyone)
    }

    fn again(
        usher: &Arc<Usher>,
        connection: &ConnectionId,
        columns: Vec<LeadColumn>,
        id: i64,
        mut reading: Reading,
    ) -> Result<Self, Problem> {
        let kept_at = reading.exports.as_ref().map(|exports| exports.kept_at);
        let idle = usher.now().since(kept_at.unwrap_or_default());
        reading.when = reading.when.idle(idle);
        let (last, noted) = (reading.blocks, reading.clone());
        usher.cache.write_blocking(move |tx| {
            readings::cut(tx, id, last)?;
            readings::note(tx, id, &noted)
        })?;
        Ok(Self::of(usher, connection, columns, id, reading))
    }

    /// The months that it takes, and those that are not kept yet; the oldest first.
    pub(super) fn months(&self) -> (u64, Vec<(Timestamp, Timestamp)>) {
        let Some(exports) = self.reading().exports.clone() else {
            return (0, Vec::new());
        };
        let mut all = windows(exports.since, exports.until);
        let total = all.len() as u64;
        all.retain(|(from, _)| !exports.kept.contains(from));
        (total, all)
    }

    /// Notes that a month is kept whole, what was called for so far and since when, by the
    /// service's own time.
    pub(super) fn note_month(
        &self,
        from: Timestamp,
        calls: u64,
        there_at: Option<Timestamp>,
    ) -> Result<(), Problem> {
        let mut reading = self.reading();
        let there_at = self.began_there(&reading, there_at);
        reading.when.started_at = self.when(&reading).started_at;
        reading.there_at = there_at;
        reading.calls = self.calls_before + calls;
        reading.blocks = self.kept_blocks();
        if let Some(exports) = &mut reading.exports {
            exports.kept.push(from);
            exports.kept_at = self.usher.now();
        }
        let (id, noted) = (self.id, reading.clone());
        let note = move |tx: &Tx<'_>| readings::note(tx, id, &noted);
        Ok(self.usher.cache.write_blocking(note)?)
    }

    /// Since when it is, given what this piece of work knows of that: not later than who
    /// began it, and not known where one of them does not know it.
    pub(super) fn began_there(
        &self,
        reading: &Reading,
        there_at: Option<Timestamp>,
    ) -> Option<Timestamp> {
        let exports = reading.exports.as_ref();
        match exports.is_some_and(|exports| !exports.kept.is_empty()) {
            true => reading.there_at.filter(|_| there_at.is_some()),
            false => there_at,
        }
    }
}

/// The newest that was read of a connection, other than what runs were told: whatever was
/// begun before it would be taken for older than it.
fn newest(db: &Reader, connection: &ConnectionId) -> Result<i64, Problem> {
    let mut newest = 0;
    for (id, of, _) in readings::ids(db)? {
        let is_ours = of.split_once('/').map(|(of, _)| of) == Some(connection.as_str());
        if is_ours && readings::get(db, id)?.is_some_and(|reading| reading.told_by.is_none()) {
            newest = id;
        }
    }
    Ok(newest)
}

fn since(reading: &Reading) -> Option<Timestamp> {
    reading.exports.as_ref().map(|exports| exports.since)
}
