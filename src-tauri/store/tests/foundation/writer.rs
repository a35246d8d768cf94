use crate::{World, add, count};
use std::sync::{Arc, mpsc};
use usher_store::{Settings, StoreError};

#[test]
fn a_failed_write_leaves_nothing_and_the_next_one_works() {
    let world = World::new();
    let (.., database) = world.database(Settings::JOURNAL);
    let writer = database.writer().unwrap();
    let failed: Result<(), _> = writer.write(|tx| {
        tx.execute("INSERT INTO things (text) VALUES ('half')", [])?;
        Err(StoreError::NotFound {
            kind: "audience",
            name: "x".into(),
        })
    });
    assert!(matches!(failed, Err(StoreError::NotFound { .. })));
    assert_eq!(count(&database), 0);
    add(&database, "whole").unwrap();
    assert_eq!(count(&database), 1);
}

#[test]
fn a_panic_is_an_error_and_the_thread_lives_on() {
    let world = World::new();
    let (.., database) = world.database(Settings::JOURNAL);
    let panicked: Result<(), _> = database.writer().unwrap().write(|tx| {
        tx.execute("INSERT INTO things (text) VALUES ('half')", [])?;
        panic!("jane@example.com");
    });
    let error = panicked.unwrap_err();
    assert!(matches!(error, StoreError::Internal(_)));
    assert!(
        !error.to_string().contains("jane"),
        "data in an error: {error}"
    );
    add(&database, "whole").unwrap();
    assert_eq!(
        count(&database),
        1,
        "what a panicking write did is still there"
    );
}

#[test]
fn a_write_inside_a_write_is_refused_and_does_not_hang() {
    let world = World::new();
    let (.., database) = world.database(Settings::JOURNAL);
    let database = Arc::new(database);
    let inner = Arc::clone(&database);
    let nested = database
        .writer()
        .unwrap()
        .write(move |_| add(&inner, "inner"));
    assert!(matches!(nested, Err(StoreError::Internal(_))));
    // The write above may hold the last handle for a moment; that must not hang either.
    add(&database, "outer").unwrap();
}

#[test]
fn closing_does_what_is_in_line_and_refuses_what_comes_later() {
    let world = World::new();
    let (.., database) = world.database(Settings::JOURNAL);
    let database = Arc::new(database);
    let (started, running) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let blocker = {
        let database = Arc::clone(&database);
        std::thread::spawn(move || {
            database.writer().unwrap().write(move |_| {
                started.send(()).ok();
                wait.recv().ok();
                Ok(())
            })
        })
    };
    running.recv().unwrap();
    // Twenty writes stand in line behind the one that waits.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let mut line = Vec::new();
    for n in 0..20 {
        let writer = database.writer().unwrap();
        let mut write = Box::pin(writer.write_async(move |tx| {
            Ok(tx.execute("INSERT INTO things (text) VALUES (?1)", [n.to_string()])?)
        }));
        runtime.block_on(async {
            tokio::select! { biased; _ = &mut write => {}, () = std::future::ready(()) => {} }
        });
        line.push(write);
    }
    go.send(()).unwrap();
    database.close().unwrap();
    database.close().unwrap();
    assert!(matches!(
        add(&database, "late"),
        Err(StoreError::Internal(_))
    ));
    assert_eq!(count(&database), 20);
    assert!(
        line.into_iter()
            .all(|write| runtime.block_on(write).is_ok())
    );
    blocker.join().unwrap().unwrap();
}

#[test]
fn a_write_whose_caller_went_away_is_still_done() {
    let world = World::new();
    let (.., database) = world.database(Settings::JOURNAL);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let writer = database.writer().unwrap();
    let insert = |text: &'static str| {
        move |tx: &rusqlite::Transaction<'_>| {
            Ok(tx.execute("INSERT INTO things (text) VALUES (?1)", [text])?)
        }
    };
    runtime.block_on(async {
        assert_eq!(writer.write_async(insert("kept")).await.unwrap(), 1);
        tokio::select! {
            biased;
            _ = writer.write_async(insert("dropped")) => {}
            () = std::future::ready(()) => {}
        }
    });
    database.close().unwrap();
    assert_eq!(count(&database), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_unwritable_and_costs_nothing_that_was_saved() {
    let world = World::new();
    let (.., database) = world.database(Settings::JOURNAL);
    add(&database, "before").unwrap();
    let writer = database.writer().unwrap();
    let full: Result<(), _> = writer.write(|tx| {
        // A page limit fails exactly where a full disk does, with the same code.
        tx.query_row("PRAGMA max_page_count = 1", [], |_| Ok(()))?;
        for _ in 0..100 {
            tx.execute("INSERT INTO things (text) VALUES (?1)", ["x".repeat(4000)])?;
        }
        Ok(())
    });
    assert!(matches!(full, Err(StoreError::Unwritable(_))), "{full:?}");
    assert_eq!(count(&database), 1);
    let lifted =
        writer.write(|tx| Ok(tx.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(()))?));
    lifted.unwrap();
    add(&database, "after").unwrap();
    assert_eq!(count(&database), 2);
}
