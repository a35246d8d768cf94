//! Sending imports and looking at them.

use serde_json::{Value, json};

use super::Api;

pub const IMPORT: &str = "/bulk/v1/leads.json";

/// A multipart body with these parts.
pub fn multipart(parts: &[(&str, &str)]) -> String {
    let part = |(name, content): &(&str, &str)| {
        format!(
            "--BoundaryX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}.csv\"\r\nContent-Type: text/csv\r\n\r\n{content}\r\n"
        )
    };
    let parts: String = parts.iter().map(part).collect();
    format!("{parts}--BoundaryX--\r\n")
}

/// The reply to a file, `query` standing behind the address.
pub async fn send(api: &Api, query: &str, file: &str) -> Value {
    let body = multipart(&[("file", file)]);
    let request = api
        .request("POST", &format!("{IMPORT}?{query}"))
        .header("content-type", "multipart/form-data; boundary=BoundaryX");
    let reply = request.body(body).send().await.unwrap();
    reply.json().await.unwrap()
}

/// The batch of an accepted file.
pub async fn import(api: &Api, query: &str, file: &str) -> u64 {
    let reply = send(api, query, file).await;
    let result = &reply["result"][0];
    assert_eq!(result["status"], "Queued", "{reply}");
    let batch = result["batchId"].as_u64().unwrap();
    assert_eq!(result["importId"], batch.to_string());
    batch
}

pub async fn batch(api: &Api, batch: u64) -> Value {
    let reply = api.get(&format!("/bulk/v1/leads/batch/{batch}.json")).await;
    reply["result"][0].clone()
}

/// What is left of a batch: HTTP status and text.
pub async fn left(api: &Api, batch: u64, what: &str) -> (u16, String) {
    let path = format!("/bulk/v1/leads/batch/{batch}/{what}.json");
    let reply = api.request("GET", &path).send().await.unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

/// Sends a file, lets it pass, and gives its status.
pub async fn done(api: &Api, query: &str, file: &str) -> Value {
    let no = import(api, query, file).await;
    api.wait(600).await;
    batch(api, no).await
}

pub async fn list(api: &Api, name: &str) -> Value {
    let body = json!({"name": name});
    api.private("POST", "lists", body).await["id"].clone()
}
