//! Bulk lead import: what is refused, the queue, and faults.

#![allow(clippy::unwrap_used)]

mod common;

use common::imports::{IMPORT, batch, import, left, list, multipart, send};
use common::{Api, code, patient};
use serde_json::{Value, json};

const FILE: &str = "email\na@example.com\n";

/// The code of a call with this content type and body.
async fn raw(api: &Api, kind: &str, body: String) -> String {
    let path = format!("{IMPORT}?format=csv");
    let request = api.request("POST", &path).header("content-type", kind);
    let reply: Value = request
        .body(body)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    code(&reply).to_owned()
}

#[tokio::test]
async fn calls_that_are_refused() {
    let api = patient().await;
    api.config(json!({"hidden_partitions": ["EMEA"]})).await;
    for (query, expected) in [
        ("", "1002"),
        ("format=ssv", "1001"),
        ("format=xlsx", "1001"),
        ("format=csv&lookupField=firstName", "1011"),
        ("format=csv&lookupField=createdAt", "1011"),
        ("format=csv&partitionName=Nowhere", "1008"),
        ("format=csv&partitionName=EMEA", "1008"),
        ("format=csv&listId=999", "1013"),
        ("format=csv&listId=x", "1001"),
        ("format=csv&access_token=x", "603"),
        ("format=tsv&partitionName=Default&lookupField=email", ""),
    ] {
        let reply = send(&api, query, FILE).await;
        assert_eq!(code(&reply), expected, "{query}: {reply}");
    }
    let whole = multipart(&[("file", FILE)]);
    let form = "multipart/form-data; boundary=BoundaryX";
    for (kind, body, expected) in [
        ("application/json", whole.clone(), "612"),
        ("multipart/form-data", whole.clone(), "613"),
        (
            "multipart/form-data; boundary=Another",
            whole.clone(),
            "613",
        ),
        (
            "multipart/form-data; boundary=boundaryx",
            whole.clone(),
            "613",
        ),
        (form, whole[..whole.len() - 4].to_owned(), "613"),
        (form, String::new(), "613"),
        (form, multipart(&[]), "613"),
        (form, multipart(&[("upload", FILE)]), "613"),
        (form, multipart(&[("file", FILE), ("file", FILE)]), "613"),
        (
            form,
            multipart(&[("access_token", "x"), ("file", FILE)]),
            "603",
        ),
        (
            form,
            multipart(&[("listId", "999"), ("file", FILE)]),
            "1013",
        ),
        ("Multipart/Form-Data; Boundary=\"BoundaryX\"", whole, ""),
    ] {
        assert_eq!(
            raw(&api, kind, body.clone()).await,
            expected,
            "{kind} {body}"
        );
    }
    let list = list(&api, "L").await;
    api.config(json!({"lists_writable": false})).await;
    let into = format!("format=csv&listId={list}");
    assert_eq!(code(&send(&api, &into, FILE).await), "603");
    assert_eq!(code(&send(&api, "format=csv", FILE).await), "");
    api.config(json!({"permissions": {"read_write_lead": false}}))
        .await;
    assert_eq!(code(&send(&api, "format=csv", FILE).await), "603");
    assert_eq!(
        code(&api.get("/bulk/v1/leads/batch/1001.json").await),
        "603"
    );
    assert_eq!(code(&api.get(IMPORT).await), "605");
}

#[tokio::test]
async fn a_file_may_be_larger_than_other_bodies() {
    let api = patient().await;
    let file = |rows: usize| {
        format!(
            "email,notes\n{}",
            format!("a@example.com,{}\n", "x".repeat(985)).repeat(rows)
        )
    };
    assert_eq!(code(&send(&api, "format=csv", &file(10_000)).await), "");
    let body = multipart(&[("file", &file(10_600))]);
    let request = api.request("POST", &format!("{IMPORT}?format=csv"));
    let request = request.header("content-type", "multipart/form-data; boundary=BoundaryX");
    assert_eq!(request.body(body).send().await.unwrap().status(), 413);
    let body = json!({"input": [{"email": "a@example.com", "notes": "x".repeat(1_100_000)}]});
    let reply = api.request("POST", "/rest/v1/leads.json").json(&body);
    assert_eq!(reply.send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn two_at_work_ten_in_the_queue_and_one_for_a_list() {
    let api = patient().await;
    api.config(json!({"import_seconds": 100})).await;
    let list = list(&api, "L").await;
    let into = format!("format=csv&listId={list}");
    let first = import(&api, &into, FILE).await;
    assert_eq!(code(&send(&api, &into, FILE).await), "1019");
    let mut batches = vec![first];
    for _ in 1..10 {
        batches.push(import(&api, "format=csv", FILE).await);
    }
    assert_eq!(code(&send(&api, "format=csv", FILE).await), "1016");
    let mut states = Vec::new();
    for no in &batches[..3] {
        states.push(batch(&api, *no).await["status"].clone());
    }
    assert_eq!(states, ["Importing", "Importing", "Queued"]);
    api.wait(130).await;
    assert_eq!(batch(&api, batches[1]).await["status"], "Complete");
    assert_eq!(batch(&api, batches[2]).await["status"], "Importing");
    assert_eq!(batch(&api, batches[4]).await["status"], "Queued");
    import(&api, &into, FILE).await;
    api.wait(600).await;
    assert_eq!(batch(&api, batches[9]).await["status"], "Complete");
}

#[tokio::test]
async fn a_batch_is_known_for_a_week() {
    let api = patient().await;
    let no = import(&api, "format=csv", "email\nbad\n").await;
    api.wait(7 * 86_400 - 60).await;
    assert_eq!(batch(&api, no).await["status"], "Complete");
    assert_eq!(left(&api, no, "failures").await.0, 200);
    api.wait(120).await;
    let path = format!("/bulk/v1/leads/batch/{no}.json");
    assert_eq!(code(&api.get(&path).await), "1013");
    assert_eq!(left(&api, no, "failures").await.0, 404);
    assert_eq!(code(&api.get("/bulk/v1/leads/batch/x.json").await), "1013");
}

#[tokio::test]
async fn faults_meet_imports_too() {
    let api = patient().await;
    // Sent, taken, and never answered.
    api.fault(
        json!({"on": {"write_only": true, "times": 1}, "at": "after_commit", "do": {"drop": true}}),
    )
    .await;
    let body = multipart(&[("file", FILE)]);
    let request = api.request("POST", &format!("{IMPORT}?format=csv"));
    let request = request.header("content-type", "multipart/form-data; boundary=BoundaryX");
    assert!(request.body(body).send().await.is_err());
    api.wait(10).await;
    assert_eq!(api.leads().await.len(), 1);
    api.fault(json!({"on": {"write_only": true, "times": 1}, "do": {"code": 713}}))
        .await;
    // Looking at a batch is no write, so the fault waits for the next file.
    assert_eq!(batch(&api, 1_001).await["status"], "Complete");
    assert_eq!(code(&send(&api, "format=csv", FILE).await), "713");
    let no = import(&api, "format=csv", "email\nbad\n").await;
    api.fault(json!({"on": {"path_contains": "failures", "times": 1}, "do": {"html": true}}))
        .await;
    api.wait(10).await;
    assert_eq!(left(&api, no, "failures").await.0, 502);
    assert_eq!(left(&api, no, "failures").await.0, 200);
}
