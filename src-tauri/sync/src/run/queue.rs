//! What is left to send or to settle, in order: creations in a line of their
//! own, since only one of them is ever under way.

use std::collections::VecDeque;
use std::time::Duration;
use usher_model::{BatchKind, BatchState};

/// One batch that has no receipts yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) seq: i64,
    pub(super) kind: BatchKind,
    pub(super) state: BatchState,
    pub(super) people: u64,
    /// Whether they go, or went, as a file.
    pub(super) is_file: bool,
    /// Whether it had to wait for another run: its people are looked for before it is sent.
    pub(super) waited: bool,
    /// From when on it can be worked on, by the time that went by: the time of day may be
    /// set meanwhile.
    pub(super) ready: Duration,
}

/// The batches of a run that wait.
#[derive(Debug, Default)]
pub(super) struct Queue {
    creations: VecDeque<Work>,
    changes: VecDeque<Work>,
    files: VecDeque<Work>,
    newest: i64,
}

/// What is under way of which there is only ever one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Busy {
    /// A creation.
    pub(super) creating: bool,
    /// A file: the service takes one for a list at a time.
    pub(super) importing: bool,
}

impl Busy {
    /// Notes that a piece of work begins or ends.
    pub(super) fn note(&mut self, work: &Work, under_way: bool) {
        if work.kind == BatchKind::Create {
            self.creating = under_way;
        }
        if work.is_import() {
            self.importing = under_way;
        }
    }
}

impl Work {
    /// Whether it is a file that is to be sent or worked on.
    fn is_import(&self) -> bool {
        self.is_file && self.state != BatchState::InDoubt
    }
}

impl Queue {
    /// Adds the batches among these that were not there before.
    pub(super) fn add_new(&mut self, works: impl Iterator<Item = Work>) {
        let known = self.newest;
        for work in works.filter(|work| work.seq > known) {
            self.newest = self.newest.max(work.seq);
            self.put(work);
        }
    }

    /// Adds one that was taken before.
    pub(super) fn put(&mut self, work: Work) {
        match work.kind {
            _ if work.is_import() => self.files.push_back(work),
            BatchKind::Create => self.creations.push_back(work),
            _ => self.changes.push_back(work),
        }
    }

    /// Adds a creation that has to wait for another run, and has all that were not sent yet
    /// wait as long: most are of the same people, and each look costs.
    pub(super) fn put_off(&mut self, work: Work) {
        let planned = self.creations.iter_mut();
        for other in planned.filter(|other| other.state == BatchState::Planned) {
            other.ready = other.ready.max(work.ready);
            other.waited = true;
        }
        self.put(Work {
            waited: true,
            ..work
        });
    }

    /// The next that can be worked on, a creation or a file only where none is under way.
    pub(super) fn take(&mut self, now: Duration, busy: Busy) -> Option<Work> {
        let first = |line: &mut VecDeque<Work>| {
            let may = |work: &Work| !(busy.creating && work.kind == BatchKind::Create);
            let at = line
                .iter()
                .position(|work| work.ready <= now && may(work))?;
            line.remove(at)
        };
        let file = match busy.importing {
            true => None,
            false => first(&mut self.files),
        };
        file.or_else(|| first(&mut self.creations))
            .or_else(|| first(&mut self.changes))
    }

    /// How many people wait.
    pub(super) fn people(&self) -> u64 {
        self.all().map(|work| work.people).sum()
    }

    /// The one that can be worked on first.
    pub(super) fn earliest(&self) -> Option<&Work> {
        self.all().min_by_key(|work| work.ready)
    }

    fn all(&self) -> impl Iterator<Item = &Work> {
        let lines = [&self.creations, &self.changes, &self.files];
        lines.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::{Busy, Queue, Work};
    use std::time::Duration;
    use usher_model::{BatchKind, BatchState};

    fn work(seq: i64, kind: BatchKind, ready: u64) -> Work {
        Work {
            seq,
            kind,
            state: BatchState::Planned,
            people: 1,
            is_file: false,
            waited: false,
            ready: Duration::from_secs(ready),
        }
    }

    /// Two creations and an update.
    fn three() -> [Work; 3] {
        [
            work(1, BatchKind::Create, 0),
            work(2, BatchKind::Create, 0),
            work(3, BatchKind::Update, 0),
        ]
    }

    #[test]
    fn what_waits_for_another_run_has_those_behind_it_wait() {
        let mut queue = Queue::default();
        queue.add_new(three().into_iter());
        let first = queue.take(Duration::ZERO, Busy::default()).unwrap();
        let later = Duration::from_secs(5);
        queue.put_off(Work {
            ready: later,
            ..first
        });
        let next = |queue: &mut Queue, at| queue.take(at, Busy::default());
        let now = Duration::from_secs(1);
        assert_eq!(next(&mut queue, now).map(|work| work.seq), Some(3));
        assert_eq!(next(&mut queue, now), None);
        let waited = [next(&mut queue, later), next(&mut queue, later)];
        let waited = waited.map(|work| work.map(|work| (work.seq, work.waited)));
        assert_eq!(waited, [Some((2, true)), Some((1, true))]);
    }

    #[test]
    fn one_creation_at_a_time_and_others_go_on_meanwhile() {
        let mut queue = Queue::default();
        queue.add_new(three().into_iter());
        queue.add_new(three().into_iter());
        let now = Duration::from_secs(10);
        let creating = Busy {
            creating: true,
            importing: false,
        };
        assert_eq!(
            queue.take(now, Busy::default()).map(|work| work.seq),
            Some(1)
        );
        assert_eq!(
            queue.take(now, creating).map(|work| work.seq),
            Some(3),
            "a creation is under way"
        );
        assert_eq!(queue.take(now, creating), None);
        queue.put(work(1, BatchKind::Create, 99));
        assert_eq!(
            queue.take(now, Busy::default()).map(|work| work.seq),
            Some(2),
            "a doubt holds up no other creation"
        );
        assert_eq!(queue.take(now, Busy::default()), None);
        let at = Duration::from_secs(99);
        assert_eq!(queue.earliest().map(|work| work.ready), Some(at));
        assert_eq!(
            queue.take(at, Busy::default()).map(|work| work.seq),
            Some(1)
        );
    }
}
