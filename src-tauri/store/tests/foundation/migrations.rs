use crate::{FIRST, TABLE, World, add, count, names};
use usher_store::{Database, Migration, SECRETS_TABLE, Settings, StoreError};

const ONE: Migration = Migration {
    number: 1,
    sql: SECRETS_TABLE,
};
const TWO: Migration = Migration {
    number: 2,
    sql: TABLE,
};
const THREE: Migration = Migration {
    number: 3,
    sql: "ALTER TABLE things ADD COLUMN colour TEXT; DELETE FROM secrets;",
};
const FOUR: Migration = Migration {
    number: 4,
    sql: "CREATE TABLE more (id INTEGER) STRICT;",
};

/// A folder with a journal of the first two steps and one row in it.
fn older(settings: Settings) -> (World, usher_store::Key, std::path::PathBuf) {
    let world = World::new();
    let (_, key, database) = world.database(settings);
    add(&database, "from before").unwrap();
    database.close().unwrap();
    let path = database.path().to_owned();
    (world, key, path)
}

#[test]
fn a_new_step_runs_once_and_leaves_the_last_backup_only() {
    for settings in [Settings::JOURNAL, Settings::CACHE] {
        let (world, key, path) = older(settings);
        let file = path.file_name().unwrap().to_str().unwrap();
        let open = |steps: &[Migration]| {
            let database = Database::open(&path, &key, settings, steps).unwrap();
            assert_eq!(count(&database), 1);
            database.close().unwrap();
            names(&world.path())
        };
        assert_eq!(
            open(&FIRST),
            ["folder.json", file].map(String::from).sorted()
        );
        for (steps, number) in [
            (&[ONE, TWO, THREE][..], 3),
            (&[ONE, TWO, THREE, FOUR], 4),
            (&[ONE, TWO, THREE, FOUR], 4),
        ] {
            let backup = format!("{file}.before-{number}");
            let expected = [file.into(), backup.clone(), "folder.json".into()];
            assert_eq!(open(steps), expected.sorted());
            let backup = world.path().join(backup);
            #[cfg(unix)]
            assert_eq!(crate::mode(&backup), 0o600);
            // The backup opens with the same key, holds the data, and is of the older schema.
            let kept =
                Database::open_existing_read_only(&backup, &key, settings, &steps[..number - 1]);
            assert_eq!(count(&kept.unwrap()), 1);
        }
    }
}

trait Sorted {
    fn sorted(self) -> Vec<String>;
}
impl<const N: usize> Sorted for [String; N] {
    fn sorted(self) -> Vec<String> {
        let mut all = Vec::from(self);
        all.sort();
        all
    }
}

#[test]
fn a_step_that_fails_undoes_those_before_it() {
    let bad = [
        "CREATE TABLE half (id INTEGER) STRICT; SELECT nonsense FROM nowhere;",
        "INSERT INTO things (id, text) VALUES (1, 'taken');",
        "COMMIT; CREATE TABLE outside (id INTEGER) STRICT;",
        "CREATE TABLE child (thing INTEGER REFERENCES things) STRICT; INSERT INTO child VALUES (9);",
    ];
    for sql in bad {
        let (_world, key, path) = older(Settings::JOURNAL);
        let steps = [ONE, TWO, THREE, Migration { number: 4, sql }];
        let error = Database::open(&path, &key, Settings::JOURNAL, &steps)
            .err()
            .unwrap();
        assert!(matches!(error, StoreError::Internal(_)), "{error:?}");
        if sql.starts_with("COMMIT") {
            continue; // found out, but it did commit: such a step never passes its test
        }
        let database = Database::open(&path, &key, Settings::JOURNAL, &FIRST).unwrap();
        assert_eq!(count(&database), 1, "{sql}");
    }
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_left_alone() {
    let (_world, key, path) = older(Settings::JOURNAL);
    let before = std::fs::read(&path).unwrap();
    let own = Database::open(&path, &key, Settings::JOURNAL, &[ONE]);
    let beside = Database::open_existing_read_only(&path, &key, Settings::JOURNAL, &[ONE]);
    assert!(matches!(own.err(), Some(StoreError::Newer(_))));
    assert!(matches!(beside.err(), Some(StoreError::Newer(_))));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_reader_beside_the_owner_does_not_migrate() {
    let (_world, key, path) = older(Settings::JOURNAL);
    let steps = [ONE, TWO, THREE];
    let beside = Database::open_existing_read_only(&path, &key, Settings::JOURNAL, &steps);
    assert!(matches!(beside.err(), Some(StoreError::Older(_))));
}

#[test]
fn an_edited_or_renumbered_step_is_refused() {
    let (_world, key, path) = older(Settings::JOURNAL);
    let edited = Migration {
        number: 2,
        sql: "CREATE TABLE things (id INTEGER) STRICT;",
    };
    let moved = [
        Migration {
            number: 1,
            sql: TABLE,
        },
        Migration {
            number: 2,
            sql: SECRETS_TABLE,
        },
    ];
    let skipped = [
        ONE,
        Migration {
            number: 3,
            sql: TABLE,
        },
    ];
    for steps in [&[ONE, edited][..], &moved, &skipped, &[TWO, ONE], &[]] {
        let error = Database::open(&path, &key, Settings::JOURNAL, steps)
            .err()
            .unwrap();
        assert!(matches!(error, StoreError::Internal(_)), "{error:?}");
    }
    let error = Database::open(&path, &key, Settings::JOURNAL, &[ONE, edited])
        .err()
        .unwrap();
    assert!(error.to_string().contains("migration 2"), "{error}");
}
