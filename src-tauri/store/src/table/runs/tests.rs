//! Runs are found by what is asked of them.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::table::purges;
use serde_json::{Value, json};

/// A database with three runs of one sync, for destination `d`, and one of another, for `e`.
fn filled() -> Db {
    let db = Db::open_in_memory().unwrap();
    for migration in [MIGRATION, purges::MIGRATION, purges::PEOPLE, HELD, SOUGHT] {
        db.execute_batch(migration).unwrap();
    }
    let run = |id: &str, sync: &str, destination: &str, state: &str, finished: Option<&str>| {
        let doc = json!({
            "run_id": id, "destination": destination, "connection": "c", "state": state,
            "finished_at": finished, "closed": false, "plan": format!("plan of {id}"),
        });
        insert(&db, &RunId(id.into()), &SyncId(sync.into()), &doc).unwrap();
    };
    let (early, late) = (
        Some("1970-01-01T00:00:01Z"),
        Some("1970-01-01T00:00:01.51Z"),
    );
    run("first", "s", "d", "stopped", late);
    run("second", "s", "d", "completed", early);
    run("other", "t", "e", "completed_with_problems", early);
    run("third", "s", "d", "sending", None);
    db
}

fn ids(runs: Vec<Value>) -> Vec<String> {
    let id = |run: &Value| run["run_id"].as_str().unwrap().to_owned();
    runs.iter().map(id).collect()
}

#[test]
fn the_newest_come_first() {
    let (db, s) = (filled(), SyncId("s".into()));
    assert_eq!(
        ids(all(&db, None).unwrap()),
        ["third", "other", "second", "first"]
    );
    assert_eq!(ids(first(&db, None, 2).unwrap()), ["third", "other"]);
    assert_eq!(ids(first(&db, Some(&s), 2).unwrap()), ["third", "second"]);
    assert_eq!(
        [count(&db, None), count(&db, Some(&s))].map(Result::unwrap),
        [4, 3]
    );
    let mut seen = 0;
    let found = newest_first(&db, &s, |run: Value| {
        seen += 1;
        match run["state"] == "completed" {
            true => ControlFlow::Break(run["run_id"].clone()),
            false => ControlFlow::Continue(()),
        }
    });
    assert_eq!((found.unwrap(), seen), (Some(json!("second")), 2));
}

#[test]
fn open_are_those_that_can_be_gone_on_with() {
    let (db, s) = (filled(), SyncId("s".into()));
    assert_eq!(ids(open(&db, None).unwrap()), ["third", "other", "first"]);
    assert_eq!(ids(open(&db, Some(&s)).unwrap()), ["third", "first"]);
    let id = RunId("first".into());
    let mut doc: Value = find(&db, "first").unwrap();
    doc["closed"] = json!(true);
    replace(&db, &id, &doc).unwrap();
    assert_eq!(ids(open(&db, Some(&s)).unwrap()), ["third"]);
}

#[test]
fn they_are_sought_by_when_they_ended() {
    let (db, d) = (filled(), DestinationId("d".into()));
    let after = |ms| ids(ended_after(&db, &d, Timestamp(ms)).unwrap());
    assert_eq!(after(999), ["first", "second", "third"]);
    assert_eq!(after(1000), ["first", "third"]);
    assert_eq!(after(1509), ["first", "third"]);
    assert_eq!(after(1510), ["third"]);
    assert_eq!(after(i64::MAX - 1), ["third"], "it has not ended");
    let mut seen = Vec::new();
    let c = ConnectionId("c".into());
    elsewhere(
        &db,
        &c,
        &DestinationId("e".into()),
        |run: Value| -> ControlFlow<()> {
            seen.push(run);
            ControlFlow::Continue(())
        },
    )
    .unwrap();
    assert_eq!(ids(seen), ["third", "first", "second"]);
}

#[test]
fn what_still_has_values_or_people_is_purged() {
    let (db, now) = (filled(), Timestamp(5000));
    let due = |values: i64, people: Option<i64>| {
        ids(unpurged(&db, Timestamp(values), people.map(Timestamp)).unwrap())
    };
    assert_eq!(due(1000, None), [""; 0]);
    assert_eq!(due(1510, None), ["other", "second"]);
    let mut purge = purges::Purge {
        done_at: Some(now),
        ..purges::Purge::default()
    };
    purges::put(&db, &RunId("second".into()), &purge).unwrap();
    assert_eq!(due(9000, None), ["other", "first"]);
    assert_eq!(due(9000, Some(1000)), ["other", "first"]);
    assert_eq!(due(9000, Some(1001)), ["other", "second", "first"]);
    purge.people_at = Some(now);
    purges::put(&db, &RunId("second".into()), &purge).unwrap();
    assert_eq!(due(9000, Some(1001)), ["other", "first"]);
}

#[test]
fn a_plan_leads_to_the_runs_that_took_it() {
    let (db, s) = (filled(), SyncId("s".into()));
    let of = |plan: &str| ids(of_plan(&db, &s, &PlanId(plan.into())).unwrap());
    assert_eq!(of("plan of second"), ["second"]);
    assert_eq!(of("plan of other"), [""; 0], "of another sync");
}

/// What is asked at every look is found by an index, however many runs there are.
#[test]
fn no_look_goes_through_all_runs() {
    let db = filled();
    for sql in [
        OF_SYNC,
        OPEN,
        OPEN_OF_SYNC,
        ENDED_AFTER,
        ELSEWHERE,
        UNPURGED,
    ] {
        let mut query = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let mut rows = query.raw_query();
        let first: String = rows.next().unwrap().unwrap().get(3).unwrap();
        assert!(first.contains("USING INDEX runs_"), "{sql}: {first}");
    }
}
