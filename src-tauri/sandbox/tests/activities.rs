//! What happened to leads, and how it is paged.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeSet;

use common::activities::{all, page, start, token, told};
use common::imports::{import, list};
use common::{Api, code, patient};
use serde_json::{Value, json};
use usher_sandbox::Config;

const NAMES: &str = "&fields=firstName,unsubscribed";

#[tokio::test]
async fn whoever_changes_a_lead_it_is_told() {
    let api = patient().await;
    let from = start(&api).await;
    let a = api
        .people(json!([{"email": "a@example.com", "firstName": "Ada"}]))
        .await[0];
    let b = api
        .sync(json!({"input": [{"email": "b@example.com", "firstName": "Bob"}]}))
        .await;
    let b = b[0]["id"].as_u64().unwrap();
    let lead = format!("lead/{a}");
    // By the service's client, by a file, by somebody else.
    let input = json!([{"email": "a@example.com", "firstName": "Eve", "lastName": "X"}]);
    api.sync(json!({"input": input})).await;
    import(
        &api,
        "format=csv",
        "email,firstName,unsubscribed\nb@example.com,Ben,true\nc@example.com,Cyd,\n",
    )
    .await;
    api.wait(10).await;
    api.private("PATCH", &lead, json!({"firstName": null}))
        .await;
    // These change no value: the same once more, a move, an empty boolean that says no.
    api.sync(json!({"input": [{"email": "b@example.com", "firstName": "Ben"}]}))
        .await;
    api.private(
        "PATCH",
        &lead,
        json!({"partition": "EMEA", "unsubscribed": false}),
    )
    .await;
    let leads = api.leads().await;
    let c = leads[2]["id"].as_u64().unwrap();
    let expected = [
        (12, a, String::new()),
        (12, b, String::new()),
        (13, a, "firstName \"Ada\">\"Eve\"".to_owned()),
        (13, b, "firstName \"Bob\">\"Ben\"".to_owned()),
        (13, b, "unsubscribed \"false\">\"true\"".to_owned()),
        (12, c, String::new()),
        (13, a, "firstName \"Eve\">\"\"".to_owned()),
    ];
    let (found, _, _) = all(&api, "leadchanges", &from, NAMES).await;
    assert_eq!(told(&found), expected);
    let changed = &found[2];
    assert_eq!(changed["fields"][0]["id"], 27);
    assert_eq!(
        changed["attributes"][2],
        json!({"name": "Lead ID", "value": a})
    );
    assert!(changed["activityDate"].as_str().unwrap().ends_with('Z'));
    assert_eq!(found[0]["fields"], json!([]));

    let by = |query: &str| format!("{NAMES}{query}");
    let (found, _, _) = all(
        &api,
        "leadchanges",
        &from,
        &by(&format!("&leadIds={b},999")),
    )
    .await;
    assert_eq!(
        told(&found),
        [
            expected[1].clone(),
            expected[3].clone(),
            expected[4].clone()
        ]
    );
    let list = list(&api, "L").await;
    api.private(
        "POST",
        &format!("lists/{list}/members"),
        json!({"ids": [c]}),
    )
    .await;
    let (found, _, _) = all(&api, "leadchanges", &from, &by(&format!("&listId={list}"))).await;
    assert_eq!(told(&found), expected[5..6]);

    api.config(json!({"hidden_partitions": ["EMEA"]})).await;
    let (found, _, _) = all(&api, "leadchanges", &from, NAMES).await;
    assert!(found.iter().all(|item| item["leadId"] != a), "{found:?}");
    api.config(json!({"hidden_partitions": [], "leak_other_fields": true}))
        .await;
    let (found, _, _) = all(&api, "leadchanges", &from, NAMES).await;
    assert_eq!(found.len(), expected.len() + 1);
    assert!(told(&found).contains(&(13, a, "lastName null>\"X\"".to_owned())));
}

