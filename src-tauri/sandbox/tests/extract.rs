//! Bulk lead extract: orders, and what is in a file.

#![allow(clippy::unwrap_used)]

mod common;

use common::exports::{act, create, file, in_may, list_of, of_list, queued, sha256, status};
use common::{code, patient};
use serde_json::json;

#[tokio::test]
async fn a_job_from_order_to_file() {
    let api = patient().await;
    api.config(json!({"export_status_seconds": 600})).await;
    let people = json!([
        {"email": "ada@example.com", "firstName": "Ada, \"A\"", "createdAt": "2026-05-01T00:00:00Z"},
        {"firstName": "null", "unsubscribed": true, "createdAt": "2026-05-31T23:59:59Z"},
        {"email": "late@example.com", "createdAt": "2026-06-01T00:00:00Z"},
    ]);
    let ids = api.people(people).await;
    let order = json!({
        "fields": ["id", "email", "firstName", "unsubscribed", "createdAt", "leadPartitionId"],
        "columnHeaderNames": {"email": "Email, Address"},
        "filter": in_may("createdAt"),
    });
    let created = create(&api, &order).await["result"][0].clone();
    assert_eq!(created["status"], "Created");
    assert!(created.get("queuedAt").is_none(), "{created}");
    assert_eq!(created["format"], "CSV");
    let id = created["exportId"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    api.wait(600).await;
    assert_eq!(status(&api, id).await["status"], "Created");
    act(&api, id, "enqueue").await;
    // Done after five seconds; told after ten minutes.
    api.wait(500).await;
    let shown = status(&api, id).await;
    assert_eq!(shown["status"], "Queued");
    assert!(shown.get("fileChecksum").is_none(), "{shown}");
    let text = file(&api, id).await;
    api.wait(100).await;
    let shown = status(&api, id).await;
    assert_eq!(shown["status"], "Completed");
    assert_eq!(shown["numberOfRecords"], 2);
    assert_eq!(shown["fileSize"], text.len());
    for name in ["queuedAt", "startedAt", "finishedAt"] {
        assert!(shown[name].as_str().unwrap().ends_with('Z'), "{shown}");
    }
    assert_eq!(shown["fileChecksum"], format!("sha256:{}", sha256(&text)));
    let expected = format!(
        "id,\"Email, Address\",firstName,unsubscribed,createdAt,leadPartitionId\n\
         {},ada@example.com,\"Ada, \"\"A\"\"\",false,2026-05-01T00:00:00Z,1\n\
         {},null,null,true,2026-05-31T23:59:59Z,1\n",
        ids[0], ids[1]
    );
    assert_eq!(text, expected);
}

#[tokio::test]
async fn orders_that_are_refused() {
    let api = patient().await;
    let twice = json!({"name": "Twice", "folder": {"id": 12, "type": "Folder"}});
    api.private("POST", "lists", twice).await;
    let twice = json!({"name": "Twice", "folder": {"id": 14, "type": "Folder"}});
    api.private("POST", "lists", twice).await;
    let range = |from: &str, to: &str| json!({"createdAt": {"startAt": from, "endAt": to}});
    let may = "2026-05-01T00:00:00Z";
    for (filter, expected) in [
        (json!({}), "1002"),
        (json!({"createdAt": {"startAt": may}}), "1002"),
        (json!({"createdAt": {}, "updatedAt": {}}), "1003"),
        (range(may, "2026-06-01T00:00:00Z"), ""),
        (range(may, "2026-06-01T00:00:01Z"), "1003"),
        (range(may, "2026-04-30T00:00:00Z"), "1003"),
        (range(may, "2026-05-02T00:00:00.000Z"), "1003"),
        (range(may, "2026-05-02T02:00:00+02:00"), ""),
        (range("yesterday", may), "1001"),
        (json!({"staticListId": 999}), "1013"),
        (json!({"staticListId": "x"}), "1001"),
        (json!({"staticListName": "Nobody's"}), "1013"),
        (json!({"staticListName": "Twice"}), "1003"),
        (json!({"smartListId": 1}), "1035"),
        (json!({"smartListName": "S"}), "1035"),
        (json!({"email": "a@example.com"}), "1003"),
        (in_may("updatedAt"), ""),
    ] {
        let reply = create(&api, &json!({"fields": ["id"], "filter": filter})).await;
        assert_eq!(code(&reply), expected, "{filter}: {reply}");
    }
    for (mut order, expected) in [
        (json!({}), "1002"),
        (json!({"fields": []}), "1002"),
        (json!({"fields": "id"}), "1001"),
        (json!({"fields": ["id", "nickname"]}), "1006"),
        (json!({"fields": ["id"], "format": "SSV"}), "1001"),
        (json!({"fields": ["id"], "format": "TSV"}), ""),
        (
            json!({"fields": ["id"], "columnHeaderNames": {"email": "E"}}),
            "1003",
        ),
    ] {
        order["filter"] = in_may("createdAt");
        let reply = create(&api, &order).await;
        assert_eq!(code(&reply), expected, "{order}: {reply}");
    }
    let none = create(&api, &json!({"fields": ["id"]})).await;
    assert_eq!(code(&none), "1002");
    api.config(json!({"updated_at_filter": false})).await;
    let order = json!({"fields": ["id"], "filter": in_may("updatedAt")});
    assert_eq!(code(&create(&api, &order).await), "1035");
    // Under `/bulk` and nowhere else.
    assert_eq!(
        code(&api.get("/rest/bulk/v1/leads/export.json").await),
        "610"
    );
    assert_eq!(
        code(&api.get("/bulk/v1/leads/export/create.json").await),
        "605"
    );
    assert_eq!(code(&act(&api, "no-such-id", "enqueue").await), "1013");
    assert_eq!(code(&act(&api, "no-such-id", "cancel").await), "1013");
}

#[tokio::test]
async fn the_filter_goes_by_the_last_change_of_any_field() {
    let api = patient().await;
    let people = json!([
        {"email": "custom@example.com", "updatedAt": "2026-05-10T00:00:00Z"},
        {"email": "standard@example.com", "updatedAt": "2026-05-10T00:00:00Z"},
        {"email": "still@example.com", "updatedAt": "2026-05-10T00:00:00Z"},
    ]);
    let ids = api.people(people).await;
    let lead = |id: u64| format!("lead/{id}");
    api.private("PATCH", &lead(ids[0]), json!({"loyaltyId": "gold"}))
        .await;
    api.private("PATCH", &lead(ids[1]), json!({"title": "Dr"}))
        .await;
    let order = json!({"fields": ["email", "updatedAt"], "filter": in_may("updatedAt")});
    let may = queued(&api, &order).await;
    let now = api
        .private("POST", "clock", json!({"advance_seconds": 10}))
        .await;
    let now = now["now"].as_str().unwrap();
    let mut order = order;
    let day: jiff::Timestamp = now.parse().unwrap();
    let from = day - jiff::SignedDuration::from_hours(24);
    order["filter"] =
        json!({"updatedAt": {"startAt": from.strftime("%FT%TZ").to_string(), "endAt": now}});
    let today = queued(&api, &order).await;
    api.wait(10).await;
    assert_eq!(
        file(&api, &may).await,
        "email,updatedAt\nstill@example.com,2026-05-10T00:00:00Z\n"
    );
    let text = file(&api, &today).await;
    // The first lead is found though its field `updatedAt` still says May.
    assert!(text.contains("custom@example.com,2026-05-10"), "{text}");
    assert!(text.contains("standard@example.com,2"), "{text}");
    assert!(!text.contains("standard@example.com,2026-05-10"), "{text}");
}

#[tokio::test]
async fn members_are_those_of_the_start_and_values_those_of_the_end() {
    let api = patient().await;
    let ids = api
        .people(json!([
            {"email": "stays@example.com"}, {"email": "leaves@example.com"},
            {"email": "dies@example.com"}, {"email": "hides@example.com"}, {"email": "joins@example.com"},
        ]))
        .await;
    let list = list_of(&api, &ids[..4]).await;
    let id = queued(&api, &of_list(&list, "email")).await;
    let members = format!("lists/{list}/members");
    api.private("POST", &members, json!({"ids": [ids[4]]}))
        .await;
    api.private("DELETE", &members, json!({"ids": [ids[1]]}))
        .await;
    api.private("DELETE", &format!("lead/{}", ids[2]), json!({}))
        .await;
    api.private(
        "PATCH",
        &format!("lead/{}", ids[3]),
        json!({"partition": "EMEA"}),
    )
    .await;
    api.config(json!({"hidden_partitions": ["EMEA"]})).await;
    let stays = format!("lead/{}", ids[0]);
    api.private("PATCH", &stays, json!({"email": "new@example.com"}))
        .await;
    api.wait(60).await;
    // What happens to people afterwards does not reach the file.
    api.private("PATCH", &stays, json!({"email": "newer@example.com"}))
        .await;
    assert_eq!(
        file(&api, &id).await,
        "email\nnew@example.com\nleaves@example.com\n"
    );
    assert_eq!(status(&api, &id).await["numberOfRecords"], 2);

    let by_name =
        json!({"fields": ["id", "email"], "filter": {"staticListName": "L"}, "format": "TSV"});
    let id = queued(&api, &by_name).await;
    api.wait(60).await;
    let expected = format!(
        "id\temail\n{}\tnewer@example.com\n{}\tjoins@example.com\n",
        ids[0], ids[4]
    );
    assert_eq!(file(&api, &id).await, expected);
}
