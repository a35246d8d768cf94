//! A process in a data folder, as its owner or beside it.

use crate::owner::Command;
use crate::owner::alerts::Teller;
use crate::owner::client::{Answer, Client, PATIENCE, silent};
use crate::owner::clock::Looked;
use crate::owner::doing::Table;
use crate::owner::lock::Lock;
use crate::owner::news::{Hear, nobody_hears};
use crate::owner::place::Place;
use crate::owner::serve::Server;
use crate::points;
use crate::progress::{Event, Progress, Stopper};
use crate::usher::{Usher, World};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use usher_model::{Code, Problem, Secret};
use usher_store::{
    Folder, Key, Keychain, KeychainKind, OsKeychain, Stores, Unlock, open_folder, prepare_folder,
    suspect_cache,
};

/// How often a process looks again for the lock or the owner.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How often a process that follows looks whether the owner has gone.
const LOOK_IDLY: Duration = Duration::from_secs(1);

/// How long an owner that goes waits for what it has to tell.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// What a process needs to work in a folder.
#[derive(Clone)]
pub struct Opening {
    /// The folder.
    pub folder: PathBuf,
    /// How its key is had, should this process become the owner.
    pub unlock: Unlock,
    /// The outside world.
    pub world: World,
    /// Whether it stays when what it does itself is done, and so runs syncs for
    /// others: a window does, a command does not.
    pub stays: bool,
    /// Hears what happens while this process is the owner.
    pub hear: Hear,
}

impl Opening {
    /// A folder of this user in the real world. `kind` says where the
    /// key of a new folder is kept, where the user said so.
    pub fn system(
        folder: PathBuf,
        kind: Option<KeychainKind>,
        passphrase: Option<Secret>,
    ) -> Result<Self, Problem> {
        let unlock = Unlock {
            kind,
            passphrase,
            keychain: Arc::new(OsKeychain),
        };
        Ok(Self {
            folder,
            unlock,
            world: World::system()?,
            stays: false,
            hear: nobody_hears(),
        })
    }

    /// The same for a process that stays, and hears what others have done here.
    pub fn staying(self, hear: Hear) -> Self {
        Self {
            stays: true,
            hear,
            ..self
        }
    }

    /// Whether the folder was made before.
    pub fn exists(folder: &Path) -> Result<bool, Problem> {
        Ok(Folder::existing(folder)?.is_some())
    }

    /// Whether the folder is opened by a passphrase: as recorded or, for a new
    /// one, as wished.
    pub fn needs_passphrase(folder: &Path, wished: Option<KeychainKind>) -> Result<bool, Problem> {
        let recorded = Folder::existing(folder)?.map(|folder| folder.kind());
        Ok(recorded.or(wished) == Some(KeychainKind::Passphrase))
    }
}

/// A process in a data folder. It may do several commands at once.
pub struct Session {
    opening: Opening,
    role: RwLock<Role>,
    /// The turn to become the owner.
    turn: tokio::sync::Mutex<()>,
    key: Key,
}

#[derive(Clone)]
enum Role {
    Owner(Arc<Owner>),
    /// Reads by itself; what it wants done goes to the owner.
    Follower(Arc<Usher>),
}

struct Owner {
    server: Arc<Server>,
    /// What makes this the owner; nothing once it is closed.
    held: std::sync::Mutex<Option<Held>>,
}

struct Held {
    /// Who answers others.
    listening: JoinHandle<()>,
    /// What is begun by itself in an owner that stays.
    staying: Option<[JoinHandle<()>; 4]>,
    /// Who tells of runs.
    telling: JoinHandle<()>,
    /// Who looks at the clock.
    looking: JoinHandle<()>,
    lock: Lock,
}

