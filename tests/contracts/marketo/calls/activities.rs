//! What happened to people since a time, as the client asks for it.

use super::Stage;
use serde_json::json;
use std::collections::BTreeSet;
use usher_model::Timestamp;
use usher_remote::marketo::{Activity, Happened};

pub(super) async fn drive(stage: &Stage) {
    let clock = json!({ "advance_seconds": 1 });
    let now = stage.private("clock", clock).await["now"].clone();
    let since = Timestamp::parse(now.as_str().unwrap()).unwrap();
    let people = json!([{ "email": "followed@contract.example" }, { "firstName": "Loser" }]);
    let ids = stage.people(people).await;
    let merge = json!({ "winner": ids[0], "losers": [ids[1]] });
    stage.private("merge", merge).await;

    let first = stage.marketo.paging_token(since).await.unwrap();
    let fields = ["email".to_owned(), "firstName".to_owned()];
    let (mut changed, mut next) = (BTreeSet::new(), Some(first.clone()));
    while let Some(token) = next {
        let page = stage.marketo.lead_changes(&token, &fields).await.unwrap();
        changed.extend(page.activities.into_iter().map(|activity| activity.lead));
        next = page.next;
    }
    assert!(changed.contains(&ids[0]), "{changed:?}");
    let gone = stage.marketo.deleted_leads(&first).await.unwrap();
    let loser = Activity {
        lead: ids[1],
        what: Happened::Deleted,
    };
    assert_eq!(gone.activities, [loser]);
}
