//! What was settled by a clock that was ahead is dated back.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::table::JOURNAL;

/// Two settled batches of one run; of another one that is settled and one that left.
fn filled() -> Db {
    let db = Db::open_in_memory().unwrap();
    for step in JOURNAL {
        db.execute_batch(step.sql).unwrap();
    }
    for (run, settled_at) in [
        ("one", Some(10)),
        ("one", Some(40)),
        ("two", Some(30)),
        ("two", None),
    ] {
        let (run, batch) = (
            RunId(run.into()),
            Batch {
                seq: 0,
                kind: BatchKind::Add,
                state: BatchState::Planned,
                attempt: 0,
                sent_at: None,
                file: None,
                items: Vec::new(),
                receipts: Vec::new(),
            },
        );
        match settled_at {
            Some(at) => plan_settled(&db, &run, at, &batch).unwrap(),
            None => plan(&db, &run, &batch).unwrap(),
        }
    }
    mark(
        &db,
        &RunId("two".into()),
        2,
        BatchState::Sending,
        1,
        Some(50),
    )
    .unwrap();
    db
}

/// What was settled, when.
fn settled_at(db: &Db) -> Vec<i64> {
    let runs = ["one", "two"].map(|run| settled(db, &RunId(run.into()), 0, 100).unwrap());
    runs.iter().flatten().map(|batch| batch.at).collect()
}

#[test]
fn what_was_settled_later_is_dated_whatever_became_of_its_run() {
    let (db, two) = (filled(), RunId("two".into()));
    assert_eq!(settled_at(&db), [10, 40, 30]);
    date_back(&db, Timestamp(30)).unwrap();
    assert_eq!(settled_at(&db), [10, 30, 30]);
    date_back(&db, Timestamp(20)).unwrap();
    assert_eq!(settled_at(&db), [10, 20, 20]);
    // It has no answer yet.
    assert_eq!(open_one(&db, &two, 2).unwrap().sent_at, Some(50));
    let mut query = db
        .prepare(&format!("EXPLAIN QUERY PLAN {DATE_BACK}"))
        .unwrap();
    let how: String = query.query_row(params!["", 0], |row| row.get(3)).unwrap();
    assert!(
        how.contains("batches_by_time (state=? AND sent_at"),
        "{how}"
    );
}
