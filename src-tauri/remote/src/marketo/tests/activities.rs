use super::{Answer, LOOPBACK, against, error, ok};
use crate::{
    failure::Failure,
    marketo::{Activity, Happened, Marketo},
};
use serde_json::{Value, json};
use usher_model::Timestamp;

fn page(rest: Value) -> Answer {
    ok(rest)
}

fn fields() -> Vec<String> {
    vec!["email".into(), "title".into()]
}

/// What one page says, as it stands.
async fn changes_of(answer: Answer) -> Result<(Vec<Activity>, Option<String>), Failure> {
    let (marketo, _) = against([answer]);
    let page = marketo.lead_changes("A==", &fields()).await?;
    Ok((page.activities, page.next))
}

async fn denied(marketo: &Marketo) -> [bool; 3] {
    let is_denied = |failure: Option<Failure>| matches!(failure, Some(Failure::Denied { .. }));
    [
        is_denied(marketo.paging_token(Timestamp(0)).await.err()),
        is_denied(marketo.lead_changes("A==", &fields()).await.err()),
        is_denied(marketo.deleted_leads("A==").await.err()),
    ]
}

#[tokio::test]
async fn requests_have_the_documented_shape() {
    let token = page(json!({ "nextPageToken": "AB+==" }));
    let (marketo, script) = against([token, error("608", ""), error("608", "")]);
    let at = Timestamp::parse("2026-11-23T08:00:00Z").unwrap();
    assert_eq!(marketo.paging_token(at).await.as_deref(), Ok("AB+=="));
    let _ = marketo.lead_changes("AB+==", &fields()).await;
    let _ = marketo.deleted_leads("AB+==").await;
    let seen: Vec<_> = script.seen.lock().unwrap().clone();
    let calls: Vec<_> = seen
        .iter()
        .skip(1)
        .map(|(line, ..)| line.as_str())
        .collect();
    let address = |rest: &str| format!("GET {LOOPBACK}/rest/v1/activities/{rest}");
    let expected = [
        "pagingtoken.json?sinceDatetime=2026-11-23T08%3A00%3A00Z",
        "leadchanges.json?nextPageToken=AB%2B%3D%3D&fields=email%2Ctitle&batchSize=300",
        "deletedleads.json?nextPageToken=AB%2B%3D%3D&batchSize=300",
    ];
    assert_eq!(calls, expected.map(address));
    let waits: Vec<u64> = seen.iter().skip(1).map(|call| call.3.as_secs()).collect();
    assert_eq!(waits, [315, 45, 45], "longer than the service gives itself");
}

#[tokio::test]
async fn what_happened_is_told_by_lead() {
    let field = |name: &str| json!({ "id": 1, "name": name, "newValue": "x", "oldValue": null });
    let records = json!([
        // The number of an activity may be missing, and one may be told twice.
        { "marketoGUID": "1", "leadId": 7, "activityTypeId": 13, "fields": [field("title")] },
        { "id": 4, "marketoGUID": "1", "leadId": "7", "activityTypeId": 13, "fields": [field("title")] },
        // Of a field that was not asked for.
        { "leadId": 8, "activityTypeId": 13, "fields": [field("phone"), field("email")] },
        { "leadId": 9, "activityTypeId": 12, "fields": [] },
        // What is not understood may be anything.
        { "leadId": 10, "activityTypeId": 13 },
        { "leadId": 11, "activityTypeId": 13, "fields": [{ "id": 4 }] },
        { "leadId": 12 },
    ]);
    let answer = page(json!({ "result": records, "nextPageToken": "B==", "moreResult": false }));
    let (activities, next) = changes_of(answer).await.unwrap();
    assert_eq!(
        next, None,
        "a token always comes; the end is said beside it"
    );
    let title = Happened::Changed(vec!["title".into()]);
    let two = Happened::Changed(vec!["phone".into(), "email".into()]);
    let expected = [
        (7, title.clone()),
        (7, title),
        (8, two),
        (9, Happened::New),
        (10, Happened::New),
        (11, Happened::New),
        (12, Happened::New),
    ];
    let told: Vec<_> = activities
        .into_iter()
        .map(|one| (one.lead, one.what))
        .collect();
    assert_eq!(told, expected);

    let gone = json!([{ "leadId": 3, "activityTypeId": 37 }]);
    let answer = page(json!({ "result": gone, "nextPageToken": "B==", "moreResult": true }));
    let (marketo, _) = against([answer]);
    let page = marketo.deleted_leads("A==").await.unwrap();
    let lead = Activity {
        lead: 3,
        what: Happened::Deleted,
    };
    assert_eq!(
        (page.activities, page.next),
        (vec![lead], Some("B==".into()))
    );
}

#[tokio::test]
async fn an_empty_page_is_the_last_only_where_that_is_said() {
    let more = page(json!({ "result": [], "nextPageToken": "B==", "moreResult": true }));
    assert_eq!(changes_of(more).await, Ok((vec![], Some("B==".into()))));
    let more = page(json!({ "nextPageToken": "B==", "moreResult": true }));
    assert_eq!(changes_of(more).await, Ok((vec![], Some("B==".into()))));
    let last = page(json!({ "nextPageToken": "B==", "moreResult": false }));
    assert_eq!(changes_of(last).await, Ok((vec![], None)));
}

#[tokio::test]
async fn a_page_that_may_leave_something_out_is_none() {
    let lead = json!({ "leadId": 1, "activityTypeId": 12 });
    let odd = [
        json!({ "result": [lead], "nextPageToken": "B==" }),
        json!({ "result": [lead], "moreResult": true }),
        json!({ "result": [lead], "nextPageToken": "A==", "moreResult": true }),
        json!({ "result": [{ "activityTypeId": 12 }], "moreResult": false }),
        json!({ "result": [{ "leadId": 0 }], "moreResult": false }),
        json!({ "result": {}, "moreResult": false }),
    ];
    for rest in odd {
        let told = changes_of(page(rest.clone())).await;
        assert!(
            matches!(told, Err(Failure::Unknown { .. })),
            "{rest}: {told:?}"
        );
    }
    let (marketo, _) = against([page(json!({ "result": [] }))]);
    let token = marketo.paging_token(Timestamp(0)).await;
    assert!(matches!(token, Err(Failure::Unknown { .. })), "{token:?}");
}

#[tokio::test]
async fn a_missing_permission_and_an_old_token_are_told_apart() {
    let (marketo, _) = against((0..3).map(|_| error("603", "Access denied")));
    assert_eq!(denied(&marketo).await, [true; 3]);
    let old = changes_of(error("1003", "Invalid nextPageToken")).await;
    let code = old.as_ref().err().and_then(Failure::code);
    assert!(matches!(old, Err(Failure::Refused { .. })), "{old:?}");
    assert_eq!(code, Some("1003"));
    let (marketo, script) = against([]);
    let none = marketo.lead_changes("A==", &[]).await;
    assert!(matches!(none, Err(Failure::Refused { .. })), "{none:?}");
    assert!(script.seen.lock().unwrap().is_empty(), "nothing is sent");
}

#[tokio::test]
async fn the_services_own_clock_is_heard() {
    let mut dated = page(json!({ "nextPageToken": "B==" })).unwrap();
    let at = Timestamp::parse("2026-11-23T08:00:00Z");
    dated.date = at;
    let (marketo, _) = against([Ok(dated), page(json!({ "nextPageToken": "B==" }))]);
    assert_eq!(marketo.service_time(), None);
    for _ in 0..2 {
        marketo.paging_token(Timestamp(0)).await.unwrap();
        assert_eq!(marketo.service_time(), at);
    }
}
