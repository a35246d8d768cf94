use crate::{FIRST, World, add, count, wrong_key};
use std::fs;
use usher_store::{Database, Settings, StoreError};

fn text(reader: &rusqlite::Connection, pragma: &str) -> String {
    let sql = format!("PRAGMA {pragma}");
    let value: rusqlite::types::Value = reader.query_row(&sql, [], |row| row.get(0)).unwrap();
    match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_settings_are_those_that_were_decided() {
    for (settings, synchronous, page) in [
        (Settings::JOURNAL, "2", "4096"),
        (Settings::CACHE, "1", "16384"),
    ] {
        let world = World::new();
        let (.., database) = world.database(settings);
        let expected = [
            ("journal_mode", "wal"),
            ("synchronous", synchronous),
            ("foreign_keys", "1"),
            ("secure_delete", "1"),
            ("trusted_schema", "0"),
            ("cell_size_check", "1"),
            ("temp_store", "2"),
            ("mmap_size", "0"),
            ("busy_timeout", "5000"),
            ("page_size", page),
        ];
        // `mmap_size` answers nothing at all where it is compiled out.
        database
            .writer()
            .unwrap()
            .write(move |tx| {
                for (pragma, value) in expected.into_iter().filter(|(p, _)| *p != "mmap_size") {
                    assert_eq!(text(tx, pragma), value, "{pragma}");
                }
                let tampered = tx.execute("UPDATE sqlite_schema SET sql = ''", []);
                assert!(tampered.is_err(), "the schema can be written by hand");
                Ok(())
            })
            .unwrap();
        let reader = database.reader().unwrap();
        assert_eq!(text(&reader, "query_only"), "1");
        assert_eq!(text(&reader, "trusted_schema"), "0");
    }
}

#[test]
fn what_was_written_is_there_after_a_restart_and_nothing_lies_beside_it() {
    for settings in [Settings::JOURNAL, Settings::CACHE] {
        let world = World::new();
        let (.., database) = world.database(settings);
        add(&database, "one").unwrap();
        assert_eq!(count(&database), 1);
        #[cfg(unix)]
        for entry in fs::read_dir(world.path()).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(crate::mode(&path), 0o600, "{}", path.display());
        }
        database.close().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(database.path(), fs::Permissions::from_mode(0o644)).unwrap();
        }
        let left = crate::names(&world.path());
        assert_eq!(left.len(), 2, "the log was not cleared: {left:?}");
        let (.., database) = world.database(settings);
        assert_eq!(count(&database), 1);
        #[cfg(unix)]
        assert_eq!(
            crate::mode(database.path()),
            0o600,
            "a restored file stayed readable"
        );
    }
}

#[test]
fn a_wrong_key_is_called_that_and_is_in_no_text() {
    let world = World::new();
    let (folder, key, database) = world.database(Settings::JOURNAL);
    add(&database, "one").unwrap();
    database.close().unwrap();
    let before = fs::read(folder.journal()).unwrap();
    let wrong = wrong_key();
    let own = Database::open(&folder.journal(), &wrong, Settings::JOURNAL, &FIRST);
    let other =
        Database::open_existing_read_only(&folder.journal(), &wrong, Settings::JOURNAL, &FIRST);
    for error in [own.err().unwrap(), other.err().unwrap()] {
        assert!(matches!(error, StoreError::KeyWrong(_)), "{error:?}");
        let texts = format!("{error} {error:?} {}", error.problem());
        assert!(!texts.contains("5a5a5a"), "the key is in {texts}");
    }
    assert_eq!(
        fs::read(folder.journal()).unwrap(),
        before,
        "a wrong key changed the file"
    );
    Database::open(&folder.journal(), &key, Settings::JOURNAL, &FIRST).unwrap();
}

#[test]
fn damaged_pages_are_damage() {
    for settings in [Settings::JOURNAL, Settings::CACHE] {
        let world = World::new();
        let (folder, key, database) = world.database(settings);
        for _ in 0..200 {
            add(&database, &"x".repeat(2000)).unwrap();
        }
        database.close().unwrap();
        let file = if settings.page_size == 4096 {
            folder.journal()
        } else {
            folder.cache()
        };
        let mut bytes = fs::read(&file).unwrap();
        for at in (settings.page_size as usize * 6..bytes.len()).step_by(1000) {
            bytes[at] ^= 1;
        }
        fs::write(&file, bytes).unwrap();
        let database = Database::open(&file, &key, settings, &FIRST).unwrap();
        let reader = database.reader().unwrap();
        let read = reader.query_row("SELECT sum(length(text)) FROM things", [], |_| Ok(()));
        let error = StoreError::from(read.unwrap_err());
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    }
}

#[test]
fn one_file_is_not_taken_for_another() {
    let world = World::new();
    let (folder, key, database) = world.database(Settings::JOURNAL);
    database.close().unwrap();
    let other = Settings {
        application_id: 1,
        ..Settings::JOURNAL
    };
    assert!(Database::open(&folder.journal(), &key, other, &FIRST).is_err());
}

#[test]
fn readers_are_reused_see_whole_commits_and_cannot_write() {
    let world = World::new();
    let (.., database) = world.database(Settings::JOURNAL);
    let first = database.reader().unwrap();
    first
        .execute_batch("CREATE TEMP VIEW IF NOT EXISTS mark AS SELECT 1")
        .unwrap_err();
    first.execute("DELETE FROM things", []).unwrap_err();
    first.execute_batch("BEGIN").unwrap();
    let seen = |reader: &rusqlite::Connection| -> i64 {
        reader
            .query_row("SELECT count(*) FROM things", [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(seen(&first), 0);
    add(&database, "one").unwrap();
    assert_eq!(
        seen(&first),
        0,
        "a transaction sees what came after its start"
    );
    drop(first);
    assert_eq!(
        count(&database),
        1,
        "a left-open transaction went to the next reader"
    );
}

#[test]
fn a_process_beside_the_owner_reads_and_changes_nothing() {
    let world = World::new();
    let (folder, key, database) = world.database(Settings::JOURNAL);
    add(&database, "one").unwrap();
    let path = folder.journal();
    let beside = Database::open_existing_read_only(&path, &key, Settings::JOURNAL, &FIRST).unwrap();
    assert_eq!(count(&beside), 1);
    add(&database, "two").unwrap();
    assert_eq!(count(&beside), 2);
    assert!(beside.writer().is_err());
    let missing = folder.cache();
    let error = Database::open_existing_read_only(&missing, &key, Settings::CACHE, &FIRST);
    assert!(matches!(error.err(), Some(StoreError::Unwritable(_))));
    assert!(!missing.exists(), "a reader made a file");
    // With no owner around any more it still reads, from whatever state is left.
    drop(beside);
    database.close().unwrap();
    let alone = Database::open_existing_read_only(&path, &key, Settings::JOURNAL, &FIRST).unwrap();
    assert_eq!(count(&alone), 2);
}
