//! Work that several threads share. What each piece of it does must not depend on
//! which is done first.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
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
        while let Some(piece) = next(&pieces) {
            if let Err(problem) = take(piece) {
                // Without a receiver nothing more is handed on.
                *pieces.lock().unwrap_or_else(|gone| gone.into_inner()) = None;
                return Err(problem);
            }
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let takers: Vec<_> = (0..THREADS).map(|_| scope.spawn(run)).collect();
        let given = give(&|piece| sender.send(piece).is_ok());
        drop(sender);
        let taken = takers
            .into_iter()
            .map(|taker| taker.join().unwrap_or_else(|_| Err(broke_off())));
        taken.collect::<Result<(), Problem>>().and(given)
    })
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
