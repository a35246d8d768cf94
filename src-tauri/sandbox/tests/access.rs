//! Tokens, permissions, limits and the outer shell of a call.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use common::{code, empty, with};
use serde_json::json;
use usher_sandbox::Config;

#[tokio::test]
async fn a_token_stays_the_same_until_it_expires() {
    let mut api = empty().await;
    let first = api.new_token().await;
    assert_eq!(first["token_type"], "bearer");
    assert!(first["access_token"].as_str().unwrap().ends_with(":int"));
    api.private("POST", "clock", json!({"advance_seconds": 100}))
        .await;
    let second = api.new_token().await;
    assert_eq!(first["access_token"], second["access_token"]);
    assert!(second["expires_in"].as_i64().unwrap() <= first["expires_in"].as_i64().unwrap() - 100);

    api.private("POST", "clock", json!({"advance_seconds": 3600}))
        .await;
    let path = "/rest/v1/leads/partitions.json";
    assert_eq!(code(&api.get(path).await), "602");
    assert_eq!(code(&api.get(path).await), "601");
    api.token = api.new_token().await["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(code(&api.get(path).await), "");
    api.private("POST", "expire-tokens", json!({})).await;
    assert_eq!(code(&api.get(path).await), "602");
}

#[tokio::test]
async fn missing_wrong_and_misplaced_credentials() {
    let mut api = empty().await;
    let url = format!("{}/rest/v1/lists.json", api.base);
    let reply: serde_json::Value = api
        .http
        .get(&url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(code(&reply), "603");
    let with_parameter = format!("/rest/v1/lists.json?access_token={}", api.token);
    assert_eq!(code(&api.get(&with_parameter).await), "603");
    api.token = "nobody:int".to_owned();
    assert_eq!(code(&api.get("/rest/v1/lists.json").await), "601");

    let identity = format!("{}/identity/oauth/token", api.base);
    let (id, secret) = (api.sandbox.client_id(), api.sandbox.client_secret());
    let good = [
        ("grant_type", "client_credentials"),
        ("client_id", id),
        ("client_secret", secret),
    ];
    let address =
        format!("{identity}?grant_type=client_credentials&client_id={id}&client_secret={secret}");
    assert_eq!(api.http.get(address).send().await.unwrap().status(), 200);
    let mut bad = good;
    bad[2].1 = "wrong";
    assert_eq!(
        api.http
            .post(&identity)
            .form(&bad)
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
    bad = good;
    bad[1].1 = "wrong";
    assert_eq!(
        api.http
            .post(&identity)
            .form(&bad)
            .send()
            .await
            .unwrap()
            .status(),
        401
    );
}

#[tokio::test]
async fn a_missing_permission_is_603() {
    let api = empty().await;
    api.config(json!({"permissions": {"read_write_lead": false, "read_write_assets": false}}))
        .await;
    let input = json!({"input": [{"email": "a@example.com"}]});
    assert_eq!(code(&api.post("/rest/v1/leads.json", &input).await), "603");
    assert_eq!(code(&api.get("/rest/v1/leads/describe2.json").await), "");
    assert_eq!(code(&api.get("/rest/asset/v1/staticLists.json").await), "");
    let form = [("name", "x"), ("folder", r#"{"id":12,"type":"Folder"}"#)];
    assert_eq!(
        code(&api.form("/rest/asset/v1/staticLists.json", &form).await),
        "603"
    );
    api.config(json!({"permissions": {"read_write_lead": false, "read_only_lead": false}}))
        .await;
    assert_eq!(code(&api.get("/rest/v1/leads/describe2.json").await), "603");
    api.config(json!({"permissions": {}, "lists_writable": false}))
        .await;
    assert_eq!(
        code(&api.form("/rest/asset/v1/staticLists.json", &form).await),
        "603"
    );
}

#[tokio::test]
async fn the_shell_refuses_what_it_does_not_know() {
    let api = empty().await;
    assert_eq!(code(&api.get("/rest/v1/nothing.json").await), "610");
    assert_eq!(code(&api.get("/rest/asset/v1/nothing.json").await), "610");
    assert_eq!(code(&api.get("/rest//v1/lists.json").await), "610");
    let wrong_method = api
        .request("DELETE", "/rest/v1/lists.json")
        .send()
        .await
        .unwrap();
    assert_eq!(code(&wrong_method.json().await.unwrap()), "605");
    let send = |kind: &'static str, body: String| {
        let request = api
            .request("POST", "/rest/v1/leads.json")
            .header("content-type", kind)
            .body(body);
        async { request.send().await.unwrap() }
    };
    let json = |text: &str| send("application/json", text.to_owned());
    assert_eq!(code(&json("{").await.json().await.unwrap()), "609");
    assert_eq!(
        code(&send("text/plain", "{}".into()).await.json().await.unwrap()),
        "612"
    );
    assert_eq!(code(&json("{}").await.json().await.unwrap()), "1002");
    assert_eq!(
        send("application/json", "x".repeat(1024 * 1024 + 1))
            .await
            .status(),
        413
    );
    let long = format!(
        "/rest/v1/leads.json?filterType=email&filterValues={}",
        "x".repeat(8 * 1024)
    );
    assert_eq!(
        api.request("GET", &long).send().await.unwrap().status(),
        414
    );
    let records: Vec<_> = (0..301)
        .map(|i| json!({"email": format!("a{i}@example.com")}))
        .collect();
    assert_eq!(
        code(
            &api.post("/rest/v1/leads.json", &json!({"input": records}))
                .await
        ),
        "1003"
    );
}

#[tokio::test]
async fn envelopes_differ_by_family() {
    let api = empty().await;
    let leads = api.get("/rest/v1/leads/partitions.json").await;
    let keys: Vec<&String> = leads.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["requestId", "result", "success"]);
    let (head, tail) = leads["requestId"]
        .as_str()
        .unwrap()
        .split_once('#')
        .unwrap();
    assert!((1..=5).contains(&head.len()) && tail.len() == 11);
    let assets = api
        .get("/rest/asset/v1/staticList/byName.json?name=nobody")
        .await;
    assert_eq!(
        assets["warnings"],
        json!(["No assets found for the given search criteria."])
    );
    assert_eq!(assets["errors"], json!([]));
    assert_eq!(assets["success"], true);
    assert!(assets.get("result").is_none());
}

#[tokio::test]
async fn rate_and_quota() {
    let api = with(Config {
        people: 0,
        calls_per_window: 3,
        daily_quota: 6,
        ..Config::default()
    })
    .await;
    let path = "/rest/v1/leads/partitions.json";
    for _ in 0..3 {
        assert_eq!(code(&api.get(path).await), "");
    }
    let refused = api.get(path).await;
    assert_eq!(code(&refused), "606");
    assert_eq!(
        refused["errors"][0]["message"],
        "Max rate limit '3' exceeded with in '20' secs"
    );
    for _ in 0..5 {
        api.new_token().await;
    }
    api.private("POST", "clock", json!({"advance_seconds": 21}))
        .await;
    assert_eq!(code(&api.get(path).await), "");
    assert_eq!(code(&api.get(path).await), "");
    // The rejected call was the fourth, so the quota of six is spent now.
    assert_eq!(code(&api.get(path).await), "607");
    let mut api = api;
    api.private("POST", "clock", json!({"advance_seconds": 86_400}))
        .await;
    api.token = api.new_token().await["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(code(&api.get(path).await), "");
    api.config(json!({"other_apps_calls_per_window": 2})).await;
    assert_eq!(code(&api.get(path).await), "606");
}

#[tokio::test]
async fn ten_calls_in_flight() {
    let api = with(Config {
        people: 0,
        concurrency: 2,
        ..Config::default()
    })
    .await;
    api.config(json!({"latency_ms": 1000})).await;
    let path = "/rest/v1/leads/partitions.json";
    let (a, b, c) = tokio::join!(api.get(path), api.get(path), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        api.get(path).await
    });
    assert_eq!((code(&a), code(&b), code(&c)), ("", "", "615"));
    assert_eq!(code(&api.get(path).await), "");
}

#[tokio::test]
async fn time_outs_are_announced_and_kept() {
    let config = Config {
        people: 0,
        server_timeout: Some(1),
        time_scale: 60,
        ..Config::default()
    };
    let api = with(config).await;
    let reply = api
        .request("GET", "/rest/v1/lists.json")
        .send()
        .await
        .unwrap();
    assert_eq!(reply.headers()["x-sandbox-timeout"], "1");
    assert_eq!(reply.headers()["x-sandbox-time-scale"], "60");
    api.fault(json!({"at": "after_commit", "do": {"delay_ms": 1300}}))
        .await;
    let input = json!({"input": [{"email": "late@example.com"}]});
    assert_eq!(code(&api.post("/rest/v1/leads.json", &input).await), "604");
    // Not answered, and done all the same.
    assert_eq!(api.leads().await.len(), 1);
}

#[tokio::test]
async fn usage_counts_calls_and_errors_by_day() {
    let api = empty().await;
    api.get("/rest/v1/leads/partitions.json").await;
    api.get("/rest/v1/nowhere.json").await;
    api.private("POST", "config", json!({"other_apps_calls_today": 40}))
        .await;
    let today = api.get("/rest/v1/stats/usage.json").await;
    let day = &today["result"][0];
    // Two calls and the one that asks; a call to nowhere counts as well.
    assert_eq!(day["total"], 43, "{today}");
    assert_eq!(day["users"][0]["count"], 3);
    assert_eq!(day["users"][1]["count"], 40);
    let errors = api.get("/rest/v1/stats/errors.json").await;
    assert_eq!(
        errors["result"][0]["errors"],
        json!([{"errorCode": "610", "count": 1}]),
        "{errors}"
    );

    api.private("POST", "clock", json!({"advance_seconds": 86_400}))
        .await;
    api.private(
        "POST",
        "config",
        json!({"permissions": {"read_only_lead": false, "read_write_lead": false}}),
    )
    .await;
    let mut api = api;
    api.token = api.new_token().await["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let week = api.get("/rest/v1/stats/usage/last7days.json").await;
    let days = week["result"].as_array().unwrap();
    assert_eq!(days.len(), 2, "{week}");
    assert_eq!(days[0]["total"], 1, "no permission is needed");
    assert_eq!(days[1]["total"], 44);
    assert_eq!(days[1]["date"], day["date"]);
}
