//! How often the page hears of something: ten times a second, whatever changes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use usher_sync::Event;

/// The page hears of a piece of work at most this often.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Passes on how far something is, not more often than anybody can see. What came too soon
/// is told when its turn comes, the newest alone, so that the last word of a stage is never
/// missing.
pub(crate) struct Pace {
    tell: Box<dyn Fn(Event) + Send + Sync>,
    began: Instant,
    turn: Mutex<Turn>,
}

/// Whose turn it is; times are from the beginning.
#[derive(Default)]
struct Turn {
    told_at: Option<Duration>,
    /// Waits for its turn.
    next: Option<Event>,
    /// Whether somebody waits to tell it.
    is_awaited: bool,
    ended: bool,
}

/// What is to be done now.
enum Due {
    Tell(Event),
    /// Look again after so long.
    Wait(Duration),
    Nothing,
}

impl Turn {
    fn left(&self, now: Duration) -> Option<Duration> {
        let left = (self.told_at? + TELL_EVERY).saturating_sub(now);
        (!left.is_zero()).then_some(left)
    }

    fn hear(&mut self, event: Event, now: Duration) -> Due {
        match self.left(now) {
            _ if self.ended => Due::Nothing,
            None => self.told(event, now),
            Some(left) => {
                self.next = Some(event);
                match std::mem::replace(&mut self.is_awaited, true) {
                    true => Due::Nothing,
                    false => Due::Wait(left),
                }
            }
        }
    }

    /// For the one who waited. Something newer may have been told meanwhile, and more come.
    fn catch_up(&mut self, now: Duration) -> Due {
        if let (Some(left), Some(_)) = (self.left(now), &self.next) {
            return Due::Wait(left);
        }
        self.is_awaited = false;
        match self.next.take() {
            Some(event) => self.told(event, now),
            None => Due::Nothing,
        }
    }

    fn end(&mut self) {
        self.ended = true;
        self.next = None;
    }

    fn told(&mut self, event: Event, now: Duration) -> Due {
        self.told_at = Some(now);
        self.next = None;
        Due::Tell(event)
    }
}

impl Pace {
    /// Tells by `tell`.
    pub(crate) fn new(tell: impl Fn(Event) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            tell: Box::new(tell),
            began: Instant::now(),
            turn: Mutex::default(),
        })
    }

    /// Takes in how far it is.
    pub(crate) fn hear(self: &Arc<Self>, event: Event) {
        if let Some(left) = self.does(|turn, now| turn.hear(event, now)) {
            tauri::async_runtime::spawn(self.clone().catch_up(left));
        }
    }

    /// Nothing more is told: how it ended is told otherwise.
    pub(crate) fn end(&self) {
        self.turn().end();
    }

    async fn catch_up(self: Arc<Self>, left: Duration) {
        let mut left = Some(left);
        while let Some(wait) = left {
            tokio::time::sleep(wait).await;
            left = self.does(Turn::catch_up);
        }
    }

    /// Tells what is due, under the lock, so that nothing is told after what came later; for
    /// how long somebody has to wait.
    fn does(&self, due: impl FnOnce(&mut Turn, Duration) -> Due) -> Option<Duration> {
        let mut turn = self.turn();
        match due(&mut turn, self.began.elapsed()) {
            Due::Tell(event) => (self.tell)(event),
            Due::Wait(left) => return Some(left),
            Due::Nothing => {}
        }
        None
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn event(done: u64) -> Event {
        Event {
            stage: "sending".into(),
            done,
            total: None,
            waiting_for: None,
            run_id: None,
        }
    }

    /// Somebody who waits, and is late by so long.
    #[derive(Default)]
    struct Listener {
        turn: Turn,
        late: Duration,
        wakes: Option<Duration>,
        told: Vec<(Duration, u64)>,
    }

    impl Listener {
        fn hears(&mut self, done: u64, now: Duration) {
            self.wakes_until(now);
            let due = self.turn.hear(event(done), now);
            self.does(due, now);
        }

        fn wakes_until(&mut self, until: Duration) {
            while let Some(now) = self.wakes.take_if(|at| *at <= until) {
                let due = self.turn.catch_up(now);
                self.does(due, now);
            }
        }

        fn does(&mut self, due: Due, now: Duration) {
            match due {
                Due::Tell(event) => self.told.push((now, event.done)),
                Due::Wait(left) => {
                    let before = self.wakes.replace(now + left + self.late);
                    assert_eq!(before, None, "one waits");
                }
                Due::Nothing => {}
            }
        }
    }

    #[test]
    fn ten_a_second_are_told_and_the_last_one_is() {
        for late in [0, 1, 7, 40, 99, 100, 250] {
            let mut listener = Listener {
                late: MS * late,
                ..Listener::default()
            };
            for n in 0..1000 {
                listener.hears(n, MS * u32::try_from(n).unwrap());
            }
            listener.wakes_until(Duration::MAX);
            let told = listener.told;
            assert_eq!(told.last().unwrap().1, 999, "late by {late}");
            for pair in told.windows(2) {
                let [(before, older), (at, newer)] = pair else {
                    panic!()
                };
                assert!(*at - *before >= TELL_EVERY, "late by {late}: {told:?}");
                assert!(older < newer, "out of order");
            }
        }
    }

    #[test]
    fn nothing_is_told_after_the_end() {
        let mut listener = Listener::default();
        listener.hears(1, MS);
        listener.hears(2, MS * 2);
        listener.turn.end();
        listener.hears(3, MS * 3);
        listener.wakes_until(Duration::MAX);
        assert_eq!(listener.told, [(MS, 1)]);
    }
}
