//! A copy of Usher in a folder of its own, beside a sandbox without people. Nothing
//! of this is timed.

use crate::told::Failure;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use usher_model::{Limits, Mapping, PersonAction, Secret, SyncType};
use usher_sandbox::{Config, Sandbox};
use usher_store::{KeychainKind, MemoryKeychain, Stores, Unlock, open_folder};
use usher_sync::{
    ImportRequest, ListWish, Look, NewConnection, NewDestination, NewSync, Progress, RouteWish,
    Usher, World,
};

/// The audience of every sync.
pub(crate) const AUDIENCE: &str = "People";

/// A sync and the destination of the same name.
pub(crate) struct Plan {
    pub(crate) name: &'static str,
    sync_type: SyncType,
    person_action: PersonAction,
    dedupe_field: &'static str,
    map: &'static [&'static str],
}

const BY_EMAIL: &[&str] = &[
    "email=DedupeField",
    "first_name=firstName",
    "last_name=lastName",
    "company=company",
];

/// What everyone plans.
pub(crate) const JOB: Plan = Plan {
    name: "Job",
    sync_type: SyncType::AudienceAndProfile,
    person_action: PersonAction::UpdateAndCreate,
    dedupe_field: "email",
    map: BY_EMAIL,
};
/// The same with nothing compared but keys.
pub(crate) const KEYS: Plan = Plan {
    name: "Keys",
    sync_type: SyncType::AudienceOnly,
    ..JOB
};
/// An audience of one, so that syncs have columns to refer to.
const FIRST_AUDIENCE: &str = "crm_id,email,ecid,first_name,last_name,company,country,phone,last_seen,email_consent\r\nC0,nobody@example.com,,No,Body,,,,,\r\n";

pub(crate) struct Home {
    pub(crate) usher: Arc<Usher>,
    pub(crate) folder: PathBuf,
    keychain: Arc<MemoryKeychain>,
    sandbox: Sandbox,
}

impl Home {
    /// Everything up to the first import: connection, destinations, syncs, and the
    /// reading of each sync's list.
    pub(crate) async fn set_up(work: &Path) -> Result<Self, Failure> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let sandbox = Sandbox::start(Config {
            people: 0,
            ..Config::default()
        })
        .await?;
        let folder = work.join("usher");
        let keychain = Arc::new(MemoryKeychain::new());
        let usher = open(&folder, &keychain)?;
        let home = Self {
            usher,
            folder,
            keychain,
            sandbox,
        };
        home.connect().await?;
        let first = work.join("first.csv");
        fs::write(&first, FIRST_AUDIENCE)?;
        home.import(&first).await?;
        for plan in [&JOB, &KEYS] {
            home.define(plan).await?;
            let progress = Progress::unwatched();
            home.usher
                .preview(plan.name, Look::WhereStale, RouteWish::default(), &progress)
                .await?;
        }
        Ok(home)
    }

    async fn connect(&self) -> Result<(), Failure> {
        let connection = NewConnection {
            name: "Sandbox".into(),
            description: String::new(),
            base_url: Some(self.sandbox.base_url()),
            munchkin_id: self.sandbox.munchkin_id().into(),
            client_id: self.sandbox.client_id().into(),
            limits: Limits::default(),
            hipaa_ready: false,
            people_since: None,
        };
        let secret = Secret::new(self.sandbox.client_secret().into());
        self.usher.add_connection(connection, secret).await?;
        Ok(())
    }

    async fn define(&self, plan: &Plan) -> Result<(), Failure> {
        let rules: Vec<String> = plan.map.iter().map(|&rule| rule.to_owned()).collect();
        let destination = NewDestination {
            name: plan.name.into(),
            description: String::new(),
            connection: "Sandbox".into(),
            sync_type: plan.sync_type,
            person_action: plan.person_action,
            dedupe_field: plan.dedupe_field.into(),
            partition: None,
            workspace: None,
            mapping: Mapping::parse(&rules)?,
        };
        let progress = Progress::unwatched();
        self.usher
            .create_destination(destination, &progress)
            .await?;
        let sync = NewSync {
            name: plan.name.into(),
            audience: AUDIENCE.into(),
            destination: plan.name.into(),
            list: ListWish::default(),
            mode: Default::default(),
            on_drift: Default::default(),
            consent: None,
            max_creations: None,
            schedule: None,
            missed: Default::default(),
            alerts: Vec::new(),
        };
        self.usher.create_sync(sync).await?;
        Ok(())
    }

    /// The audience's next snapshot.
    pub(crate) async fn import(&self, file: &Path) -> Result<(), Failure> {
        let request = ImportRequest {
            file: file.to_owned(),
            name: AUDIENCE.into(),
            format: None,
            encoding: None,
            delimiter: None,
            sheet: None,
        };
        self.usher.import(request, &Progress::unwatched()).await?;
        Ok(())
    }

    /// Closes the folder, which leaves nothing in its logs, says what lies on disk,
    /// and opens it again.
    pub(crate) fn close_and_open(&mut self) -> Result<u64, Failure> {
        self.usher.close()?;
        let mut bytes = 0;
        for entry in fs::read_dir(&self.folder)? {
            bytes += entry?.metadata()?.len();
        }
        self.usher = open(&self.folder, &self.keychain)?;
        Ok(bytes)
    }

    pub(crate) async fn leave(self) -> Result<(), Failure> {
        self.usher.close()?;
        self.sandbox.shutdown().await?;
        Ok(())
    }
}

fn open(folder: &Path, keychain: &Arc<MemoryKeychain>) -> Result<Arc<Usher>, Failure> {
    let unlock = Unlock {
        kind: Some(KeychainKind::Os),
        passphrase: None,
        keychain: keychain.clone(),
    };
    let (folder, key) = open_folder(folder, &unlock)?;
    let stores = Stores::open(&folder, &key, keychain.clone())?;
    Ok(Arc::new(Usher::new(stores, World::system()?)))
}
