//! Faults at each point of a request's life.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::{Api, code, empty, outcomes};
use serde_json::{Value, json};
use usher_sandbox::Config;

fn body(name: &str) -> Value {
    json!({"input": [{"email": format!("{name}@example.com")}]})
}

async fn try_sync(api: &Api, name: &str) -> Result<String, reqwest::Error> {
    api.request("POST", "/rest/v1/leads.json")
        .json(&body(name))
        .send()
        .await?
        .text()
        .await
}

#[tokio::test]
async fn dropped_before_and_after() {
    let api = empty().await;
    for at in ["before_receipt", "after_receipt"] {
        api.fault(json!({"on": {"write_only": true, "times": 1}, "at": at, "do": {"drop": true}}))
            .await;
        assert!(try_sync(&api, at).await.is_err());
        assert_eq!(api.leads().await.len(), 0, "{at}");
        api.private("DELETE", "faults", json!({})).await;
    }
    api.fault(json!({"on": {"nth": 1}, "at": "after_commit", "do": {"drop": true}}))
        .await;
    assert!(try_sync(&api, "done").await.is_err());
    assert_eq!(api.leads().await.len(), 1);
    assert!(try_sync(&api, "done").await.unwrap().contains("updated"));
    let log = api.private("GET", "log", json!({})).await;
    let codes: Vec<&Value> = log["log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["code"])
        .collect();
    assert_eq!(codes, ["", "dropped", "dropped", "dropped", ""]);
    let counted: Vec<&Value> = log["log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["counted"])
        .collect();
    assert_eq!(counted, [false, false, true, true, true]);
    let records: Vec<&Value> = log["log"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["records"])
        .collect();
    assert_eq!(records, [0, 0, 0, 1, 1]);
    assert_eq!(log["log"][3]["fault"], "AfterCommit:drop");
    assert!(!log.to_string().contains(api.sandbox.client_secret()));
}

#[tokio::test]
async fn cut_in_the_middle_of_a_reply() {
    let api = empty().await;
    api.fault(json!({"on": {"times": 1}, "at": "mid_reply", "do": {"truncate_bytes": 10}}))
        .await;
    let reply = api
        .request("POST", "/rest/v1/leads.json")
        .json(&body("cut"))
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), 200);
    assert!(reply.content_length().unwrap() > 10);
    assert!(reply.bytes().await.is_err());
    assert_eq!(api.leads().await.len(), 1);

    api.fault(json!({"on": {"times": 1}, "at": "after_commit", "do": {"truncate_bytes": 10}}))
        .await;
    assert_eq!(try_sync(&api, "cut").await.unwrap().len(), 10);
}

#[tokio::test]
async fn other_replies() {
    let api = empty().await;
    let path = "/rest/v1/leads/partitions.json";
    api.fault(json!({"on": {"method": "GET", "path_contains": "partitions", "times": 1}, "do": {"html": true}})).await;
    let reply = api.request("GET", path).send().await.unwrap();
    assert_eq!(reply.status(), 502);
    assert!(reply.text().await.unwrap().starts_with("<html>"));
    let by_code =
        json!({"on": {"times": 1}, "do": {"code": 608, "message": "API Temporarily Unavailable"}});
    api.fault(by_code).await;
    assert_eq!(
        code(&api.post("/rest/v1/leads.json", &body("x")).await),
        "608"
    );
    assert!(api.leads().await.is_empty());
    let status = json!({"status": 503, "body": "busy", "content_type": "text/plain"});
    api.fault(json!({"on": {"times": 1}, "at": "before_receipt", "do": status}))
        .await;
    let reply = api.request("GET", path).send().await.unwrap();
    assert_eq!(
        (
            reply.status().as_u16(),
            reply.text().await.unwrap().as_str()
        ),
        (503, "busy")
    );
    api.fault(json!({"on": {"times": 1}, "at": "after_commit", "do": {"short_result": 2}}))
        .await;
    assert_eq!(api.get(path).await["result"].as_array().unwrap().len(), 2);
    api.fault(json!({"on": {"after": 1, "times": 1}, "do": {"code": "713"}}))
        .await;
    assert_eq!(code(&api.get(path).await), "");
    assert_eq!(code(&api.get(path).await), "713");
    assert_eq!(code(&api.get(path).await), "");
    api.fault(json!({"on": {"probability": 0.0}, "do": {"code": "713"}}))
        .await;
    assert_eq!(code(&api.get(path).await), "");
}

