//! Work that several threads share. What each piece of it does must not depend on
//! which is done first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, OnceLock};
use usher_model::{Code, Problem};

/// Threads that share a piece of work.
pub(crate) const THREADS: usize = 2;
/// Pieces that may wait to be taken.
const WAITING: usize = 6;

/// Does a piece of work for each of these on [`THREADS`] threads; the first error
/// ends it.
pub(crate) fn each_on_threads<T: Sync>(
    all: &[T],
    work: impl Fn(&T) -> Result<(), Problem> + Sync,
) -> Result<(), Problem> {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(None);
    let run = || {
        while let Some(one) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(problem) = work(one) {
                next.store(all.len(), Ordering::Relaxed);
                let mut failed = failed.lock().unwrap_or_else(|gone| gone.into_inner());
                failed.get_or_insert(problem);
            }
        }
    };
    std::thread::scope(|scope| {
        (1..THREADS).for_each(|_| drop(scope.spawn(run)));
        run();
    });
    let failed = failed.into_inner().unwrap_or_else(|gone| gone.into_inner());
    failed.map_or(Ok(()), Err)
}

/// Makes two things at once; of two errors the first one's comes.
pub(crate) fn made_at_once<A, B: Send>(
    one: impl FnOnce() -> Result<A, Problem>,
    other: impl FnOnce() -> Result<B, Problem> + Send,
) -> Result<(A, B), Problem> {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        let other = other.join().unwrap_or_else(|_| Err(broke_off()));
        Ok((one?, other?))
    })
}

/// Makes something of each of these likewise, and gives what was made in their order.
pub(crate) fn made_on_threads<T: Sync, R: Send + Sync>(
    all: &[T],
    make: impl Fn(&T) -> Result<R, Problem> + Sync,
) -> Result<Vec<R>, Problem> {
    let made: Vec<OnceLock<R>> = all.iter().map(|_| OnceLock::new()).collect();
    let jobs: Vec<(&T, &OnceLock<R>)> = all.iter().zip(&made).collect();
    each_on_threads(&jobs, |(one, made)| {
        let value = make(one)?;
        made.get_or_init(|| value);
        Ok(())
    })?;
    // Without an error there is one of each.
    Ok(made.into_iter().filter_map(OnceLock::into_inner).collect())
}

/// Lets `give` hand on pieces, one after another, and [`THREADS`] others take them.
/// Handing on says `false` once nobody takes any more; the error of who took comes
/// before one of who gave.
pub(crate) fn handed_on<T: Send, R>(
    give: impl FnOnce(&dyn Fn(T) -> bool) -> Result<R, Problem>,
    take: impl Fn(T) -> Result<(), Problem> + Sync,
) -> Result<R, Problem> {
    let (sender, pieces) = sync_channel(WAITING);
    let pieces = Mutex::new(Some(pieces));
    let run = || {
        // One taker that is at its end, by whatever way, is the end of all.
        let _end = End(&pieces);
        while let Some(piece) = next(&pieces) {
            take(piece)?;
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let takers: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
        let given = give(&|piece| sender.send(piece).is_ok());
        drop(sender);
        // All are waited for, also after one that failed.
        let taken: Vec<Result<(), Problem>> = takers
            .into_iter()
            .map(|taker| taker.join().unwrap_or_else(|_| Err(broke_off())))
            .collect();
        taken
            .into_iter()
            .collect::<Result<(), Problem>>()
            .and(given)
    })
}

/// Brings what is made in any order into that of its numbers, from 0.
pub(crate) struct InOrder<T> {
    next: u64,
    early: BTreeMap<u64, T>,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        Self {
            next: 0,
            early: BTreeMap::new(),
        }
    }
}

impl<T> InOrder<T> {
    /// Takes one, and gives all whose turn it is now.
    pub(crate) fn put(&mut self, number: u64, one: T) -> impl Iterator<Item = T> + '_ {
        self.early.insert(number, one);
        std::iter::from_fn(|| {
            let one = self.early.remove(&self.next)?;
            self.next += 1;
            Some(one)
        })
    }
}

