//! Replies that are not what they should be: never a panic, never a success.

use super::{Answer, against, folder, query, reply, write};
use crate::{
    failure::Failure,
    http::{Reply, Transport},
    marketo::Marketo,
};

/// Not a usable reply to any call.
const TO_ANY: [&str; 44] = [
    "",
    " ",
    "\u{feff}{\"success\":true,\"result\":[]}",
    "null",
    "true",
    "0",
    "\"success\"",
    "[]",
    "[{\"success\":true}]",
    "{}",
    "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
    "<?xml version=\"1.0\"?><success>true</success>",
    "upstream timed out",
    "{",
    "{\"success\"",
    "{\"success\":tru",
    "{\"success\":true,",
    "{\"success\":true,\"result\":[",
    "{\"success\":true,\"result\":[{\"id\":1,\"status\":\"created\"}",
    "{\"success\":true,\"result\":[{\"id\":1,\"status\":\"created\"}]",
    "{\"success\":true,\"result\":[{\"id\":1}]}}",
    "{\"success\":true,\"result\":[]} {\"success\":true}",
    "{\"success\":true}<!-- served by cache -->",
    "{\"success\":true,\"result\":[],}",
    "{'success':true,'result':[]}",
    "{\"success\":\"true\",\"result\":[]}",
    "{\"success\":1,\"result\":[]}",
    "{\"success\":null,\"result\":[]}",
    "{\"success\":[true],\"result\":[]}",
    "{\"Success\":true,\"result\":[]}",
    "{\"result\":[]}",
    "{\"success\":true,\"success\":true,\"result\":[]}",
    "{\"success\":false,\"success\":true,\"result\":[]}",
    "{\"success\":true,\"result\":[],\"result\":[]}",
    "{\"success\":true,\"result\":{}}",
    "{\"success\":true,\"result\":\"none\"}",
    "{\"success\":true,\"result\":null}",
    "{\"success\":true}",
    "{\"success\":true,\"result\":[],\"errors\":{}}",
    "{\"success\":true,\"result\":[],\"errors\":[{\"code\":\"1004\",\"message\":\"x\"}]}",
    "{\"success\":true,\"result\":[],\"warnings\":7}",
    "{\"success\":false}",
    "{\"success\":false,\"errors\":[]}",
    "{\"success\":false,\"errors\":[{\"message\":\"no code\"}]}",
];

/// Wrong for every call that expects records, whatever their kind.
const RECORDS: [&str; 24] = [
    "[null]",
    "[1]",
    "[\"1\"]",
    "[[]]",
    "[{}]",
    "[{\"id\":null,\"status\":\"created\"}]",
    "[{\"id\":0,\"name\":\"x\",\"status\":\"created\"}]",
    "[{\"id\":-1,\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":1.5,\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":99999999999999999999,\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":1e300,\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":1e999,\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":\"one\",\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":\"\",\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":\"1 \",\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":[1],\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":{\"id\":1},\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":true,\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":1,\"id\":1,\"name\":\"x\",\"status\":\"added\"}]",
    "[{\"id\":1,\"name\":\"x\",\"status\":\"added\",\"x\":\"\\ud800\"}]",
    "[{\"id\":1,\"name\":\"x\",\"status\":\"added\",\"x\":\"\u{0}\"}]",
    "[{\"id\":1,\"name\":\"x\",\"status\":\"added\",\"x\":\"\n\"}]",
    "[{\"id\":1,\"name\":\"x\",\"status\":\"added\",\"x\":NaN}]",
    "[{\"id\":01,\"name\":\"x\",\"status\":\"added\"}]",
];

/// Wrong for writes of two records or two leads; `S` is the status of success.
const RESULTS: [&str; 14] = [
    "[]",
    "[{\"id\":1,\"status\":\"S\"}]",
    "[{\"id\":1,\"status\":\"S\"},{\"id\":2,\"status\":\"S\"},{\"id\":3,\"status\":\"S\"}]",
    "[{\"id\":1,\"status\":\"S\"},{\"id\":2}]",
    "[{\"id\":1,\"status\":\"S\"},{\"status\":\"S\"}]",
    "[{\"id\":1,\"status\":\"S\"},{\"id\":2,\"status\":\"\"}]",
    "[{\"id\":1,\"status\":\"S\"},{\"id\":2,\"status\":\"pending\"}]",
    "[{\"id\":1,\"status\":\"S\"},{\"id\":2,\"status\":true}]",
    "[{\"id\":1,\"status\":\"S\"},{\"id\":2,\"status\":null}]",
    "[{\"id\":1,\"status\":\"S\"},{\"id\":2,\"status\":[\"S\"]}]",
    "[{\"id\":1,\"status\":\"S\"},{\"id\":2,\"status\":\"S \"}]",
    "[{\"id\":1,\"status\":\"S\"},{\"id\":2,\"status\":\"S\",\"reasons\":[{\"code\":\"1004\"}]}]",
    "[{\"id\":1,\"status\":\"S\"},null]",
    "[{\"id\":1,\"status\":\"S\"},[{\"id\":2,\"status\":\"S\"}]]",
];

