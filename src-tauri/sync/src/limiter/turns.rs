//! Whose turn it is: pieces of work that wait for one service get its slots by turns,
//! however many calls each of them has waiting.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Works whose last slot is remembered although nothing of them waits.
const REMEMBERED: usize = 64;

/// The turns of one limiter.
#[derive(Default)]
pub(super) struct Turns(Arc<Mutex<Lists>>);

#[derive(Default)]
struct Lists {
    /// Calls that wait, by their work.
    waiting: HashMap<u64, usize>,
    /// When a work got its last slot, counted in slots.
    served: HashMap<u64, u64>,
    slots: u64,
    works: u64,
}

/// A call that waits for a slot, until it is dropped.
pub(crate) struct Waiting {
    turns: Arc<Mutex<Lists>>,
    work: u64,
}

impl Turns {
    /// A number for a new work.
    pub(super) fn new_work(&self) -> u64 {
        let mut lists = lock(&self.0);
        lists.works += 1;
        lists.works
    }

    /// One more call of a work waits.
    pub(super) fn wait(&self, work: u64) -> Waiting {
        *lock(&self.0).waiting.entry(work).or_default() += 1;
        Waiting {
            turns: self.0.clone(),
            work,
        }
    }
}

impl Waiting {
    /// Whether no other work waits that got its last slot earlier.
    pub(super) fn is_next(&self) -> bool {
        let lists = lock(&self.turns);
        let last = |work: &u64| lists.served.get(work).copied().unwrap_or_default();
        let mine = last(&self.work);
        lists.waiting.keys().all(|work| last(work) >= mine)
    }

    /// It got a slot.
    pub(super) fn note_slot(&self) {
        let mut lists = lock(&self.turns);
        lists.slots += 1;
        let now = lists.slots;
        lists.served.insert(self.work, now);
        if lists.served.len() > REMEMBERED {
            let Lists {
                waiting, served, ..
            } = &mut *lists;
            served.retain(|work, at| waiting.contains_key(work) || *at == now);
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut lists = lock(&self.turns);
        if let Some(calls) = lists.waiting.get_mut(&self.work) {
            *calls -= 1;
            if *calls == 0 {
                lists.waiting.remove(&self.work);
            }
        }
    }
}

fn lock(turns: &Mutex<Lists>) -> MutexGuard<'_, Lists> {
    turns.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::Turns;

    #[test]
    fn works_take_turns_however_many_of_their_calls_wait() {
        let turns = Turns::default();
        let many = [turns.wait(1), turns.wait(1), turns.wait(1)];
        let one = turns.wait(2);
        assert!(many[0].is_next() && one.is_next(), "nobody had one yet");
        many[0].note_slot();
        assert!(!many[1].is_next(), "the other has waited longer");
        one.note_slot();
        assert!(many[1].is_next() && !one.is_next());
        many[1].note_slot();
        drop(one);
        assert!(many[2].is_next(), "nobody else waits");
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let turns = Turns::default();
        for work in 0..1_000 {
            turns.wait(work).note_slot();
        }
        let lists = turns.0.lock().unwrap();
        assert!(lists.served.len() <= super::REMEMBERED + 1 && lists.waiting.is_empty());
    }
}
