//! What the window asks of the room that the command line does not: pages of plans and
//! runs, connections that are changed, and a sample that touches nothing of the user's.

#![allow(clippy::unwrap_used)]

#[allow(dead_code, reason = "each test uses what it needs of it")]
mod common;
mod stores;

use common::{Ahead, ready, sandbox, world};
use std::sync::Arc;
use stores::opened;
use usher_model::{Code, Limits, ListAct, Outcome, PersonAction, Secret, Verdict};
use usher_sync::owner::Command;
use usher_sync::{
    ConnectionChange, Look, MemberQuery, NewConnection, OutcomeFilter, PeopleFilter, Progress,
    RouteWish, RunRequest, SampleService, Usher,
};

const ROWS: &str = "email,last\nada@x.example,Lovelace\n,Nobody\nbob@x.example,Builder\n\
    ADA@x.example,Again\ncarl@x.example,\n";
const MAP: [&str; 4] = [
    "email=DedupeField",
    "last=lastName",
    "last=firstName",
    "email=email",
];

async fn open(dir: &tempfile::TempDir) -> Arc<Usher> {
    let stores = opened(dir);
    Arc::new(Usher::new(stores, world(Arc::new(Ahead::default()))))
}

fn connection(name: &str, base_url: &str) -> NewConnection {
    NewConnection {
        name: name.into(),
        description: String::new(),
        base_url: Some(base_url.into()),
        munchkin_id: "123-ABC-456".into(),
        client_id: "client".into(),
        limits: Limits::default(),
        hipaa_ready: false,
        people_since: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_plan_are_its_people_cut_up() {
    let (dir, sandbox) = (tempfile::tempdir().unwrap(), sandbox().await);
    let usher = open(&dir).await;
    ready(&usher, &sandbox, ROWS, PersonAction::UpdateAndCreate, &MAP).await;
    let watched = Progress::unwatched();
    let plan = usher
        .preview("S", Look::WhereStale, RouteWish::default(), &watched)
        .await
        .unwrap();
    let mut all = Vec::new();
    let everyone = PeopleFilter::default();
    let take = |person| {
        all.push(person);
        Ok(())
    };
    usher
        .people_of_plan("S", &plan.digest, &everyone, take)
        .unwrap();
    assert_eq!(all.len(), 5);
    let filters = [
        everyone,
        PeopleFilter {
            verdict: Some(Verdict::Create),
            ..PeopleFilter::default()
        },
        PeopleFilter {
            reason: Some("duplicate_in_audience".into()),
            ..PeopleFilter::default()
        },
        PeopleFilter {
            list: Some(ListAct::Add),
            search: Some("BOB".into()),
            ..PeopleFilter::default()
        },
        PeopleFilter {
            search: Some("nobody has this".into()),
            ..PeopleFilter::default()
        },
    ];
    for filter in filters {
        let mut wanted = Vec::new();
        let take = |person| {
            wanted.push(person);
            Ok(())
        };
        usher
            .people_of_plan("S", &plan.digest, &filter, take)
            .unwrap();
        let mut paged = Vec::new();
        for offset in 0..6 {
            let page = usher
                .people_page("S", &plan.digest, &filter, offset, 1)
                .unwrap();
            assert_eq!(page.total, wanted.len() as u64, "{filter:?}");
            paged.extend(page.people);
        }
        assert_eq!(paged, wanted, "{filter:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_run_are_its_people_cut_up() {
    let (dir, sandbox) = (tempfile::tempdir().unwrap(), sandbox().await);
    let usher = open(&dir).await;
    ready(&usher, &sandbox, ROWS, PersonAction::UpdateAndCreate, &MAP).await;
    let request = RunRequest {
        sync: "S".into(),
        ..RunRequest::default()
    };
    let watched = Progress::unwatched();
    let run = usher.run_sync(&request, &watched, |_| {}).await.unwrap();
    let id = run.run_id.as_str();
    for filter in [
        OutcomeFilter::default(),
        OutcomeFilter {
            outcome: Some(Outcome::Created),
            ..OutcomeFilter::default()
        },
        OutcomeFilter {
            reason: Some("no_key".into()),
            ..OutcomeFilter::default()
        },
        OutcomeFilter {
            search: Some("ada".into()),
            ..OutcomeFilter::default()
        },
    ] {
        let mut wanted = Vec::new();
        let take = |person| {
            wanted.push(person);
            Ok(())
        };
        usher.people_of_run(id, &filter, take).unwrap();
        let mut paged = Vec::new();
        for offset in 0..6 {
            let page = usher.outcome_page(id, &filter, offset, 1).unwrap();
            paged.extend(page.people);
        }
        assert_eq!(paged, wanted, "{filter:?}");
        let last = usher.outcome_page(id, &filter, 0, 100).unwrap();
        assert_eq!(last.total, Some(wanted.len() as u64));
    }
    let detail = usher.run_detail(id).unwrap();
    assert!(detail.was_sent && !detail.resumable, "{detail:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_paged_with_and_without_a_search() {
    let (dir, sandbox) = (tempfile::tempdir().unwrap(), sandbox().await);
    let usher = open(&dir).await;
    ready(&usher, &sandbox, ROWS, PersonAction::UpdateExisting, &MAP).await;
    let ask = |search: Option<&str>, offset, limit| {
        let search = search.map(str::to_owned);
        let query = MemberQuery {
            search,
            offset,
            limit,
        };
        let page = usher.member_page("P", &query).unwrap();
        let rows: Vec<u64> = page.members.iter().map(|member| member.row).collect();
        (page.total, rows)
    };
    assert_eq!(ask(None, 1, 2), (5, vec![2, 3]));
    assert_eq!(ask(Some("ADA"), 0, 10), (2, vec![1, 4]));
    assert_eq!(ask(Some("ada"), 1, 10), (2, vec![4]));
    assert_eq!(ask(Some("nobody has this"), 0, 10), (0, vec![]));
    let profile = usher.audience_profile("P").unwrap();
    let key = &profile.keys[0];
    assert_eq!(
        (key.usable, key.repeated, key.invalid, key.blank),
        (3, 1, 0, 1)
    );
    assert_eq!(profile.columns[1].filled, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_leads_elsewhere_takes_another_secret_and_is_not_in_use() {
    let (dir, sandbox) = (tempfile::tempdir().unwrap(), sandbox().await);
    let usher = open(&dir).await;
    ready(&usher, &sandbox, ROWS, PersonAction::UpdateExisting, &MAP).await;
    let elsewhere = || ConnectionChange {
        base_url: Some("https://123-ABC-456.mktorest.com/rest".into()),
        ..ConnectionChange::default()
    };
    let secret = || Some(Secret::new("another".into()));
    let refused = usher.edit_connection("M", elsewhere(), secret()).await;
    assert_eq!(refused.unwrap_err().code, Code::InUse);

    let other = connection("Other", "https://123-ABC-456.mktorest.com");
    let made = usher.add_connection(other, secret().unwrap()).await;
    made.unwrap();
    let moved = || ConnectionChange {
        base_url: Some("https://789-DEF-012.mktorest.com".into()),
        ..ConnectionChange::default()
    };
    let refused = usher.edit_connection("Other", moved(), None).await;
    assert_eq!(refused.unwrap_err().code, Code::SecretMissing);
    let changed = usher.edit_connection("Other", moved(), secret()).await;
    assert_eq!(
        changed.unwrap().base_url,
        "https://789-def-012.mktorest.com"
    );
    let renamed = ConnectionChange {
        name: Some("Renamed".into()),
        ..ConnectionChange::default()
    };
    assert_eq!(
        usher
            .edit_connection("Other", renamed, None)
            .await
            .unwrap()
            .name,
        "Renamed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_leaves_alone_what_only_has_its_name() {
    let dir = tempfile::tempdir().unwrap();
    drop(rustls::crypto::ring::default_provider().install_default());
    let usher = open(&dir).await;
    let own = connection("Sandbox", "https://123-ABC-456.mktorest.com");
    usher
        .add_connection(own, Secret::new("secret".into()))
        .await
        .unwrap();
    assert!(!usher.has_sample());
    let service = SampleService {
        base_url: "http://127.0.0.1:9".into(),
        munchkin_id: "888-BML-876".into(),
        client_id: "client".into(),
    };
    let refused = usher.sample_steps(&service, None).unwrap_err();
    assert_eq!(refused.code, Code::NameTaken);
    assert!(usher.sample_removal().unwrap().is_empty());

    usher.remove_connection("Sandbox").await.unwrap();
    let steps = usher.sample_steps(&service, None).unwrap();
    assert!(matches!(steps[0], Command::AddConnection(_)), "{steps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn freshness_is_of_both_sides_of_a_sync() {
    let (dir, sandbox) = (tempfile::tempdir().unwrap(), sandbox().await);
    let usher = open(&dir).await;
    ready(&usher, &sandbox, ROWS, PersonAction::UpdateAndCreate, &MAP).await;
    let before = usher.freshness().unwrap();
    let audience = usher.audience_documents().unwrap().remove(0);
    assert_eq!(before.len(), 1);
    assert_eq!(before[0].sync, "S");
    assert_eq!(before[0].audience, audience.name);
    assert_eq!(before[0].audience_at, Some(audience.snapshot_at));
    assert_eq!(before[0].destination_at, None);

    let watched = Progress::unwatched();
    let plan = usher
        .preview("S", Look::Refresh, RouteWish::default(), &watched)
        .await
        .unwrap();
    let after = usher.freshness().unwrap();
    assert!(after[0].destination_at.is_some());
    assert!(after[0].destination_at >= plan.destination_as_of);
}