impl Session {
    /// Becomes the owner of the folder where nobody is, and follows the owner
    /// otherwise. Makes the folder when it is new.
    pub async fn open(opening: Opening) -> Result<Self, Problem> {
        prepare_folder(&opening.folder)?;
        let mut deadline = opening.world.clock.elapsed() + PATIENCE;
        let mut holder = Lock::last_holder(&opening.folder);
        loop {
            if let Some(lock) = Lock::try_take(&opening.folder)? {
                let (folder, key) = unlock(&opening).await?;
                let owner = Owner::start(&opening, lock, &folder, &key).await?;
                return Ok(Self::in_role(opening, Role::Owner(owner), key));
            }
            // Owners that take turns are not silent, however many come first.
            let seen = Lock::last_holder(&opening.folder);
            if seen != holder {
                holder = seen;
                deadline = opening.world.clock.elapsed() + PATIENCE;
            }
            let left = deadline.saturating_sub(opening.world.clock.elapsed());
            let greeted = tokio::time::timeout(left, Self::follow(&opening)).await;
            match greeted {
                Ok(Ok(Some((usher, key)))) => {
                    return Ok(Self::in_role(opening, Role::Follower(usher), key));
                }
                Ok(Ok(None)) => {}
                Ok(Err(problem)) => return Err(problem),
                Err(_) => return Err(silent()),
            }
            if left.is_zero() {
                return Err(silent());
            }
            opening.world.clock.sleep(LOOK_AGAIN).await;
        }
    }

    fn in_role(opening: Opening, role: Role, key: Key) -> Self {
        Self {
            opening,
            role: RwLock::new(role),
            turn: tokio::sync::Mutex::default(),
            key,
        }
    }

    /// Reads beside the owner, with the key it gives.
    async fn follow(opening: &Opening) -> Result<Option<(Arc<Usher>, Key)>, Problem> {
        let Ok(greeted) = Client::connect(&opening.folder).await else {
            return Ok(None);
        };
        let mut client = greeted?;
        let Ok(Some(key)) = client.key().await else {
            return Ok(None);
        };
        let Some(folder) = Folder::existing(&opening.folder)? else {
            return Ok(None);
        };
        let stores = Stores::read_only(&folder, &key, opening.unlock.keychain.clone())?;
        Ok(Some((
            Arc::new(Usher::new(stores, opening.world.clone())),
            key,
        )))
    }

    /// Takes notice of what kept a command from its end: after damage the next
    /// owner saves of the cache what can be saved.
    pub fn heed(&self, problem: &Problem) -> Result<(), Problem> {
        let damaged = problem.code == Code::StoreDamaged;
        match Folder::existing(&self.opening.folder)?.filter(|_| damaged) {
            Some(folder) => Ok(suspect_cache(&folder)?),
            None => Ok(()),
        }
    }

    /// To read from.
    pub fn usher(&self) -> Arc<Usher> {
        match self.role() {
            Role::Owner(owner) => owner.server.usher.clone(),
            Role::Follower(usher) => usher,
        }
    }

    /// Whether this process is the owner.
    pub fn is_owner(&self) -> bool {
        matches!(self.role(), Role::Owner(_))
    }

