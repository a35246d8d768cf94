//! The marketer's computer: what may happen to it, and the ways in which Usher feels it.
//!
//! One process of Usher is a life. When it is killed, the life is over: its clock stands
//! still for it, no request of it gets an answer and no commit of it succeeds. What is left
//! of its tasks can do nothing any more, like a process that is gone.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};
use usher_model::Timestamp;
use usher_remote::clock::{BoxFuture, Clock};
use usher_store::{Commits, StoreError};

/// The computer.
pub(crate) struct Machine {
    began: Instant,
    began_ms: i64,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    /// The life that is lived; earlier ones are over.
    life: u64,
    /// Steps into the outside world until it is killed.
    dies_in: Option<u64>,
    /// How far the time of day is off.
    off_ms: i64,
    /// Since when the lid is closed.
    closed: Option<Instant>,
    /// How long it was closed before.
    slept: Duration,
    disk_is_full: bool,
}

impl Machine {
    /// Switched on, at this time of day in milliseconds since 1970.
    pub(crate) fn new(began_ms: i64) -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            began_ms,
            state: Mutex::default(),
            changed: Notify::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Another process of Usher, in place of the one before.
    pub(crate) fn begin_life(self: &Arc<Self>) -> Life {
        let mut state = self.state();
        state.life += 1;
        state.dies_in = None;
        let number = state.life;
        Life {
            machine: self.clone(),
            number,
        }
    }

    /// Ends the life at its next step but so many.
    pub(crate) fn kill_in(&self, steps: u64) {
        self.state().dies_in = Some(steps);
    }

    /// Nobody kills it any more.
    pub(crate) fn spare(&self) {
        self.state().dies_in = None;
    }

    /// Somebody sets the clock.
    pub(crate) fn set_clock(&self, by_ms: i64) {
        self.state().off_ms += by_ms;
    }

    /// The clock is set right.
    pub(crate) fn mend_clock(&self) {
        self.state().off_ms = 0;
    }

    /// From here on nothing of it moves.
    pub(crate) fn close_lid(&self) {
        self.state().closed.get_or_insert_with(Instant::now);
    }

    /// It goes on where it was.
    pub(crate) fn open_lid(&self) {
        let mut state = self.state();
        if let Some(since) = state.closed.take() {
            state.slept += since.elapsed();
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// Whether commits fail.
    pub(crate) fn fill_disk(&self, is_full: bool) {
        self.state().disk_is_full = is_full;
    }

    /// The right time, as the world has it.
    pub(crate) fn world_ms(&self) -> i64 {
        self.began_ms + i64::try_from(self.began.elapsed().as_millis()).unwrap()
    }
}

/// One process of Usher, as the world meets it.
#[derive(Clone)]
pub(crate) struct Life {
    machine: Arc<Machine>,
    number: u64,
}

impl Life {
    /// Which one.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The right time, whatever its clock says: the service's.
    pub(crate) fn world_ms(&self) -> i64 {
        self.machine.world_ms()
    }

    /// Whether nobody has killed it.
    pub(crate) fn is_lived(&self) -> bool {
        self.machine.state().life == self.number
    }

    /// Returns once it is over.
    pub(crate) async fn until_over(&self) {
        loop {
            let changed = self.machine.changed.notified();
            if !self.is_lived() {
                return;
            }
            changed.await;
        }
    }

    /// A step into the outside world: the place where it may be killed. Whoever is dead, or
    /// asleep, stays here.
    pub(crate) async fn step(&self) {
        self.count_step();
        self.awake().await;
    }

    /// Returns only while it is lived and the lid is open.
    pub(crate) async fn awake(&self) {
        loop {
            let changed = self.machine.changed.notified();
            if !self.is_lived() {
                pending::<()>().await;
            }
            if self.machine.state().closed.is_none() {
                return;
            }
            changed.await;
        }
    }

    /// How long the computer slept so far.
    pub(crate) fn slept(&self) -> Duration {
        let state = self.machine.state();
        state.slept + state.closed.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn count_step(&self) {
        let mut state = self.machine.state();
        if state.life != self.number {
            return;
        }
        if let Some(left) = &mut state.dies_in {
            *left = left.saturating_sub(1);
            if *left == 0 {
                state.dies_in = None;
                state.life += 1;
                drop(state);
                self.machine.changed.notify_waiters();
            }
        }
    }
}

impl Clock for Life {
    fn now(&self) -> Timestamp {
        Timestamp(self.machine.world_ms() + self.machine.state().off_ms)
    }

    fn elapsed(&self) -> Duration {
        self.machine.began.elapsed().saturating_sub(self.slept())
    }

    fn sleep<'a>(&'a self, wait: Duration) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let until = self.elapsed() + wait;
            loop {
                self.awake().await;
                let left = until.saturating_sub(self.elapsed());
                if left.is_zero() {
                    return;
                }
                sleep_until(Instant::now() + left).await;
            }
        })
    }
}

impl Commits for Life {
    fn before(&self) -> Result<(), StoreError> {
        self.count_step();
        let state = self.machine.state();
        if state.life != self.number {
            return Err(no_space());
        }
        if state.disk_is_full {
            return Err(no_space());
        }
        Ok(())
    }

    fn after(&self) -> Result<(), StoreError> {
        self.count_step();
        match self.is_lived() {
            true => Ok(()),
            false => Err(no_space()),
        }
    }
}

fn no_space() -> StoreError {
    StoreError::Unwritable("there is no space left".to_owned())
}
