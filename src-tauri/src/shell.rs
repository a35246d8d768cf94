//! What all commands share: the data folder once it is open, the work under way,
//! and the files that were given.

use crate::files::Files;
use crate::news::Speaker;
use crate::pace::Pace;
use crate::sample::Sample;
use crate::tasks::{Tasks, told};
use crate::wire::{Answer, SecretPlace, StartState};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::State;
use tokio::sync::oneshot;
use usher_model::{Code, Problem, Secret, is_loopback, parse_endpoint};
use usher_sync::owner::{Command, KeychainKind, Opening, Session, Watch};
use usher_sync::{Event, FileLook, ImportRequest, Progress, SystemDesktop, Usher};

/// How long a window waits before it tries again to become the owner.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// How the window was started.
pub(crate) struct Options {
    pub(crate) folder: PathBuf,
    pub(crate) kind: Option<KeychainKind>,
    /// Known beforehand for the sample's own folder alone.
    pub(crate) passphrase: Option<Secret>,
    /// Whether it opens on the sample.
    pub(crate) sample: bool,
}

/// The shell, where Tauri keeps it.
pub(crate) struct Inside(pub(crate) Arc<Shell>);

/// The shell as a command has it.
pub(crate) type In<'a> = State<'a, Inside>;

/// The window's inside.
pub(crate) struct Shell {
    pub(crate) options: Options,
    pub(crate) speaker: Speaker,
    pub(crate) tasks: Tasks,
    pub(crate) files: Files,
    pub(crate) sample: Sample,
    state: Mutex<Folder>,
    opening: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
enum Folder {
    Opening,
    NeedsPassphrase(Option<Problem>),
    Failed(Problem),
    Open(Arc<Session>),
}

impl Shell {
    pub(crate) fn new(options: Options, speaker: Speaker) -> Self {
        Self {
            sample: Sample::new(options.folder.clone(), options.sample),
            options,
            speaker,
            tasks: Tasks::default(),
            files: Files::default(),
            state: Mutex::new(Folder::Opening),
            opening: tokio::sync::Mutex::default(),
        }
    }

    /// Opens the data folder, with a passphrase where it needs one, and says how
    /// that went to the page.
    pub(crate) async fn open(self: &Arc<Self>, passphrase: Option<Secret>) {
        let _turn = self.opening.lock().await;
        if matches!(self.state(), Folder::Open(_)) {
            return;
        }
        let state = match self.session(passphrase).await {
            Ok(Some(session)) => {
                let session = Arc::new(session);
                self.follow_until_owner(&session);
                Folder::Open(session)
            }
            Ok(None) => Folder::NeedsPassphrase(None),
            Err(problem) if problem.code == Code::PassphraseWrong => {
                Folder::NeedsPassphrase(Some(problem))
            }
            Err(problem) => Folder::Failed(problem),
        };
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        self.speaker.start_changed();
        if let Ok(session) = self.opened() {
            self.sample.wake(&session).await;
            self.speaker.start_changed();
        }
    }

    async fn session(
        self: &Arc<Self>,
        passphrase: Option<Secret>,
    ) -> Result<Option<Session>, Problem> {
        let folder = &self.options.folder;
        // Who gives a passphrase wants the folder to open by it, also where it is new.
        let kind = match passphrase.is_some() {
            true => Some(KeychainKind::Passphrase),
            false => self.options.kind,
        };
        let passphrase = passphrase.or(self.options.passphrase.clone());
        if passphrase.is_none() && Opening::needs_passphrase(folder, kind)? {
            return Ok(None);
        }
        let mut opening = Opening::system(folder.clone(), kind, passphrase)?;
        opening.world.desktop = Arc::new(SystemDesktop);
        let shell = Arc::downgrade(self);
        let hear = self.speaker.hear(move |run_id| {
            if let Some(shell) = shell.upgrade() {
                shell.report(run_id.to_owned());
            }
        });
        let session = Session::open(opening.staying(hear)).await?;
        Ok(Some(session))
    }

    /// Says on the desktop how a run ended, where the window is not in front and no alert
    /// says it.
    fn report(self: Arc<Self>, run_id: String) {
        if self.speaker.is_in_front() {
            return;
        }
        tauri::async_runtime::spawn(async move {
            let read = move |usher: &Usher| match usher.is_told_of(&run_id)? {
                true => Ok(None),
                false => usher.run_report(&run_id).map(Some),
            };
            if let Ok(Some(report)) = self.read(read).await {
                self.speaker.notify(&report);
            }
        });
    }

