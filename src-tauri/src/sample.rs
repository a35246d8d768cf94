//! The sample workspace: made-up people and a stand-in for Marketo in this process,
//! ready to sync, and taken away without a trace.

use crate::shell::{Answer, Shell};
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
#[derive(Default)]
pub(crate) struct Sample {
    running: tokio::sync::Mutex<Option<Sandbox>>,
    problem: Mutex<Option<Problem>>,
}

impl Sample {
    /// Why the stand-in does not run, if it should.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let problem = self.problem.lock();
        problem.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Starts the stand-in again where the sample is in the folder, or where the
    /// window was asked to open on it.
    pub(crate) async fn wake(&self, shell: &Shell, session: &Session) {
        // Beside another owner that one has its own stand-in, or none.
        let wanted = shell.options.sample || session.usher().has_sample();
        if wanted && session.is_owner() {
            let woken = self.make(shell, session, &Watching::nobody()).await;
            *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = woken.err();
        }
    }

    /// Makes the sample, or wakes it.
    pub(crate) async fn make(
        &self,
        shell: &Shell,
        session: &Session,
        watching: &Watching<'_>,
    ) -> Answer<()> {
        let mut running = self.running.lock().await;
        let folder = &shell.options.folder;
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
        for step in usher.sample_steps(&service, file)? {
            let needs_secret = matches!(step, Command::AddConnection(_));
            let secret = needs_secret.then(|| Secret::new(sandbox.client_secret().to_owned()));
            let _: Value = watching.perform(session, step, secret).await?;
        }
        Ok(())
    }

    /// Takes the sample away: what it made in the store, its stand-in, its files.
    pub(crate) async fn remove(&self, shell: &Shell, session: &Session) -> Answer<()> {
        for step in session.usher().sample_removal()? {
            Watching::nobody().perform(session, step, None).await?;
        }
        self.stop().await;
        let folder = &shell.options.folder;
        for file in [state_file(folder), audience_file(folder)] {
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

/// Who follows the making of the sample.
pub(crate) struct Watching<'a>(pub(crate) Option<(&'a Shell, &'a str)>);

impl Watching<'_> {
    fn nobody() -> Self {
        Watching(None)
    }

    async fn perform(
        &self,
        session: &Session,
        command: Command,
        secret: Option<Secret>,
    ) -> Answer<Value> {
        match self.0 {
            Some((shell, task)) if secret.is_none() => shell.perform_task(task, command).await,
            _ => {
                let (watch, _) = Watch::new(|_| {}, |_| {}, || {});
                session.perform(command, secret, watch).await
            }
        }
    }
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
