//! Calls to one service: the only place that takes slots, waits and tries again.
//!
//! `remote` says what a failure is; what follows from it is decided here. What
//! may have been done is never repeated here: that is for who knows what it was.

use crate::entropy::Entropy;
use crate::limiter::{Limiter, Used, Wait, next_day};
use crate::progress::{Progress, stopped};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use usher_model::{Code, Connection, Problem, Timestamp};
use usher_remote::clock::Clock;
use usher_remote::failure::Failure;
use usher_remote::marketo::{Marketo, Usage};

/// The longest that one call is waited for (Marketo docs: Sync Leads 90 s), with a margin.
const LONGEST_CALL: Duration = Duration::from_secs(120);
/// The documented time-out of a write, after which it is done or never will be.
const WRITE_TIMEOUT: Duration = Duration::from_secs(90);
/// What is added to it before a creation is looked up.
const MARGIN: Duration = Duration::from_secs(30);

/// The longest wait before a service is tried again that was not reached.
const UNREACHED: Duration = Duration::from_secs(5);

/// How long a long wait goes on without a look at the clock.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// How long to go on with a call that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Patience {
    /// How often it is tried.
    pub(crate) tries: u32,
    /// Whether a call whose outcome is unknown may simply be repeated: reads only.
    pub(crate) repeat_unknown: bool,
}

impl Patience {
    /// For a read that somebody waits for.
    pub(crate) const READ: Self = Self {
        tries: 4,
        repeat_unknown: true,
    };
    /// For one look, as in a connection test.
    pub(crate) const ONCE: Self = Self {
        tries: 1,
        repeat_unknown: true,
    };
}

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CallError {
    /// The service, or the way to it.
    Service(Failure),
    /// It must not leave before so long; nothing has left.
    NotYet(Duration),
    /// The work was asked to stop.
    Stopped,
    /// This machine.
    Local(Problem),
}

impl From<Failure> for CallError {
    fn from(failure: Failure) -> Self {
        Self::Service(failure)
    }
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Service(failure) => failure.problem(),
            CallError::NotYet(_) => Problem::passing(
                Code::AlreadyRunning,
                "Another run makes some of the same people.",
                "Resume the run once the other one is over.",
            ),
            CallError::Stopped => stopped(),
            CallError::Local(problem) => problem,
        }
    }
}

/// One service as one connection reaches it, with the calls of one piece of work
/// counted. The client and its token, the limiter and its window are shared.
pub(crate) struct Service {
    marketo: Arc<Marketo>,
    connection: Connection,
    limiter: Arc<Limiter>,
    /// By which this piece of work waits for its turn.
    work: u64,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    calls: AtomicU64,
    retries: AtomicU64,
    /// Whether the service decides that the day's calls are used up, and not our
    /// own count of them: after a wait for the next day, and in a run that the
    /// user resumed.
    asks_about_quota: AtomicBool,
    /// The service's own time with the first reply.
    began_there: OnceLock<Timestamp>,
}

