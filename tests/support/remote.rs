//! The sandbox seen from its back door: what is there, what was asked, and what
//! goes wrong next.

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use usher_sandbox::{Config, Sandbox};

/// What a sandbox that somebody else started at this address holds.
pub fn state_at(base_url: &str) -> Value {
    drop(rustls::crypto::ring::default_provider().install_default());
    let url = format!("{base_url}/_sandbox/marketo/state");
    Runtime::new().unwrap().block_on(async {
        let reply = reqwest::get(url).await.unwrap();
        reply.json().await.unwrap()
    })
}

/// A sandbox that runs for one journey.
pub struct Remote {
    runtime: Runtime,
    sandbox: Option<Sandbox>,
    client: reqwest::Client,
    config: Config,
}

impl Remote {
    /// Starts one.
    pub fn start(config: Config) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let runtime = Runtime::new().unwrap();
        let sandbox = runtime.block_on(Sandbox::start(config.clone())).unwrap();
        let port = sandbox.base_url().rsplit(':').next().unwrap().parse();
        Self {
            runtime,
            sandbox: Some(sandbox),
            client: reqwest::Client::new(),
            config: Config {
                port: port.unwrap(),
                ..config
            },
        }
    }

    /// Ends it: nobody listens at its address any more. What it knows is in its
    /// state file, where it has one.
    pub fn stop(&mut self) {
        let sandbox = self.sandbox.take().unwrap();
        self.runtime.block_on(sandbox.shutdown()).unwrap();
    }

    /// Starts it again at its address, with what is in its state file.
    pub fn start_again(&mut self) {
        let sandbox = self.runtime.block_on(Sandbox::start(self.config.clone()));
        self.sandbox = Some(sandbox.unwrap());
    }

    /// The running sandbox.
    pub fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().unwrap()
    }

    /// A private call, such as `("GET", "state", Value::Null)`.
    #[track_caller]
    pub fn private(&self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("{}/_sandbox/marketo/{path}", self.sandbox().base_url());
        let method = method.parse().unwrap();
        let request = self.client.request(method, &url).json(&body);
        let (status, text) = self.runtime.block_on(async {
            let reply = request.send().await.unwrap();
            (reply.status(), reply.text().await.unwrap())
        });
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// People whom somebody else made, each an object of fields (with
    /// `partition`, `updatedAt`); their ids.
    pub fn add_people(&self, people: Value) -> Vec<i64> {
        let made = self.private("POST", "leads", json!({ "leads": people }));
        let ids = made["ids"]
            .as_array()
            .or_else(|| made["leads"].as_array())
            .unwrap();
        ids.iter()
            .map(|id| id.as_i64().or_else(|| id["id"].as_i64()).unwrap())
            .collect()
    }

    /// All leads as they are now.
    pub fn leads(&self) -> Vec<Value> {
        self.private("GET", "state", Value::Null)["leads"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// The leads that have this e-mail, whatever the case.
    pub fn leads_of(&self, email: &str) -> Vec<Value> {
        let has = |lead: &Value| {
            lead["email"]
                .as_str()
                .is_some_and(|found| found.trim().eq_ignore_ascii_case(email))
        };
        self.leads().into_iter().filter(has).collect()
    }

    /// The ids on the list of this name; nothing when there is no such list.
    pub fn members(&self, list: &str) -> Option<Vec<i64>> {
        let state = self.private("GET", "state", Value::Null);
        let found = state["lists"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["name"] == list)?
            .clone();
        Some(
            found["members"]
                .as_array()
                .unwrap()
                .iter()
                .map(|id| id.as_i64().unwrap())
                .collect(),
        )
    }

    /// Every request since the log was last emptied.
    pub fn log(&self) -> Vec<Value> {
        let log = self.private("GET", "log", Value::Null);
        log.as_array()
            .or_else(|| log["log"].as_array())
            .unwrap()
            .clone()
    }

    /// Requests to the service, token calls left out.
    pub fn calls(&self) -> Vec<Value> {
        let is_call = |one: &Value| !one["path"].as_str().unwrap().starts_with("/identity");
        self.log().into_iter().filter(is_call).collect()
    }

    /// From here on nothing goes wrong that was told to.
    pub fn mend(&self) {
        self.private("DELETE", "faults", Value::Null);
    }

    /// What goes wrong from now on, beside what was told before.
    pub fn faults(&self, faults: Value) {
        self.private("POST", "faults", json!({ "faults": faults }));
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        if let Some(sandbox) = self.sandbox.take() {
            drop(self.runtime.block_on(sandbox.shutdown()));
        }
    }
}
