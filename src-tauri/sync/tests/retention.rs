//! Values go out of runs some time after their end; what became of everyone stays.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Ahead, private, ready, sandbox, world};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use usher_model::{Code, PersonAction, PersonOutcome, RunReport, RunState};
use usher_remote::clock::{BoxFuture, Clock};
use usher_sandbox::Sandbox;
use usher_store::{Keychain, KeychainKind, MemoryKeychain, Stores, Unlock, block, open_folder};
use usher_sync::owner::{Command, Opening, Session, Watch};
use usher_sync::{
    ExportFormat, Look, OutcomeFilter, Progress, RouteWish, RunRequest, SettingsChange, Usher,
};

const DAY: Duration = Duration::from_secs(24 * 3600);
const ROWS: &str = "email,first,last
ada@x.example,Augusta,Lovelace
bob@x.example,Robert,Builder
carl@x.example,Carolus,Refused
not-an-address,Nemo,Nobody
";
const MAP: [&str; 3] = ["email=DedupeField", "first=firstName", "last=lastName"];
/// What must not be found in a run that was purged.
const VALUES: [&str; 9] = [
    "ada@x.example",
    "bob@x.example",
    "carl@x.example",
    "not-an-address",
    "Augusta",
    "Byron",
    "Lovelace",
    "Builder",
    "Refused",
];

struct Home {
    dir: tempfile::TempDir,
    keychain: Arc<MemoryKeychain>,
    clock: Arc<Ahead>,
    sandbox: Sandbox,
}

impl Home {
    async fn new() -> Self {
        let sandbox = sandbox().await;
        let ada = json!({ "leads": [{ "email": "ada@x.example", "firstName": "A", "lastName": "Byron" }]});
        private(&sandbox, "POST", "leads", ada).await;
        let refusal = json!({ "faults": [{ "reject": {
            "field": "email", "value_contains": "carl", "code": "1003",
            "message": "Value 'carl@x.example' is refused",
        }}]});
        private(&sandbox, "POST", "faults", refusal).await;
        Self {
            dir: tempfile::tempdir().unwrap(),
            keychain: Arc::default(),
            clock: Arc::default(),
            sandbox,
        }
    }

    fn unlock(&self) -> Unlock {
        Unlock {
            kind: Some(KeychainKind::Os),
            passphrase: None,
            keychain: self.keychain.clone(),
        }
    }

    /// A start of Usher so many days later.
    async fn start(&self, days: u32) -> Session {
        self.clock.by(DAY * days);
        self.start_by(self.clock.clone()).await
    }

    async fn start_by(&self, clock: Arc<dyn Clock>) -> Session {
        let opening = Opening {
            folder: self.dir.path().join("data"),
            unlock: self.unlock(),
            world: world(clock),
            stays: false,
            hear: Arc::new(|_| {}),
        };
        Session::open(opening).await.unwrap()
    }

    /// The values that are found in the journal's runs.
    fn found(&self) -> Vec<&'static str> {
        let (folder, key) = open_folder(&self.dir.path().join("data"), &self.unlock()).unwrap();
        let keychain: Arc<dyn Keychain> = self.keychain.clone();
        let stores = Stores::read_only(&folder, &key, keychain).unwrap();
        let reader = stores.journal.reader().unwrap();
        let sql = "SELECT block FROM run_people UNION ALL SELECT items FROM batches
                   UNION ALL SELECT receipts FROM batches WHERE receipts IS NOT NULL";
        let mut query = reader.prepare(sql).unwrap();
        let cells = query.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        let cells: Vec<String> = cells
            .map(|cell| String::from_utf8(block::decode_bytes(&cell.unwrap()).unwrap()).unwrap())
            .collect();
        let is_found = |value: &&str| cells.iter().any(|cell| cell.contains(*value));
        VALUES.into_iter().filter(is_found).collect()
    }
}

async fn run(usher: &Arc<Usher>, sync: &str) -> RunReport {
    let request = RunRequest {
        sync: sync.into(),
        no_wait: true,
        ..RunRequest::default()
    };
    let progress = Progress::unwatched();
    usher.run_sync(&request, &progress, |_| {}).await.unwrap()
}

