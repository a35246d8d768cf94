//! What a run was told is kept as a reading, and what it did to the list with the list: plans
//! come to the same by them as by the run's batches.

#![allow(clippy::unwrap_used)]

mod common;
mod stores;

use common::{Ahead, private, ready, sandbox, world};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use stores::opened;
use usher_model::PersonAction;
use usher_sandbox::Sandbox;
use usher_store::Database;
use usher_store::table::lists::{self, ReadList};
use usher_store::table::readings;
use usher_sync::{Look, Progress, RouteWish, RunRequest, Usher};

struct Scene {
    usher: Arc<Usher>,
    cache: Arc<Database>,
    sandbox: Sandbox,
    _dir: tempfile::TempDir,
}

/// An hour ago a run made one person, changed another and left a third as they were.
async fn after_a_run() -> Scene {
    let dir = tempfile::tempdir().unwrap();
    let sandbox = sandbox().await;
    let people = json!({ "leads": [
        { "email": "ada@x.example", "firstName": "Ada", "lastName": "A" },
        { "email": "bob@x.example", "lastName": "B", "firstName": "Bob" },
    ]});
    private(&sandbox, "POST", "leads", people).await;
    let stores = opened(&dir);
    let cache = stores.cache.clone();
    let clock = Arc::new(Ahead::default());
    let usher = Arc::new(Usher::new(stores, world(clock.clone())));
    let rows =
        "email,first,last\nada@x.example,Ada,A\nbob@x.example,Bob,Bee\nnew@x.example,New,N\n";
    let map = ["email=DedupeField", "first=firstName", "last=lastName"];
    ready(&usher, &sandbox, rows, PersonAction::UpdateAndCreate, &map).await;
    let scene = Scene {
        usher,
        cache,
        sandbox,
        _dir: dir,
    };
    scene.run().await;
    clock.by(Duration::from_secs(3600));
    scene
}

impl Scene {
    async fn run(&self) {
        let request = RunRequest {
            sync: "S".into(),
            ..RunRequest::default()
        };
        let watched = Progress::unwatched();
        self.usher
            .run_sync(&request, &watched, |_| {})
            .await
            .unwrap();
    }

    /// What an offline plan comes to: its digest, how many are left as they are, and how
    /// many join the list and stay on it.
    async fn planned(&self) -> (String, u64, [u64; 2]) {
        let (look, watched) = (Look::Offline, Progress::unwatched());
        let plan = self
            .usher
            .preview("S", look, RouteWish::default(), &watched);
        let plan = plan.await.unwrap();
        let list = plan.list.unwrap();
        (plan.digest, plan.people.leave, [list.add, list.keep])
    }

    /// The readings of what runs were told.
    fn kept(&self) -> Vec<i64> {
        let reader = self.cache.reader().unwrap();
        let all = readings::ids(&reader).unwrap().into_iter();
        let is_told = |id: &i64| {
            let found = readings::get(&reader, *id).unwrap();
            found.is_some_and(|reading| reading.told_by.is_some())
        };
        all.map(|(id, _, _)| id).filter(is_told).collect()
    }

    async fn forget(&self, told: i64) {
        let remove = move |tx: &usher_store::Tx<'_>| readings::remove(tx, told);
        self.cache.write(remove).await.unwrap();
    }

    /// The list as it is kept, and who is on it.
    fn list(&self) -> (String, ReadList, Vec<i64>) {
        let reader = self.cache.reader().unwrap();
        let scope = reader.query_row("SELECT scope FROM lists", (), |row| row.get(0));
        let scope: String = scope.unwrap();
        let (list, members) = lists::get(&reader, &scope).unwrap().unwrap();
        (scope, list, members)
    }

    async fn end(self) {
        self.sandbox.shutdown().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_comes_to_the_same_by_it_as_by_the_batches() {
    let scene = after_a_run().await;
    let [told] = scene.kept()[..] else { panic!() };
    let by_it = scene.planned().await;
    assert_eq!(by_it.1, 3, "everybody is as delivered");
    scene.forget(told).await;
    assert_eq!(scene.planned().await, by_it);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_kept_as_the_run_left_it() {
    let scene = after_a_run().await;
    let (scope, list, members) = scene.list();
    assert_eq!((list.told_by.len(), members.len()), (1, 3));
    let by_it = scene.planned().await;
    assert_eq!(by_it.2, [0, 3], "all three stay");
    let as_read = ReadList {
        id: None,
        told_by: Vec::new(),
        ..list
    };
    let back = move |tx: &usher_store::Tx<'_>| lists::put(tx, &scope, &as_read, &[]);
    scene.cache.write(back).await.unwrap();
    assert_eq!(scene.planned().await, by_it);
    // The next run reads it anew, and changes nothing there.
    scene.run().await;
    let (_, list, members) = scene.list();
    assert_eq!((list.told_by.len(), members.len()), (0, 3));
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_run_keeps_its_own_and_only_what_still_counts() {
    let scene = after_a_run().await;
    let first = scene.kept();
    let theirs = json!({ "leads": [{ "email": "cy@x.example", "lastName": "C" }] });
    private(&scene.sandbox, "POST", "leads", theirs).await;
    let state = private(&scene.sandbox, "GET", "state", Value::Null).await;
    let leads = state["leads"].as_array().unwrap();
    let new = leads.iter().find(|lead| lead["email"] == "new@x.example");
    let path = format!("lead/{}", new.unwrap()["id"]);
    private(&scene.sandbox, "DELETE", &path, Value::Null).await;
    // It reads first, so what the first run was told lies before all that counts.
    scene.run().await;
    let kept = scene.kept();
    assert_eq!((first.len(), kept.len()), (1, 1), "{first:?} {kept:?}");
    assert_ne!(first, kept);
    assert_eq!(scene.planned().await.1, 3);
    scene.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_with_the_sync() {
    let scene = after_a_run().await;
    assert_eq!(scene.kept().len(), 1);
    scene.usher.remove_sync("S").await.unwrap();
    assert!(scene.kept().is_empty());
    scene.end().await;
}
