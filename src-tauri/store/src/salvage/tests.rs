//! Damage anywhere in the file: a snapshot is whole and the same, or it is named
//! as lost; never a third thing.

mod home;

use super::{beside, mark, suspect_cache};
use crate::table::plans::{self, Part};
use crate::table::readings;
use crate::table::snapshots::{self, LostSnapshot};
use crate::{Database, Folder, Reader, StoreError, Tx};
use home::{Home, PAGE, Random, harm};
use usher_model::{AudienceId, SnapshotId, SyncId};

type Rows = Vec<(u64, u64, Vec<u8>)>;

/// Every byte of a snapshot.
fn rows(db: &Reader<'_>, id: &SnapshotId) -> Rows {
    let sql = "SELECT first_row, rows, block FROM snapshot_blocks WHERE snapshot = ?1 ORDER BY 1";
    let mut query = db.prepare(sql).unwrap();
    let rows = query.query_map([id.as_str()], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// What became of an audience: whole and the same as before, lost, or gone.
fn became(before: &Home, after: &Home, audience: &str) -> &'static str {
    let audience = AudienceId(audience.into());
    let (was, is) = (before.cache(), after.cache());
    let newest = |db: &Reader<'_>| {
        snapshots::of_audience(db, &audience)
            .unwrap()
            .into_iter()
            .next()
    };
    let lost = snapshots::lost(&is, &audience).unwrap();
    match (newest(&is), lost) {
        (Some(found), None) => {
            assert_eq!(Some(&found), newest(&was).as_ref(), "the newest, as it was");
            assert!(
                rows(&is, &found.id) == rows(&was, &found.id),
                "every byte of it"
            );
            "whole"
        }
        (None, Some(LostSnapshot { rows, readable })) => {
            let was = newest(&was).unwrap().rows;
            assert!(rows.is_none_or(|rows| rows == was));
            assert!(readable <= was);
            "lost"
        }
        (None, None) => "gone",
        (Some(_), Some(_)) => panic!("lost, and offered all the same"),
    }
}

/// What does not read is missing or whole in the other tables, too.
fn others_are_sound(before: &Home, after: &Home) {
    let blocks = |home: &Home| {
        let (db, mut all) = (home.cache(), Vec::new());
        for (id, _) in readings::of_scope(&db, "c/email").unwrap() {
            for place in readings::blocks(&db, id).unwrap() {
                all.push((place, readings::block(&db, place).unwrap()));
            }
        }
        all
    };
    let were = blocks(before);
    assert!(
        blocks(after).iter().all(|block| were.contains(block)),
        "keys with their leads"
    );
    let people = |home: &Home| {
        let db = home.cache();
        let found = plans::find::<String>(&db, &SyncId("s".into()), "digest").unwrap();
        found.map(|(id, _)| {
            let blocks = 0..plans::blocks(&db, &id, Part::Rows).unwrap();
            let block = |seq| plans::block(&db, &id, Part::Rows, seq).unwrap();
            blocks.map(block).collect::<Vec<_>>()
        })
    };
    let found = people(after);
    assert!(
        found.is_none() || found == people(before),
        "a plan is whole or it is gone"
    );
}

#[test]
fn damage_at_any_place_leaves_a_snapshot_whole_or_named() {
    let before = Home::furnished();
    let file = before.stores.cache.path().to_owned();
    before.stores.cache.close().unwrap();
    let pages = usize::try_from(std::fs::metadata(file).unwrap().len()).unwrap() / PAGE;
    let mut seen = std::collections::BTreeMap::new();
    for seed in 0..120 {
        let mut random = Random(seed);
        let after = before
            .copy(|folder| {
                // One place in most, several in the others.
                for _ in 0..[1, 1, 1, 2, 9][random.below(5)] {
                    harm(&folder.cache(), random.below(pages), &mut random);
                }
                suspect_cache(folder).unwrap();
            })
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for audience in ["a", "b"] {
            *seen.entry(became(&before, &after, audience)).or_insert(0) += 1;
        }
        others_are_sound(&before, &after);
        let cache = after.stores.cache.path();
        assert!(
            beside(cache, ".damaged").exists() && !mark(cache).exists(),
            "seed {seed}"
        );
        assert!(!beside(cache, ".salvaged").exists(), "seed {seed}");
        assert!(
            after.stores.cache.check().unwrap().faults.is_empty(),
            "seed {seed}"
        );
    }
    assert!(
        seen["whole"] > 60 && seen["lost"] > 20,
        "{pages} pages: {seen:?}"
    );
}