#[tokio::test]
async fn deletions_and_the_losers_of_merges() {
    let api = patient().await;
    let from = start(&api).await;
    let ids = api
        .people(json!([
            {"email": "w@example.com"}, {"firstName": "Lost", "lastName": "Soul"}, {"email": "d@example.com"},
            {"email": "h@example.com", "partition": "EMEA"}, {"email": "x@example.com"},
        ]))
        .await;
    api.config(json!({"hidden_partitions": ["EMEA"]})).await;
    api.private(
        "POST",
        "merge",
        json!({"winner": ids[0], "losers": [ids[1]]}),
    )
    .await;
    let gone = api
        .post(
            "/rest/v1/leads/delete.json",
            &json!({"input": [{"id": ids[2]}]}),
        )
        .await;
    assert_eq!(gone["result"][0]["status"], "deleted");
    api.private("DELETE", &format!("lead/{}", ids[3]), json!({}))
        .await;
    let (found, sizes, later) = all(&api, "deletedleads", &from, "").await;
    assert_eq!(sizes, [2]);
    let gone = |id: u64| (37, id, String::new());
    assert_eq!(told(&found), [gone(ids[1]), gone(ids[2])]);
    assert_eq!(found[0]["primaryAttributeValue"], "Lost Soul");
    assert_eq!(found[0]["primaryAttributeValueId"], ids[1]);
    // The winner took a name over.
    let (changes, _, _) = all(&api, "leadchanges", &from, NAMES).await;
    assert!(told(&changes).contains(&(13, ids[0], "firstName null>\"Lost\"".to_owned())));

    api.wait(86_400).await;
    api.private("DELETE", &format!("lead/{}", ids[4]), json!({}))
        .await;
    let (found, _, _) = all(&api, "deletedleads", &later, "").await;
    assert_eq!(told(&found), [gone(ids[4])]);
    // The first ones are fourteen days old, the last one is not.
    api.wait(13 * 86_400 + 60).await;
    let (found, _, _) = all(&api, "deletedleads", &from, "").await;
    assert_eq!(told(&found), [gone(ids[4])]);
}

#[tokio::test]
async fn pages_may_be_short_or_empty_and_go_on() {
    let api = patient().await;
    let from = start(&api).await;
    let people: Vec<Value> = (0..1_100).map(|_| json!({})).collect();
    let ids = api.people(json!(people)).await;
    let (found, sizes, later) = all(&api, "leadchanges", &from, NAMES).await;
    assert_eq!(sizes, [300, 300, 150, 300, 0, 50]);
    let leads: Vec<u64> = found
        .iter()
        .map(|item| item["leadId"].as_u64().unwrap())
        .collect();
    assert_eq!(leads, ids);
    let unique: BTreeSet<&str> = found
        .iter()
        .map(|item| item["marketoGUID"].as_str().unwrap())
        .collect();
    assert_eq!(unique.len(), 1_100);
    let with_id = found.iter().filter(|item| item.get("id").is_some()).count();
    assert_eq!(with_id, 825);

    let small = format!("{NAMES}&batchSize=100");
    let one = page(&api, "leadchanges", &from, &small).await;
    assert_eq!(one["result"].as_array().unwrap().len(), 100);
    assert_eq!(
        page(&api, "leadchanges", &from, &small).await["result"],
        one["result"]
    );

    // Nothing new, then only the new; a token may be used for as long as it likes.
    let nothing = page(&api, "leadchanges", &later, NAMES).await;
    assert_eq!(
        (&nothing["result"], &nothing["moreResult"]),
        (&json!([]), &json!(false))
    );
    api.private(
        "PATCH",
        &format!("lead/{}", ids[0]),
        json!({"firstName": "Ada"}),
    )
    .await;
    for token in [&later, nothing["nextPageToken"].as_str().unwrap()] {
        let (found, _, _) = all(&api, "leadchanges", token, NAMES).await;
        assert_eq!(
            told(&found),
            [(13, ids[0], "firstName null>\"Ada\"".to_owned())]
        );
    }
    // What others do takes up room, too.
    let (found, sizes, _) = all(
        &api,
        "leadchanges",
        &from,
        &format!("{NAMES}&leadIds={}", ids[1_099]),
    )
    .await;
    assert_eq!((found.len(), sizes), (1, vec![0, 0, 0, 0, 0, 1]));
}

