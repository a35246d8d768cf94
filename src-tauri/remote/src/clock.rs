//! Time from outside, so that a test can own it.

use std::{
    future::Future,
    pin::Pin,
    sync::LazyLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use usher_model::Timestamp;

/// A future behind a pointer, so that a trait with one can be a `dyn`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The three things a clock is asked. Intervals are measured with `elapsed`,
/// never with `now`, which jumps when somebody sets the computer's time.
pub trait Clock: Send + Sync {
    /// The time of day.
    fn now(&self) -> Timestamp;
    /// Monotonic, from an arbitrary start.
    fn elapsed(&self) -> Duration;
    /// Ends after `wait`.
    fn sleep<'a>(&'a self, wait: Duration) -> BoxFuture<'a, ()>;
}

/// The computer's own clock; `sleep` needs a tokio runtime.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The start of `elapsed`, one for the process, so that two clocks agree.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Duration {
        START.elapsed()
    }

    fn sleep<'a>(&'a self, wait: Duration) -> BoxFuture<'a, ()> {
        Box::pin(tokio::time::sleep(wait))
    }
}
