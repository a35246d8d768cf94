//! One open copy of Usher: its folder, its two stores, its vault, and the
//! outside world it was given.

use crate::alert::{Desktop, NoDesktop, Presses};
use crate::audience::FoundRows;
use crate::entropy::{Entropy, SystemEntropy};
use crate::limiter::Limiter;
use crate::owner::{Login, SystemLogin};
use crate::plan::{PagedPlan, Remembered};
use crate::reading::AtWork;
use crate::run::{Makers, PagedRun};
use crate::service::Service;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use usher_model::{Connection, Problem, Timestamp};
use usher_remote::clock::{Clock, SystemClock};
use usher_remote::http::{Http, NetHttp};
use usher_remote::mail::{Mail, NetMail};
use usher_remote::marketo::Marketo;
use usher_store::table::definitions::{self, Defined};
use usher_store::{Database, Disk, Stores, Vault};

/// The outside world: everything that a test replaces to replay a run.
#[derive(Clone)]
pub struct World {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The network.
    pub http: Arc<dyn Http>,
    /// The way of mail.
    pub mail: Arc<dyn Mail>,
    /// Who sees a word of this process; nobody, unless it has a desktop.
    pub desktop: Arc<dyn Desktop>,
    /// What is started as the computer's user logs in.
    pub login: Arc<dyn Login>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// What is written to.
    pub disk: Disk,
    /// Where this computer is: local times of schedules are of this zone.
    pub zone: TimeZone,
}

impl World {
    /// The real one: this computer's clock, network and randomness.
    pub fn system() -> Result<Self, Problem> {
        let http = NetHttp::new().map_err(|_| {
            Problem::new(
                usher_model::Code::Internal,
                "The network client of this machine cannot be started.",
                "Check the machine's certificate store.",
            )
        })?;
        Ok(Self {
            clock: Arc::new(SystemClock),
            http: Arc::new(http),
            mail: Arc::new(NetMail),
            desktop: Arc::new(NoDesktop),
            login: Arc::new(SystemLogin),
            entropy: Arc::new(SystemEntropy),
            disk: Disk::System,
            zone: TimeZone::system(),
        })
    }
}

/// An open copy of Usher. The owner writes; a reader of the same folder opens
/// one too, and only reads.
pub struct Usher {
    pub(crate) journal: Arc<Database>,
    pub(crate) cache: Arc<Database>,
    pub(crate) vault: Vault,
    pub(crate) world: World,
    folder: PathBuf,
    limiters: Mutex<HashMap<String, Arc<Limiter>>>,
    clients: Mutex<HashMap<String, Arc<Marketo>>>,
    imports: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// The turn to erase somebody, or to keep people of a run anew.
    pub(crate) erasing: tokio::sync::Mutex<()>,
    /// The turn to let a creation leave.
    pub(crate) makers: tokio::sync::Mutex<Makers>,
    /// The turn to find out what is to be told.
    pub(crate) telling: tokio::sync::Mutex<()>,
    /// The turn to deliver it.
    pub(crate) delivering: tokio::sync::Mutex<()>,
    /// The readings of everyone that somebody is at.
    pub(crate) at_work: AtWork,
    /// Told when people are to be kept for a shorter time.
    pub(crate) keeps_less: tokio::sync::Notify,
    /// Buttons that were pressed on the desktop.
    pub(crate) presses: Presses,
    pub(crate) remembered: Remembered,
    pub(crate) found_rows: FoundRows,
    pub(crate) paged_plan: PagedPlan,
    pub(crate) paged_run: PagedRun,
}

impl Usher {
    /// Around stores that are open.
    pub fn new(stores: Stores, world: World) -> Self {
        Self {
            journal: stores.journal,
            cache: stores.cache,
            vault: stores.vault,
            folder: stores.folder,
            world,
            limiters: Mutex::new(HashMap::new()),
            clients: Mutex::new(HashMap::new()),
            imports: Mutex::new(HashMap::new()),
            erasing: tokio::sync::Mutex::default(),
            makers: tokio::sync::Mutex::default(),
            telling: tokio::sync::Mutex::default(),
            delivering: tokio::sync::Mutex::default(),
            at_work: AtWork::default(),
            keeps_less: tokio::sync::Notify::default(),
            presses: Presses::default(),
            remembered: Remembered::default(),
            found_rows: FoundRows::default(),
            paged_plan: PagedPlan::default(),
            paged_run: PagedRun::default(),
        }
    }

