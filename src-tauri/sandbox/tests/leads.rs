//! Describing, finding and writing leads.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Api, code, empty, outcomes, with};
use serde_json::{Value, json};
use usher_sandbox::Config;

async fn find(api: &Api, kind: &str, values: &str) -> Value {
    let path = format!("/rest/v1/leads.json?filterType={kind}&filterValues={values}");
    api.get(&path).await
}

fn count(reply: &Value) -> usize {
    reply["result"].as_array().map_or(usize::MAX, Vec::len)
}

#[tokio::test]
async fn describing() {
    let api = empty().await;
    let two = api.get("/rest/v1/leads/describe2.json").await;
    let object = &two["result"][0];
    assert_eq!(object["name"], "API Lead");
    assert!(
        object["searchableFields"]
            .as_array()
            .unwrap()
            .contains(&json!(["crmId"]))
    );
    let field = |name: &str| {
        let fields = object["fields"].as_array().unwrap();
        fields
            .iter()
            .find(|field| field["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(field("ecids")["updateable"], false);
    assert_eq!(field("email")["dataType"], "email");
    assert_eq!(field("leadScore")["dataType"], "integer");
    let one = api.get("/rest/v1/leads/describe.json").await;
    let email = one["result"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["rest"]["name"] == "email");
    assert_eq!(email.unwrap()["rest"]["readOnly"], false);
}

#[tokio::test]
async fn filters() {
    let api = empty().await;
    let ids = api
        .people(json!([
            {"email": " Ada@Example.com ", "crmId": "C1", "firstName": "Ada"},
            {"email": "ada@example.com", "partition": "EMEA", "customerNumber": 7},
            {"email": "grace@example.com"},
        ]))
        .await;
    assert_eq!(count(&find(&api, "email", "ADA@example.com").await), 2);
    assert_eq!(count(&find(&api, "crmId", "C1,C2").await), 1);
    assert_eq!(count(&find(&api, "customerNumber", "07").await), 1);
    assert_eq!(count(&find(&api, "leadPartitionId", "1").await), 2);
    assert_eq!(
        count(&find(&api, "id", &format!("{},{},5", ids[0], ids[2])).await),
        2
    );
    assert_eq!(
        find(&api, "email", "nobody@example.com").await["result"],
        json!([])
    );
    assert_eq!(code(&find(&api, "firstName", "Ada").await), "1011");
    assert_eq!(code(&find(&api, "ecids", "1").await), "1011");
    let many = vec!["x@example.com"; 301].join(",");
    assert_eq!(code(&find(&api, "email", &many).await), "1003");
    let wrong = "/rest/v1/leads.json?filterType=email&filterValues=a&fields=nothing";
    assert_eq!(code(&api.get(wrong).await), "1006");

    // The POST form, with the method in the query or in the form.
    let form = [
        ("filterType", "email"),
        ("filterValues", "ada@example.com"),
        ("fields", "email,company,unsubscribed"),
    ];
    let reply = api.form("/rest/v1/leads.json?_method=GET", &form).await;
    assert_eq!(count(&reply), 2);
    let first = &reply["result"][0];
    assert_eq!(
        (&first["id"], &first["company"], &first["unsubscribed"]),
        (&json!(ids[0]), &Value::Null, &json!(false))
    );
    let mut form = form.to_vec();
    form.push(("_method", "GET"));
    assert_eq!(count(&api.form("/rest/v1/leads.json", &form).await), 2);

    // Default fields, one lead by id, and partitions out of sight.
    let one = api.get(&format!("/rest/v1/lead/{}.json", ids[2])).await;
    let keys: Vec<&String> = one["result"][0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "id",
            "email",
            "firstName",
            "lastName",
            "createdAt",
            "updatedAt"
        ]
    );
    assert_eq!(code(&api.get("/rest/v1/lead/5.json").await), "1004");
    api.config(json!({"hidden_partitions": ["EMEA"]})).await;
    assert_eq!(count(&find(&api, "email", "ada@example.com").await), 1);
    assert_eq!(
        code(&api.get(&format!("/rest/v1/lead/{}.json", ids[1])).await),
        "1004"
    );
    assert_eq!(count(&api.get("/rest/v1/leads/partitions.json").await), 2);
}

#[tokio::test]
async fn pages_and_too_many_results() {
    let api = empty().await;
    let people: Vec<Value> = (0..700).map(|_| json!({"loyaltyId": "same"})).collect();
    api.people(json!(people)).await;
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let path = format!(
            "/rest/v1/leads.json?filterType=loyaltyId&filterValues=same&nextPageToken={token}"
        );
        let page = api.get(&path).await;
        seen.extend(
            page["result"]
                .as_array()
                .unwrap()
                .iter()
                .map(|lead| lead["id"].as_u64().unwrap()),
        );
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.replace('=', "%3D"),
            None => break,
        }
        assert_eq!(page["moreResult"], true);
    }
    seen.dedup();
    assert_eq!(seen.len(), 700);
    let foreign =
        format!("/rest/v1/leads.json?filterType=email&filterValues=a&nextPageToken={token}");
    assert_eq!(code(&api.get(&foreign).await), "1003");
    api.people(json!(people)).await;
    assert_eq!(code(&find(&api, "loyaltyId", "same").await), "1003");
}