/// Every call, against one reply each; what failed, by the call's name.
async fn calls(answer: &Answer) -> Vec<(&'static str, Option<Failure>)> {
    let (marketo, _) = against((0..13).map(|_| answer.clone()));
    let mut all = writes(&marketo).await;
    all.extend([
        ("describe", marketo.describe().await.err()),
        ("partitions", marketo.partitions().await.err()),
        ("leads_by", marketo.leads_by(&query()).await.err()),
        (
            "list_members",
            marketo.list_members(7, &[], None).await.err(),
        ),
        ("members_of", marketo.members_of(7, &[1, 2]).await.err()),
        ("lists_named", marketo.lists_named("x").await.err()),
        ("lists_in", marketo.lists_in(None, 0).await.err()),
        ("list_by_id", marketo.list_by_id(1).await.err()),
        ("folders", marketo.folders(0).await.err()),
    ]);
    all
}

async fn writes(marketo: &Marketo) -> Vec<(&'static str, Option<Failure>)> {
    vec![
        ("sync_leads", marketo.sync_leads(&write()).await.err()),
        ("add_to_list", marketo.add_to_list(7, &[1, 2]).await.err()),
        (
            "remove_from_list",
            marketo.remove_from_list(7, &[1, 2]).await.err(),
        ),
        (
            "create_list",
            marketo.create_list("x", &folder(), None).await.err(),
        ),
    ]
}

async fn all_unknown(answer: Answer, about: &str) {
    for (call, failure) in calls(&answer).await {
        assert!(
            matches!(failure, Some(Failure::Unknown { .. })),
            "{call}: {failure:?} for {about}"
        );
    }
}

#[tokio::test]
async fn no_call_believes_a_reply_that_is_not_one() {
    for body in TO_ANY {
        all_unknown(reply(200, body), body).await;
    }
    for records in RECORDS {
        all_unknown(
            reply(200, &format!("{{\"success\":true,\"result\":{records}}}")),
            records,
        )
        .await;
    }
    for deep in ["[", "{\"a\":", "{\"success\":true,\"result\":[["] {
        all_unknown(reply(200, &deep.repeat(10_000)), "a deep one").await;
    }
}

#[tokio::test]
async fn bytes_types_and_statuses_count_too() {
    let good = "{\"success\":true,\"result\":[{\"id\":1,\"name\":\"x\",\"status\":\"added\"}]}";
    for kind in [
        "text/html",
        "text/plain; charset=utf-8",
        "application/octet-stream",
        "",
    ] {
        let answer = Reply {
            content_type: Some(kind.into()),
            ..reply(200, good).unwrap()
        };
        all_unknown(Ok(answer), kind).await;
    }
    for status in [
        0, 100, 201, 202, 204, 206, 301, 302, 307, 400, 401, 404, 407, 429, 500, 502, 503, 599, 999,
    ] {
        all_unknown(reply(status, good), &status.to_string()).await;
    }
    for bytes in [
        &b"{\"success\":true,\"result\":[{\"id\":1,\"x\":\"\xff\"}]}"[..],
        b"\xff\xfe{",
        b"\x1f\x8b\x08",
        b"\0\0\0",
    ] {
        let answer = Reply {
            body: bytes.to_vec(),
            ..reply(200, "").unwrap()
        };
        all_unknown(Ok(answer), "bytes that are not text").await;
    }
    for lost in [Transport::Lost("the reply broke off"), Transport::TooLarge] {
        all_unknown(Err(lost), "a lost reply").await;
    }
}

#[tokio::test]
async fn one_doubtful_result_makes_a_batch_doubtful() {
    for results in RESULTS {
        for (n, status) in ["created", "added", "removed"].into_iter().enumerate() {
            let records = results.replace("\"S", &format!("\"{status}"));
            let answer = reply(200, &format!("{{\"success\":true,\"result\":{records}}}"));
            let (marketo, _) = against((0..4).map(|_| answer.clone()));
            let (call, failure) = writes(&marketo).await.swap_remove(n);
            assert!(
                matches!(failure, Some(Failure::Unknown { .. })),
                "{call}: {failure:?} for {records}"
            );
        }
    }
}

#[tokio::test]
async fn every_cut_of_a_good_reply_is_noticed() {
    let good = "{\"requestId\":\"a#1\",\"success\":true,\"result\":[{\"id\":1,\"status\":\"added\"},{\"id\":2,\"status\":\"added\"}]}";
    for end in 0..good.len() {
        let (marketo, _) = against([reply(200, &good[..end])]);
        let told = marketo.add_to_list(7, &[1, 2]).await;
        assert!(
            matches!(told, Err(Failure::Unknown { .. })),
            "{told:?} after {end} bytes"
        );
    }
    let (marketo, _) = against([reply(200, good)]);
    assert_eq!(
        marketo.add_to_list(7, &[1, 2]).await.map(|told| told.len()),
        Ok(2)
    );
}