#[tokio::test]
async fn hanging_and_waiting() {
    let api = empty().await;
    api.fault(json!({"on": {"times": 1}, "at": "after_commit", "do": {"hang": true}}))
        .await;
    let waited = tokio::time::timeout(Duration::from_millis(300), try_sync(&api, "hung")).await;
    assert!(waited.is_err());
    assert_eq!(api.leads().await.len(), 1);
    // The slot is free again once the caller has given up.
    let mut in_flight = json!(1);
    for _ in 0..50 {
        let shown = api.private("GET", "config", json!({})).await;
        in_flight = shown["counters"]["in_flight"].clone();
        if in_flight == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(in_flight, 0);

    // A slow write is done even when its sender does not wait for it.
    api.fault(json!({"on": {"times": 1}, "do": {"delay_ms": 1000}}))
        .await;
    let waited = tokio::time::timeout(Duration::from_millis(100), try_sync(&api, "slow")).await;
    assert!(waited.is_err());
    assert_eq!(api.leads().await.len(), 1);
    for _ in 0..50 {
        if api.leads().await.len() == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the slow write was lost");
}

#[tokio::test]
async fn chosen_records_are_refused() {
    let api = empty().await;
    let refuse =
        json!({"field": "email", "value_contains": "bad", "code": "1003", "message": "No"});
    api.fault(json!({"reject": refuse})).await;
    let input = json!([{"email": "good@example.com"}, {"email": "BAD@example.com"}]);
    assert_eq!(
        outcomes(&api.sync(json!({"input": input})).await),
        ["created", "1003"]
    );
    api.private("DELETE", "faults", json!({})).await;
    let ids = api.people(json!([{}, {}, {}, {}])).await;
    api.fault(json!({"reject": {"field": "id", "every_nth": 2, "code": 1004, "message": "Lead not found"}})).await;
    let list = api.private("POST", "lists", json!({"name": "L"})).await["id"].clone();
    let ids: Vec<Value> = ids.iter().map(|id| json!({"id": id})).collect();
    let added = api
        .post(
            &format!("/rest/v1/lists/{list}/leads.json"),
            &json!({"input": ids}),
        )
        .await;
    assert_eq!(
        outcomes(added["result"].as_array().unwrap()),
        ["added", "1004", "added", "1004"]
    );
}

#[tokio::test]
async fn an_unknown_fault_is_refused() {
    let api = empty().await;
    let path = "/_sandbox/marketo/faults";
    let body = json!({"faults": [{"do": {"explode": true}}]});
    assert_eq!(
        api.request("POST", path)
            .json(&body)
            .send()
            .await
            .unwrap()
            .status(),
        400
    );
}

#[tokio::test]
async fn rejections_can_be_few() {
    let api = empty().await;
    let reject = json!({"field": "email", "every_nth": 2, "code": "1003", "message": "No"});
    api.fault(json!({"on": {"times": 1}, "reject": reject}))
        .await;
    let input: Vec<Value> = (0..5)
        .map(|i| json!({"email": format!("p{i}@example.com")}))
        .collect();
    let result = api.sync(json!({"input": input})).await;
    assert_eq!(
        outcomes(&result),
        ["created", "1003", "created", "created", "created"]
    );
}

#[tokio::test]
async fn shutting_down_ends_hanging_calls_and_frees_the_port() {
    let api = empty().await;
    api.fault(json!({"do": {"hang": true}})).await;
    let port = api.base.rsplit(':').next().unwrap().parse().unwrap();
    let hanging = api.request("GET", "/rest/v1/lists.json");
    let hanging = tokio::spawn(async move { hanging.send().await.is_err() });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let started = std::time::Instant::now();
    drop(api.http);
    api.sandbox.shutdown().await.unwrap();
    assert!(hanging.await.unwrap(), "a hanging call was answered");
    assert!(started.elapsed() < Duration::from_secs(3));
    common::with(Config {
        port,
        people: 0,
        ..Config::default()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_callers_at_once_lose_nothing() {
    let api = std::sync::Arc::new(empty().await);
    api.config(json!({"concurrency": 100})).await;
    api.fault(json!({"on": {"write_only": true, "probability": 0.3}, "at": "after_commit", "do": {"drop": true}})).await;
    let tasks: Vec<_> = (0..60)
        .map(|i| {
            let api = std::sync::Arc::clone(&api);
            tokio::spawn(async move { try_sync(&api, &format!("p{i}")).await.is_ok() })
        })
        .collect();
    let mut answered = 0;
    for task in tasks {
        answered += usize::from(task.await.unwrap());
    }
    assert!((20..60).contains(&answered), "{answered}");
    assert_eq!(api.leads().await.len(), 60);
    let shown = api.private("GET", "config", json!({})).await;
    assert_eq!(shown["counters"]["in_flight"], 0);
}
