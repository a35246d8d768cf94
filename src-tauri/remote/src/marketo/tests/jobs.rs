//! Bulk jobs: what is asked, and which answers are believed.

use super::{Answer, against, error, ok, reply};
use crate::{
    failure::Failure,
    http::Reply,
    marketo::{ExtractFilter, Import, JobState, MAX_IMPORT, Side, ToldRow},
};
use serde_json::{Value, json};
use usher_model::Timestamp;

fn result(record: Value) -> Answer {
    ok(json!({ "result": [record] }))
}

fn file(status: u16, body: &str) -> Answer {
    Ok(Reply {
        status,
        content_type: Some("text/csv".into()),
        body: body.into(),
        ..Reply::default()
    })
}

fn import(csv: &str) -> Import {
    Import {
        lookup_field: "email".into(),
        partition: Some("E & A".into()),
        list: Some(7),
        csv: csv.into(),
    }
}

#[tokio::test]
async fn an_export_is_asked_for_as_documented() {
    let (marketo, script) = against([
        result(json!({ "exportId": "ab-12", "status": "Created" })),
        error("1029", "Job is already in queue"),
        result(json!({
            "exportId": "ab-12", "status": "Completed",
            "fileSize": 20, "fileChecksum": "sha256:AB01", "numberOfRecords": 1,
        })),
        file(206, "0123456789"),
        result(json!({ "exportId": "ab-12", "status": "Cancelled" })),
    ]);
    let from = Timestamp::parse("2026-01-01T00:00:00.900Z").unwrap();
    let to = Timestamp::parse("2026-01-31T23:59:59Z").unwrap();
    let fields = ["id".to_owned(), "email".to_owned()];
    let made = marketo
        .create_extract(&fields, ExtractFilter::Created(from, to))
        .await
        .unwrap();
    assert_eq!((made.id.as_str(), made.state), ("ab-12", JobState::Waits));
    marketo.enqueue_extract("ab-12").await.unwrap();
    let done = marketo.extract_status("ab-12").await.unwrap();
    assert_eq!((done.state, done.size), (JobState::Done, 20));
    assert_eq!(done.sha256.as_deref(), Some("ab01"));
    let piece = marketo.extract_piece("ab-12", 10, 19).await.unwrap();
    assert_eq!(piece, b"0123456789");
    marketo.cancel_extract("ab-12").await.unwrap();
    let seen = script.seen.lock().unwrap();
    let calls: Vec<&str> = seen.iter().skip(1).map(|call| call.0.as_str()).collect();
    let at = |end: &str| format!("http://localhost:8080/bulk/v1/leads/export/{end}");
    assert_eq!(
        calls,
        [
            format!("POST {}", at("create.json")),
            format!("POST {}", at("ab-12/enqueue.json")),
            format!("GET {}", at("ab-12/status.json")),
            format!("GET {}", at("ab-12/file.json")),
            format!("POST {}", at("ab-12/cancel.json")),
        ]
    );
    let asked: Value = serde_json::from_str(&seen[1].2).unwrap();
    assert_eq!(
        asked,
        json!({
            "fields": ["id", "email"],
            "format": "CSV",
            "filter": { "createdAt": {
                "startAt": "2026-01-01T00:00:00Z", "endAt": "2026-01-31T23:59:59Z",
            } },
        })
    );
}

#[tokio::test]
async fn a_job_that_makes_no_sense_is_not_believed() {
    let odd = [
        json!({ "exportId": "../../x", "status": "Queued" }),
        json!({ "exportId": "ab-12", "status": "Elsewhere" }),
        json!({ "status": "Queued" }),
    ];
    for record in odd {
        let (marketo, _) = against([result(record.clone())]);
        let told = marketo.extract_status("ab-12").await;
        assert!(matches!(told, Err(Failure::Unknown { .. })), "{record}");
    }
}

#[tokio::test]
async fn a_piece_of_a_file_is_as_long_as_was_asked_or_nothing() {
    let unknown = [file(206, "01234"), file(200, "0123456789ab")];
    for answer in unknown {
        let failure = piece_of(answer).await;
        assert!(matches!(failure, Failure::Unknown { .. }), "{failure:?}");
    }
    let early = piece_of(file(404, "Not ready")).await;
    assert!(matches!(early, Failure::Busy { .. }), "{early:?}");
    let denied = piece_of(error("603", "Access denied")).await;
    assert!(matches!(denied, Failure::Denied { .. }), "{denied:?}");
}

async fn piece_of(answer: Answer) -> Failure {
    let (marketo, _) = against([answer]);
    marketo.extract_piece("ab-12", 0, 9).await.unwrap_err()
}

#[tokio::test]
async fn a_file_is_sent_and_its_refused_rows_are_read() {
    let refused = "email,firstName,Import Failure Reason\n\
        \"a@x.io\",\"A, \"\"B\"\"\",\"1003 Invalid value\"\n";
    let (marketo, script) = against([
        result(json!({ "batchId": 1022, "importId": "1022", "status": "Queued" })),
        result(json!({
            "batchId": 1022, "status": "Complete", "numOfLeadsProcessed": 2,
            "numOfRowsFailed": 1, "numOfRowsWithWarning": 0, "message": "Import completed with errors",
        })),
        file(200, refused),
    ]);
    let sent = import("email\n\"a@x.io\"\n");
    assert!(!format!("{sent:?}").contains("a@x.io"));
    assert_eq!(marketo.import_people(&sent).await.unwrap(), 1022);
    let told = marketo.import_status(1022).await.unwrap();
    assert_eq!(
        (told.state, told.processed, told.failed),
        (JobState::Done, 2, 1)
    );
    let rows = marketo.import_rows(1022, Side::Failures).await.unwrap();
    assert_eq!(
        rows,
        [ToldRow {
            cells: vec!["a@x.io".into(), "A, \"B\"".into()],
            reason: "1003 Invalid value".into(),
        }]
    );
    let seen = script.seen.lock().unwrap();
    assert_eq!(
        (seen[1].0.as_str(), seen[1].1),
        (
            "POST http://localhost:8080/bulk/v1/leads.json?format=csv&lookupField=email&partitionName=E%20%26%20A&listId=7",
            "file"
        )
    );
    assert_eq!(
        seen[3].0,
        "GET http://localhost:8080/bulk/v1/leads/batch/1022/failures.json"
    );
}

#[tokio::test]
async fn what_cannot_be_one_file_is_not_sent() {
    let (marketo, script) = against([]);
    let large = import(&"x".repeat(MAX_IMPORT + 1));
    assert_eq!(marketo.import_people(&large).await, Err(Failure::TooLarge));
    assert!(script.seen.lock().unwrap().is_empty());
    for answer in [reply(200, "{"), result(json!({ "status": "Queued" }))] {
        let (marketo, _) = against([answer]);
        let told = marketo.import_people(&import("email\n")).await;
        assert!(matches!(told, Err(Failure::Unknown { .. })), "{told:?}");
    }
}