#[tokio::test]
async fn each_action_and_its_refusals() {
    let api = empty().await;
    let two = json!([{"email": "a@example.com", "firstName": "A"}, {"email": "B@example.com"}]);
    let made = api
        .sync(json!({"action": "createOnly", "input": two}))
        .await;
    assert_eq!(outcomes(&made), ["created", "created"]);
    let again = api
        .sync(json!({"action": "createOnly", "input": two}))
        .await;
    assert_eq!(outcomes(&again), ["1005", "1005"]);
    assert!(again[0].get("id").is_none());
    let input = json!([{"email": "b@example.com"}, {"email": "c@example.com"}]);
    assert_eq!(
        outcomes(&api.sync(json!({"input": input})).await),
        ["updated", "created"]
    );
    let input = json!([{"email": "a@example.com"}, {"email": "z@example.com"}, {"firstName": "?"}]);
    let only = api
        .sync(json!({"action": "updateOnly", "input": input}))
        .await;
    assert_eq!(outcomes(&only), ["updated", "1004", "1002"]);

    let id = made[0]["id"].clone();
    let by_id = json!([{"id": id, "lastName": "X", "firstName": null}, {"id": 1}]);
    let by_id = api
        .sync(json!({"action": "updateOnly", "lookupField": "id", "input": by_id}))
        .await;
    assert_eq!(outcomes(&by_id), ["updated", "1004"]);
    let input = json!([{"id": id, "email": "q@example.com"}]);
    assert_eq!(
        outcomes(
            &api.sync(json!({"action": "createOnly", "input": input}))
                .await
        ),
        ["1003"]
    );
    assert_eq!(
        outcomes(&api.sync(json!({"lookupField": "id", "input": input})).await),
        ["1003"]
    );
    let lead = api.private("GET", &format!("lead/{id}"), json!({})).await;
    assert_eq!(
        (&lead["lastName"], lead.get("firstName")),
        (&json!("X"), None)
    );

    let input = json!([{"email": "a@example.com"}]);
    let twin = api
        .sync(json!({"action": "createDuplicate", "input": input}))
        .await;
    assert_eq!(outcomes(&twin), ["created"]);
    let seven = api.sync(json!({"input": input})).await;
    assert_eq!(outcomes(&seven), ["1007"]);
    assert_eq!(
        seven[0]["reasons"][0]["message"],
        "Multiple lead match lookup criteria"
    );
    let bad = json!({"lookupField": "firstName", "input": input});
    assert_eq!(code(&api.post("/rest/v1/leads.json", &bad).await), "1011");
    let bad = json!({"action": "replace", "input": input});
    assert_eq!(code(&api.post("/rest/v1/leads.json", &bad).await), "1001");
}

#[tokio::test]
async fn bad_records_are_skipped_whole() {
    let api = empty().await;
    let input = json!([
        {"email": "bademail"},
        {"email": "a@example.com", "nothing": 1},
        {"email": "b@example.com", "ecids": "1"},
        {"email": "c@example.com", "firstName": "x".repeat(256)},
        {"email": "d@example.com", "unsubscribed": "other"},
        {"email": "e@example.com", "unsubscribed": null, "lastPurchaseAt": "2026-05-01T10:00:00.500Z"},
    ]);
    let result = api.sync(json!({"input": input})).await;
    assert_eq!(
        outcomes(&result),
        ["1003", "1006", "1003", "1003", "1003", "created"]
    );
    assert_eq!(
        result[0]["reasons"][0]["message"],
        "Invalid value for field 'email' and value 'bademail'"
    );
    let leads = api.leads().await;
    assert_eq!(leads.len(), 1);
    assert_eq!(leads[0]["lastPurchaseAt"], "2026-05-01T10:00:00Z");
    assert_eq!(leads[0]["unsubscribed"], false);
}

