//! One limiter a service instance, shared by all its syncs and connections.
//!
//! It keeps an exact log of calls: a slot is taken before a call starts and is
//! free 20 s after its reply. A refilling bucket would let bursts through that
//! the service refuses. The log lies in the cache, so it outlives a restart.

mod turns;

pub(crate) use turns::Waiting;

use crate::planted::{Planted, is_planted};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Notify};
use turns::Turns;
use usher_model::{Limits, Problem, Timestamp};
use usher_remote::clock::Clock;
use usher_store::table::calls;
use usher_store::{Database, Reader};

/// The service's window (Marketo docs: rate limits).
pub(crate) const WINDOW: Duration = Duration::from_secs(20);

/// So much more between the time of day and the time that went by than clocks differ by
/// themselves.
const WAS_SET: Duration = Duration::from_secs(1);

/// Why a call may not start now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// All slots of the window are taken until then.
    Rate(Timestamp),
    /// As many calls are under way as may be.
    Concurrency,
    /// It is another work's turn.
    Turn,
    /// What was refused or lost is not tried again before so long.
    Repeats(Duration),
    /// The day's calls are used up.
    Quota,
}

/// The calls of one service instance.
pub(crate) struct Limiter {
    instance: String,
    cache: Arc<Database>,
    clock: Arc<dyn Clock>,
    /// Held while a slot is looked for.
    turn: Mutex<Taking>,
    in_flight: Arc<InFlight>,
    turns: Turns,
}

/// What whoever looks for a slot goes by.
#[derive(Default)]
struct Taking {
    /// When each repeat of the window began.
    repeats: VecDeque<Duration>,
    /// The time of day, and the time that had gone by, as somebody looked last.
    looked: Option<(Timestamp, Duration)>,
}

impl Taking {
    /// By how much the time of day went further than time did since the last look: a clock
    /// was set, or the computer slept. What clocks differ by themselves is none.
    fn leap(&mut self, now: Timestamp, here: Duration) -> Duration {
        let before = self.looked.replace((now, here));
        let leap = before.map(|(at, elapsed)| now.since(at.after(here.saturating_sub(elapsed))));
        leap.filter(|leap| *leap > WAS_SET).unwrap_or_default()
    }
}

/// The calls that are under way.
#[derive(Default)]
struct InFlight {
    calls: AtomicU32,
    /// One has begun or ended.
    moved: Notify,
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
    day: String,
    under_way: UnderWay,
}

/// One of the calls that are under way, until it is dropped.
struct UnderWay(Arc<InFlight>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.calls.fetch_sub(1, Ordering::SeqCst);
        self.0.moved.notify_waiters();
    }
}

impl Limiter {
    /// The limiter of an instance, named by its endpoint.
    pub(crate) fn new(instance: String, cache: Arc<Database>, clock: Arc<dyn Clock>) -> Self {
        Self {
            instance,
            cache,
            clock,
            turn: Mutex::default(),
            in_flight: Arc::default(),
            turns: Turns::default(),
        }
    }

    /// A new piece of work, by which its calls get in line.
    pub(crate) fn new_work(&self) -> u64 {
        self.turns.new_work()
    }

    /// Gets a call of a work in line.
    pub(crate) fn line_up(&self, work: u64) -> Waiting {
        self.turns.wait(work)
    }