    fn role(&self) -> Role {
        self.role
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Does a command here, or has the owner do it. `tell` hears how far it is,
    /// `stopped` is told when it is to stop, `started` hears a run's id. `queued`
    /// is called when it has to wait until this process becomes the owner.
    pub async fn perform(
        &self,
        command: Command,
        secret: Option<Secret>,
        watch: Watch,
    ) -> Result<Value, Problem> {
        let Watch {
            tell,
            progress,
            stopper,
            mut started,
            queued,
        } = watch;
        let owner = match self.role() {
            Role::Owner(owner) => owner,
            Role::Follower(_) => {
                let greeting = Client::connect(&self.opening.folder);
                let greeted = tokio::time::timeout(PATIENCE, greeting).await;
                // An error: the owner has gone meanwhile.
                if let Ok(client) = greeted.map_err(|_| silent())? {
                    let handed = client?
                        .hand_over(&command, secret.as_ref(), &progress, &*tell, &mut *started)
                        .await?;
                    if let Answer::Done(document) = handed {
                        return Ok(document);
                    }
                }
                queued();
                tokio::select! {
                    owner = self.become_owner(LOOK_AGAIN) => owner?,
                    () = progress.until_stopped() => return Err(crate::progress::stopped()),
                }
            }
        };
        owner
            .server
            .perform(command, secret, stopper, &progress, |run| started(run))
            .await
    }

    /// Becomes the owner as soon as nobody else is; it looks about once a second.
    pub async fn take_over(&self) -> Result<(), Problem> {
        self.become_owner(LOOK_IDLY).await.map(drop)
    }

    async fn become_owner(&self, every: Duration) -> Result<Arc<Owner>, Problem> {
        let (_turn, lock) = loop {
            let turn = self.turn.lock().await;
            if let Role::Owner(owner) = self.role() {
                return Ok(owner);
            }
            if let Some(lock) = Lock::try_take(&self.opening.folder)? {
                break (turn, lock);
            }
            drop(turn);
            self.opening.world.clock.sleep(every).await;
        };
        let folder = Folder::existing(&self.opening.folder)?.ok_or_else(silent)?;
        let owner = Owner::start(&self.opening, lock, &folder, &self.key).await?;
        *self.role.write().unwrap_or_else(PoisonError::into_inner) = Role::Owner(owner.clone());
        Ok(owner)
    }

    /// Returns once nothing was done here for as long as `quiet`.
    pub async fn until_idle(&self, quiet: Duration) {
        let clock = self.opening.world.clock.clone();
        let mut idle_since = clock.elapsed();
        loop {
            let works = match self.role() {
                Role::Owner(owner) => owner.server.works(),
                // Another one works here.
                Role::Follower(_) => true,
            };
            if works {
                idle_since = clock.elapsed();
            }
            if clock.elapsed().saturating_sub(idle_since) >= quiet {
                return;
            }
            clock.sleep(LOOK_AGAIN).await;
        }
    }

    /// Asks every run of this owner to stop in an orderly way, whoever asked for it.
    pub fn stop_runs(&self) {
        if let Role::Owner(owner) = self.role() {
            owner.server.table.stop_all();
        }
    }

    /// Whether runs of this owner were all asked to hold on; not where there are none.
    pub fn holds_runs(&self) -> bool {
        match self.role() {
            Role::Owner(owner) => owner.server.table.all_held(),
            Role::Follower(_) => false,
        }
    }

    /// Asks every run of this owner to hold on before its next batch, or to go on.
    pub async fn hold_runs(&self, holds: bool) {
        if let Role::Owner(owner) = self.role() {
            for run in owner.server.table.hold_all(holds) {
                // Where it cannot be noted it holds on all the same, in this process.
                drop(owner.server.usher.note_hold(&run, holds).await);
            }
        }
    }

    /// Begins nothing more here, and asks all that is done to stop, runs and other commands.
    pub fn stop_all(&self) {
        if let Role::Owner(owner) = self.role() {
            owner.leave();
            owner.server.stop_all();
        }
    }

    /// Lets others' commands finish, closes the stores and gives the lock back.
    pub async fn close(&self) -> Result<(), Problem> {
        match self.role() {
            Role::Follower(usher) => usher.close(),
            Role::Owner(owner) => {
                owner.leave();
                while owner.server.works() {
                    self.opening.world.clock.sleep(LOOK_AGAIN).await;
                }
                let held = owner.held.lock();
                let held = held.unwrap_or_else(PoisonError::into_inner).take();
                let Some(Held {
                    listening,
                    mut telling,
                    looking,
                    lock,
                    ..
                }) = held
                else {
                    return Ok(());
                };
                // What has just happened is told before it goes; what does not arrive in time
                // is told by the next owner.
                owner.server.teller.end();
                tokio::select! {
                    _ = &mut telling => {}
                    () = self.opening.world.clock.sleep(LAST_WORDS) => telling.abort(),
                }
                looking.abort();
                listening.abort();
                // Its notice is gone before the next owner writes one.
                drop(listening.await);
                let closed = owner.server.usher.close();
                drop(lock);
                closed
            }
        }
    }
}

/// How a command is watched.
pub struct Watch {
    tell: Arc<dyn Fn(Event) + Send + Sync>,
    progress: Progress,
    stopper: Stopper,
    started: Box<dyn FnMut(&str) + Send>,
    queued: Box<dyn FnOnce() + Send>,
}

impl Watch {
    /// Watched by these; the handle stops the command.
    pub fn new(
        tell: impl Fn(Event) + Send + Sync + 'static,
        started: impl FnMut(&str) + Send + 'static,
        queued: impl FnOnce() + Send + 'static,
    ) -> (Self, Stopper) {
        let tell: Arc<dyn Fn(Event) + Send + Sync> = Arc::new(tell);
        let here = tell.clone();
        let (progress, stopper) = Progress::new(move |event| here(event));
        (
            Self {
                tell,
                progress,
                stopper: stopper.clone(),
                started: Box::new(started),
                queued: Box::new(queued),
            },
            stopper,
        )
    }
}

impl Owner {
    /// From here on nothing begins by itself, or for others.
    fn leave(&self) {
        self.server.leaving.store(true, Ordering::SeqCst);
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let staying = held.iter().filter_map(|held| held.staying.as_ref());
        staying.flatten().for_each(JoinHandle::abort);
    }