impl Service {
    /// A service reached by this client.
    pub(crate) fn new(
        marketo: Arc<Marketo>,
        connection: Connection,
        limiter: Arc<Limiter>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            marketo,
            connection,
            work: limiter.new_work(),
            limiter,
            clock,
            entropy,
            calls: AtomicU64::new(0),
            retries: AtomicU64::new(0),
            asks_about_quota: AtomicBool::new(false),
            began_there: OnceLock::new(),
        }
    }

    /// From here on the service says whether the day's calls are used up.
    pub(crate) fn ask_about_quota(&self) {
        self.asks_about_quota.store(true, Ordering::Relaxed);
    }

    /// Makes a call, waiting and trying again as its failures allow. What it
    /// returns as a failure is final as far as `patience` goes.
    pub(crate) async fn call<T, E, F, A>(
        &self,
        patience: Patience,
        progress: &Progress,
        mut make: F,
    ) -> Result<T, CallError>
    where
        E: Into<CallError>,
        F: FnMut(Arc<Marketo>) -> A,
        A: Future<Output = Result<T, E>>,
    {
        let mut tries = 0;
        let mut tokens = 0;
        loop {
            progress.check().map_err(|_| CallError::Stopped)?;
            tries += 1;
            let failure = match self.attempt(tries > 1, progress, &mut make).await {
                Ok(value) => return Ok(value),
                Err(CallError::Service(failure)) => failure,
                Err(error) => return Err(error),
            };
            let wait = match &failure {
                Failure::Token if tokens < 2 => {
                    tokens += 1;
                    tries -= 1;
                    self.marketo.token_refused();
                    continue;
                }
                Failure::Throttled { code } if code == "606" => {
                    self.back_off(tries, Duration::from_secs(20))
                }
                // A queue of jobs moves slowly (Marketo docs: bulk import and extract).
                Failure::Busy { code } if matches!(code.as_str(), "1016" | "1019" | "1029") => {
                    self.back_off(tries, Duration::from_secs(60))
                }
                Failure::Throttled { .. } | Failure::Busy { .. } => {
                    self.back_off(tries, Duration::ZERO)
                }
                // Nobody was asked: a network that is back is to be found soon.
                Failure::NotSent(_) => self.back_off(tries, Duration::ZERO).min(UNREACHED),
                Failure::Unknown { .. } if patience.repeat_unknown => {
                    self.back_off(tries, Duration::ZERO)
                }
                _ => return Err(failure.into()),
            };
            if tries >= patience.tries {
                return Err(failure.into());
            }
            self.pause(wait, &failure.to_string(), progress).await?;
        }
    }

    async fn attempt<T, E, F, A>(
        &self,
        is_repeat: bool,
        progress: &Progress,
        make: &mut F,
    ) -> Result<T, CallError>
    where
        E: Into<CallError>,
        F: FnMut(Arc<Marketo>) -> A,
        A: Future<Output = Result<T, E>>,
    {
        self.marketo.ensure_token().await?;
        let mut waiting = self.limiter.line_up(self.work);
        let slot = loop {
            let mut limits = self.connection.limits;
            if self.asks_about_quota.load(Ordering::Relaxed) {
                limits.daily_quota = u32::MAX;
            }
            let waits = match self
                .limiter
                .start(&waiting, &limits, LONGEST_CALL, is_repeat)
                .await
                .map_err(CallError::Local)?
            {
                Ok(slot) => break slot,
                Err(waits) => waits,
            };
            match waits {
                Wait::Rate(free) => {
                    let wait = free.since(self.clock.now()) + Duration::from_millis(1);
                    self.pause(wait, "the rate limit", progress).await?;
                }
                Wait::Repeats(wait) => {
                    // Nobody else waits for it meanwhile.
                    drop(waiting);
                    let what = "the service, which refuses or loses calls";
                    self.pause(wait, what, progress).await?;
                    waiting = self.limiter.line_up(self.work);
                }
                Wait::Concurrency | Wait::Turn => self.limiter.until_moved().await,
                Wait::Quota => return Err(Failure::QuotaSpent.into()),
            }
        };
        drop(waiting);
        let answer = make(self.marketo.clone()).await.map_err(Into::into);
        let has_left = !matches!(
            answer,
            Err(CallError::Service(Failure::NotSent(_)) | CallError::NotYet(_))
        );
        if !has_left {
            self.limiter
                .give_back(slot)
                .await
                .map_err(CallError::Local)?;
            return answer;
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        if is_repeat {
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
        if let Some(said) = self.marketo.service_time() {
            self.began_there.get_or_init(|| said);
        }
        // What was answered counts, whatever becomes of the slot: it frees itself.
        if let Err(problem) = self.limiter.end(slot).await {
            tracing::warn!(code = ?problem.code, "a slot cannot be given back");
        }
        answer
    }

    /// Waits for the next day's calls; the service says from then on whether there are any.
    /// The day has come once so much time went by or the clock says so: the computer may
    /// have slept, and its clock may have been set.
    pub(crate) async fn wait_for_quota(&self, progress: &Progress) -> Result<(), CallError> {
        let day = next_day(self.now());
        let until = self.clock.elapsed() + self.scaled(day.since(self.now()));
        self.ask_about_quota();
        loop {
            let left = until.saturating_sub(self.clock.elapsed());
            if left.is_zero() || self.now() >= day {
                return Ok(());
            }
            self.pause(left.min(LOOK_AGAIN), QUOTA_WAIT, progress)
                .await?;
        }
    }

    /// Waits for something that the service does by itself; a stand-in is faster.
    pub(crate) async fn wait_scaled(
        &self,
        wait: Duration,
        what: &str,
        progress: &Progress,
    ) -> Result<(), CallError> {
        self.pause(self.scaled(wait), what, progress).await
    }

    /// A documented wait; shorter with a stand-in that is faster.
    pub(crate) fn scaled(&self, wait: Duration) -> Duration {
        wait / self.marketo.time_scale().max(1)
    }

    async fn pause(
        &self,
        wait: Duration,
        what: &str,
        progress: &Progress,
    ) -> Result<(), CallError> {
        progress.waits(what);
        tokio::select! {
            () = self.clock.sleep(wait) => Ok(()),
            () = progress.until_stopped() => Err(CallError::Stopped),
        }
    }

    /// Capped exponential with full jitter above a floor; loopback stand-ins scale it.
    fn back_off(&self, tries: u32, floor: Duration) -> Duration {
        let cap =
            Duration::from_secs(120).min(Duration::from_secs(1) * 2u32.saturating_pow(tries - 1));
        (floor + cap.mul_f64(self.entropy.fraction())) / self.marketo.time_scale().max(1)
    }

    /// How long after a write left it is certain that it was done or never will be.
    pub(crate) fn settles_after(&self) -> Duration {
        match self.marketo.sandbox_timeout() {
            Some(timeout) => timeout + Duration::from_secs(1),
            None => WRITE_TIMEOUT + MARGIN,
        }
    }

    /// The time of day here.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The connection.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Calls made by this value so far, and those of them that were repeats.
    pub(crate) fn counted(&self) -> (u64, u64) {
        (
            self.calls.load(Ordering::Relaxed),
            self.retries.load(Ordering::Relaxed),
        )
    }

    /// The time of the service's own clock when this piece of work got its first reply:
    /// whatever it read, it read then or later, but for the length of one call.
    pub(crate) fn began_there(&self) -> Option<Timestamp> {
        self.began_there.get().copied()
    }

    /// The same with the last reply.
    pub(crate) fn now_there(&self) -> Option<Timestamp> {
        self.marketo.service_time()
    }

    /// Counts a call that settles a doubt or sends again as a repeat.
    pub(crate) fn count_retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    /// Learns the time-out of a loopback stand-in that has not said it yet.
    pub(crate) async fn learn_timeout(&self, progress: &Progress) -> Result<(), CallError> {
        if self.connection.is_sandbox() && self.marketo.sandbox_timeout().is_none() {
            self.call(Patience::READ, progress, |marketo| async move {
                marketo.partitions().await
            })
            .await?;
        }
        Ok(())
    }

    /// Asks the service how many calls were made today, by all applications; remembered,
    /// so that what others use counts against the day.
    pub(crate) async fn ask_usage(
        &self,
        patience: Patience,
        progress: &Progress,
    ) -> Result<Option<Usage>, CallError> {
        let asked = self
            .call(patience, progress, |marketo| async move {
                marketo.usage().await
            })
            .await?;
        if let Some(day) = &asked {
            self.limiter
                .note_total(&day.date, day.total)
                .await
                .map_err(CallError::Local)?;
        }
        Ok(asked)
    }

    /// The calls of today on this instance.
    pub(crate) fn used_today(&self) -> Result<Used, Problem> {
        self.limiter.used_today()
    }
}

/// What a run says while it waits for the next day's calls.
const QUOTA_WAIT: &str = "the daily quota";
