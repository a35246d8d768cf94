//! One limiter a service instance, shared by all its syncs and connections.
//!
//! It keeps an exact log of calls: a slot is taken before a call starts and is
//! free 20 s after its reply. A refilling bucket would let bursts through that
//! the service refuses. The log lies in the cache, so it outlives a restart.

use crate::planted::{Planted, is_planted};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};
use usher_model::{Limits, Problem, Timestamp};
use usher_remote::clock::Clock;
use usher_store::table::calls;
use usher_store::{Database, Reader};

/// The service's window (Marketo docs: rate limits).
pub(crate) const WINDOW: Duration = Duration::from_secs(20);

/// Why a call may not start now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// All slots of the window are taken until then.
    Rate(Timestamp),
    /// As many calls are under way as may be.
    Concurrency,
    /// The day's calls are used up.
    Quota,
}

/// The calls of one service instance.
pub(crate) struct Limiter {
    instance: String,
    cache: Arc<Database>,
    clock: Arc<dyn Clock>,
    /// Held while a slot is looked for.
    turn: Mutex<()>,
    in_flight: Arc<InFlight>,
}

/// The calls that are under way.
#[derive(Default)]
struct InFlight {
    calls: AtomicU32,
    freed: Notify,
}

/// The calls of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Used {
    /// Ours.
    pub(crate) ours: u64,
    /// Other applications', as far as the service said.
    pub(crate) others: u64,
}

impl Used {
    /// Everybody's.
    pub(crate) fn all(self) -> u64 {
        self.ours + self.others
    }
}

/// A slot that is taken; give it back with [`Limiter::end`]. One that is dropped, with a
/// call that was broken off, is under way no more, and counts in the window for as long
/// as its call could have taken.
pub(crate) struct Slot {
    number: i64,
    under_way: UnderWay,
}

/// One of the calls that are under way, until it is dropped.
struct UnderWay(Arc<InFlight>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::SeqCst);
        self.0.freed.notify_waiters();
    }
}

impl Limiter {
    /// The limiter of an instance, named by its endpoint.
    pub(crate) fn new(instance: String, cache: Arc<Database>, clock: Arc<dyn Clock>) -> Self {
        Self {
            instance,
            cache,
            clock,
            turn: Mutex::new(()),
            in_flight: Arc::default(),
        }
    }

    /// Takes a slot, or says what to wait for. `longest` is how long the call
    /// can take at most: its slot frees itself should nothing be heard of it.
    pub(crate) async fn start(
        &self,
        limits: &Limits,
        longest: Duration,
    ) -> Result<Result<Slot, Wait>, Problem> {
        let _turn = self.turn.lock().await;
        if self.in_flight.calls.load(Ordering::SeqCst) >= limits.concurrency {
            return Ok(Err(Wait::Concurrency));
        }
        let now = self.clock.now();
        let day = day_of(now);
        let latest = match is_planted(Planted::WindowFromSending) {
            true => now.after(WINDOW),
            false => now.after(longest + WINDOW),
        };
        let reader = self.cache.reader()?;
        if self.used_on(&reader, &day)?.all() >= u64::from(limits.daily_quota) {
            return Ok(Err(Wait::Quota));
        }
        let full = calls::full_until(&reader, &self.instance, now.0, limits.calls_per_20s)?;
        drop(reader);
        if let Some(free) = full {
            return Ok(Err(Wait::Rate(Timestamp(free.min(latest.0)))));
        }
        let instance = self.instance.clone();
        let number = self
            .cache
            .write(move |tx| calls::start(tx, &instance, now.0, latest.0, &day))
            .await?;
        self.in_flight.calls.fetch_add(1, Ordering::SeqCst);
        let under_way = UnderWay(self.in_flight.clone());
        Ok(Ok(Slot { number, under_way }))
    }

    /// Gives a slot back: it is free 20 s from now.
    pub(crate) async fn end(&self, slot: Slot) -> Result<(), Problem> {
        let free = self.clock.now().after(WINDOW).0;
        let Slot { number, under_way } = slot;
        if is_planted(Planted::WindowFromSending) {
            return Ok(());
        }
        let noted = self
            .cache
            .write(move |tx| calls::end(tx, number, free))
            .await;
        drop(under_way);
        Ok(noted?)
    }

    /// Returns once a call has ended, or a little later.
    pub(crate) async fn until_freed(&self) {
        let soon = self.clock.sleep(Duration::from_millis(250));
        tokio::select! {
            () = self.in_flight.freed.notified() => {}
            () = soon => {}
        }
    }

    /// The calls of today so far: ours, and those of others as far as the service said.
    pub(crate) fn used_today(&self) -> Result<Used, Problem> {
        let day = day_of(self.clock.now());
        self.used_on(&self.cache.reader()?, &day)
    }

    fn used_on(&self, reader: &Reader, day: &str) -> Result<Used, Problem> {
        Ok(Used {
            ours: calls::on_day(reader, &self.instance, day)?,
            others: calls::others_on(reader, &self.instance, day)?,
        })
    }

    /// Takes notice of the calls of a day that the service counted, all applications' together.
    pub(crate) async fn note_total(&self, day: &str, total: u64) -> Result<(), Problem> {
        let ours = calls::on_day(&*self.cache.reader()?, &self.instance, day)?;
        let (instance, day) = (self.instance.clone(), day.to_owned());
        let others = total.saturating_sub(ours);
        Ok(self
            .cache
            .write(move |tx| calls::note_others(tx, &instance, &day, others))
            .await?)
    }
}

/// The service's day: it begins at midnight US Central (Marketo docs: daily quota).
fn day_of(now: Timestamp) -> String {
    let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    match at.in_tz("America/Chicago") {
        Ok(central) => central.date().to_string(),
        Err(_) => at.to_string().chars().take(10).collect(),
    }
}

/// When the service's next day begins.
pub(crate) fn next_day(now: Timestamp) -> Timestamp {
    let at = jiff::Timestamp::from_millisecond(now.0).unwrap_or_default();
    let midnight = at
        .in_tz("America/Chicago")
        .and_then(|central| central.date().tomorrow())
        .and_then(|day| day.in_tz("America/Chicago"));
    match midnight {
        Ok(midnight) => Timestamp(midnight.timestamp().as_millisecond()),
        Err(_) => now.after(Duration::from_secs(24 * 3600)),
    }
}

#[cfg(test)]
mod tests {
    use super::{day_of, next_day};
    use usher_model::Timestamp;

    #[test]
    fn the_day_begins_at_midnight_in_chicago_with_its_clock_changes() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        assert_eq!(day_of(at("2026-07-01T04:59:59Z")), "2026-06-30");
        assert_eq!(day_of(at("2026-07-01T05:00:00Z")), "2026-07-01");
        assert_eq!(
            next_day(at("2026-11-01T05:30:00Z")),
            at("2026-11-02T06:00:00Z")
        );
    }
}
