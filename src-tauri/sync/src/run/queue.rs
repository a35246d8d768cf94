//! What is left to send or to settle, in order: creations in a line of their
//! own, since only one of them is ever under way.

use std::collections::VecDeque;
use usher_model::{BatchKind, BatchState, Timestamp};

/// One batch that has no receipts yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) seq: i64,
    pub(super) kind: BatchKind,
    pub(super) state: BatchState,
    pub(super) people: u64,
    /// From when on it can be worked on.
    pub(super) ready: Timestamp,
}

/// The batches of a run that wait.
#[derive(Debug, Default)]
pub(super) struct Queue {
    creations: VecDeque<Work>,
    changes: VecDeque<Work>,
    newest: i64,
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
            BatchKind::Create => self.creations.push_back(work),
            _ => self.changes.push_back(work),
        }
    }

    /// The next that can be worked on, a creation only where none is under way.
    pub(super) fn take(&mut self, now: Timestamp, creating: bool) -> Option<Work> {
        let first = |line: &mut VecDeque<Work>| {
            let at = line.iter().position(|work| work.ready <= now)?;
            line.remove(at)
        };
        let creation = if creating {
            None
        } else {
            first(&mut self.creations)
        };
        creation.or_else(|| first(&mut self.changes))
    }

    /// How many people wait.
    pub(super) fn people(&self) -> u64 {
        let all = self.creations.iter().chain(&self.changes);
        all.map(|work| work.people).sum()
    }

    /// When the earliest of them can be worked on.
    pub(super) fn wakes_at(&self) -> Option<Timestamp> {
        self.creations
            .iter()
            .chain(&self.changes)
            .map(|work| work.ready)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::{Queue, Work};
    use usher_model::{BatchKind, BatchState, Timestamp};

    fn work(seq: i64, kind: BatchKind, ready: i64) -> Work {
        Work {
            seq,
            kind,
            state: BatchState::Planned,
            people: 1,
            ready: Timestamp(ready),
        }
    }

    #[test]
    fn one_creation_at_a_time_and_others_go_on_meanwhile() {
        let mut queue = Queue::default();
        let all = [
            work(1, BatchKind::Create, 0),
            work(2, BatchKind::Create, 0),
            work(3, BatchKind::Update, 0),
        ];
        queue.add_new(all.into_iter());
        queue.add_new(all.into_iter());
        let now = Timestamp(10);
        assert_eq!(queue.take(now, false).map(|work| work.seq), Some(1));
        assert_eq!(
            queue.take(now, true).map(|work| work.seq),
            Some(3),
            "a creation is under way"
        );
        assert_eq!(queue.take(now, true), None);
        queue.put(work(1, BatchKind::Create, 99));
        assert_eq!(
            queue.take(now, false).map(|work| work.seq),
            Some(2),
            "a doubt holds up no other creation"
        );
        assert_eq!(queue.take(now, false), None);
        assert_eq!(queue.wakes_at(), Some(Timestamp(99)));
        assert_eq!(
            queue.take(Timestamp(99), false).map(|work| work.seq),
            Some(1)
        );
    }
}
