//! A plan that is no longer fresh when its run is resumed: who changed since is
//! not sent. Time is moved from outside, so this needs the room and not the command.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use usher_model::{Limits, PersonAction, RunState, Secret, SyncType, Timestamp};
use usher_remote::clock::{BoxFuture, Clock, SystemClock};
use usher_remote::http::NetHttp;
use usher_sandbox::{Config, Sandbox};
use usher_store::{KeychainKind, MemoryKeychain, Stores, Unlock, open_folder};
use usher_sync::{
    ImportRequest, ListWish, NewConnection, NewDestination, NewSync, OutcomeFilter, Progress,
    RunRequest, SystemEntropy, Usher, World,
};

/// The computer's clock, some minutes ahead.
#[derive(Default)]
struct Ahead(AtomicI64);

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        Timestamp(SystemClock.now().0 + self.0.load(Ordering::SeqCst))
    }

    fn elapsed(&self) -> Duration {
        SystemClock.elapsed()
    }

    fn sleep<'a>(&'a self, wait: Duration) -> BoxFuture<'a, ()> {
        SystemClock.sleep(wait)
    }
}

async fn private(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Value {
    let url = format!("{}/_sandbox/marketo/{path}", sandbox.base_url());
    let request = reqwest::Client::new().request(method.parse().unwrap(), url);
    let text = request
        .json(&body)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// A sync of two people who are there, with other names.
async fn ready(usher: &Arc<Usher>, sandbox: &Sandbox, folder: &std::path::Path) {
    let watched = Progress::unwatched();
    let connection = NewConnection {
        name: "M".into(),
        description: String::new(),
        base_url: Some(sandbox.base_url()),
        munchkin_id: sandbox.munchkin_id().into(),
        client_id: sandbox.client_id().into(),
        limits: Limits::default(),
        hipaa_ready: false,
    };
    let secret = Secret::new(sandbox.client_secret().into());
    usher.add_connection(connection, secret).await.unwrap();
    let file = folder.join("people.csv");
    std::fs::write(
        &file,
        "email,last\nada@x.example,Lovelace\nbob@x.example,Builder\n",
    )
    .unwrap();
    let import = ImportRequest {
        file,
        name: "P".into(),
        format: None,
        encoding: None,
        delimiter: None,
    };
    usher.import(import, &watched).await.unwrap();
    let destination = NewDestination {
        name: "D".into(),
        description: String::new(),
        connection: "M".into(),
        sync_type: SyncType::AudienceAndProfile,
        person_action: PersonAction::UpdateExisting,
        dedupe_field: "email".into(),
        partition: None,
        workspace: None,
        map: vec!["email=DedupeField".into(), "last=lastName".into()],
    };
    usher
        .create_destination(destination, &watched)
        .await
        .unwrap();
    let sync = NewSync {
        name: "S".into(),
        audience: "P".into(),
        destination: "D".into(),
        list: ListWish::default(),
        mode: Default::default(),
        on_drift: Default::default(),
        consent: None,
        max_creations: None,
    };
    usher.create_sync(sync).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changed_since_a_plan_that_is_no_longer_fresh_is_not_sent() {
    drop(rustls::crypto::ring::default_provider().install_default());
    let dir = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(Config {
        people: 0,
        ..Config::default()
    })
    .await
    .unwrap();
    let people = json!({ "leads": [
        { "email": "ada@x.example", "lastName": "Byron" },
        { "email": "bob@x.example", "lastName": "B" },
    ]});
    let ids = private(&sandbox, "POST", "leads", people).await["ids"].clone();
    let keychain = Arc::new(MemoryKeychain::new());
    let unlock = Unlock {
        kind: Some(KeychainKind::Os),
        passphrase: None,
        keychain: keychain.clone(),
    };
    let (folder, key) = open_folder(&dir.path().join("data"), &unlock).unwrap();
    let clock = Arc::new(Ahead::default());
    let world = World {
        clock: clock.clone(),
        http: Arc::new(NetHttp::new().unwrap()),
        entropy: Arc::new(SystemEntropy),
    };
    let usher = Arc::new(Usher::new(
        Stores::open(&folder, &key, keychain).unwrap(),
        world,
    ));
    ready(&usher, &sandbox, dir.path()).await;

    let spent = json!({ "faults": [{
        "on": { "method": "POST", "path_contains": "/v1/leads.json", "write_only": true },
        "do": { "code": 607, "message": "Daily quota reached" },
    }]});
    private(&sandbox, "POST", "faults", spent).await;
    let request = RunRequest {
        sync: "S".into(),
        no_wait: true,
        ..RunRequest::default()
    };
    let run = usher
        .run_sync(&request, &Progress::unwatched(), |_| {})
        .await
        .unwrap();
    assert_eq!(run.state, RunState::Stopped);
    private(&sandbox, "DELETE", "faults", Value::Null).await;

    private(
        &sandbox,
        "PATCH",
        &format!("lead/{}", ids[0]),
        json!({ "lastName": "King" }),
    )
    .await;
    clock.0.store(16 * 60 * 1000, Ordering::SeqCst);
    let run = usher
        .resume_run(run.run_id.as_str(), &Progress::unwatched())
        .await
        .unwrap();
    assert_eq!(run.people.updated, 1, "{run:?}");
    assert_eq!(
        run.people.skipped.get("changed_since_plan"),
        Some(&1),
        "{run:?}"
    );
    assert_eq!(run.people.total(), 2);
    let ada = private(&sandbox, "GET", &format!("lead/{}", ids[0]), Value::Null).await;
    assert!(
        ada.to_string().contains("King"),
        "what somebody else wrote stays: {ada}"
    );
    let mut told = Vec::new();
    let everyone = OutcomeFilter::default();
    usher
        .people_of_run(run.run_id.as_str(), &everyone, |person| {
            told.push(person.reason.map(|reason| reason.code));
            Ok(())
        })
        .unwrap();
    assert_eq!(told[0].as_deref(), Some("changed_since_plan"));
    sandbox.shutdown().await.unwrap();
}
