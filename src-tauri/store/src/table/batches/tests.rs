//! Batches of all runs are found by when they were settled.

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

fn later(db: &Db, than: i64) -> Vec<(String, i64, i64)> {
    let found = settled_after(db, Timestamp(than)).unwrap().into_iter();
    found.map(|(run, seq, at)| (run.0, seq, at.0)).collect()
}

#[test]
fn what_was_settled_is_found_by_its_time_whatever_became_of_its_run() {
    let db = filled();
    assert_eq!(later(&db, 30), [("one".to_owned(), 2, 40)]);
    assert_eq!(
        later(&db, 29),
        [("two".to_owned(), 1, 30), ("one".to_owned(), 2, 40)]
    );
    let last = |by| last_settled_by(&db, Timestamp(by)).unwrap();
    assert_eq!(
        (last(9), last(39), last(60)),
        (None, Some(Timestamp(30)), Some(Timestamp(40)))
    );
    for sql in [SETTLED_AFTER, LAST_SETTLED_BY] {
        let mut query = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let how: String = query.query_row(params!["", 0], |row| row.get(3)).unwrap();
        assert!(
            how.contains("batches_by_time (state=? AND sent_at"),
            "{sql}: {how}"
        );
    }
}

#[test]
fn only_what_still_says_so_is_dated() {
    let (db, one, two) = (filled(), RunId("one".into()), RunId("two".into()));
    date(&db, &one, 2, [Timestamp(40), Timestamp(20)]).unwrap();
    date(&db, &one, 1, [Timestamp(40), Timestamp(20)]).unwrap();
    date(&db, &two, 2, [Timestamp(50), Timestamp(20)]).unwrap();
    let now = [
        ("one".to_owned(), 1, 10),
        ("one".to_owned(), 2, 20),
        ("two".to_owned(), 1, 30),
    ];
    assert_eq!(later(&db, 0), now);
    assert_eq!(open_one(&db, &two, 2).unwrap().sent_at, Some(50));
}