#[tokio::test]
async fn a_token_of_a_date() {
    let api = patient().await;
    let first = start(&api).await;
    api.people(json!([{}])).await;
    api.wait(100).await;
    let second = start(&api).await;
    api.people(json!([{}, {}])).await;
    let count = async |token: &str| all(&api, "leadchanges", token, NAMES).await.0.len();
    assert_eq!((count(&first).await, count(&second).await), (3, 2));
    let later = token(&api, "2099-01-01T00:00:00%2B02:00").await;
    assert_eq!(count(&later).await, 0);
    // The first one is older than 90 days, the second one is not.
    api.wait(90 * 86_400 - 60).await;
    assert_eq!(count(&second).await, 2);
    let old = page(&api, "leadchanges", &first, NAMES).await;
    assert_eq!(code(&old), "1003");
    assert_eq!(code(&page(&api, "deletedleads", &first, "").await), "1003");
}

#[tokio::test]
async fn what_is_refused() {
    let api = common::with(Config {
        people: 10_001,
        ..Config::default()
    })
    .await;
    let from = start(&api).await;
    for (query, expected) in [
        ("", "1002"),
        ("&fields=", "1002"),
        ("&fields=firstName,nickname", "1006"),
        ("&fields=firstName&batchSize=x", "1001"),
        ("&fields=firstName&leadIds=x", "1001"),
        ("&fields=firstName&listId=999", "1013"),
    ] {
        let reply = page(&api, "leadchanges", &from, query).await;
        assert_eq!(code(&reply), expected, "{query}");
    }
    for what in ["leadchanges", "deletedleads"] {
        assert_eq!(code(&page(&api, what, "", NAMES).await), "1002");
        assert_eq!(code(&page(&api, what, "NOTATOKEN===", NAMES).await), "1003");
    }
    let ids = |count: usize| -> String {
        let ids: Vec<String> = (1..=count).map(|id| id.to_string()).collect();
        format!("{NAMES}&leadIds={}", ids.join(","))
    };
    assert_eq!(code(&page(&api, "leadchanges", &from, &ids(30)).await), "");
    assert_eq!(
        code(&page(&api, "leadchanges", &from, &ids(31)).await),
        "1003"
    );
    let dates = "/rest/v1/activities/pagingtoken.json";
    assert_eq!(code(&api.get(dates).await), "1002");
    assert_eq!(
        code(&api.get(&format!("{dates}?sinceDatetime=yesterday")).await),
        "704"
    );

    let list = list(&api, "L").await;
    let members: Vec<u64> = (1_000_001..=1_009_999).collect();
    let path = format!("lists/{list}/members");
    api.private("POST", &path, json!({"ids": members})).await;
    let of_list = format!("{NAMES}&listId={list}");
    let reply = page(&api, "leadchanges", &from, &of_list).await;
    // Generated people have no history.
    assert_eq!((code(&reply), &reply["result"]), ("", &json!([])));
    api.private("POST", &path, json!({"ids": [1_010_000]}))
        .await;
    assert_eq!(
        code(&page(&api, "leadchanges", &from, &of_list).await),
        "1003"
    );

    only_with_permission(&api, &from).await;
}

async fn only_with_permission(api: &Api, from: &str) {
    let types = "/rest/v1/activities/types.json";
    let known = api.get(types).await;
    let ids: Vec<&Value> = known["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| &kind["id"])
        .collect();
    assert_eq!(ids, [12, 13, 37]);
    api.config(json!({"permissions": {"read_only_activity": false}}))
        .await;
    assert_eq!(code(&api.get(types).await), "603");
    for what in ["leadchanges", "deletedleads"] {
        assert_eq!(code(&page(api, what, from, NAMES).await), "603");
    }
    assert_eq!(
        code(
            &api.get("/rest/v1/activities/pagingtoken.json?sinceDatetime=x")
                .await
        ),
        "603"
    );
    api.config(json!({"permissions": {"read_only_activity": true}}))
        .await;
    api.fault(json!({"on": {"path_contains": "activities", "times": 1}, "at": "after_commit", "do": {"code": 502}})).await;
    assert_eq!(code(&page(api, "leadchanges", from, NAMES).await), "502");
    assert_eq!(code(&page(api, "leadchanges", from, NAMES).await), "");
}
