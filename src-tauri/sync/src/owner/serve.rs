//! The owner's side of the socket.

use crate::RetryRequest;
use crate::owner::Command;
use crate::owner::alerts::Teller;
use crate::owner::clock::Looked;
use crate::owner::doing::{Table, already_running};
use crate::owner::news::{Hear, News};
use crate::owner::place::{Place, is_ours};
use crate::owner::wire::{Ask, Handed, Sender, Tell, VERSION, parted, send};
use crate::progress::{Progress, Stopper};
use crate::usher::Usher;
use interprocess::local_socket::tokio::{Stream, prelude::*};
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use usher_model::{Code, Problem, Secret, Sync};
use usher_store::Key;

/// How often a follower hears that its command is being worked on.
const BEAT: Duration = Duration::from_secs(1);
/// Progress is told at most this often; the last word always is.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// What all connections share.
pub(super) struct Server {
    pub(super) usher: Arc<Usher>,
    pub(super) key: Key,
    pub(super) table: Table,
    /// Whether this owner goes when its own command is done.
    pub(super) leaves_soon: bool,
    pub(super) hear: Hear,
    /// Whether nothing more begins here by itself, or for others.
    pub(super) leaving: AtomicBool,
    /// Whether all that is done here was asked to stop.
    pub(super) ending: AtomicBool,
    pub(super) busy: AtomicUsize,
    /// Whether a run ended without its end being written down.
    pub(super) unwritten: AtomicBool,
    /// What is done here right now, to be stopped.
    pub(super) doing: Mutex<HashMap<u64, Stopper>>,
    pub(super) next: AtomicU64,
    pub(super) folder: PathBuf,
    /// Told when a command is done: definitions may be others, and a sync may be free.
    pub(super) done: watch::Sender<()>,
    /// The clock as it was at the last look.
    pub(super) looked: Looked,
    /// Told when the clock was set, or the computer slept.
    pub(super) clock_set: watch::Sender<()>,
    /// Who tells of runs, woken as they begin and end.
    pub(super) teller: Teller,
}

impl Server {
    /// Answers until the task is aborted.
    pub(super) async fn listen(self: Arc<Self>, place: Place) {
        loop {
            let Ok(stream) = place.listener.accept().await else {
                continue;
            };
            if is_ours(&stream, &self.folder) {
                let server = self.clone();
                // A connection that breaks concerns only its process.
                tokio::spawn(async move { drop(server.answer(stream).await) });
            }
        }
    }

    async fn answer(self: Arc<Self>, stream: Stream) -> std::io::Result<()> {
        let (mut asks, mut sender) = parted(stream);
        while let Some(ask) = asks.recv().await {
            match ask {
                Ask::Hello { .. } => {
                    send(
                        &mut sender,
                        &Tell::Hello {
                            version: VERSION.to_owned(),
                        },
                    )
                    .await?
                }
                Ask::Key => {
                    let key = Secret::new(self.key.to_hex().to_string());
                    send(&mut sender, &Tell::Key(Handed::new(&key))).await?;
                }
                Ask::Stop => {}
                Ask::Do { command, secret } => {
                    self.busy.fetch_add(1, Ordering::SeqCst);
                    let done = self.handed(*command, secret, &mut asks, &mut sender).await;
                    self.busy.fetch_sub(1, Ordering::SeqCst);
                    return done;
                }
            }
        }
        Ok(())
    }

    async fn handed(
        self: &Arc<Self>,
        command: Command,
        secret: Option<Handed>,
        asks: &mut mpsc::Receiver<Ask>,
        sender: &mut Sender,
    ) -> std::io::Result<()> {
        if self.leaving.load(Ordering::SeqCst) || (self.leaves_soon && command.is_run()) {
            let told = match self.sync_of(&command) {
                Some(sync) if self.table.runs(&sync.id) => Tell::Failed(already_running(&sync)),
                _ => Tell::Queue,
            };
            return send(sender, &told).await;
        }
        let (tell, mut told) = mpsc::unbounded_channel();
        let (progress, stopper) = paced(tell.clone());
        let (server, stopping) = (self.clone(), stopper.clone());
        tokio::spawn(async move {
            let started = tell.clone();
            let secret = secret.map(|secret| secret.secret());
            let named = move |run: &str| drop(started.send(Tell::Started(run.to_owned())));
            let answer = server
                .perform(command, secret, stopping, &progress, named)
                .await;
            drop(tell.send(answer.map_or_else(Tell::Failed, Tell::Done)));
        });
        let mut listening = true;
        let mut beat = tokio::time::interval(BEAT);
        loop {
            tokio::select! {
                _ = beat.tick() => drop(send(sender, &Tell::Alive).await),
                message = told.recv() => {
                    let Some(message) = message else { return Ok(()) };
                    let last = matches!(message, Tell::Done(_) | Tell::Failed(_));
                    // Who asked may be gone; what was asked for goes on.
                    let sent = send(sender, &message).await;
                    if last {
                        return sent;
                    }
                }
                ask = asks.recv(), if listening => match ask {
                    Some(Ask::Stop) => stopper.stop(),
                    Some(_) => {}
                    None => listening = false,
                },
            }
        }
    }