#[tokio::test]
async fn partitions() {
    let api = empty().await;
    let ids = api
        .people(json!([{"email": "e@example.com", "partition": "EMEA"}]))
        .await;
    let input = json!([{"email": "e@example.com", "firstName": "E"}]);
    let named = |name: &str| json!({"partitionName": name, "input": input});
    assert_eq!(outcomes(&api.sync(named("Default")).await), ["1010"]);
    assert_eq!(outcomes(&api.sync(named("EMEA")).await), ["updated"]);
    assert_eq!(outcomes(&api.sync(named("Mars")).await), ["1008"]);
    assert_eq!(
        outcomes(&api.sync(json!({"input": input})).await),
        ["updated"]
    );
    api.config(json!({"hidden_partitions": ["EMEA"]})).await;
    assert_eq!(outcomes(&api.sync(json!({"input": input})).await), ["1008"]);
    let by_id = json!({"action": "updateOnly", "lookupField": "id", "input": [{"id": ids[0]}]});
    assert_eq!(outcomes(&api.sync(by_id).await), ["1008"]);
    api.config(json!({"hidden_partitions": [], "dedupe_by_partition": true}))
        .await;
    assert_eq!(outcomes(&api.sync(named("Default")).await), ["created"]);
    let moved = json!({"input": [{"id": ids[0], "partitionName": "APAC"}, {"id": 4, "partitionName": "APAC"}]});
    let moved = api.post("/rest/v1/leads/partitions.json", &moved).await;
    assert_eq!(
        outcomes(moved["result"].as_array().unwrap()),
        ["updated", "1004"]
    );
    assert_eq!(api.leads().await[0]["partition"], "APAC");
}

#[tokio::test]
async fn deleting_and_merging() {
    let api = empty().await;
    let ids = api
        .people(json!([{"firstName": "A"}, {"lastName": "B"}, {}]))
        .await;
    let list = api
        .private(
            "POST",
            "lists",
            json!({"name": "L", "members": [ids[1], ids[2]]}),
        )
        .await;
    let merge = format!("/rest/v1/leads/{}/merge.json?leadIds={}", ids[0], ids[1]);
    assert_eq!(api.post(&merge, &json!({})).await["success"], true);
    assert_eq!(code(&api.post(&merge, &json!({})).await), "1004");
    let winner = api
        .private("GET", &format!("lead/{}", ids[0]), json!({}))
        .await;
    assert_eq!(winner["lastName"], "B");
    let members = api
        .private("GET", &format!("lists/{}", list["id"]), json!({}))
        .await;
    assert_eq!(members["members"], json!([ids[0], ids[2]]));
    let gone = api
        .post(
            "/rest/v1/leads/delete.json",
            &json!({"input": [{"id": ids[2]}, {"id": ids[1]}]}),
        )
        .await;
    assert_eq!(
        outcomes(gone["result"].as_array().unwrap()),
        ["deleted", "1004"]
    );
    let gone = api
        .post(
            "/rest/v1/leads.json?_method=DELETE",
            &json!({"input": [{"id": ids[0]}]}),
        )
        .await;
    assert_eq!(outcomes(gone["result"].as_array().unwrap()), ["deleted"]);
    assert!(api.leads().await.is_empty());
}

#[tokio::test]
async fn overlapping_creates_duplicate() {
    let api = empty().await;
    api.config(json!({"latency_ms": 500})).await;
    let body = json!({"input": [{"email": "race@example.com"}]});
    let (a, b) = tokio::join!(api.sync(body.clone()), api.sync(body.clone()));
    assert_eq!(
        (outcomes(&a), outcomes(&b)),
        (vec!["created"], vec!["created"])
    );
    assert_eq!(outcomes(&api.sync(body).await), ["1007"]);
    let twice = json!({"input": [{"email": "t@example.com"}, {"email": "T@example.com"}]});
    assert_eq!(outcomes(&api.sync(twice).await), ["created", "created"]);
    let summary = api.private("GET", "state?summary=1", json!({})).await;
    assert_eq!(summary["duplicates"], json!({"emails": 2, "leads": 2}));
}

#[tokio::test]
async fn a_state_file_keeps_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        people: 200,
        state_file: Some(folder.path().join("state")),
        ..Config::default()
    };
    let api = with(config.clone()).await;
    let made = api
        .sync(json!({"input": [{"email": "kept@example.com", "leadScore": 5, "discount": 1.5}]}))
        .await;
    api.sync(json!({"action": "createOnly", "input": [{"email": "last@example.com"}]}))
        .await;
    let last = api.leads().await.last().unwrap()["id"].clone();
    api.private("DELETE", &format!("lead/{last}"), json!({}))
        .await;
    let before = api.private("GET", "state?summary=1", json!({})).await;
    let secret = api.sandbox.client_secret().to_owned();
    api.sandbox.shutdown().await.unwrap();

    let api = with(config).await;
    assert_eq!(api.sandbox.client_secret(), secret);
    let after = api.private("GET", "state?summary=1", json!({})).await;
    assert_eq!(before["digest"], after["digest"]);
    assert_eq!(before["lists"], after["lists"]);
    let next = api
        .sync(json!({"input": [{"email": "next@example.com"}]}))
        .await;
    assert!(next[0]["id"].as_u64() > last.as_u64());
    assert_eq!(count(&find(&api, "email", "kept@example.com").await), 1);
    assert!(made[0]["id"].is_u64());
}
