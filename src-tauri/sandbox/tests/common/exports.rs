//! Ordering extracts and looking at them.

use serde_json::{Value, json};

use super::{Api, code};

pub const EXPORTS: &str = "/bulk/v1/leads/export";

pub async fn create(api: &Api, body: &Value) -> Value {
    api.post(&format!("{EXPORTS}/create.json"), body).await
}

pub async fn act(api: &Api, id: &str, what: &str) -> Value {
    let path = format!("{EXPORTS}/{id}/{what}.json");
    api.post(&path, &json!({})).await
}

/// A created and queued job.
pub async fn queued(api: &Api, body: &Value) -> String {
    let created = create(api, body).await;
    assert_eq!(code(&created), "", "{created}");
    let id = created["result"][0]["exportId"]
        .as_str()
        .unwrap()
        .to_owned();
    let reply = act(api, &id, "enqueue").await;
    assert_eq!(reply["result"][0]["status"], "Queued", "{reply}");
    id
}

pub async fn status(api: &Api, id: &str) -> Value {
    let reply = api.get(&format!("{EXPORTS}/{id}/status.json")).await;
    reply["result"][0].clone()
}

pub async fn file(api: &Api, id: &str) -> String {
    let path = format!("{EXPORTS}/{id}/file.json");
    let reply = api.request("GET", &path).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    reply.text().await.unwrap()
}

/// Everybody of a list, one column.
pub fn of_list(list: &Value, field: &str) -> Value {
    json!({"fields": [field], "filter": {"staticListId": list}})
}

pub async fn list_of(api: &Api, members: &[u64]) -> Value {
    let body = json!({"name": "L", "members": members});
    api.private("POST", "lists", body).await["id"].clone()
}

pub fn in_may(kind: &str) -> Value {
    json!({kind: {"startAt": "2026-05-01T00:00:00Z", "endAt": "2026-05-31T23:59:59Z"}})
}

pub fn sha256(text: &str) -> String {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(text);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The jobs that are in a state, by order of their creation.
pub async fn states(api: &Api, wanted: &str) -> Vec<String> {
    let shown = api.private("GET", "bulk", json!({})).await;
    let jobs = shown["jobs"].as_array().unwrap().iter();
    let meant = jobs.filter(|job| job["kind"] == "export" && job["state"] == wanted);
    meant
        .map(|job| job["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The status, or the code of the refusal.
pub async fn status_or_code(api: &Api, id: &str) -> String {
    let reply = api.get(&format!("{EXPORTS}/{id}/status.json")).await;
    let status = reply["result"][0]["status"].as_str();
    status.unwrap_or(code(&reply)).to_owned()
}
