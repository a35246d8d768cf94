//! Usher on the computer: its folder, its processes one after another, and what a person
//! asks of it.

use crate::machine::{Life, Machine};
use crate::network::{Line, Network};
use jiff::tz::TimeZone;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::time::sleep;
use usher_model::{Problem, Secret};
use usher_remote::mail::NoMail;
use usher_store::{Disk, Folder, MemoryKeychain, Stores, Unlock, open_folder};
use usher_sync::owner::{Command, NoLogin, Opening, Session, Watch};
use usher_sync::{NoDesktop, SeededEntropy, Usher, World};

/// A desk; a process of Usher runs most of the time.
pub(crate) struct Desk {
    seed: u64,
    pub(crate) machine: Arc<Machine>,
    pub(crate) network: Arc<Network>,
    pub(crate) keychain: Arc<MemoryKeychain>,
    zone: TimeZone,
    dir: TempDir,
    now: Option<(Life, Arc<Session>)>,
    pub(crate) lives: u64,
}

impl Desk {
    /// Before the first process.
    pub(crate) fn new(
        seed: u64,
        machine: Arc<Machine>,
        network: Arc<Network>,
        zone: TimeZone,
    ) -> Self {
        // In memory where there is such a place: durability is not what is tried here.
        let shared = PathBuf::from("/dev/shm");
        let dir = match shared.is_dir() {
            true => TempDir::new_in(shared),
            false => TempDir::new(),
        };
        Self {
            seed,
            machine,
            network,
            keychain: Arc::new(MemoryKeychain::new()),
            zone,
            dir: dir.unwrap(),
            now: None,
            lives: 0,
        }
    }

    /// Where a file for it lies.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// Starts a process. It may be killed before it is up, or find the keychain locked.
    pub(crate) async fn start(&mut self) -> Result<(), Problem> {
        // The system releases the locks of a process that is gone.
        drop(std::fs::remove_file(self.data().join("owner.lock")));
        let life = self.machine.begin_life();
        self.lives += 1;
        let line = Line {
            life: life.clone(),
            network: self.network.clone(),
        };
        let opening = Opening {
            folder: self.data(),
            unlock: self.unlock(),
            world: World {
                clock: Arc::new(life.clone()),
                http: Arc::new(line),
                mail: Arc::new(NoMail),
                desktop: Arc::new(NoDesktop),
                login: Arc::new(NoLogin),
                entropy: Arc::new(SeededEntropy::new(self.seed ^ (life.number() << 32))),
                disk: Disk::Watched(Arc::new(life.clone())),
                zone: self.zone.clone(),
            },
            stays: true,
            hear: Arc::new(|_| {}),
        };
        let opened = tokio::select! {
            opened = Session::open(opening) => opened,
            () = life.until_over() => return Ok(()),
        };
        match opened {
            Ok(session) => {
                self.network.witness.reads(self.journal());
                self.now = Some((life, Arc::new(session)));
                Ok(())
            }
            // What it says of itself once it is dead is nobody's concern.
            Err(_) if !life.is_lived() => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    /// Starts one where none is, as a person does who finds it gone.
    pub(crate) async fn ensure(&mut self) {
        let mut tries = 0;
        while self.session().is_none() {
            // What was being done by the one before is over by then.
            sleep(Duration::from_secs(2)).await;
            if self.start().await.is_err() {
                sleep(Duration::from_secs(600)).await;
            }
            tries += 1;
            assert!(tries < 100, "it does not start");
        }
    }

    /// The process, where one is alive.
    pub(crate) fn session(&self) -> Option<Arc<Session>> {
        let (life, session) = self.now.as_ref()?;
        life.is_lived().then(|| session.clone())
    }

    /// To read from.
    pub(crate) fn usher(&self) -> Arc<Usher> {
        self.session().expect("it runs").usher()
    }

    /// Has it do something, unless it dies first.
    pub(crate) async fn ask(
        &mut self,
        command: Command,
        secret: Option<Secret>,
    ) -> Option<Result<Value, Problem>> {
        self.ensure().await;
        let (life, session) = self.now.clone()?;
        let (watch, _stopper) = Watch::new(|_| {}, |_| {}, || {});
        tokio::select! {
            done = session.perform(command, secret, watch) => life.is_lived().then_some(done),
            () = life.until_over() => None,
        }
    }

    /// The same, and nobody waits for it.
    pub(crate) async fn ask_aside(&mut self, command: Command) {
        self.ensure().await;
        if let Some(session) = self.session() {
            tokio::spawn(async move {
                let (watch, _stopper) = Watch::new(|_| {}, |_| {}, || {});
                drop(session.perform(command, None, watch).await);
            });
        }
    }

    /// Ends the process in an orderly way.
    pub(crate) async fn close(&mut self) {
        if let Some(session) = self.session() {
            session.stop_all();
            drop(session.close().await);
        }
        self.now = None;
    }

    fn unlock(&self) -> Unlock {
        Unlock {
            kind: None,
            passphrase: None,
            keychain: self.keychain.clone(),
        }
    }

    fn journal(&self) -> Arc<usher_store::Database> {
        let (folder, key) = open_folder(&self.data(), &self.unlock()).unwrap();
        let folder = Folder::existing(folder.path()).unwrap().unwrap();
        let stores = Stores::read_only(&folder, &key, self.keychain.clone()).unwrap();
        stores.journal
    }
}
