//! The whole traffic: each call of the client, with what can become of it, and what else
//! the sandbox answers.

mod activities;
mod bulk;
mod jobs;
mod lists;
mod members;
mod people;
mod refusals;

use super::{
    FILES,
    departures::Descriptions,
    prism::Prism,
    recorder::{Exchange, Recorder},
};
use reqwest::Client;
use serde_json::{Value, json};
use std::{fs, path::Path, sync::Arc};
use usher_model::Secret;
use usher_remote::{clock::SystemClock, http::NetHttp, marketo::Marketo};
use usher_sandbox::{Config, Sandbox};

/// What is asked for.
pub(super) const OPERATIONS: [(&str, &str); 29] = [
    ("post", "/identity/oauth/token"),
    ("get", "/rest/v1/leads/describe2.json"),
    ("get", "/rest/v1/leads/partitions.json"),
    // Sync Leads, and with `_method=GET` leads by filter.
    ("post", "/rest/v1/leads.json"),
    ("get", "/rest/v1/lists/{listId}/leads.json"),
    ("post", "/rest/v1/lists/{listId}/leads.json"),
    ("delete", "/rest/v1/lists/{listId}/leads.json"),
    ("get", "/rest/v1/lists/{listId}/leads/ismember.json"),
    ("get", "/rest/v1/stats/usage.json"),
    ("get", "/rest/asset/v1/staticLists.json"),
    ("post", "/rest/asset/v1/staticLists.json"),
    ("get", "/rest/asset/v1/staticList/byName.json"),
    ("get", "/rest/asset/v1/staticList/{id}.json"),
    ("get", "/rest/asset/v1/folder/byName.json"),
    ("get", "/rest/asset/v1/folders.json"),
    ("get", "/rest/v1/activities/pagingtoken.json"),
    ("get", "/rest/v1/activities/leadchanges.json"),
    ("get", "/rest/v1/activities/deletedleads.json"),
    // Without the client.
    ("get", "/rest/v1/activities/types.json"),
    ("get", "/bulk/v1/leads/export.json"),
    // With it.
    ("post", "/bulk/v1/leads/export/create.json"),
    ("post", "/bulk/v1/leads/export/{exportId}/enqueue.json"),
    ("post", "/bulk/v1/leads/export/{exportId}/cancel.json"),
    ("get", "/bulk/v1/leads/export/{exportId}/status.json"),
    ("get", "/bulk/v1/leads/export/{exportId}/file.json"),
    ("post", "/bulk/v1/leads.json"),
    ("get", "/bulk/v1/leads/batch/{batchId}.json"),
    ("get", "/bulk/v1/leads/batch/{batchId}/failures.json"),
    ("get", "/bulk/v1/leads/batch/{batchId}/warnings.json"),
];

const SOURCES: [&str; 7] = [
    include_str!("calls.rs"),
    include_str!("calls/activities.rs"),
    include_str!("calls/bulk.rs"),
    include_str!("calls/lists.rs"),
    include_str!("calls/members.rs"),
    include_str!("calls/people.rs"),
    include_str!("calls/refusals.rs"),
];

/// Enough for a second page of one partition, and for more than a filter may match.
const PEOPLE: usize = 2_000;

/// The client on one side, the levers of the sandbox on the other.
struct Stage {
    marketo: Marketo,
    address: String,
    client_id: String,
    sandbox: Sandbox,
    http: Client,
}

/// All exchanges of the traffic, held against these descriptions.
pub(super) async fn through(descriptions: &Descriptions) -> Vec<Exchange> {
    // First, as it brings the cryptography that every client here needs.
    let net = NetHttp::new().unwrap();
    let sandbox = Sandbox::start(Config {
        people: PEOPLE,
        calls_per_window: 10_000,
        ..Config::default()
    })
    .await
    .unwrap();
    let mut prisms = Vec::new();
    for (_, description) in &descriptions.0 {
        prisms.push(Prism::start(description, &sandbox.base_url()).await);
    }
    let ports: [u16; FILES.len()] = std::array::from_fn(|file| prisms[file].port);
    let (recorder, address) = Recorder::start(ports).await;
    let client_id = sandbox.client_id().to_owned();
    let secret = Secret::new(sandbox.client_secret().to_owned());
    let (net, clock) = (Arc::new(net), Arc::new(SystemClock));
    let stage = Stage {
        marketo: Marketo::new(net, clock, &address, client_id.clone(), secret),
        address,
        client_id,
        sandbox,
        http: Client::builder().no_proxy().build().unwrap(),
    };
    stage.marketo.ensure_token().await.unwrap();
    people::drive(&stage).await;
    lists::drive(&stage).await;
    activities::drive(&stage).await;
    bulk::drive(&stage).await;
    jobs::drive(&stage).await;
    refusals::drive(&stage).await;
    recorder.take()
}

impl Stage {
    /// A private endpoint of the sandbox, past Prism.
    async fn private(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_sandbox/marketo/{path}", self.sandbox.base_url());
        let reply = self.http.post(url).json(&body).send().await.unwrap();
        assert!(reply.status().is_success(), "{path} {body}");
        reply.json().await.unwrap()
    }

    /// People made by somebody else.
    async fn people(&self, leads: Value) -> Vec<i64> {
        let made = self.private("leads", json!({ "leads": leads })).await;
        serde_json::from_value(made["ids"].clone()).unwrap()
    }
}

/// Every public call in the client's sources.
pub(super) fn methods_of_the_client() -> Vec<String> {
    let folder = "../src-tauri/remote/src/marketo";
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut methods = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        let calls = text.split("pub async fn ").skip(1);
        methods.extend(calls.map(|rest| rest.split('(').next().unwrap().to_owned()));
    }
    assert!(methods.len() > 10, "{methods:?}");
    methods
}

/// Whether the traffic has that call.
pub(super) fn drives(method: &str) -> bool {
    let call = format!(".{method}(");
    SOURCES.iter().any(|text| text.contains(&call))
}
