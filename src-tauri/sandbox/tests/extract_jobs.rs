//! Bulk lead extract: the queue, times and limits.

#![allow(clippy::unwrap_used)]

mod common;

use common::exports::{EXPORTS, act, create, in_may, list_of, of_list, queued, states, status};
use common::{code, patient};
use serde_json::{Value, json};
use usher_sandbox::Config;

#[tokio::test]
async fn two_at_work_and_ten_in_the_queue() {
    let api = patient().await;
    api.config(json!({"export_seconds": 100})).await;
    let list = list_of(&api, &[]).await;
    let order = of_list(&list, "id");
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(queued(&api, &order).await);
    }
    let eleventh = create(&api, &order).await["result"][0]["exportId"].clone();
    let eleventh = eleventh.as_str().unwrap();
    let refused = act(&api, eleventh, "enqueue").await;
    assert_eq!(code(&refused), "1029");
    assert_eq!(refused["errors"][0]["message"], "Too many jobs in queue");
    let again = act(&api, &ids[0], "enqueue").await;
    assert_eq!(code(&again), "1029");
    assert_eq!(again["errors"][0]["message"], "Export job already queued");
    api.wait(30).await;
    assert_eq!(states(&api, "Processing").await, ids[..2]);
    let canceled = act(&api, &ids[0], "cancel").await;
    assert_eq!(canceled["result"][0]["status"], "Canceled");
    assert_eq!(states(&api, "Processing").await, ids[1..3]);
    assert_eq!(code(&act(&api, &ids[0], "cancel").await), "1003");
    assert_eq!(code(&act(&api, &ids[0], "enqueue").await), "1029");
    assert_eq!(
        act(&api, eleventh, "enqueue").await["result"][0]["status"],
        "Queued"
    );
    // The oldest first; whoever took the free place ends later.
    api.wait(80).await;
    assert_eq!(states(&api, "Completed").await, ids[1..2]);
    api.wait(30).await;
    assert_eq!(states(&api, "Completed").await, ids[1..3]);
    api.wait(400).await;
    assert_eq!(states(&api, "Completed").await.len(), 10);
    api.config(json!({"cancelled_spelling": true})).await;
    assert_eq!(status(&api, &ids[0]).await["status"], "Cancelled");
    assert!(status(&api, &ids[0]).await.get("finishedAt").is_none());
}

#[tokio::test]
async fn large_jobs_take_longer() {
    let api = patient().await;
    let ids = api.people(json!([{}, {}, {}, {}])).await;
    let list = list_of(&api, &ids).await;
    api.config(json!({"export_seconds": 20, "export_rows_per_second": 1}))
        .await;
    let id = queued(&api, &of_list(&list, "id")).await;
    api.wait(20).await;
    assert_eq!(states(&api, "Processing").await, [id.as_str()]);
    api.wait(4).await;
    assert_eq!(states(&api, "Completed").await, [id.as_str()]);
}

#[tokio::test]
async fn a_scale_makes_everything_faster() {
    let api = common::with(Config {
        people: 0,
        time_scale: 60,
        ..Config::default()
    })
    .await;
    let list = list_of(&api, &[]).await;
    let id = queued(&api, &of_list(&list, "id")).await;
    api.wait(1).await;
    assert_eq!(status(&api, &id).await["status"], "Completed");
}

#[tokio::test]
async fn the_days_volume() {
    let api = patient().await;
    let ids = api.people(json!([{"email": "a@example.com"}])).await;
    let list = list_of(&api, &ids).await;
    let order = of_list(&list, "email");
    // One file is 20 bytes, so the second is still allowed.
    api.config(json!({"export_daily_bytes": 21})).await;
    queued(&api, &order).await;
    let waiting = create(&api, &order).await["result"][0]["exportId"].clone();
    api.wait(5).await;
    queued(&api, &order).await;
    api.wait(5).await;
    for reply in [
        create(&api, &order).await,
        act(&api, waiting.as_str().unwrap(), "enqueue").await,
    ] {
        assert_eq!(code(&reply), "1029");
        assert_eq!(reply["errors"][0]["message"], "Export daily quota exceeded");
    }
    api.wait(86_400).await;
    queued(&api, &order).await;
}

#[tokio::test]
async fn jobs_that_fail() {
    let api = patient().await;
    let list = list_of(&api, &[]).await;
    let id = queued(&api, &of_list(&list, "id")).await;
    api.private("DELETE", &format!("lists/{list}"), json!({}))
        .await;
    let other = queued(
        &api,
        &json!({"fields": ["id"], "filter": in_may("createdAt")}),
    )
    .await;
    api.config(json!({"failing_exports": 2})).await;
    api.wait(60).await;
    for id in [&id, &other] {
        let shown = status(&api, id).await;
        assert_eq!(shown["status"], "Failed");
        assert_eq!(shown["errorMsg"], "System error");
        assert!(shown.get("fileSize").is_none(), "{shown}");
    }
    let list = list_of(&api, &[]).await;
    let id = queued(&api, &of_list(&list, "id")).await;
    api.private("DELETE", &format!("lists/{list}"), json!({}))
        .await;
    api.wait(60).await;
    assert_eq!(status(&api, &id).await["errorMsg"], "Static list not found");
}

#[tokio::test]
async fn the_jobs_of_a_week_page_by_page() {
    let api = patient().await;
    let list = list_of(&api, &[]).await;
    let order = of_list(&list, "id");
    let first = queued(&api, &order).await;
    api.wait(86_400).await;
    let second = queued(&api, &order).await;
    act(&api, &second, "cancel").await;
    create(&api, &order).await;
    let ids = |reply: &Value| -> Vec<String> {
        let jobs = reply["result"].as_array().unwrap().iter();
        jobs.map(|job| job["exportId"].as_str().unwrap().to_owned())
            .collect()
    };
    let one = api.get(&format!("{EXPORTS}.json?batchSize=2")).await;
    assert_eq!(ids(&one), [first.clone(), second.clone()]);
    let token = one["nextPageToken"].as_str().unwrap();
    let path = format!("{EXPORTS}.json?batchSize=2&nextPageToken={token}");
    let two = api.get(&path).await;
    assert_eq!(ids(&two).len(), 1);
    assert!(two.get("nextPageToken").is_none(), "{two}");
    for status in ["Canceled", "Cancelled", "cancelled"] {
        let path = format!("{EXPORTS}.json?status={status}");
        assert_eq!(ids(&api.get(&path).await), std::slice::from_ref(&second));
    }
    let path = format!("{EXPORTS}.json?status=Completed,Canceled");
    assert_eq!(ids(&api.get(&path).await).len(), 2);
    assert_eq!(
        code(&api.get(&format!("{EXPORTS}.json?status=Done")).await),
        "1001"
    );
    api.wait(6 * 86_400).await;
    assert_eq!(ids(&api.get(&format!("{EXPORTS}.json")).await).len(), 2);
}
