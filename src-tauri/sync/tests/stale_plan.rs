//! A plan that is no longer fresh when its run is resumed: who changed since is
//! not sent. Time is moved from outside, so this needs the room and not the command.

#![allow(clippy::unwrap_used)]

mod common;
mod stores;

use common::{Ahead, private, ready, sandbox, world};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use stores::opened;
use usher_model::{PersonAction, RunState};
use usher_sync::{OutcomeFilter, Progress, RunRequest, Usher};

#[tokio::test(flavor = "multi_thread")]
async fn who_changed_since_a_plan_that_is_no_longer_fresh_is_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = sandbox().await;
    let people = json!({ "leads": [
        { "email": "ada@x.example", "lastName": "Byron" },
        { "email": "bob@x.example", "lastName": "B" },
    ]});
    let ids = private(&sandbox, "POST", "leads", people).await["ids"].clone();
    let clock = Arc::new(Ahead::default());
    let usher = Arc::new(Usher::new(opened(&dir), world(clock.clone())));
    let rows = "email,last\nada@x.example,Lovelace\nbob@x.example,Builder\n";
    let map = ["email=DedupeField", "last=lastName"];
    ready(&usher, &sandbox, rows, PersonAction::UpdateExisting, &map).await;

    let spent = json!({ "faults": [{
        "on": { "method": "POST", "path_contains": "/v1/leads.json", "write_only": true },
        "do": { "code": 607, "message": "Daily quota reached" },
    }]});
    private(&sandbox, "POST", "faults", spent).await;
    let request = RunRequest {
        sync: "S".into(),
        no_wait: true,
        ..RunRequest::default()
    };
    let run = usher
        .run_sync(&request, &Progress::unwatched(), |_| {})
        .await
        .unwrap();
    assert_eq!(run.state, RunState::Stopped);
    private(&sandbox, "DELETE", "faults", Value::Null).await;

    private(
        &sandbox,
        "PATCH",
        &format!("lead/{}", ids[0]),
        json!({ "lastName": "King" }),
    )
    .await;
    clock.by(Duration::from_secs(16 * 60));
    let run = usher
        .resume_run(run.run_id.as_str(), &Progress::unwatched())
        .await
        .unwrap();
    assert_eq!(run.people.updated, 1, "{run:?}");
    assert_eq!(
        run.people.skipped.get("changed_since_plan"),
        Some(&1),
        "{run:?}"
    );
    assert_eq!(run.people.total(), 2);
    let ada = private(&sandbox, "GET", &format!("lead/{}", ids[0]), Value::Null).await;
    assert!(
        ada.to_string().contains("King"),
        "what somebody else wrote stays: {ada}"
    );
    let mut told = Vec::new();
    let everyone = OutcomeFilter::default();
    usher
        .people_of_run(run.run_id.as_str(), &everyone, |person| {
            told.push(person.reason.map(|reason| reason.code));
            Ok(())
        })
        .unwrap();
    assert_eq!(told[0].as_deref(), Some("changed_since_plan"));
    sandbox.shutdown().await.unwrap();
}
