//! A data folder of its own, people of runs, and a look into every cell.

use crate::audience::ImportRequest;
use crate::entropy::{Entropy, SystemEntropy};
use crate::plan::PlannedPerson;
use crate::progress::Progress;
use crate::run::{RunList, RunRecord, Stage};
use crate::usher::{Usher, World};
use arrow_array::cast::AsArray;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use usher_matching::KeyHash;
use usher_model::*;
use usher_remote::clock::{BoxFuture, SystemClock};
use usher_remote::http::{Http, Reply, Request, Transport};
use usher_store::table::{batches, plans, readings, runs};
use usher_store::{Database, MemoryKeychain, StoreError, Stores, Tx, Unlock, block, open_folder};

pub(super) const ADDRESS: &str = "canary@example.com";
pub(super) const LEAD: i64 = 77;

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
        entropy: Arc::new(SystemEntropy),
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
            let texts = column.as_string_opt::<i32>();
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

fn connection() -> ConnectionId {
    ConnectionId("con_1".into())
}

pub(super) fn run(
    id: &str,
    state: RunState,
    stage: Stage,
    people: PeopleCounts,
    add: u64,
) -> RunRecord {
    RunRecord {
        run_id: RunId(id.into()),
        sync_id: SyncId("syn_1".into()),
        sync: "sync".into(),
        destination: DestinationId("dst_1".into()),
        connection: connection(),
        state,
        stage,
        plan: None,
        digest: None,
        fresh_until: None,
        rows: people.rows,
        partitions: 1,
        people,
        list: Some(RunList {
            id: Some(9),
            name: "list".into(),
            folder: None,
            keep: 0,
            add,
            remove: 1,
            beyond_limit: 0,
            refused: None,
        }),
        dedupe_field: None,
        fields: Vec::new(),
        partition: None,
        limit: None,
        limit_row: None,
        no_wait: false,
        allowed: Vec::new(),
        retry_of: None,
        calls: 1,
        retries: 0,
        started_at: Timestamp(1),
        finished_at: None,
        problem: Some(Problem::usage(format!("`{ADDRESS}` is not welcome."))),
        closed: false,
    }
}

fn changes(address: &str) -> Map<String, Value> {
    let pair = json!({ "email": [null, address], "firstName": [null, "A"] });
    pair.as_object().unwrap().clone()
}

pub(super) fn line(
    row: Option<u64>,
    key: &str,
    verdict: Option<Verdict>,
    list: ListAct,
) -> PlannedPerson {
    let lead_id =
        (verdict != Some(Verdict::Create)).then_some(if key == ADDRESS { LEAD } else { 5 });
    let candidate = Candidate {
        lead_id: LEAD,
        updated_at: None,
        partition: None,
    };
    let mine = key == ADDRESS;
    PlannedPerson {
        person: Person {
            row,
            key: Some(key.into()),
            verdict,
            list,
            lead_id,
            list_lead_id: None,
            reason: None,
            explain: Explain {
                raw: Some(key.to_uppercase()),
                normalized: Some(key.into()),
                candidates: mine.then_some(candidate).into_iter().collect(),
                rule: "One person has this email.".into(),
                changes: changes(key),
            },
        },
        seen: vec![("firstName".into(), 12)],
        emails: mine
            .then(|| KeyHash::of(ADDRESS).to_hex())
            .into_iter()
            .collect(),
    }
}

pub(super) fn item(row: Option<u64>, key: &str, lead: Option<i64>) -> Item {
    Item {
        row,
        key: key.into(),
        lead,
        changes: changes(key),
        emails: Vec::new(),
    }
}

pub(super) fn batch(
    kind: BatchKind,
    state: BatchState,
    items: Vec<Item>,
    receipts: Vec<Receipt>,
) -> Batch {
    Batch {
        seq: 0,
        kind,
        state,
        attempt: 1,
        sent_at: Some(3),
        items,
        receipts,
    }
}