    /// A window that found another owner takes over when that one goes.
    fn follow_until_owner(self: &Arc<Self>, session: &Arc<Session>) {
        if session.is_owner() {
            return;
        }
        let (shell, session) = (self.clone(), session.clone());
        tauri::async_runtime::spawn(async move {
            // Whatever keeps it from it now may pass.
            while session.take_over().await.is_err() {
                tokio::time::sleep(TRY_AGAIN).await;
            }
            shell.sample.wake(&session).await;
            shell.speaker.start_changed();
        });
    }

    /// Whether there is a folder to work in.
    pub(crate) fn start_state(&self) -> StartState {
        match self.state() {
            Folder::Opening => StartState::Opening,
            Folder::NeedsPassphrase(problem) => StartState::NeedsPassphrase {
                is_new: self.is_new(),
                problem,
            },
            Folder::Failed(problem) => StartState::Failed {
                or_passphrase: problem.code == Code::KeychainAbsent && self.is_new(),
                problem,
            },
            Folder::Open(session) => StartState::Open {
                folder: self.options.folder.display().to_string(),
                owner: session.is_owner(),
                sample: session.usher().has_sample(),
                sample_problem: self.sample.problem(),
                secrets: match self.options.passphrase.is_some() {
                    true => SecretPlace::Nowhere,
                    false if self.has_passphrase() => SecretPlace::Folder,
                    false => SecretPlace::Keychain,
                },
            },
        }
    }

    /// Whether there is no data folder yet.
    fn is_new(&self) -> bool {
        !Opening::exists(&self.options.folder).unwrap_or(true)
    }

    /// Whether the folder opens by a passphrase, and secrets lie encrypted in it.
    fn has_passphrase(&self) -> bool {
        let Options { folder, kind, .. } = &self.options;
        Opening::needs_passphrase(folder, *kind).unwrap_or_default()
    }

    /// Refuses to keep a real account in a folder whose passphrase everybody knows.
    pub(crate) fn refuse_public(&self, base_url: Option<&str>) -> Answer<()> {
        let is_sandbox =
            base_url.is_some_and(|url| parse_endpoint(url).is_ok_and(|url| is_loopback(&url)));
        match self.options.passphrase.is_some() && !is_sandbox {
            false => Ok(()),
            true => Err(Problem::new(
                Code::NotAvailable,
                "This is the demo's data folder, whose passphrase is public: a real account is not kept in it.",
                "Start Usher without the demo to connect Marketo.",
            )),
        }
    }

    fn state(&self) -> Folder {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The folder's session; an error until it is open.
    pub(crate) fn opened(&self) -> Answer<Arc<Session>> {
        match self.state() {
            Folder::Open(session) => Ok(session),
            Folder::Failed(problem) => Err(problem),
            Folder::NeedsPassphrase(_) => Err(Problem::new(
                Code::PassphraseNeeded,
                "The data folder opens by a passphrase.",
                "Give it first.",
            )),
            Folder::Opening => Err(Problem::passing(
                Code::OwnerSilent,
                "The data folder is still being opened.",
                "Wait a moment.",
            )),
        }
    }

    /// Reads something, off the threads that wait for others.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Usher) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let usher = self.opened()?.usher();
        let done = tauri::async_runtime::spawn_blocking(move || read(&usher)).await;
        done.unwrap_or_else(|_| Err(broke_off()))
    }

    /// Has a command done that takes a moment.
    pub(crate) async fn perform<T: DeserializeOwned>(
        &self,
        command: Command,
        secret: Option<Secret>,
    ) -> Answer<T> {
        let (watch, _) = Watch::new(|_| {}, |_| {}, || {});
        let document = self.opened()?.perform(command, secret, watch).await;
        self.heeded(document)
    }

    /// Has a command done that the page follows as a task and may stop.
    pub(crate) async fn perform_task<T: DeserializeOwned>(
        &self,
        task: &str,
        command: Command,
    ) -> Answer<T> {
        let (watch, stopper) = Watch::new(self.telling(task), |_| {}, || {});
        let _underway = self.tasks.begin(task, stopper)?;
        let document = self.opened()?.perform(command, None, watch).await;
        self.heeded(document)
    }

    /// Makes the sample, which the page follows as a task and may stop.
    pub(crate) async fn make_sample(&self, task: &str) -> Answer<()> {
        let session = self.opened()?;
        for step in self.sample.steps(&session).await? {
            let _: Value = match step.secret {
                None => self.perform_task(task, step.command).await?,
                Some(_) => self.perform(step.command, step.secret).await?,
            };
        }
        self.speaker.start_changed();
        Ok(())
    }

