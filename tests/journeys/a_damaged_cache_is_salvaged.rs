//! Damage to what can be read or imported again: what still reads is kept, and
//! an audience that lost rows is named with the file that brings it back.

use std::fmt::Write as _;
use std::path::Path;
use support::Desk;

const ROWS: usize = 12_000;

/// Rows that are all different, so that packing them leaves many pages.
fn people(tag: &str) -> String {
    let mut text = "email,first,last\n".to_owned();
    let mut number = 88_172_645_463_325_252_u64;
    for row in 0..ROWS {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        writeln!(
            text,
            "{tag}{row}@x.example,{number:x},{:x}",
            number.rotate_left(9)
        )
        .unwrap();
    }
    text
}

/// Three audiences, each with its own file, in a folder that nobody has open.
fn furnished() -> Desk {
    let desk = Desk::default();
    for name in ["One", "Two", "Three"] {
        let file = desk.file(&format!("{name}.csv"), people(name));
        desk.usher(&["audience", "import", &file, "--name", name])
            .ok();
    }
    desk
}

/// Overwrites a few bytes at a place, a share of the file from its start.
fn harm(file: &Path, share: f64) {
    let mut bytes = std::fs::read(file).unwrap();
    let at = (bytes.len() as f64 * share) as usize;
    bytes[at..at + 32].fill(0xa5);
    std::fs::write(file, bytes).unwrap();
}

/// Whether an audience is what was imported; if not, it must be named as lost.
#[track_caller]
fn is_whole(desk: &Desk, name: &str) -> bool {
    let out = desk.path().join("out.csv");
    let arguments = [
        "audience",
        "export",
        name,
        "--output",
        out.to_str().unwrap(),
    ];
    let source = desk.path().join(format!("{name}.csv"));
    let ran = desk.usher(&arguments);
    if ran.code == 0 {
        let (was, is) = (
            std::fs::read(&source).unwrap(),
            std::fs::read(&out).unwrap(),
        );
        let lines = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap().replace('\r', "");
        assert!(
            lines(&was) == lines(&is),
            "{name} is exported as it was imported"
        );
        return true;
    }
    assert_eq!(ran.error(), "audience_lost", "{}", ran.stderr);
    assert!(
        ran.stderr.contains(source.to_str().unwrap()),
        "{}",
        ran.stderr
    );
    assert!(desk.usher(&["audience", "show", name]).exits(1).error() == "audience_lost");
    false
}

#[test]
fn an_audience_is_whole_or_it_is_named_with_its_file() {
    let (mut whole, mut lost) = (0, 0);
    for share in [0.0, 0.2, 0.5, 0.8] {
        let desk = furnished();
        harm(&desk.data_dir().join("cache.db"), share);
        // Whoever comes upon the damage says so; the next command saves what it can.
        let out = desk.path().join("first.csv");
        for name in ["One", "Two", "Three"] {
            let arguments = [
                "audience",
                "export",
                name,
                "--output",
                out.to_str().unwrap(),
            ];
            let ran = desk.usher(&arguments);
            assert!(
                ran.code == 0 || ["store_damaged", "audience_lost"].contains(&&*ran.error()),
                "{share}: {}",
                ran.stderr
            );
        }
        let names = ["One", "Two", "Three"];
        let now = names.map(|name| is_whole(&desk, name));
        let missing = now.iter().filter(|whole| !**whole).count();
        assert!(
            share == 0.0 || missing < 2,
            "{share}: one place harms one audience"
        );
        whole += 3 - missing;
        lost += missing;

        let all = desk.usher(&["audience", "list"]).ok().json();
        let listed = |one: &&serde_json::Value| one.get("lost").is_some();
        assert_eq!(
            all.as_array().unwrap().iter().filter(listed).count(),
            missing
        );
        // Damage that no command came upon is found by looking for it.
        desk.usher(&["doctor"]);
        let doctor = desk.usher(&["doctor"]);
        assert_eq!(doctor.code, i32::from(missing > 0), "{}", doctor.stdout);
        assert!(
            !doctor.stdout.contains(".csv"),
            "a report that is safe to paste"
        );
        for name in names {
            let file = desk.path().join(format!("{name}.csv"));
            let arguments = ["audience", "import", file.to_str().unwrap(), "--name", name];
            desk.usher(&arguments).ok();
            assert!(is_whole(&desk, name), "imported again");
        }
        desk.usher(&["doctor"]).ok();
    }
    assert!(whole > 5 && lost > 3, "{whole} whole, {lost} lost");
}

#[test]
fn an_older_snapshot_never_stands_in_for_a_lost_one() {
    let desk = furnished();
    let file = desk.file("Three.csv", people("Later"));
    desk.usher(&["audience", "import", &file, "--name", "Three"])
        .ok();
    let before = desk.usher(&["audience", "show", "Three"]).ok().json();
    assert_eq!(before["rows"], ROWS);
    for share in [0.80, 0.82, 0.84] {
        harm(&desk.data_dir().join("cache.db"), share);
    }
    desk.usher(&["doctor"]).exits(1);
    let refused = desk.usher(&["audience", "show", "Three"]).exits(1);
    assert_eq!(refused.error(), "audience_lost");
    assert!(
        refused.stderr.contains(&format!("of its {ROWS} rows")),
        "{}",
        refused.stderr
    );
    let all = desk.usher(&["audience", "list"]).ok().json();
    let three = all
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "Three");
    let lost = &three.unwrap()["lost"];
    assert!(
        lost["rows"] == ROWS && lost["readable"].as_u64() < Some(ROWS as u64),
        "{lost}"
    );
    assert!(is_whole(&desk, "One") && is_whole(&desk, "Two"));
}

#[test]
fn a_damaged_journal_is_refused_and_kept() {
    let desk = furnished();
    let journal = desk.data_dir().join("journal.db");
    let sound = std::fs::read(&journal).unwrap();
    harm(&journal, 0.0);
    let harmed = std::fs::read(&journal).unwrap();
    for _ in 0..2 {
        assert_eq!(
            desk.usher(&["audience", "list"]).exits(5).error(),
            "key_wrong"
        );
        assert!(
            std::fs::read(&journal).unwrap() == harmed,
            "nothing was changed"
        );
    }
    for gone in [true, false] {
        match gone {
            true => std::fs::remove_file(&journal).unwrap(),
            false => std::fs::write(&journal, []).unwrap(),
        }
        let refused = desk.usher(&["audience", "list"]).exits(1);
        assert_eq!(refused.error(), "store_damaged");
        assert!(refused.stderr.contains("journal.db"), "{}", refused.stderr);
    }
    std::fs::write(&journal, sound).unwrap();
    assert!(
        is_whole(&desk, "One"),
        "with the backup of it, all is there"
    );
}
