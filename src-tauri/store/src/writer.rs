//! The one writer of a database; everybody else waits in line.

use crate::{Disk, StoreError};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle, ThreadId},
};

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// Takes writes in the order they are asked for, one transaction each: it is
/// committed whole, or nothing of it is there. With a single writer no write
/// ever waits for a lock of another, and none can deadlock.
pub struct Writer {
    line: Mutex<Option<Line>>,
    thread: Mutex<Option<JoinHandle<Result<(), StoreError>>>>,
    id: Option<ThreadId>,
    disk: Disk,
}

/// Where work is put.
enum Line {
    /// To be done by the writer's thread.
    Thread(mpsc::Sender<Work>),
    /// To be done here and now.
    Here(Box<Connection>),
}

impl Writer {
    /// Gives the connection to a thread of its own, or keeps it for a watched disk.
    pub(crate) fn start(
        connection: Connection,
        name: &str,
        disk: &Disk,
    ) -> Result<Self, StoreError> {
        let (line, thread) = match disk {
            Disk::Watched(_) => (Line::Here(Box::new(connection)), None),
            Disk::System => {
                let (line, works) = mpsc::channel::<Work>();
                let thread = thread::Builder::new()
                    .name(format!("{name} writer"))
                    .spawn(move || run(connection, &works))
                    .map_err(|_| StoreError::internal("the system gives no thread"))?;
                (Line::Thread(line), Some(thread))
            }
        };
        Ok(Self {
            line: Mutex::new(Some(line)),
            id: thread.as_ref().map(|thread| thread.thread().id()),
            thread: Mutex::new(thread),
            disk: disk.clone(),
        })
    }

    /// Runs `work` in a transaction and waits for the commit. Blocks: inside an
    /// async runtime use [`Writer::write_async`].
    ///
    /// # Errors
    /// What `work` returns, after rolling back; `Unwritable`, `Damaged` and `Busy`
    /// as the database says; `Internal` when `work` panics, when it is called
    /// from another write, and after [`Writer::close`].
    pub fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        if Some(thread::current().id()) == self.id {
            return Err(StoreError::internal(
                "a write inside a write would wait for itself",
            ));
        }
        let (answer, result) = mpsc::sync_channel(1);
        let disk = self.disk.clone();
        self.enqueue(Box::new(move |connection| {
            drop(answer.send(commit(connection, &disk, work)))
        }))?;
        result.recv().unwrap_or_else(|_| Err(gone()))
    }

    /// The same without blocking. A future that is dropped does not take the
    /// write back: once in line, it is done.
    ///
    /// # Errors
    /// Those of [`Writer::write`].
    pub async fn write_async<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, result) = tokio::sync::oneshot::channel();
        let disk = self.disk.clone();
        self.enqueue(Box::new(move |connection| {
            drop(answer.send(commit(connection, &disk, work)))
        }))?;
        result.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Rewrites the file without a trace of what was deleted, and empties the
    /// log, outside any transaction. Takes the file's size in memory.
    ///
    /// # Errors
    /// `Busy` while a reader holds on to an older state, which the log then
    /// still has; `Unwritable` and `Damaged` as the database says; `Internal`
    /// after [`Writer::close`].
    pub async fn compact_async(&self) -> Result<(), StoreError> {
        let (answer, result) = tokio::sync::oneshot::channel();
        self.enqueue(Box::new(move |connection| {
            drop(answer.send(compact(connection)))
        }))?;
        result.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Does what is in line, clears the log into the database, and closes it.
    /// Later writes are refused; closing twice is no error.
    ///
    /// # Errors
    /// `Unwritable` or `Damaged` when the log could not be cleared. The commits
    /// are safe all the same: the log stays, and the next start reads it.
    pub fn close(&self) -> Result<(), StoreError> {
        let line = lock(&self.line).take();
        match line {
            Some(Line::Here(connection)) => return clear_and_close(*connection),
            // The thread ends once nobody can put anything in line.
            Some(Line::Thread(line)) => drop(line),
            None => {}
        }
        match lock(&self.thread).take() {
            // The last owner may be a write itself: it cannot wait for its own end.
            Some(thread) if thread.thread().id() != thread::current().id() => {
                thread.join().unwrap_or_else(|_| Err(gone()))
            }
            _ => Ok(()),
        }
    }

    fn enqueue(&self, work: Work) -> Result<(), StoreError> {
        match &mut *lock(&self.line) {
            Some(Line::Thread(line)) => line.send(work).map_err(|_| gone()),
            Some(Line::Here(connection)) => {
                work(connection);
                Ok(())
            }
            None => Err(gone()),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // What fails here stays in the log; there is nobody to tell.
        drop(self.close());
    }
}

fn run(mut connection: Connection, works: &mpsc::Receiver<Work>) -> Result<(), StoreError> {
    for work in works {
        work(&mut connection);
    }
    clear_and_close(connection)
}

fn clear_and_close(connection: Connection) -> Result<(), StoreError> {
    // Says "busy" in its row, not as an error, when a reader elsewhere is still
    // in the log; then the last one to close clears it.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    connection.close().map_err(|(_, error)| error.into())
}

/// One transaction. A panic unwinds through it, which rolls it back, and ends here.
fn commit<T>(
    connection: &mut Connection,
    disk: &Disk,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let guarded = catch_unwind(AssertUnwindSafe(|| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let value = work(&transaction)?;
        disk.before()?;
        transaction.commit()?;
        disk.after()?;
        Ok(value)
    }));
    // What it panicked with may hold data, so it is not passed on.
    guarded.unwrap_or_else(|_| Err(StoreError::internal("a write panicked and was undone")))
}

fn compact(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("VACUUM")?;
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy { Err(StoreError::Busy) } else { Ok(()) }
}

fn gone() -> StoreError {
    StoreError::internal("the database is closed")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