    /// Takes a slot, or says what to wait for. `longest` is how long the call
    /// can take at most: its slot frees itself should nothing be heard of it. Of the slots
    /// of a window a tenth is for repeats: a service in trouble is not run down.
    pub(crate) async fn start(
        &self,
        waiting: &Waiting,
        limits: &Limits,
        longest: Duration,
        is_repeat: bool,
    ) -> Result<Result<Slot, Wait>, Problem> {
        let mut taking = self.turn.lock().await;
        let (now, here) = (self.clock.now(), self.clock.elapsed());
        let leap = taking.leap(now, here);
        if !leap.is_zero() {
            // Slots are free by the time of day, and no sooner for a clock that leaps.
            let (instance, leap) = (self.instance.clone(), leap.as_millis());
            let leap = i64::try_from(leap).unwrap_or(i64::MAX);
            let write = move |tx: &usher_store::Tx<'_>| calls::put_off(tx, &instance, leap);
            self.cache.write(write).await?;
        }
        if is_repeat && let Some(wait) = too_many(&mut taking.repeats, limits, here) {
            return Ok(Err(Wait::Repeats(wait)));
        }
        if self.in_flight.calls.load(Ordering::SeqCst) >= limits.concurrency {
            return Ok(Err(Wait::Concurrency));
        }
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
            self.bring_back(now, latest).await?;
            return Ok(Err(Wait::Rate(Timestamp(free.min(latest.0)))));
        }
        if !waiting.is_next() {
            return Ok(Err(Wait::Turn));
        }
        let (instance, counted_on) = (self.instance.clone(), day.clone());
        let number = self
            .cache
            .write(move |tx| calls::start(tx, &instance, now.0, latest.0, &counted_on))
            .await?;
        if is_repeat {
            taking.repeats.push_back(here);
        }
        waiting.note_slot();
        self.in_flight.moved.notify_waiters();
        self.in_flight.calls.fetch_add(1, Ordering::SeqCst);
        let under_way = UnderWay(self.in_flight.clone());
        Ok(Ok(Slot {
            number,
            day,
            under_way,
        }))
    }

    /// Brings slots back that a clock was ahead for which was set back since.
    async fn bring_back(&self, now: Timestamp, latest: Timestamp) -> Result<(), Problem> {
        let last = calls::full_until(&*self.cache.reader()?, &self.instance, now.0, 1)?;
        if last.is_none_or(|last| last <= latest.0) {
            return Ok(());
        }
        let instance = self.instance.clone();
        let write = move |tx: &usher_store::Tx<'_>| calls::free_by(tx, &instance, latest.0);
        Ok(self.cache.write(write).await?)
    }

    /// Gives a slot back: it is free 20 s from now.
    pub(crate) async fn end(&self, slot: Slot) -> Result<(), Problem> {
        let free = self.clock.now().after(WINDOW).0;
        let Slot {
            number, under_way, ..
        } = slot;
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

    /// Gives a slot back whose call never left: it counts nowhere.
    pub(crate) async fn give_back(&self, slot: Slot) -> Result<(), Problem> {
        let Slot {
            number,
            day,
            under_way,
        } = slot;
        let instance = self.instance.clone();
        let forgotten = self
            .cache
            .write(move |tx| calls::unsent(tx, number, &instance, &day))
            .await;
        drop(under_way);
        Ok(forgotten?)
    }

    /// Returns once a call has begun or ended, or a little later.
    pub(crate) async fn until_moved(&self) {
        let soon = self.clock.sleep(Duration::from_millis(250));
        tokio::select! {
            () = self.in_flight.moved.notified() => {}
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

/// How long it takes until one more repeat may begin, where there were as many in the window
/// as may be.
fn too_many(repeats: &mut VecDeque<Duration>, limits: &Limits, now: Duration) -> Option<Duration> {
    while repeats.front().is_some_and(|began| *began + WINDOW <= now) {
        repeats.pop_front();
    }
    let most = (limits.calls_per_20s / 10).max(1);
    let first = repeats.front().filter(|_| repeats.len() >= most as usize)?;
    Some((*first + WINDOW).saturating_sub(now))
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
    use super::{Taking, WINDOW, day_of, next_day, too_many};
    use std::collections::VecDeque;
    use std::time::Duration;
    use usher_model::{Limits, Timestamp};

    #[test]
    fn a_tenth_of_a_window_is_for_repeats() {
        let limits = Limits {
            calls_per_20s: 40,
            ..Limits::default()
        };
        let at = Duration::from_secs;
        let mut repeats: VecDeque<Duration> = [1, 2, 3].map(at).into();
        assert_eq!(too_many(&mut repeats, &limits, at(4)), None);
        repeats.push_back(at(4));
        assert_eq!(too_many(&mut repeats, &limits, at(5)), Some(at(16)));
        assert_eq!(too_many(&mut repeats, &limits, at(1) + WINDOW), None);
        let few = Limits {
            calls_per_20s: 5,
            ..limits
        };
        let mut none = VecDeque::new();
        assert_eq!(too_many(&mut none, &few, at(5)), None, "one in any case");
    }

    #[test]
    fn a_clock_that_leaps_ahead_is_noticed() {
        let mut taking = Taking::default();
        let second = Duration::from_secs;
        let day = |seconds: u64| Timestamp(1_000_000).after(second(seconds));
        assert_eq!(taking.leap(day(0), second(0)), Duration::ZERO);
        assert_eq!(taking.leap(day(30), second(30)), Duration::ZERO);
        assert_eq!(taking.leap(day(100), second(40)), second(60));
        assert_eq!(taking.leap(day(101), second(41)), Duration::ZERO);
        // One that is set back is seen by its slots.
        assert_eq!(taking.leap(day(0), second(42)), Duration::ZERO);
    }

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
