//! Readings of changes one after another, of which one is lost: nothing is concluded
//! across the hole. Time is moved from outside, so this needs the room and not the command.

#![allow(clippy::unwrap_used)]

mod common;
mod stores;

use common::{Ahead, private, ready, sandbox, world};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use stores::opened;
use usher_model::{PersonAction, PlanSummary, ReadRoute};
use usher_sandbox::Sandbox;
use usher_store::Database;
use usher_store::table::readings;
use usher_sync::{Look, Progress, RouteWish, Usher};

struct Scene {
    usher: Arc<Usher>,
    cache: Arc<Database>,
    clock: Arc<Ahead>,
    sandbox: Sandbox,
    ids: Value,
    _dir: tempfile::TempDir,
}

/// Three people who were looked up an hour ago, by a computer whose clock is hours ahead.
async fn scene() -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = sandbox().await;
    let people = json!({ "leads": [
        { "email": "ada@x.example", "lastName": "A" },
        { "email": "bob@x.example", "lastName": "B" },
        { "email": "cy@x.example", "lastName": "C" },
    ]});
    let ids = private(&sandbox, "POST", "leads", people).await["ids"].clone();
    let clock = Arc::new(Ahead::default());
    clock.by(HOURS_AHEAD);
    let stores = opened(&dir);
    let cache = stores.cache.clone();
    let usher = Arc::new(Usher::new(stores, world(clock.clone())));
    let rows = "email,last\nada@x.example,A\nbob@x.example,B\ncy@x.example,C\nnew@x.example,N\n";
    let map = ["email=DedupeField", "last=lastName"];
    ready(&usher, &sandbox, rows, PersonAction::UpdateExisting, &map).await;
    let scene = Scene {
        usher,
        cache,
        clock,
        sandbox,
        ids,
        _dir: dir,
    };
    scene.preview(ReadRoute::Lookup, Look::Refresh).await;
    scene.pass(HOUR).await;
    scene
}

const HOURS_AHEAD: Duration = Duration::from_secs(5 * 3600);
const HOUR: Duration = Duration::from_secs(3600);

impl Scene {
    async fn preview(&self, by: ReadRoute, look: Look) -> PlanSummary {
        let routes = RouteWish {
            read: Some(by),
            write: None,
        };
        let watched = Progress::unwatched();
        self.usher
            .preview("S", look, routes, &watched)
            .await
            .unwrap()
    }

    /// Time goes by at the service alone: what is fresh here stays so.
    async fn pass(&self, wait: Duration) {
        let advance = json!({ "advance_seconds": wait.as_secs() });
        private(&self.sandbox, "POST", "clock", advance).await;
    }

    async fn change(&self, at: usize) {
        let path = format!("lead/{}", self.ids[at]);
        private(
            &self.sandbox,
            "PATCH",
            &path,
            json!({ "lastName": "Theirs" }),
        )
        .await;
    }

    /// The numbers of all readings of changes.
    fn of_changes(&self) -> Vec<i64> {
        let reader = self.cache.reader().unwrap();
        let all = readings::ids(&reader).unwrap().into_iter();
        let is_of_changes = |id: &i64| {
            let found = readings::get(&reader, *id).unwrap();
            found.is_some_and(|reading| reading.is_of_changes())
        };
        all.map(|(id, _, _)| id).filter(is_of_changes).collect()
    }

    async fn asked(&self) -> usize {
        let log = private(&self.sandbox, "GET", "log", Value::Null).await;
        let log = log["log"].as_array().unwrap().clone();
        let is_it = |one: &&Value| {
            let path = one["path"].as_str().unwrap();
            path.ends_with("leadchanges.json")
        };
        log.iter().filter(is_it).count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_reading_is_made_up_for() {
    let scene = scene().await;
    scene.change(0).await;
    let plan = scene.preview(ReadRoute::Changes, Look::Refresh).await;
    assert_eq!(plan.people.update, 1, "{plan:?}");
    let [lost] = scene.of_changes()[..] else {
        panic!()
    };
    let remove = move |tx: &usher_store::Tx<'_>| readings::remove(tx, lost);
    scene.cache.write(remove).await.unwrap();
    scene.pass(HOUR).await;
    scene.change(1).await;
    let plan = scene.preview(ReadRoute::Changes, Look::Refresh).await;
    assert_eq!(
        plan.people.update, 2,
        "what the lost one said as well: {plan:?}"
    );
    let anew = scene.preview(ReadRoute::Lookup, Look::Refresh).await;
    assert_eq!(plan.digest, anew.digest);
    scene.sandbox.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_behind_a_hole_is_not_taken_for_fresh() {
    let scene = scene().await;
    for at in 0..2 {
        scene.change(at).await;
        scene
            .clock
            .by(HOURS_AHEAD + HOUR * (1 + u32::try_from(at).unwrap()));
        scene.preview(ReadRoute::Changes, Look::Refresh).await;
        scene.pass(HOUR).await;
    }
    let before = scene.asked().await;
    let whole = scene.preview(ReadRoute::Changes, Look::WhereStale).await;
    assert_eq!(scene.asked().await, before, "all of it is fresh");
    assert_eq!(whole.people.update, 2);
    let [lost, _] = scene.of_changes()[..] else {
        panic!()
    };
    let remove = move |tx: &usher_store::Tx<'_>| readings::remove(tx, lost);
    scene.cache.write(remove).await.unwrap();
    let offline = scene.preview(ReadRoute::Changes, Look::Offline).await;
    assert!(
        offline.destination_as_of < whole.destination_as_of,
        "it says how old it is: {offline:?}"
    );
    let again = scene.preview(ReadRoute::Changes, Look::WhereStale).await;
    assert!(scene.asked().await > before);
    assert_eq!(again.digest, whole.digest);
    scene.sandbox.shutdown().await.unwrap();
}