/// Takes the receiver away when it is dropped: without one nothing is handed on.
struct End<'a, T>(&'a Mutex<Option<Receiver<T>>>);

impl<T> Drop for End<'_, T> {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(|gone| gone.into_inner()) = None;
    }
}

fn next<T>(pieces: &Mutex<Option<Receiver<T>>>) -> Option<T> {
    let pieces = pieces.lock().unwrap_or_else(|gone| gone.into_inner());
    pieces.as_ref()?.recv().ok()
}

fn broke_off() -> Problem {
    Problem::new(
        Code::Internal,
        "The work broke off.",
        "Nothing of it was kept; try again.",
    )
}

#[cfg(test)]
mod tests {
    use super::{InOrder, broke_off, handed_on, made_at_once, made_on_threads};
    use std::sync::atomic::{AtomicU64, Ordering};
    use usher_model::{Code, Problem};

    /// Hands on the numbers up to there; says how many were taken from it.
    fn count(up_to: u64, take: impl Fn(u64) -> Result<(), Problem> + Sync) -> Result<u64, Problem> {
        handed_on(
            |hand_on| Ok((0..up_to).take_while(|number| hand_on(*number)).count() as u64),
            take,
        )
    }

    #[test]
    fn what_is_made_comes_in_order_or_not_at_all() {
        let all: Vec<u64> = (0..1000).collect();
        let doubled = made_on_threads(&all, |one| Ok(one * 2)).unwrap();
        assert!(doubled.into_iter().eq((0..2000).step_by(2)));
        let failed = made_on_threads(&all, |one| match one {
            500 => Err(Problem::usage("no")),
            _ => Ok(*one),
        });
        assert_eq!(failed.unwrap_err().code, Code::Usage);
    }

    #[test]
    fn of_two_things_both_are_made_or_none() {
        let two =
            |one: Result<u8, Problem>, other: Result<u8, Problem>| made_at_once(|| one, || other);
        assert_eq!(two(Ok(1), Ok(2)), Ok((1, 2)));
        let [one, other] = ["one", "other"].map(Problem::usage);
        assert_eq!(two(Ok(1), Err(other.clone())), Err(other.clone()));
        assert_eq!(two(Err(one.clone()), Err(other)), Err(one));
        let broken = made_at_once(|| Ok(1), || -> Result<u8, Problem> { panic!("a break") });
        assert_eq!(broken, Err(broke_off()));
    }

    #[test]
    fn what_comes_early_waits_for_its_turn() {
        let mut order = InOrder::default();
        let mut put = |number: u64| order.put(number, number).collect::<Vec<_>>();
        assert_eq!(
            [2, 0, 1, 3].map(&mut put),
            [vec![], vec![0], vec![1, 2], vec![3]]
        );
    }

    #[test]
    fn every_piece_is_taken_once() {
        let sum = AtomicU64::new(0);
        let given = count(1000, |number| {
            sum.fetch_add(number, Ordering::Relaxed);
            Ok(())
        });
        assert_eq!((given.unwrap(), sum.into_inner()), (1000, 499_500));
    }

    #[test]
    fn who_takes_ends_it_by_an_error_and_by_a_panic() {
        let failed = count(u64::MAX, |number| match number {
            3.. => Err(Problem::usage("enough")),
            _ => Ok(()),
        });
        assert_eq!(failed.unwrap_err().code, Code::Usage);
        let panicked = count(u64::MAX, |number| {
            assert!(number < 3, "a taker that breaks");
            Ok(())
        });
        assert_eq!(panicked.unwrap_err(), broke_off());
    }

    #[test]
    fn an_error_of_who_gives_is_told_where_all_was_taken() {
        let failed = handed_on(
            |_: &dyn Fn(u64) -> bool| Err::<(), _>(Problem::usage("no")),
            |_| Ok(()),
        );
        assert_eq!(failed.unwrap_err().code, Code::Usage);
    }
}
