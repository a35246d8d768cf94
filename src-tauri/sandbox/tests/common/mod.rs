//! A raw HTTP client for the tests: no knowledge of the API beyond paths.
#![allow(clippy::unwrap_used, dead_code, missing_docs, unreachable_pub)]

pub mod activities;
pub mod exports;
pub mod imports;

use std::collections::HashMap;

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use usher_sandbox::{Config, Sandbox};

pub struct Api {
    pub sandbox: Sandbox,
    pub http: Client,
    pub token: String,
    pub base: String,
}

/// A sandbox without people, its limits out of the way.
pub async fn empty() -> Api {
    with(Config {
        people: 0,
        calls_per_window: 10_000,
        ..Config::default()
    })
    .await
}

/// The same with tokens that outlive every wait of a test.
pub async fn patient() -> Api {
    with(Config {
        people: 0,
        calls_per_window: 10_000,
        token_life: std::time::Duration::from_secs(400 * 86_400),
        ..Config::default()
    })
    .await
}

pub async fn with(config: Config) -> Api {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sandbox = Sandbox::start(config).await.unwrap();
    let base = sandbox.base_url();
    let http = Client::builder().no_proxy().build().unwrap();
    let mut api = Api {
        sandbox,
        http,
        token: String::new(),
        base,
    };
    api.token = api.new_token().await["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    api
}

impl Api {
    pub async fn new_token(&self) -> Value {
        let form = HashMap::from([
            ("grant_type", "client_credentials"),
            ("client_id", self.sandbox.client_id()),
            ("client_secret", self.sandbox.client_secret()),
        ]);
        let url = format!("{}/identity/oauth/token", self.base);
        self.http
            .post(url)
            .form(&form)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = method.parse().unwrap();
        self.http
            .request(method, format!("{}{path}", self.base))
            .bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Value {
        self.request("GET", path)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.request("POST", path)
            .json(body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub async fn form(&self, path: &str, form: &[(&str, &str)]) -> Value {
        self.request("POST", path)
            .form(form)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub async fn private(&self, method: &str, path: &str, body: Value) -> Value {
        let path = format!("/_sandbox/marketo/{path}");
        let reply = self
            .request(method, &path)
            .json(&body)
            .send()
            .await
            .unwrap();
        let ok = reply.status().is_success();
        let body: Value = reply.json().await.unwrap();
        assert!(ok, "{path}: {body}");
        body
    }

    pub async fn config(&self, body: Value) {
        self.private("POST", "config", body).await;
    }

    /// Lets time pass.
    pub async fn wait(&self, seconds: u64) {
        self.private("POST", "clock", json!({"advance_seconds": seconds}))
            .await;
    }

    pub async fn fault(&self, fault: Value) {
        self.private("POST", "faults", json!({"faults": [fault]}))
            .await;
    }

    /// Adds people as somebody else; their ids.
    pub async fn people(&self, leads: Value) -> Vec<u64> {
        let reply = self.private("POST", "leads", json!({"leads": leads})).await;
        reply["ids"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| id.as_u64().unwrap())
            .collect()
    }

    pub async fn leads(&self) -> Vec<Value> {
        self.private("GET", "state", json!({})).await["leads"]
            .as_array()
            .unwrap()
            .clone()
    }

    pub async fn sync(&self, body: Value) -> Vec<Value> {
        let reply = self.post("/rest/v1/leads.json", &body).await;
        assert_eq!(reply["success"], true, "{reply}");
        reply["result"].as_array().unwrap().clone()
    }
}

/// `created`, `updated`, or the code of a skipped record.
pub fn outcomes(result: &[Value]) -> Vec<&str> {
    result
        .iter()
        .map(|item| match item["status"].as_str() {
            Some("skipped") => item["reasons"][0]["code"].as_str().unwrap(),
            status => status.unwrap_or("?"),
        })
        .collect()
}

/// The response-level code, or "" for success.
pub fn code(reply: &Value) -> &str {
    reply
        .pointer("/errors/0/code")
        .and_then(Value::as_str)
        .unwrap_or("")
}
