//! Calls that are refused as a whole, in each half of the API.

use super::{Stage, people::query};
use serde_json::json;
use std::sync::Arc;
use usher_model::Secret;
use usher_remote::{clock::SystemClock, failure::Failure, http::NetHttp, marketo::Marketo};

pub(super) async fn drive(stage: &Stage) {
    wrong_secret(stage).await;
    tokens(stage).await;
    limits(stage).await;
    permissions(stage).await;
    filters(stage).await;
    unavailable(stage).await;
}

async fn wrong_secret(stage: &Stage) {
    let net = Arc::new(NetHttp::new().unwrap());
    let (address, id) = (&stage.address, stage.client_id.clone());
    let secret = Secret::new("wrong".into());
    let stranger = Marketo::new(net, Arc::new(SystemClock), address, id, secret);
    assert_eq!(stranger.ensure_token().await, Err(Failure::Credentials));
}

/// 602 once, then 601, in the words of either half.
async fn tokens(stage: &Stage) {
    stage.private("expire-tokens", json!({})).await;
    assert_eq!(stage.marketo.describe().await, Err(Failure::Token));
    assert_eq!(stage.marketo.lists_named("x").await, Err(Failure::Token));
    stage.marketo.token_refused();
    stage.marketo.describe().await.unwrap();
}

/// 606, 615 and 607.
async fn limits(stage: &Stage) {
    for (lever, code, normal) in [
        ("calls_per_window", "606", 10_000),
        ("concurrency", "615", 10),
        ("daily_quota", "607", 50_000),
    ] {
        stage.private("config", json!({ lever: 0 })).await;
        everywhere(stage, code).await;
        stage.private("config", json!({ lever: normal })).await;
    }
}

async fn permissions(stage: &Stage) {
    let none = json!({
        "read_write_lead": false, "read_only_lead": false,
        "read_only_assets": false, "read_write_assets": false,
    });
    stage
        .private("config", json!({ "permissions": none }))
        .await;
    everywhere(stage, "603").await;
    stage.private("config", json!({ "permissions": {} })).await;
}

/// 1003 for too many leads, and 1011.
async fn filters(stage: &Stage) {
    let everybody = query("leadPartitionId", &["1", "2", "3"]);
    let refused = stage.marketo.leads_by(&everybody).await;
    assert_eq!(refused, Err(Failure::TooMany));
    let odd = stage.marketo.leads_by(&query("firstName", &["Ada"])).await;
    assert_eq!(odd.unwrap_err().code(), Some("1011"));
}

/// What the service says of itself.
async fn unavailable(stage: &Stage) {
    for code in ["604", "608", "611", "713"] {
        let fault = json!({"on": {"times": 7}, "do": {"code": code.parse::<u16>().unwrap(), "message": "Try again"}});
        stage.private("faults", json!({ "faults": [fault] })).await;
        everywhere(stage, code).await;
    }
}

/// One call of each kind of reply, refused with this code.
async fn everywhere(stage: &Stage, code: &str) {
    let marketo = &stage.marketo;
    for failure in [
        marketo.describe().await.err(),
        marketo.partitions().await.err(),
        marketo
            .leads_by(&query("email", &["a@b.example"]))
            .await
            .err(),
        marketo.probe_write().await.err(),
        marketo.add_to_list(1_001, &[1]).await.err(),
        marketo.lists_in(None, 0).await.err(),
        marketo.folders(0).await.err(),
    ] {
        assert_eq!(failure.unwrap().code(), Some(code));
    }
}