    /// The folder everything lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// All definitions of a kind, by name.
    pub fn all<T: Defined>(&self) -> Result<Vec<T>, Problem> {
        Ok(definitions::all(&*self.journal.reader()?)?)
    }

    /// The definition of this id or name.
    pub fn find<T: Defined>(&self, id_or_name: &str) -> Result<T, Problem> {
        Ok(definitions::find(&*self.journal.reader()?, id_or_name)?)
    }

    /// A definition's new state, written down.
    pub(crate) async fn replace<T: Defined + Clone + Send + 'static>(
        &self,
        thing: &T,
    ) -> Result<(), Problem> {
        let thing = thing.clone();
        Ok(self
            .journal
            .write(move |tx| definitions::replace(tx, &thing))
            .await?)
    }

    /// A new definition, written down.
    pub(crate) async fn insert<T: Defined + Clone + Send + 'static>(
        &self,
        thing: &T,
    ) -> Result<(), Problem> {
        let thing = thing.clone();
        Ok(self
            .journal
            .write(move |tx| definitions::insert(tx, &thing))
            .await?)
    }

    /// The service of a connection, with its secret from the keychain, for one
    /// piece of work: its calls are counted apart, its token and limiter shared.
    pub(crate) fn service(&self, connection: &Connection) -> Result<Arc<Service>, Problem> {
        let marketo = self.client(connection)?;
        let limiter = self.limiter(&connection.base_url);
        let World { clock, entropy, .. } = self.world.clone();
        Ok(Arc::new(Service::new(
            marketo,
            connection.clone(),
            limiter,
            clock,
            entropy,
        )))
    }

    fn client(&self, connection: &Connection) -> Result<Arc<Marketo>, Problem> {
        let clients = || self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients().get(connection.id.as_str()) {
            return Ok(client.clone());
        }
        // Nobody waits for the lock while the keychain asks a person.
        let secret = self
            .vault
            .secret(&secret_account(connection))?
            .ok_or_else(|| secret_missing(connection))?;
        let World { clock, http, .. } = self.world.clone();
        let client = Arc::new(Marketo::new(
            http,
            clock,
            &connection.base_url,
            connection.client_id.clone(),
            secret,
        ));
        let mut clients = clients();
        let kept = clients.entry(connection.id.to_string()).or_insert(client);
        Ok(kept.clone())
    }

    /// Drops the client of a connection whose secret or settings changed.
    pub(crate) fn forget_service(&self, connection: &Connection) {
        self.clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(connection.id.as_str());
    }

    fn limiter(&self, instance: &str) -> Arc<Limiter> {
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            Arc::new(Limiter::new(
                instance.to_owned(),
                self.cache.clone(),
                self.world.clock.clone(),
            ))
        };
        limiters
            .entry(instance.to_owned())
            .or_insert_with(make)
            .clone()
    }

    /// The turn to import under a name, until the guard is dropped: of two that
    /// begin at once, one makes the audience and the other its next snapshot.
    pub(crate) async fn turn_to_import(&self, name: &str) -> tokio::sync::OwnedMutexGuard<()> {
        let turn = {
            let mut imports = self.imports.lock().unwrap_or_else(PoisonError::into_inner);
            imports.entry(name.to_owned()).or_default().clone()
        };
        turn.lock_owned().await
    }

    /// Lets the writers finish what they were given, and closes the stores.
    pub fn close(&self) -> Result<(), Problem> {
        self.journal.close()?;
        Ok(self.cache.close()?)
    }
}

/// Where the vault keeps a connection's secret.
pub(crate) fn secret_account(connection: &Connection) -> String {
    format!("connection/{}", connection.id)
}

fn secret_missing(connection: &Connection) -> Problem {
    Problem::new(
        usher_model::Code::SecretMissing,
        format!(
            "The keychain has no secret for the connection `{}`.",
            connection.name
        ),
        format!(
            "Store it again: `usher connection set-secret {} --secret-stdin`.",
            connection.name
        ),
    )
}
