//! A person seeded into every table, forgotten, and looked for in every cell
//! of both databases.

use super::{Forgotten, Whom};
use crate::audience::ImportRequest;
use crate::entropy::{Entropy, SystemEntropy};
use crate::plan::PlannedPerson;
use crate::progress::Progress;
use crate::run::{RunList, RunRecord, Stage};
use crate::usher::{Usher, World};
use arrow_array::cast::AsArray;
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use usher_matching::KeyHash;
use usher_model::*;
use usher_remote::clock::{BoxFuture, SystemClock};
use usher_remote::http::{Http, Reply, Request, Transport};
use usher_store::table::ledger::{self, ERASED, Entry};
use usher_store::table::suppressions::{self, Suppression};
use usher_store::table::{batches, definitions, plans, readings, runs, snapshots};
use usher_store::{Database, MemoryKeychain, Stores, Unlock, block, open_folder};

const ADDRESS: &str = "canary@example.com";
const LEAD: i64 = 77;

struct NoNetwork;

impl Http for NoNetwork {
    fn send<'a>(&'a self, _: Request) -> BoxFuture<'a, Result<Reply, Transport>> {
        Box::pin(std::future::pending())
    }
}

struct Home {
    usher: Arc<Usher>,
    dir: PathBuf,
}

impl Drop for Home {
    fn drop(&mut self) {
        drop(self.usher.close());
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

impl Home {
    fn new() -> Self {
        let dir = std::env::temp_dir().join(SystemEntropy.id("usher_forget"));
        let keychain = Arc::new(MemoryKeychain::default());
        let unlock = Unlock {
            kind: None,
            passphrase: None,
            keychain: keychain.clone(),
        };
        let (folder, key) = open_folder(&dir.join("data"), &unlock).unwrap();
        let stores = Stores::open(&folder, &key, keychain).unwrap();
        let world = World {
            clock: Arc::new(SystemClock),
            http: Arc::new(NoNetwork),
            entropy: Arc::new(SystemEntropy),
        };
        let usher = Arc::new(Usher::new(stores, world));
        Self { usher, dir }
    }

    async fn import(&self, name: &str, text: &str) -> Snapshot {
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

    async fn journal<T: Send + 'static>(
        &self,
        work: impl FnOnce(&usher_store::Tx<'_>) -> Result<T, usher_store::StoreError> + Send + 'static,
    ) -> T {
        self.usher.journal.write(work).await.unwrap()
    }

    async fn put_run(&self, run: &RunRecord, people: Vec<PlannedPerson>, all: Vec<Batch>) {
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

    fn batches(&self, run: &RunRecord) -> Vec<Batch> {
        let mut all = Vec::new();
        let reader = self.usher.journal.reader().unwrap();
        batches::each::<Problem>(&reader, &run.run_id, |batch| {
            all.push(batch);
            Ok(())
        })
        .unwrap();
        all
    }

    fn people(&self, run: &RunRecord) -> Vec<PersonOutcome> {
        let mut all = Vec::new();
        let id = run.run_id.as_str();
        let take = |person| {
            all.push(person);
            Ok(())
        };
        self.usher.people_of_run(id, &Default::default(), take).unwrap();
        all
    }

    /// The tables and columns of both databases that hold the address or its hash.
    fn hits(&self) -> Vec<String> {
        let mut hits = hits(&self.usher.journal);
        hits.extend(hits_of_cache(&self.usher.cache));
        hits
    }
}

fn hits_of_cache(cache: &Database) -> Vec<String> {
    hits(cache)
}

fn hits(database: &Database) -> Vec<String> {
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

fn run(id: &str, state: RunState, stage: Stage, people: PeopleCounts, add: u64) -> RunRecord {
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

fn line(row: Option<u64>, key: &str, verdict: Option<Verdict>, list: ListAct) -> PlannedPerson {
    let lead_id = (verdict != Some(Verdict::Create)).then_some(if key == ADDRESS { LEAD } else { 5 });
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
        emails: mine.then(|| KeyHash::of(ADDRESS).to_hex()).into_iter().collect(),
    }
}

fn item(row: Option<u64>, key: &str, lead: Option<i64>) -> Item {
    Item {
        row,
        key: key.into(),
        lead,
        changes: changes(key),
        emails: Vec::new(),
    }
}

fn batch(kind: BatchKind, state: BatchState, items: Vec<Item>, receipts: Vec<Receipt>) -> Batch {
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

fn refused() -> Receipt {
    Receipt::Rejected {
        code: "1003".into(),
        message: format!("{ADDRESS} is odd"),
    }
}

const OTHER: &str = "other@example.com";

#[tokio::test]
async fn nothing_of_the_person_is_left_in_any_table() {
    let home = Home::new();
    let usher = &home.usher;
    let rows = "email,name,twin\na@x.example,A,\n Canary@Example.com ,C,\nb@x.example,B,canary@example.COM\nc@x.example,C,\n";
    let before = home.import("people", rows).await;
    let sync = Sync {
        id: SyncId("syn_1".into()),
        ..sync_of("sync")
    };
    let destination = destination();
    let ours = sync.id.clone();
    home.journal(move |tx| {
        definitions::insert(tx, &destination)?;
        definitions::insert(tx, &sync)?;
        let place = |lead, key: Option<&str>| Entry {
            lead,
            values: vec![("firstName".into(), 4)],
            place: Some(key.map(str::to_owned)),
        };
        ledger::append(tx, &ours, &[place(LEAD, Some(ADDRESS)), place(5, Some(OTHER))])?;
        ledger::append(tx, &ours, &[Entry { place: None, ..place(LEAD, None) }])?;
        let one = Suppression {
            namespace: "email".into(),
            hash: KeyHash::of(ADDRESS).0,
            value: Some(ADDRESS.into()),
            added_at: 1,
        };
        suppressions::add(tx, &one)
    })
    .await;
    seed_cache(usher).await;
    let record = finished(&home).await;
    let report = usher.run_report("run_done").unwrap();
    let outcomes: Vec<_> = home.people(&record).iter().map(|one| (one.row, one.outcome, one.list)).collect();
    assert!(home.hits().len() >= 8, "seeded: {:?}", home.hits());
    std::fs::write(usher.folder().join("journal.db.before-6"), ADDRESS).unwrap();

    let forgotten = usher.forget(" CANARY@example.com").await.unwrap();

    let expected = Forgotten { rows: 2, leads: 1, lines: 3, plans: 1, entries: 2, pending: 0 };
    assert_eq!(forgotten, expected);
    assert_eq!(home.hits(), ["suppressions.hash"]);
    assert!(!usher.folder().join("journal.db.before-6").exists());
    for log in ["journal.db-wal", "cache.db-wal"] {
        assert_eq!(std::fs::metadata(usher.folder().join(log)).unwrap().len(), 0, "{log}");
    }
    assert_eq!(usher.run_report("run_done").unwrap(), report);
    let now: Vec<_> = home.people(&record).iter().map(|one| (one.row, one.outcome, one.list)).collect();
    assert_eq!(now, outcomes);

    let after = usher.audience("people").unwrap().1;
    assert_eq!((after.rows, &after.id), (4, &before.id));
    let blank = home.import("blank", "email,name,twin\na@x.example,A,\n,,\n,,\nc@x.example,C,\n").await;
    assert_eq!(after.content, blank.content);
    let reader = usher.cache.reader().unwrap();
    let keys = snapshots::keys(&reader, &after.id, 0, "email", 0).unwrap().unwrap();
    assert_eq!(keys[1..3], [0, 0]);
    assert_eq!(keys[0], KeyHash::of("a@x.example").0);
    drop(reader);

    let mut places = Vec::new();
    let known = usher.journal.reader().unwrap();
    ledger::each(&known, &SyncId("syn_1".into()), |entry| places.push(entry)).unwrap();
    drop(known);
    assert_eq!(places.len(), 2);
    assert_eq!((places[0].lead, places[0].values.len()), (LEAD, 0));
    assert_eq!(places[0].place, Some(Some(ERASED.into())));
    assert_eq!(places[1].place, Some(Some(OTHER.into())));
    let all = usher.suppressions().unwrap();
    assert!(all.forbids("email", "canary@EXAMPLE.com"));
    assert!(usher.list_suppressions().unwrap().iter().all(|one| one.key.is_none()));

    let again = usher.forget(ADDRESS).await.unwrap();
    assert_eq!(again, Forgotten::default());
}

#[tokio::test]
async fn who_was_not_sent_is_withheld_and_who_is_in_doubt_waits() {
    let home = Home::new();
    let people = PeopleCounts {
        rows: 4,
        create: 2,
        update: 1,
        leave: 1,
        ..PeopleCounts::default()
    };
    let record = run("run_stopped", RunState::Interrupted, Stage::Profiles, people, 4);
    let lines = vec![
        line(Some(1), OTHER, Some(Verdict::Create), ListAct::Add),
        line(Some(2), ADDRESS, Some(Verdict::Create), ListAct::Add),
        line(Some(3), ADDRESS, Some(Verdict::Leave), ListAct::Add),
        line(Some(4), ADDRESS, Some(Verdict::Update), ListAct::Add),
        line(None, ADDRESS, None, ListAct::Remove),
    ];
    let planned = vec![item(Some(1), OTHER, None), item(Some(2), ADDRESS, None)];
    let doubt = vec![item(Some(4), ADDRESS, Some(LEAD))];
    let open = vec![
        batch(BatchKind::Create, BatchState::Planned, planned, vec![]),
        batch(BatchKind::Update, BatchState::InDoubt, doubt, vec![]),
    ];
    home.put_run(&record, lines, open).await;
    let before = home.usher.run_report("run_stopped").unwrap();

    let forgotten = home.usher.forget(ADDRESS).await.unwrap();

    assert_eq!((forgotten.lines, forgotten.pending), (3, 1));
    let all = home.batches(&record);
    let told: Vec<_> = all.iter().map(|one| (one.kind, one.state, one.items.len(), one.receipts.len())).collect();
    assert_eq!(
        told,
        [
            (BatchKind::Create, BatchState::Planned, 1, 0),
            (BatchKind::Update, BatchState::InDoubt, 1, 0),
            (BatchKind::Create, BatchState::Done, 1, 1),
            (BatchKind::Add, BatchState::Done, 1, 1),
        ]
    );
    assert_eq!(all[0].items[0].key, OTHER);
    assert_eq!(all[1].items[0].key, ADDRESS);
    assert_eq!(all[3].items[0].lead, Some(LEAD));
    for one in &all[2..] {
        assert_eq!(one.receipts, [Receipt::Withheld(ReasonCode::Suppressed)]);
        assert_eq!((one.items[0].key.as_str(), one.items[0].changes.len()), ("", 0));
    }
    let after = home.usher.run_report("run_stopped").unwrap();
    assert_eq!(after.people.total(), before.people.total());
    assert_eq!(after.people.skipped["suppressed"], 1);
    assert_eq!(after.people.skipped["not_sent"], before.people.skipped["not_sent"] - 1);
    assert_eq!(after.people.unconfirmed, 1);
    let kept: Vec<_> = home.people(&record).into_iter().map(|one| one.key).collect();
    let address = Some(ADDRESS.to_owned());
    assert_eq!(kept, [Some(OTHER.to_owned()), None, None, address, None]);
}

#[tokio::test]
async fn a_run_under_way_is_left_alone_and_withholds_by_the_suppression() {
    let home = Home::new();
    let people = PeopleCounts {
        rows: 1,
        create: 1,
        ..PeopleCounts::default()
    };
    let record = run("run_alive", RunState::Sending, Stage::Profiles, people, 1);
    let lines = vec![line(Some(1), ADDRESS, Some(Verdict::Create), ListAct::Add)];
    let planned = vec![item(Some(1), ADDRESS, None)];
    let open = vec![batch(BatchKind::Create, BatchState::Planned, planned, vec![])];
    home.put_run(&record, lines, open).await;
    let before = home.batches(&record);
    let forgotten = home.usher.forget(ADDRESS).await.unwrap();
    assert_eq!(forgotten, Forgotten { pending: 1, ..Forgotten::default() });
    assert_eq!(home.batches(&record), before);
    let all = home.usher.suppressions().unwrap();
    assert!(all.forbids("email", &before[0].items[0].key));
}

#[tokio::test]
async fn a_key_that_is_no_address_is_compared_exactly() {
    let whom = Whom::new(" Ab-1 ").unwrap();
    assert!(whom.names("Ab-1\t"));
    assert!(!whom.names("ab-1"));
    assert!(Whom::new(" \u{a0}").is_err());
    let home = Home::new();
    let destination = Destination {
        dedupe_field: "customerId".into(),
        ..destination()
    };
    home.journal(move |tx| definitions::insert(tx, &destination)).await;
    home.import("ids", "id,name\nab-1,A\nAb-1,B\n").await;
    assert_eq!(home.usher.forget("Ab-1").await.unwrap().rows, 1);
    let all = home.usher.suppressions().unwrap();
    assert!(all.forbids("customerId", "Ab-1"));
    assert!(!all.forbids("customerId", "ab-1"));
}

/// A run that ended, in which the person was updated, joined, left and refused.
async fn finished(home: &Home) -> RunRecord {
    let people = PeopleCounts {
        rows: 3,
        update: 2,
        create: 1,
        ..PeopleCounts::default()
    };
    let record = run("run_done", RunState::CompletedWithProblems, Stage::Ended, people, 1);
    let lines = vec![
        line(Some(1), OTHER, Some(Verdict::Update), ListAct::None),
        line(Some(2), ADDRESS, Some(Verdict::Update), ListAct::Add),
        line(Some(3), ADDRESS, Some(Verdict::Create), ListAct::None),
        line(None, ADDRESS, None, ListAct::Remove),
    ];
    let done = |lead| Receipt::Done { lead };
    let (first, second) = (item(Some(1), OTHER, Some(5)), item(Some(2), ADDRESS, Some(LEAD)));
    let bare = Item {
        changes: Map::new(),
        ..second.clone()
    };
    let all = vec![
        batch(BatchKind::Update, BatchState::Done, vec![first, second], vec![refused(), done(LEAD)]),
        batch(BatchKind::Create, BatchState::Done, vec![item(Some(3), ADDRESS, None)], vec![refused()]),
        batch(BatchKind::Add, BatchState::Done, vec![bare.clone()], vec![done(LEAD)]),
        batch(BatchKind::Remove, BatchState::Done, vec![Item { row: None, ..bare }], vec![refused()]),
    ];
    home.put_run(&record, lines, all).await;
    record
}

async fn seed_cache(usher: &Usher) {
    let seed = |tx: &usher_store::Tx<'_>| {
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
        plans::add_people(tx, &plan, 0, &[line(Some(1), ADDRESS, Some(Verdict::Leave), ListAct::Keep)])?;
        plans::publish(tx, &plan, "digest", &json!({}))
    };
    usher.cache.write(seed).await.unwrap();
}

fn destination() -> Destination {
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

fn sync_of(name: &str) -> Sync {
    todo!("{name}")
}
