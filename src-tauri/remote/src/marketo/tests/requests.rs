use super::{Answer, LOOPBACK, against, at, error, folder, query, record, reply, write};
use crate::{
    failure::{Failure, UNSENDABLE},
    http::Reply,
    marketo::{
        ENVELOPE_LEN, LeadQuery, LeadWrite, MAX_BODY, Marketo, WriteAction, body_len, record_len,
    },
};
use serde_json::{Value, json};
use std::time::Duration;

/// Makes every call once; what becomes of it does not matter.
async fn all(marketo: &Marketo) {
    let id = folder();
    let _ = marketo.describe().await;
    let _ = marketo.partitions().await;
    let _ = marketo.usage().await;
    let _ = marketo
        .leads_by(&LeadQuery {
            page_token: Some("AB==".into()),
            ..query()
        })
        .await;
    let _ = marketo.sync_leads(&write()).await;
    let _ = marketo.probe_write().await;
    let _ = marketo.list_members(7, &["id".into()], Some("AB==")).await;
    let _ = marketo.add_to_list(7, &[1, 2]).await;
    let _ = marketo.remove_from_list(7, &[1, 2]).await;
    let _ = marketo.members_of(7, &[1, 2]).await;
    let _ = marketo.lists_named("A & B").await;
    let _ = marketo.lists_in(Some(&id), 200).await;
    let _ = marketo.list_by_id(7).await;
    let _ = marketo.create_list("A & B", &id, Some("d")).await;
    let _ = marketo.folder_by_name("Group Lists", Some("EMEA")).await;
    let _ = marketo.folders(0).await;
}