/// The pages of a file: number, table or index, kind, and rows that begin on it.
fn pages(home: &Home) -> Vec<(usize, String, String, i64)> {
    let sql = "SELECT pageno, dbstat.name, pagetype, CASE type WHEN 'table' THEN ncell ELSE 0 END
               FROM dbstat JOIN sqlite_schema ON sqlite_schema.name = dbstat.name";
    let db = home.cache();
    let mut query = db.prepare(sql).unwrap();
    let pages = query.query_map([], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    });
    pages.unwrap().map(Result::unwrap).collect()
}

fn count(home: &Home, table: &str) -> i64 {
    let sql = format!("SELECT count(*) FROM {table}");
    home.cache().query_row(&sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn damage_of_one_page_loses_the_rows_on_it_and_no_other() {
    let before = Home::furnished();
    let tables = [
        "snapshot_blocks",
        "snapshot_columns",
        "reading_blocks",
        "reading_columns",
        "lists",
    ];
    let were = tables.map(|table| count(&before, table));
    // Rows below a page that only leads to others are not found without it.
    let pages = pages(&before).into_iter().filter(|(_, name, kind, _)| {
        kind != "internal" && !["snapshots", "readings"].contains(&name.as_str())
    });
    let mut seen = 0;
    for (page, name, kind, rows) in pages {
        let after = before.copy(|folder| {
            harm(&folder.cache(), page - 1, &mut Random(page as u64));
            suspect_cache(folder).unwrap();
        });
        let after = after.unwrap();
        for (table, were) in tables.into_iter().zip(were) {
            let lost = match (name == table, kind.as_str()) {
                (true, "overflow") => 1,
                (true, _) => rows,
                (false, _) => 0,
            };
            assert_eq!(
                were - count(&after, table),
                lost,
                "page {page}, {kind} of {name}"
            );
        }
        seen += 1;
    }
    assert!(seen > 80, "{seen}");
}

#[test]
fn damage_of_indexes_alone_loses_nothing() {
    let before = Home::furnished();
    let pages: Vec<usize> = pages(&before)
        .into_iter()
        .filter(|(_, name, ..)| name.contains("_by_") || name.contains("autoindex"))
        .map(|(page, ..)| page)
        .collect();
    assert!(pages.len() > 6, "{pages:?}");
    let after = before.copy(|folder| {
        for page in &pages {
            harm(&folder.cache(), page - 1, &mut Random(*page as u64));
        }
        suspect_cache(folder).unwrap();
    });
    let after = after.unwrap();
    assert_eq!(became(&before, &after, "a"), "whole");
    assert_eq!(became(&before, &after, "b"), "whole");
    others_are_sound(&before, &after);
    for table in [
        "snapshots",
        "snapshot_blocks",
        "snapshot_columns",
        "reading_blocks",
        "reading_columns",
        "plan_blocks",
    ] {
        assert_eq!(count(&after, table), count(&before, table), "{table}");
    }
}

#[test]
fn a_lost_snapshot_is_made_up_for_by_the_next_and_by_no_older_one() {
    let before = Home::furnished();
    let after = before
        .copy(|folder| {
            let mut random = Random(1);
            let cache = std::fs::metadata(folder.cache()).unwrap().len();
            let pages = usize::try_from(cache).unwrap() / PAGE;
            // Every other page of the file: nothing of it is left whole.
            (1..pages)
                .step_by(2)
                .for_each(|page| harm(&folder.cache(), page, &mut random));
            suspect_cache(folder).unwrap();
        })
        .unwrap();
    assert_ne!(became(&before, &after, "a"), "whole");
    after.import("s4", "a", 2, &mut Random(3));
    let audience = AudienceId("a".into());
    assert_eq!(snapshots::lost(&after.cache(), &audience).unwrap(), None);
    let newest = snapshots::of_audience(&after.cache(), &audience).unwrap();
    assert_eq!(newest[0].id, SnapshotId("s4".into()));
}

#[test]
fn a_file_without_its_first_page_is_set_aside_and_a_sound_one_stays() {
    let before = Home::furnished();
    let first = |folder: &Folder| harm(&folder.cache(), 0, &mut Random(0));
    let after = before.copy(first).unwrap();
    assert!(
        beside(after.stores.cache.path(), ".damaged").exists(),
        "kept"
    );
    assert_eq!(became(&before, &after, "a"), "gone");
    let after = before
        .copy(|folder| suspect_cache(folder).unwrap())
        .unwrap();
    assert!(!beside(after.stores.cache.path(), ".damaged").exists());
    assert!(
        !mark(after.stores.cache.path()).exists(),
        "not looked at twice"
    );
    assert_eq!(became(&before, &after, "a"), "whole");
}

#[test]
fn a_salvage_that_was_cut_off_goes_on() {
    let before = Home::furnished();
    let after = before.copy(|folder| {
        // As it is between the two renamings, with half of the new file made.
        suspect_cache(folder).unwrap();
        let path = folder.cache();
        std::fs::rename(&path, beside(&path, ".damaged")).unwrap();
        std::fs::write(beside(&path, ".salvaged"), [0; 100]).unwrap();
    });
    let after = after.unwrap();
    assert_eq!(became(&before, &after, "a"), "whole");
    assert_eq!(became(&before, &after, "b"), "whole");
}

#[test]
fn a_damaged_journal_is_refused_or_read_and_never_changed() {
    let before = Home::furnished();
    let write = |tx: &Tx<'_>| {
        for at in 0..200 {
            let account = format!("connection/{at}");
            tx.execute(
                "INSERT INTO secrets VALUES (?1, ?2)",
                [account, "x".repeat(900)],
            )?;
        }
        Ok(())
    };
    before.stores.journal.write_blocking(write).unwrap();
    let everything = |journal: &Database| {
        let reader = journal.reader()?;
        let sql = "SELECT sum(length(secret)) FROM secrets";
        Ok(reader.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    };
    let mut refused = 0;
    for seed in 0..40 {
        let mut random = Random(seed);
        let mut harmed = Vec::new();
        let after = before.copy(|folder| {
            let length = std::fs::metadata(folder.journal()).unwrap().len();
            let pages = usize::try_from(length).unwrap() / PAGE;
            harm(&folder.journal(), random.below(pages), &mut random);
            harmed = std::fs::read(folder.journal()).unwrap();
        });
        let read = after.and_then(|after| {
            let read = everything(&after.stores.journal);
            after.stores.journal.close()?;
            let now = std::fs::read(after.stores.journal.path()).unwrap();
            assert!(now == harmed, "seed {seed}: the file was changed");
            read
        });
        match read {
            Ok(sum) => assert_eq!(sum, 200 * 900, "seed {seed}"),
            Err(StoreError::Damaged(_) | StoreError::KeyWrong(_)) => refused += 1,
            Err(other) => panic!("seed {seed}: {other:?}"),
        }
    }
    assert!(refused > 10, "{refused}");
}

#[test]
fn a_journal_that_is_gone_is_not_begun_anew_beside_a_cache() {
    let before = Home::furnished();
    for empty in [true, false] {
        let refused = before.copy(|folder| match empty {
            true => std::fs::write(folder.journal(), []).unwrap(),
            false => std::fs::remove_file(folder.journal()).unwrap(),
        });
        let error = refused.err().unwrap();
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
        assert!(error.to_string().contains("journal.db"), "{error}");
    }
}