pub(super) fn refused() -> Receipt {
    Receipt::Rejected {
        code: "1003".into(),
        message: format!("{ADDRESS} is odd"),
    }
}

pub(super) const OTHER: &str = "other@example.com";

/// A run that ended, in which the person was updated, joined, left and refused.
pub(super) async fn finished(home: &Home) -> RunRecord {
    let people = PeopleCounts {
        rows: 3,
        update: 2,
        create: 1,
        ..PeopleCounts::default()
    };
    let record = run(
        "run_done",
        RunState::CompletedWithProblems,
        Stage::Ended,
        people,
        1,
    );
    let lines = vec![
        line(Some(1), OTHER, Some(Verdict::Update), ListAct::None),
        line(Some(2), ADDRESS, Some(Verdict::Update), ListAct::Add),
        line(Some(3), ADDRESS, Some(Verdict::Create), ListAct::None),
        line(None, ADDRESS, None, ListAct::Remove),
    ];
    let done = |lead| Receipt::Done { lead };
    let (first, second) = (
        item(Some(1), OTHER, Some(5)),
        item(Some(2), ADDRESS, Some(LEAD)),
    );
    let bare = Item {
        changes: Map::new(),
        ..second.clone()
    };
    let all = vec![
        batch(
            BatchKind::Update,
            BatchState::Done,
            vec![first, second],
            vec![refused(), done(LEAD)],
        ),
        batch(
            BatchKind::Create,
            BatchState::Done,
            vec![item(Some(3), ADDRESS, None)],
            vec![refused()],
        ),
        batch(
            BatchKind::Add,
            BatchState::Done,
            vec![bare.clone()],
            vec![done(LEAD)],
        ),
        batch(
            BatchKind::Remove,
            BatchState::Done,
            vec![Item { row: None, ..bare }],
            vec![refused()],
        ),
    ];
    home.put_run(&record, lines, all).await;
    record
}

pub(super) async fn seed_cache(usher: &Usher) {
    let seed = |tx: &Tx<'_>| {
        let reading = readings::Reading {
            fields: vec!["email".into()],
            started_at: Timestamp(1),
            finished_at: Timestamp(2),
            calls: 1,
            keys: 2,
        };
        let id = readings::begin(tx, "con_1/email", &reading)?;
        let values = |address: &str| json!({ "email": address }).as_object().unwrap().clone();
        let leads = [(LEAD, values("CANARY@example.com")), (5, values(OTHER))];
        let keys = [KeyHash::of(ADDRESS).0, KeyHash::of(OTHER).0];
        readings::add_block(tx, id, &keys, &leads)?;
        readings::publish(tx, id, &reading)?;
        let plan = PlanId("pln_1".into());
        plans::begin(tx, &plan, &SyncId("syn_1".into()))?;
        plans::add_people(
            tx,
            &plan,
            0,
            &[line(Some(1), ADDRESS, Some(Verdict::Leave), ListAct::Keep)],
        )?;
        plans::publish(tx, &plan, "digest", &json!({}))
    };
    usher.cache.write(seed).await.unwrap();
}

pub(super) fn destination() -> Destination {
    Destination {
        id: DestinationId("dst_1".into()),
        name: "destination".into(),
        description: String::new(),
        connection: connection(),
        sync_type: SyncType::AudienceAndProfile,
        person_action: PersonAction::UpdateAndCreate,
        dedupe_field: "email".into(),
        partition: None,
        workspace: None,
        mapping: Mapping {
            key_column: "email".into(),
            fields: Vec::new(),
        },
    }
}

pub(super) fn sync() -> Sync {
    Sync {
        id: SyncId("syn_1".into()),
        name: "sync".into(),
        audience: AudienceId("aud_1".into()),
        destination: DestinationId("dst_1".into()),
        list: ListChoice::Id(9),
        mode: Mode::Mirror,
        on_drift: OnDrift::Leave,
        consent: None,
        max_creations: None,
        paused: false,
    }
}