    /// Does a command as the owner, whoever asked for it, and tells who listens.
    pub(super) async fn perform(
        &self,
        command: Command,
        secret: Option<Secret>,
        stopper: Stopper,
        progress: &Progress,
        started: impl FnOnce(&str) + Send,
    ) -> Result<Value, Problem> {
        let _here = Here::new(self, &stopper);
        self.performed(command, secret, stopper, progress, started)
            .await
    }

    /// Whether anything is being done here, for whomever.
    pub(super) fn works(&self) -> bool {
        self.busy.load(Ordering::SeqCst) > 0 || !self.table.is_idle()
    }

    /// Asks all that is done here to stop: the process ends.
    pub(super) fn stop_all(&self) {
        self.ending.store(true, Ordering::SeqCst);
        self.all_doing().values().for_each(Stopper::leave);
    }

    fn all_doing(&self) -> MutexGuard<'_, HashMap<u64, Stopper>> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn performed(
        &self,
        command: Command,
        secret: Option<Secret>,
        stopper: Stopper,
        progress: &Progress,
        started: impl FnOnce(&str) + Send,
    ) -> Result<Value, Problem> {
        self.look_at_the_clock().await;
        let doing = self.table.command(stopper);
        let hear = self.hear.clone();
        let progress = progress.heard_by(move |event| {
            if event.run_id.is_some() {
                hear(News::Run(event.clone()));
            }
        });
        let run = Mutex::new(None);
        let named = |id: &str| {
            *run.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.to_owned());
            self.teller.wake();
            started(id);
        };
        let (changes, is_run) = (command.changes(), command.is_run());
        let answer = command
            .perform(&self.usher, &doing, secret, &progress, named)
            .await;
        let kept_out = |problem: &Problem| problem.code == Code::StoreUnwritable;
        if is_run && answer.as_ref().is_err_and(kept_out) {
            self.unwritten.store(true, Ordering::SeqCst);
        }
        match run.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(run_id) => {
                self.tell_end(&run_id).await;
                (self.hear)(News::RunEnded { run_id })
            }
            None if changes => (self.hear)(News::Changed),
            None => {}
        }
        answer
    }

    pub(super) fn sync_of(&self, command: &Command) -> Option<Sync> {
        match command {
            Command::Run(request) => self.usher.find(&request.sync).ok(),
            Command::Resume { run } | Command::Retry(RetryRequest { run, .. }) => {
                self.usher.sync_of_run(run).ok()
            }
            _ => None,
        }
    }
}

/// A command that is being done for as long as this lives, also where its work is dropped.
struct Here<'a>(&'a Server, u64);

impl<'a> Here<'a> {
    fn new(server: &'a Server, stopper: &Stopper) -> Self {
        let number = server.next.fetch_add(1, Ordering::SeqCst);
        server.all_doing().insert(number, stopper.clone());
        server.busy.fetch_add(1, Ordering::SeqCst);
        // Who asked all to stop did not know of it.
        if server.ending.load(Ordering::SeqCst) {
            stopper.leave();
        }
        Self(server, number)
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::SeqCst);
        self.0.all_doing().remove(&self.1);
        self.0.done.send_replace(());
    }
}

/// Progress that goes over a wire: not more often than anybody can see.
fn paced(tell: mpsc::UnboundedSender<Tell>) -> (Progress, Stopper) {
    let last = std::sync::Mutex::new(None::<std::time::Instant>);
    Progress::new(move |event| {
        let mut last = last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let due =
            last.is_none_or(|last| last.elapsed() >= TELL_EVERY) || event.waiting_for.is_some();
        if due {
            *last = Some(std::time::Instant::now());
            drop(tell.send(Tell::Progress(event)));
        }
    })
}