    /// Takes the sample away.
    pub(crate) async fn remove_sample(&self) -> Answer<()> {
        self.sample.remove(&*self.opened()?).await?;
        self.speaker.start_changed();
        Ok(())
    }

    /// Reads something long, which the page follows as a task and may stop.
    pub(crate) async fn read_task<T: Send + 'static>(
        &self,
        task: &str,
        read: impl FnOnce(&Usher, &Progress) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        let (progress, stopper) = Progress::new(self.telling(task));
        let _underway = self.tasks.begin(task, stopper)?;
        self.read(move |usher| read(usher, &progress)).await
    }

    /// Looks at a file, which the page follows as a task and may stop.
    pub(crate) async fn look_at_file(
        &self,
        task: &str,
        request: ImportRequest,
    ) -> Answer<FileLook> {
        let (progress, stopper) = Progress::new(self.telling(task));
        let _underway = self.tasks.begin(task, stopper)?;
        self.opened()?
            .usher()
            .look_at_file(request, &progress)
            .await
    }

    /// Tells the page how far a task is.
    fn telling(&self, task: &str) -> impl Fn(Event) + Send + Sync + 'static {
        let (speaker, name) = (self.speaker.clone(), task.to_owned());
        let pace = Pace::new(move |event| speaker.task(told(&name, event)));
        move |event: Event| pace.hear(event)
    }

    /// Begins a run and answers with its id; it goes on by itself, and what becomes
    /// of it is told as news. A run that does not begin is a problem.
    pub(crate) async fn begin_run(self: &Arc<Self>, command: Command) -> Answer<String> {
        let session = self.opened()?;
        let (begun, begins) = oneshot::channel::<Answer<String>>();
        let begun = Arc::new(Mutex::new(Some(begun)));
        let say = move |answer: Answer<String>| {
            let mut begun = begun.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(begun) = begun.take() {
                drop(begun.send(answer));
            }
        };
        let (shell, started) = (self.clone(), say.clone());
        tauri::async_runtime::spawn(async move {
            let named = move |run: &str| started(Ok(run.to_owned()));
            // A run does not wait for other commands where nobody would see it wait.
            let (queued, waits) = oneshot::channel::<()>();
            let (watch, stopper) =
                Watch::new(|_| {}, named, move || queued.send(()).unwrap_or_default());
            let (stop, refuse) = (stopper.clone(), say.clone());
            tauri::async_runtime::spawn(async move {
                if waits.await.is_ok() {
                    stop.stop();
                    refuse(Err(busy()));
                }
            });
            let _underway = shell.tasks.begin_unnamed(stopper);
            let done = session.perform(command, None, watch).await;
            if let Err(problem) = shell.heeded::<Value>(done) {
                say(Err(problem));
            }
        });
        begins.await.unwrap_or_else(|_| Err(broke_off()))
    }

    /// Reads an answer; takes notice of damage, so that the next owner mends it.
    fn heeded<T: DeserializeOwned>(&self, document: Answer<Value>) -> Answer<T> {
        let document = document.inspect_err(|problem| {
            if let Ok(session) = self.opened() {
                // It is being told all the same.
                drop(session.heed(problem));
            }
        })?;
        serde_json::from_value(document).map_err(|_| broke_off())
    }

    /// Whether something happens without anybody asking while Usher is open.
    pub(crate) fn acts_by_itself(&self) -> bool {
        let session = self.opened();
        // A store that does not say keeps nobody from closing the window.
        session.is_ok_and(|session| session.usher().acts_by_itself().unwrap_or_default())
    }

    /// Ends: what is under way stops in an orderly way, and the folder is closed.
    pub(crate) async fn close(&self) {
        self.tasks.stop_all();
        let Ok(session) = self.opened() else { return };
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = Folder::Opening;
        // A fault at this point is met by the next start.
        session.stop_all();
        drop(session.close().await);
        self.sample.stop().await;
    }
}

/// Another process is the owner for as long as its own command takes, and runs nothing
/// for others.
fn busy() -> Problem {
    Problem::passing(
        Code::OwnerSilent,
        "A command of the terminal is at work in this data folder.",
        "Run it when that one has finished.",
    )
}

fn broke_off() -> Problem {
    Problem::new(
        Code::Internal,
        "The answer could not be read.",
        "What was asked for may be done; look before you ask again.",
    )
}
