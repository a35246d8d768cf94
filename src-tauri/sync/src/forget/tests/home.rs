//! A data folder of its own, and a look into every cell of it.

use super::people::ADDRESS;
use crate::alert::NoDesktop;
use crate::audience::ImportRequest;
use crate::entropy::{Entropy, SystemEntropy};
use crate::owner::NoLogin;
use crate::plan::PlannedPerson;
use crate::progress::Progress;
use crate::run::RunRecord;
use crate::usher::{Usher, World};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use usher_matching::KeyHash;
use usher_model::*;
use usher_remote::clock::{BoxFuture, SystemClock};
use usher_remote::http::{Http, Reply, Request, Transport};
use usher_remote::mail::NoMail;
use usher_store::block::Cells;
use usher_store::table::{batches, runs};
use usher_store::{
    Database, Disk, MemoryKeychain, StoreError, Stores, Tx, Unlock, block, open_folder,
};

struct NoNetwork;

impl Http for NoNetwork {
    fn send<'a>(&'a self, _: Request) -> BoxFuture<'a, Result<Reply, Transport>> {
        Box::pin(std::future::pending())
    }
}

pub(super) struct Home {
    pub(super) usher: Arc<Usher>,
    keychain: Arc<MemoryKeychain>,
    dir: PathBuf,
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(self.usher.close());
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

impl Home {
    pub(super) fn new() -> Self {
        let dir = std::env::temp_dir().join(SystemEntropy.id("usher_forget"));
        let keychain = Arc::new(MemoryKeychain::default());
        let usher = open(&dir, &keychain);
        Self {
            usher,
            keychain,
            dir,
        }
    }

    /// Closes both databases, and opens them as the next start does.
    pub(super) fn reopen(&mut self) {
        self.usher.close().unwrap();
        self.usher = open(&self.dir, &self.keychain);
    }

    pub(super) async fn import(&self, name: &str, text: &str) -> Snapshot {
        let file = self.dir.join(name);
        std::fs::write(&file, text).unwrap();
        let request = ImportRequest {
            file,
            name: name.to_owned(),
            format: Some("csv".to_owned()),
            encoding: None,
            delimiter: None,
            sheet: None,
        };
        let (progress, _) = Progress::new(|_| {});
        self.usher.import(request, &progress).await.unwrap();
        self.usher.audience(name).unwrap().1
    }

    pub(super) async fn journal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.usher.journal.write(work).await.unwrap()
    }

    pub(super) async fn put_run(
        &self,
        run: &RunRecord,
        people: Vec<PlannedPerson>,
        all: Vec<Batch>,
    ) {
        let run = run.clone();
        self.journal(move |tx| {
            runs::insert(tx, &run.run_id, &run.sync_id, &run)?;
            runs::add_people(tx, &run.run_id, 0, &people)?;
            for batch in &all {
                match batch.receipts.is_empty() {
                    true => batches::plan(tx, &run.run_id, batch)?,
                    false => batches::plan_settled(tx, &run.run_id, 5, batch)?,
                }
            }
            Ok(())
        })
        .await;
    }

    pub(super) fn batches(&self, run: &RunRecord) -> Vec<Batch> {
        let mut all = Vec::new();
        let reader = self.usher.journal.reader().unwrap();
        batches::each::<Problem>(&reader, &run.run_id, |batch| {
            all.push(batch);
            Ok(())
        })
        .unwrap();
        all
    }

    pub(super) fn people(&self, run: &RunRecord) -> Vec<PersonOutcome> {
        let mut all = Vec::new();
        let id = run.run_id.as_str();
        let take = |person| {
            all.push(person);
            Ok(())
        };
        self.usher
            .people_of_run(id, &Default::default(), take)
            .unwrap();
        all
    }

    /// The tables and columns of both databases that hold the address or its hash.
    pub(super) fn hits(&self) -> Vec<String> {
        let mut hits = hits_in(&self.usher.journal);
        hits.extend(hits_in(&self.usher.cache));
        hits
    }
}

fn open(dir: &Path, keychain: &Arc<MemoryKeychain>) -> Arc<Usher> {
    let unlock = Unlock {
        kind: None,
        passphrase: None,
        keychain: keychain.clone(),
    };
    let (folder, key) = open_folder(&dir.join("data"), &unlock).unwrap();
    let stores = Stores::open(&folder, &key, keychain.clone()).unwrap();
    let world = World {
        clock: Arc::new(SystemClock),
        http: Arc::new(NoNetwork),
        mail: Arc::new(NoMail),
        desktop: Arc::new(NoDesktop),
        login: Arc::new(NoLogin),
        entropy: Arc::new(SystemEntropy),
        disk: Disk::System,
        zone: jiff::tz::TimeZone::UTC,
    };
    Arc::new(Usher::new(stores, world))
}

fn hits_in(database: &Database) -> Vec<String> {
    let reader = database.reader().unwrap();
    let sql = "SELECT tables.name, columns.name FROM sqlite_schema tables, pragma_table_info(tables.name) columns WHERE tables.type = 'table'";
    let mut query = reader.prepare(sql).unwrap();
    let columns: Vec<(String, String)> = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(|row| row.unwrap())
        .collect();
    let mut hits = Vec::new();
    for (table, column) in columns {
        let cells = format!("SELECT CAST(COALESCE({column}, '') AS BLOB) FROM {table}");
        let mut query = reader.prepare(&cells).unwrap();
        let cells = query.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        if cells.into_iter().any(|cell| names(&cell.unwrap())) {
            hits.push(format!("{table}.{column}"));
        }
    }
    hits
}

/// Whether bytes hold the address in any case, or its hash raw or in hex,
/// packed or not.
fn names(cell: &[u8]) -> bool {
    let mut bytes = cell.to_vec();
    bytes.extend(block::decode_bytes(cell).unwrap_or_default());
    if let Ok(batch) = block::decode(cell) {
        for column in batch.columns() {
            let texts = Cells::of(column);
            let texts = texts.iter().flat_map(|texts| texts.iter().flatten());
            texts.for_each(|text| bytes.extend(text.as_bytes()));
        }
    }
    let hash = KeyHash::of(ADDRESS);
    let folded = bytes.to_ascii_lowercase();
    let has = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).any(|part| part == what);
    has(&folded, ADDRESS.as_bytes())
        || has(&folded, hash.to_hex().as_bytes())
        || has(&bytes, &hash.0.to_be_bytes())
}
