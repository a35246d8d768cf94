//! Exports and imports, as the client asks for them.

use super::Stage;
use serde_json::json;
use usher_remote::marketo::{ExtractFilter, Import, JobState, Side};

pub(super) async fn drive(stage: &Stage) {
    extract(stage).await;
    import(stage).await;
}

/// Past what a job takes, and past when its status is brought up to date.
async fn wait(stage: &Stage) {
    let body = json!({ "advance_seconds": 120 });
    stage.private("clock", body).await;
}

async fn extract(stage: &Stage) {
    let people = json!([{ "email": "exported@contract.example" }]);
    let ids = stage.people(people).await;
    let list = json!({ "name": "Exported", "members": ids });
    let list = stage.private("lists", list).await["id"].as_i64().unwrap();
    let fields = ["id".to_owned(), "email".to_owned()];
    let filter = ExtractFilter::List(list);
    let made = stage.marketo.create_extract(&fields, filter).await.unwrap();
    stage.marketo.enqueue_extract(&made.id).await.unwrap();
    wait(stage).await;
    let done = stage.marketo.extract_status(&made.id).await.unwrap();
    assert_eq!(done.state, JobState::Done);
    let piece = stage.marketo.extract_piece(&made.id, 0, 7).await.unwrap();
    assert_eq!(piece, b"id,email");
    let other = stage.marketo.create_extract(&fields, filter).await.unwrap();
    stage.marketo.cancel_extract(&other.id).await.unwrap();
}

async fn import(stage: &Stage) {
    let import = Import {
        lookup_field: "email".into(),
        partition: None,
        list: None,
        csv: b"\"email\",\"firstName\"\n\"taken@contract.example\",\"Ada\"\n\"bad\",\"Bad\"\n"
            .into(),
    };
    let job = stage.marketo.import_people(&import).await.unwrap();
    wait(stage).await;
    let done = stage.marketo.import_status(job).await.unwrap();
    assert_eq!((done.state, done.failed), (JobState::Done, 1));
    let rows = stage
        .marketo
        .import_rows(job, Side::Failures)
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
}