#[tokio::test]
async fn requests_have_the_documented_shape() {
    let (marketo, script) = against((0..16).map(|_| error("608", "")));
    all(&marketo).await;
    let expected = [
        ("GET /rest/v1/leads/describe2.json", "", "", 45),
        ("GET /rest/v1/leads/partitions.json", "", "", 45),
        ("GET /rest/v1/stats/usage.json", "", "", 45),
        (
            "POST /rest/v1/leads.json?_method=GET",
            "form",
            "filterType=email&filterValues=ann%2B1%40example.com%2Cbo%40example.com&fields=id%2Cemail&batchSize=300&nextPageToken=AB%3D%3D",
            90,
        ),
        (
            "POST /rest/v1/leads.json",
            "json",
            r#"{"action":"createOnly","lookupField":"email","partitionName":"EMEA","input":[{"email":"a@x.io"},{"email":"é@x.io"}]}"#,
            120,
        ),
        (
            "POST /rest/v1/leads.json",
            "json",
            r#"{"action":"updateOnly","lookupField":"id","input":[{"id":2147483647}]}"#,
            120,
        ),
        (
            "GET /rest/v1/lists/7/leads.json?batchSize=300&fields=id&nextPageToken=AB%3D%3D",
            "",
            "",
            90,
        ),
        (
            "POST /rest/v1/lists/7/leads.json",
            "json",
            r#"{"input":[{"id":1},{"id":2}]}"#,
            45,
        ),
        (
            "DELETE /rest/v1/lists/7/leads.json?id=1&id=2",
            "json",
            "",
            45,
        ),
        (
            "GET /rest/v1/lists/7/leads/ismember.json?id=1&id=2",
            "",
            "",
            45,
        ),
        (
            "GET /rest/asset/v1/staticList/byName.json?name=A%20%26%20B",
            "",
            "",
            45,
        ),
        (
            "GET /rest/asset/v1/staticLists.json?offset=200&maxReturn=200&folder=%7B%22id%22%3A12%2C%22type%22%3A%22Folder%22%7D",
            "",
            "",
            45,
        ),
        ("GET /rest/asset/v1/staticList/7.json", "", "", 45),
        (
            "POST /rest/asset/v1/staticLists.json",
            "form",
            "name=A%20%26%20B&folder=%7B%22id%22%3A12%2C%22type%22%3A%22Folder%22%7D&description=d",
            315,
        ),
        (
            "GET /rest/asset/v1/folder/byName.json?name=Group%20Lists&type=Folder&workSpace=EMEA",
            "",
            "",
            45,
        ),
        (
            "GET /rest/asset/v1/folders.json?maxDepth=3&maxReturn=200&offset=0",
            "",
            "",
            45,
        ),
    ];
    let seen = script.seen.lock().unwrap();
    let calls: Vec<_> = seen
        .iter()
        .filter(|(line, ..)| !line.contains("/identity/"))
        .collect();
    assert_eq!(calls.len(), expected.len());
    for ((line, kind, body, wait), (path, as_kind, as_body, seconds)) in
        calls.into_iter().zip(expected)
    {
        assert_eq!(line.replace("http://localhost:8080", ""), path);
        assert_eq!(
            (*kind, body.as_str(), wait.as_secs()),
            (as_kind, as_body, seconds),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_sandbox_sets_its_own_times_and_nobody_else_does() {
    let timed = || -> Answer {
        let (sandbox_timeout, time_scale) = (Some(Duration::from_millis(500)), Some(60));
        Ok(Reply {
            sandbox_timeout,
            time_scale,
            ..reply(200, "{}").unwrap()
        })
    };
    let cases = [
        (
            LOOPBACK,
            Some(Duration::from_millis(500)),
            60,
            Duration::from_millis(2_500),
        ),
        (
            "https://123-ABC-456.mktorest.com/rest",
            None,
            1,
            Duration::from_secs(45),
        ),
    ];
    for (endpoint, timeout, scale, wait) in cases {
        let (marketo, script, _) = at(endpoint, [timed(), error("608", ""), error("608", "")]);
        assert_eq!(
            (marketo.sandbox_timeout(), marketo.time_scale()),
            (None, 1),
            "nothing is known yet"
        );
        for _ in 0..3 {
            assert!(marketo.describe().await.is_err());
        }
        assert_eq!(
            (marketo.sandbox_timeout(), marketo.time_scale()),
            (timeout, scale),
            "{endpoint}"
        );
        assert_eq!(
            script.seen.lock().unwrap().last().unwrap().3,
            wait,
            "{endpoint}"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_expressed_is_not_sent() {
    let (marketo, script) = against([]);
    let lookup = |values: Vec<&str>| LeadQuery {
        values: values.into_iter().map(str::to_owned).collect(),
        ..query()
    };
    let many = vec!["x"; 301];
    for values in [vec![], vec!["a,b"], vec![" "], many] {
        refused(marketo.leads_by(&lookup(values)).await);
    }
    let batch = |input: Vec<Value>| LeadWrite {
        input: input.into_iter().map(record).collect(),
        ..write()
    };
    for input in [
        vec![],
        vec![json!({ "email": "a" }); 301],
        vec![json!({ "id": 1 })],
    ] {
        refused(marketo.sync_leads(&batch(input)).await);
    }
    for ids in [vec![], vec![1; 301]] {
        refused(marketo.add_to_list(7, &ids).await);
        refused(marketo.remove_from_list(7, &ids).await);
        refused(marketo.members_of(7, &ids).await);
    }
    for name in ["", " ", "a,b", "a\nb"] {
        refused(marketo.create_list(name, &folder(), None).await);
    }
    let large = batch(vec![json!({ "email": "x".repeat(MAX_BODY) })]);
    assert_eq!(marketo.sync_leads(&large).await, Err(Failure::TooLarge));
    let calls = script.seen.lock().unwrap().len();
    assert_eq!(calls, 0, "nothing may have been sent");
}

fn refused<T: std::fmt::Debug>(result: Result<T, Failure>) {
    assert!(
        matches!(&result, Err(Failure::Refused { code, .. }) if code == UNSENDABLE),
        "{result:?}"
    );
}

#[test]
fn a_body_is_as_long_as_planned() {
    let texts = [
        "",
        "plain",
        "é\u{1f600}",
        "\"quoted\"\\\n\u{1}",
        "</script>",
    ];
    for count in 1..=5 {
        let input: Vec<_> = texts[..count]
            .iter()
            .map(|text| record(json!({ "email": text, "n": 1.5, "none": null, "yes": true })))
            .collect();
        let partition = Some("\u{1}".repeat(255));
        let write = LeadWrite {
            action: WriteAction::UpdateOnly,
            lookup_field: "l".repeat(255),
            partition,
            input,
        };
        let records: usize = write.input.iter().map(record_len).sum();
        let exact = serde_json::to_vec(&write).unwrap().len();
        assert_eq!(body_len(&write), exact);
        assert!(
            ENVELOPE_LEN + records >= exact && exact >= records,
            "{records} in {exact}"
        );
    }
}

#[test]
fn debug_shows_nobody() {
    let shown = format!("{:?} {:?}", query(), write());
    assert!(!shown.contains('@'), "{shown}");
}
