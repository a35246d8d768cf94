//! A sandbox, a sync of two people into it, and a clock that a test moves.

use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use usher_model::{Limits, Mapping, PersonAction, Secret, SyncType, Timestamp};
use usher_remote::clock::{BoxFuture, Clock, SystemClock};
use usher_remote::http::NetHttp;
use usher_remote::mail::NoMail;
use usher_sandbox::{Config, Sandbox};
use usher_store::Disk;
use usher_sync::owner::NoLogin;
use usher_sync::{
    ImportRequest, ListWish, NewConnection, NewDestination, NewSync, NoDesktop, Progress,
    SystemEntropy, Usher, World,
};

/// The computer's clock, ahead by so many milliseconds.
#[derive(Default)]
pub(crate) struct Ahead(AtomicI64);

impl Ahead {
    /// Moves it to this long ahead of the computer's.
    pub(crate) fn by(&self, ahead: Duration) {
        let ahead = i64::try_from(ahead.as_millis()).unwrap();
        self.0.store(ahead, Ordering::SeqCst);
    }
}

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

/// A call of the sandbox's back door.
pub(crate) async fn private(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Value {
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

/// An empty sandbox.
pub(crate) async fn sandbox() -> Sandbox {
    drop(rustls::crypto::ring::default_provider().install_default());
    let config = Config {
        people: 0,
        ..Config::default()
    };
    Sandbox::start(config).await.unwrap()
}

/// The outside world by this clock.
pub(crate) fn world(clock: Arc<dyn Clock>) -> World {
    World {
        clock,
        http: Arc::new(NetHttp::new().unwrap()),
        mail: Arc::new(NoMail),
        desktop: Arc::new(NoDesktop),
        login: Arc::new(NoLogin),
        entropy: Arc::new(SystemEntropy),
        disk: Disk::System,
        zone: jiff::tz::TimeZone::UTC,
    }
}

/// The sync `S` of an audience with these rows.
pub(crate) async fn ready(
    usher: &Arc<Usher>,
    sandbox: &Sandbox,
    rows: &str,
    person_action: PersonAction,
    map: &[&str],
) {
    let watched = Progress::unwatched();
    let connection = NewConnection {
        name: "M".into(),
        description: String::new(),
        base_url: Some(sandbox.base_url()),
        munchkin_id: sandbox.munchkin_id().into(),
        client_id: sandbox.client_id().into(),
        limits: Limits::default(),
        hipaa_ready: false,
        people_since: None,
    };
    let secret = Secret::new(sandbox.client_secret().into());
    usher.add_connection(connection, secret).await.unwrap();
    let file = usher.folder().with_file_name("people.csv");
    std::fs::write(&file, rows).unwrap();
    let import = ImportRequest {
        file,
        name: "P".into(),
        format: None,
        encoding: None,
        delimiter: None,
        sheet: None,
    };
    usher.import(import, &watched).await.unwrap();
    let rules: Vec<String> = map.iter().map(|rule| (*rule).to_owned()).collect();
    let destination = NewDestination {
        name: "D".into(),
        description: String::new(),
        connection: "M".into(),
        sync_type: SyncType::AudienceAndProfile,
        person_action,
        dedupe_field: "email".into(),
        partition: None,
        workspace: None,
        mapping: Mapping::parse(&rules).unwrap(),
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
        schedule: None,
        missed: Default::default(),
        alerts: Vec::new(),
    };
    usher.create_sync(sync).await.unwrap();
}
