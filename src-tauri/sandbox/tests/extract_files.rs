//! Bulk lead extract: fetching a file, and faults on the way.

#![allow(clippy::unwrap_used)]

mod common;

use common::exports::{
    EXPORTS, act, create, file, list_of, of_list, queued, sha256, status, status_or_code,
};
use common::{code, patient};
use serde_json::{Value, json};

#[tokio::test]
async fn files_in_part() {
    let api = patient().await;
    let ids = api.people(json!([{"email": "a@example.com"}])).await;
    let list = list_of(&api, &ids).await;
    let id = queued(&api, &of_list(&list, "email")).await;
    let path = format!("{EXPORTS}/{id}/file.json");
    let ask = async |path: &str, range: &str| {
        let request = api.request("GET", path).header("range", range);
        let reply = request.send().await.unwrap();
        let told = reply.headers().get("content-range");
        let told = told.map_or(String::new(), |told| told.to_str().unwrap().to_owned());
        (reply.status().as_u16(), told, reply.text().await.unwrap())
    };
    let (status, _, text) = ask(&path, "bytes=0-").await;
    assert_eq!((status, text.as_str()), (404, "Export file not available"));
    let unknown = format!("{EXPORTS}/no-such-id/file.json");
    assert_eq!(ask(&unknown, "bytes=0-").await.0, 404);
    api.wait(5).await;
    // `email\na@example.com\n`
    for (range, told, text) in [
        ("bytes=0-4", "bytes 0-4/20", "email"),
        ("bytes=6-", "bytes 6-19/20", "a@example.com\n"),
        ("bytes=6-999", "bytes 6-19/20", "a@example.com\n"),
    ] {
        let expected = (206, told.to_owned(), text.to_owned());
        assert_eq!(ask(&path, range).await, expected);
    }
    for range in ["bytes=20-", "bytes=5-4", "letters=0-4"] {
        let (status, told, _) = ask(&path, range).await;
        assert_eq!((status, told.as_str()), (416, "bytes */20"), "{range}");
    }
    let log = api.private("GET", "log", json!({})).await;
    let entries = log["log"].as_array().unwrap();
    // All but the call for the token.
    assert!(entries[1..].iter().all(|entry| entry["counted"] == true));
    let codes: Vec<&Value> = entries.iter().map(|entry| &entry["code"]).collect();
    assert_eq!(codes[3..6], ["404", "404", ""]);
    api.wait(7 * 86_400 - 60).await;
    assert_eq!(ask(&path, "bytes=0-").await.0, 206);
    api.wait(120).await;
    assert_eq!(ask(&path, "bytes=0-").await.0, 404);
    assert_eq!(status_or_code(&api, &id).await, "Completed");
    api.wait(23 * 86_400).await;
    assert_eq!(status_or_code(&api, &id).await, "1013");
}

#[tokio::test]
async fn a_download_that_is_cut_goes_on_where_it_stopped() {
    let api = patient().await;
    let people: Vec<Value> = (0..500)
        .map(|i| json!({"email": format!("person{i}@example.com")}))
        .collect();
    let ids = api.people(json!(people)).await;
    let list = list_of(&api, &ids).await;
    let id = queued(&api, &of_list(&list, "email")).await;
    api.wait(60).await;
    let path = format!("{EXPORTS}/{id}/file.json");
    api.fault(json!({"on": {"path_contains": "file.json", "times": 1}, "at": "mid_reply", "do": {"truncate_bytes": 4000}})).await;
    let mut reply = api.request("GET", &path).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    let mut got = Vec::new();
    while let Ok(Some(part)) = reply.chunk().await {
        got.extend_from_slice(&part);
    }
    assert_eq!(got.len(), 4_000);
    let rest = api.request("GET", &path).header("range", "bytes=4000-");
    got.extend_from_slice(&rest.send().await.unwrap().bytes().await.unwrap());
    let text = String::from_utf8(got).unwrap();
    let shown = status(&api, &id).await;
    assert_eq!(shown["fileSize"], text.len());
    assert_eq!(shown["fileChecksum"], format!("sha256:{}", sha256(&text)));
    // A reply that is whole and short is found by its sum alone.
    api.fault(json!({"on": {"path_contains": "file.json", "times": 1}, "at": "after_commit", "do": {"truncate_bytes": 10}})).await;
    assert_eq!(file(&api, &id).await, text[..10]);
}

#[tokio::test]
async fn other_faults_meet_jobs_too() {
    let api = patient().await;
    let list = list_of(&api, &[]).await;
    let order = of_list(&list, "id");
    let fault = json!({"on": {"path_contains": "create", "times": 1}, "do": {"code": 608}});
    api.fault(fault).await;
    assert_eq!(code(&create(&api, &order).await), "608");
    // Queued, and the answer is lost: asking again says so.
    let id = create(&api, &order).await["result"][0]["exportId"].clone();
    let id = id.as_str().unwrap();
    api.fault(json!({"on": {"path_contains": "enqueue", "times": 1}, "at": "after_commit", "do": {"drop": true}})).await;
    let path = format!("{EXPORTS}/{id}/enqueue.json");
    let lost = api.request("POST", &path).json(&json!({})).send().await;
    assert!(lost.is_err());
    assert_eq!(code(&act(&api, id, "enqueue").await), "1029");
    api.config(json!({"permissions": {"read_only_lead": false, "read_write_lead": false}}))
        .await;
    assert_eq!(code(&create(&api, &order).await), "603");
    assert_eq!(status_or_code(&api, id).await, "603");
}

#[tokio::test]
async fn only_the_newest_files_are_held() {
    let api = patient().await;
    let list = list_of(&api, &[]).await;
    let first = queued(&api, &of_list(&list, "id")).await;
    for _ in 0..12 {
        api.wait(10).await;
        queued(&api, &of_list(&list, "id")).await;
    }
    assert_eq!(file(&api, &first).await, "id\n");
    api.wait(10).await;
    let path = format!("{EXPORTS}/{first}/file.json");
    let reply = api.request("GET", &path).send().await.unwrap();
    assert_eq!(reply.status(), 404);
}
