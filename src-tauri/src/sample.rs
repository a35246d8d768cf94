//! The sample workspace: made-up people and a stand-in for Marketo in this process,
//! ready to sync, and taken away without a trace.

use crate::wire::Answer;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use usher_model::{Code, Problem, Secret};
use usher_sandbox::{Config, Sandbox, SandboxError, write_audience};
use usher_sync::owner::{Command, Session, Watch};
use usher_sync::{SAMPLE, SAMPLE_FILE, SampleService};

/// People in the sample.
const PEOPLE: usize = 20_000;
/// Decides who they are.
const SEED: u64 = 7;

/// The sample's stand-in while it runs.
pub(crate) struct Sample {
    /// The data folder.
    folder: PathBuf,
    /// Whether the window was asked to open on it.
    wanted: bool,
    running: tokio::sync::Mutex<Option<Sandbox>>,
    problem: Mutex<Option<Problem>>,
}

/// Something that has to be done for the sample.
pub(crate) struct Step {
    pub(crate) command: Command,
    pub(crate) secret: Option<Secret>,
}

impl Sample {
    /// One that does not run yet.
    pub(crate) fn new(folder: PathBuf, wanted: bool) -> Self {
        Self {
            folder,
            wanted,
            running: tokio::sync::Mutex::default(),
            problem: Mutex::default(),
        }
    }

    /// Why the stand-in does not run, if it should.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let problem = self.problem.lock();
        problem.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts the stand-in again where the sample is in the folder, or where the
    /// window was asked to open on it.
    pub(crate) async fn wake(&self, session: &Session) {
        // Beside another owner that one has its own stand-in, or none.
        let wanted = self.wanted || session.usher().has_sample();
        if wanted && session.is_owner() {
            let woken = self.make(session).await;
            *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = woken.err();
        }
    }

    /// Has every step done, which nobody follows.
    async fn make(&self, session: &Session) -> Answer<()> {
        for step in self.steps(session).await? {
            unwatched(session, step).await?;
        }
        Ok(())
    }

    /// Starts the stand-in, and says what is to be done yet until the sample is there.
    pub(crate) async fn steps(&self, session: &Session) -> Answer<Vec<Step>> {
        let mut running = self.running.lock().await;
        let folder = &self.folder;
        let sandbox = match running.take() {
            Some(sandbox) => sandbox,
            None => start(folder).await?,
        };
        let sandbox = running.insert(sandbox);
        let service = SampleService {
            base_url: sandbox.base_url(),
            munchkin_id: sandbox.munchkin_id().to_owned(),
            client_id: sandbox.client_id().to_owned(),
        };
        let usher = session.usher();
        let has_people = usher.audience_document(SAMPLE).is_ok();
        let file = (!has_people).then(|| audience_file(folder));
        if let Some(file) = file.clone() {
            let written = tauri::async_runtime::spawn_blocking(move || write(&file)).await;
            written.unwrap_or_else(|_| Err(not_written()))?;
        }
        let step = |command| {
            let needs_secret = matches!(command, Command::AddConnection(_));
            let secret = needs_secret.then(|| Secret::new(sandbox.client_secret().to_owned()));
            Step { command, secret }
        };
        let commands = usher.sample_steps(&service, file)?;
        Ok(commands.into_iter().map(step).collect())
    }

    /// Takes the sample away: what it made in the store, its stand-in, its files.
    pub(crate) async fn remove(&self, session: &Session) -> Answer<()> {
        for command in session.usher().sample_removal()? {
            let secret = None;
            unwatched(session, Step { command, secret }).await?;
        }
        self.stop().await;
        for file in [state_file(&self.folder), audience_file(&self.folder)] {
            // One that is not there needs no removing.
            drop(std::fs::remove_file(file));
        }
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    /// Stops the stand-in; what it holds is on disk.
    pub(crate) async fn stop(&self) {
        if let Some(sandbox) = self.running.lock().await.take() {
            drop(sandbox.shutdown().await);
        }
    }
}

/// Has a step done that nobody follows.
async fn unwatched(session: &Session, step: Step) -> Answer<Value> {
    let (watch, _) = Watch::new(|_| {}, |_| {}, || {});
    session.perform(step.command, step.secret, watch).await
}

async fn start(folder: &Path) -> Answer<Sandbox> {
    let config = Config {
        people: PEOPLE * 3 / 4,
        seed: SEED,
        state_file: Some(state_file(folder)),
        ..Config::default()
    };
    Sandbox::start(config).await.map_err(|error| failed(&error))
}

fn state_file(folder: &Path) -> PathBuf {
    folder.join("sandbox.json")
}

fn audience_file(folder: &Path) -> PathBuf {
    folder.join(SAMPLE_FILE)
}

fn write(file: &Path) -> Answer<()> {
    let write = || -> std::io::Result<()> {
        let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
        write_audience(&mut out, PEOPLE, SEED)?;
        std::io::Write::flush(&mut out)
    };
    write().map_err(|_| not_written())
}

fn not_written() -> Problem {
    Problem::new(
        Code::StoreUnwritable,
        "The sample's file of people cannot be written.",
        "Check that there is room on the disk.",
    )
}

fn failed(error: &SandboxError) -> Problem {
    Problem::new(
        Code::Internal,
        format!("The sample's stand-in for Marketo cannot be started: {error}."),
        "Start Usher again; remove the sample if it stays so.",
    )
}