    async fn start(
        opening: &Opening,
        lock: Lock,
        folder: &Folder,
        key: &Key,
    ) -> Result<Arc<Self>, Problem> {
        let keychain: Arc<dyn Keychain> = opening.unlock.keychain.clone();
        let stores = Stores::open_on(&opening.world.disk, folder, key, keychain)?;
        let usher = Arc::new(Usher::new(stores, opening.world.clone()));
        usher.tidy_up().await?;
        // What the owner before did not come to tell, before a run begins to hide it.
        if let Err(problem) = usher.look_at_all().await {
            tracing::error!(code = ?problem.code, "alerts cannot be written down");
        }
        points::pass("owner_ready");
        let place =
            Place::open(&opening.folder).map_err(|error| no_socket(&opening.folder, &error))?;
        let server = Arc::new(Server {
            usher,
            key: key.clone(),
            table: Table::default(),
            leaves_soon: !opening.stays,
            hear: opening.hear.clone(),
            leaving: AtomicBool::new(false),
            ending: AtomicBool::new(false),
            unwritten: AtomicBool::new(false),
            busy: AtomicUsize::new(0),
            doing: std::sync::Mutex::default(),
            next: AtomicU64::new(0),
            folder: opening.folder.clone(),
            done: watch::channel(()).0,
            looked: Looked::never(&*opening.world.clock),
            clock_set: watch::channel(()).0,
            teller: Teller::default(),
        });
        server.look_at_the_clock().await;
        let listening = tokio::spawn(server.clone().listen(place));
        let telling = tokio::spawn(server.clone().keep_telling());
        let looking = tokio::spawn(server.clone().keep_looking_at_the_clock());
        let staying = opening.stays.then(|| {
            let schedules = tokio::spawn(server.clone().keep_schedules());
            let watches = tokio::spawn(server.clone().keep_watches());
            let keeping = tokio::spawn(server.clone().keep_no_longer());
            let buttons = tokio::spawn(server.clone().keep_hearing_buttons());
            [schedules, watches, keeping, buttons]
        });
        Ok(Arc::new(Self {
            server,
            held: std::sync::Mutex::new(Some(Held {
                listening,
                staying,
                telling,
                looking,
                lock,
            })),
        }))
    }
}

/// Has the key from the keychain or the passphrase, off the async threads: a
/// prompt takes as long as a person.
async fn unlock(opening: &Opening) -> Result<(Folder, Key), Problem> {
    let (folder, unlock) = (opening.folder.clone(), opening.unlock.clone());
    let opened = tokio::task::spawn_blocking(move || open_folder(&folder, &unlock)).await;
    Ok(opened.map_err(|_| {
        Problem::new(
            Code::Internal,
            "Opening the data folder broke off.",
            "Try again.",
        )
    })??)
}

fn no_socket(folder: &Path, error: &std::io::Error) -> Problem {
    Problem::new(
        Code::StoreUnwritable,
        format!(
            "No socket can be made for the data folder `{}`: {}.",
            folder.display(),
            error.kind()
        ),
        "Choose a folder on a local disk.",
    )
}