fn people(usher: &Usher, run: &RunReport) -> Vec<PersonOutcome> {
    let mut all = Vec::new();
    let take = |person| {
        all.push(person);
        Ok(())
    };
    let id = run.run_id.as_str();
    usher
        .people_of_run(id, &OutcomeFilter::default(), take)
        .unwrap();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn values_go_after_thirty_days_and_outcomes_stay() {
    let home = Home::new().await;
    let session = home.start(0).await;
    let usher = &session.usher();
    ready(
        usher,
        &home.sandbox,
        ROWS,
        PersonAction::UpdateAndCreate,
        &MAP,
    )
    .await;
    let report = run(usher, "S").await;
    assert_eq!(report.state, RunState::CompletedWithProblems);
    let before = people(usher, &report);
    session.close().await.unwrap();
    home.start(29).await.close().await.unwrap();
    assert_eq!(home.found(), VALUES, "not yet");

    let session = home.start(31).await;
    let usher = &session.usher();
    assert!(home.found().is_empty(), "{:?}", home.found());
    let now = usher.run_report(report.run_id.as_str()).unwrap();
    assert_eq!(
        now.values_purged_at.map(|at| at > now.finished_at.unwrap()),
        Some(true)
    );
    let same = RunReport {
        values_purged_at: None,
        ..now.clone()
    };
    assert_eq!(same, report, "the report is the same");
    let after = people(usher, &report);
    assert_eq!(after.len(), 4);
    for (was, is) in before.iter().zip(&after) {
        let kept = |one: &PersonOutcome| {
            let reason = one.reason.clone().map(|reason| (reason.code, reason.fix));
            let ids = (
                one.lead_id,
                one.list_lead_id,
                one.explain.candidates.clone(),
            );
            (one.row, one.verdict, one.outcome, one.list, ids, reason)
        };
        assert_eq!(kept(was), kept(is));
        assert_eq!(is.values_purged_at, now.values_purged_at);
        let fields = |one: &PersonOutcome| one.explain.changes.keys().cloned().collect::<Vec<_>>();
        assert_eq!(fields(was), fields(is));
        assert!(
            is.explain
                .changes
                .values()
                .all(|pair| *pair == json!([null, null]))
        );
    }
    // As `printf ada@x.example | sha256sum` says.
    let ada = "ea335d636215c13b8a72e8ea267d5cc064bd79895e1905e74851018c3b82257d";
    assert_eq!(after[0].key.as_deref(), Some(ada));
    assert_eq!(after[3].key, None, "who had no key has none");
    let file = home.dir.path().join("run.csv");
    assert_eq!(
        usher
            .export_run(
                report.run_id.as_str(),
                &file,
                ExportFormat::Csv,
                &OutcomeFilter::default(),
                &Progress::unwatched()
            )
            .unwrap(),
        4
    );
    let exported = std::fs::read_to_string(file).unwrap();
    assert!(
        exported.contains(after[0].key.as_deref().unwrap()),
        "{exported}"
    );
    assert!(
        !VALUES.iter().any(|value| exported.contains(value)),
        "{exported}"
    );

    let offline = usher
        .preview(
            "S",
            Look::Offline,
            RouteWish::default(),
            &Progress::unwatched(),
        )
        .await;
    let code = offline.map(|_| ()).map_err(|problem| problem.code);
    assert_eq!(
        code,
        Err(Code::DestinationNotRead),
        "nobody is thought absent"
    );
    let plan = usher
        .preview(
            "S",
            Look::Refresh,
            RouteWish::default(),
            &Progress::unwatched(),
        )
        .await
        .unwrap();
    assert_eq!(
        (plan.people.update, plan.people.create),
        (0, 1),
        "only who was refused"
    );
    let forgotten = usher.forget("ada@x.example").await.unwrap();
    assert!(
        forgotten.lines > 0,
        "a hash still tells who is to be forgotten: {forgotten:?}"
    );
    session.close().await.unwrap();
    home.sandbox.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn people_go_where_it_is_wished_and_counts_stay() {
    let home = Home::new().await;
    let session = home.start(0).await;
    let usher = &session.usher();
    let map = PersonAction::UpdateAndCreate;
    ready(usher, &home.sandbox, ROWS, map, &MAP).await;
    let report = run(usher, "S").await;
    let change = SettingsChange {
        keep_values_days: Some(7),
        keep_people_days: Some(Some(90)),
        ..SettingsChange::default()
    };
    let command = Command::SetSettings(change);
    let (watch, _stopper) = Watch::new(|_| {}, |_| {}, || {});
    session.perform(command, None, watch).await.unwrap();
    session.close().await.unwrap();

    let session = home.start(8).await;
    assert!(home.found().is_empty(), "{:?}", home.found());
    assert_eq!(people(&session.usher(), &report).len(), 4);
    session.close().await.unwrap();

    let session = home.start(91).await;
    let usher = &session.usher();
    let id = report.run_id.as_str();
    let now = usher.run_report(id).unwrap();
    assert!(now.people_purged_at.is_some());
    assert_eq!((&now.people, &now.list), (&report.people, &report.list));
    let filter = OutcomeFilter::default();
    let asked = usher.people_of_run(id, &filter, |_| Ok(()));
    assert_eq!(asked.unwrap_err().code, Code::PeopleNotKept);
    let page = usher.outcome_page(id, &filter, 0, 10);
    assert_eq!(page.unwrap_err().code, Code::PeopleNotKept);
    // What was delivered is known all the same.
    let plan = usher
        .preview(
            "S",
            Look::Refresh,
            RouteWish::default(),
            &Progress::unwatched(),
        )
        .await
        .unwrap();
    assert_eq!((plan.people.update, plan.people.create), (0, 1));
    session.close().await.unwrap();
    home.sandbox.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_can_be_gone_on_with_keeps_its_values() {
    let home = Home::new().await;
    let session = home.start(0).await;
    let usher = &session.usher();
    ready(
        usher,
        &home.sandbox,
        ROWS,
        PersonAction::UpdateAndCreate,
        &MAP,
    )
    .await;
    let spent = json!({ "faults": [{
        "on": { "method": "POST", "path_contains": "/v1/lists/" },
        "do": { "code": 607, "message": "Daily quota reached" },
    }]});
    private(&home.sandbox, "POST", "faults", spent).await;
    let report = run(usher, "S").await;
    assert_eq!(report.state, RunState::Stopped);
    session.close().await.unwrap();
    private(&home.sandbox, "DELETE", "faults", Value::Null).await;

    let session = home.start(400).await;
    assert_eq!(home.found(), VALUES);
    let usher = &session.usher();
    let id = report.run_id.as_str();
    let resumed = usher.resume_run(id, &Progress::unwatched()).await.unwrap();
    assert_eq!(resumed.list.map(|list| list.added), Some(2));
    session.close().await.unwrap();
    home.start(431).await.close().await.unwrap();
    assert!(home.found().is_empty(), "{:?}", home.found());
    home.sandbox.shutdown().await.unwrap();
}

/// A clock by which everything takes long.
struct Slow(Arc<Ahead>, std::sync::atomic::AtomicU64);

impl Clock for Slow {
    fn now(&self) -> usher_model::Timestamp {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        let calls = self.1.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Duration::from_secs(calls * 2)
    }

    fn sleep<'a>(&'a self, wait: Duration) -> BoxFuture<'a, ()> {
        self.0.sleep(wait)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_start_does_not_come_to_the_next_one_does() {
    let home = Home::new().await;
    let session = home.start(0).await;
    ready(
        &session.usher(),
        &home.sandbox,
        ROWS,
        PersonAction::UpdateAndCreate,
        &MAP,
    )
    .await;
    let report = run(&session.usher(), "S").await;
    session.close().await.unwrap();
    home.clock.by(DAY * 31);
    let mut left = Vec::new();
    loop {
        let session = home
            .start_by(Arc::new(Slow(home.clock.clone(), Default::default())))
            .await;
        let report = session.usher().run_report(report.run_id.as_str()).unwrap();
        session.close().await.unwrap();
        left.push(home.found().len());
        if report.values_purged_at.is_some() {
            break;
        }
    }
    assert!(left.len() > 1, "in one go");
    assert!(
        left.is_sorted_by(|a, b| a >= b) && left.last() == Some(&0),
        "{left:?}"
    );
    home.sandbox.shutdown().await.unwrap();
}
