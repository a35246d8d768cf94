//! A value is text from the file to the export, whatever it looks like.

use serde_json::{Value, json};
use support::Desk;

/// What spreadsheets and number parsers like to spoil.
const ROWS: [[&str; 3]; 7] = [
    [
        "+49 170 0000000",
        "007",
        "12345678901234567890123456789012345678",
    ],
    ["=1+1", "-0", "1e5"],
    ["@home", "1.50", "0x1F"],
    [" padded ", "\ttab\t", ""],
    ["a,b;c|d", "said \"so\"", "two\nlines"],
    ["Zoë", "日本", "e\u{301}👩‍👩‍👧"],
    ["2026-02-30", "NULL", "true"],
];

fn quoted() -> String {
    let mut text = "one,two,three\n".to_owned();
    for row in ROWS {
        let cells = row.map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        text += &format!("{}\n", cells.join(","));
    }
    text
}

fn members(desk: &Desk, audience: &str) -> Vec<Value> {
    desk.usher(&["audience", "members", audience]).ok().lines()
}

#[test]
fn every_value_survives_import_and_export() {
    let desk = Desk::default();
    desk.import(&quoted());
    let expected: Vec<Value> = (1..)
        .zip(ROWS)
        .map(|(row, [one, two, three])| {
            json!({ "row": row, "values": { "one": one, "two": two, "three": three } })
        })
        .collect();
    assert_eq!(members(&desk, "People"), expected);

    let out = desk.path().join("out.csv");
    let out = out.to_str().unwrap();
    desk.usher(&["audience", "export", "People", "--output", out])
        .ok();
    let first = std::fs::read(out).unwrap();
    assert!(
        !first.windows(2).any(|two| two == b"'="),
        "an export for machines marks no formulas"
    );
    desk.usher(&["audience", "import", out, "--name", "Again"])
        .ok();
    assert_eq!(members(&desk, "Again"), expected);
    let twice = desk.path().join("twice.csv");
    let twice = twice.to_str().unwrap();
    desk.usher(&[
        "audience", "export", "Again", "--output", twice, "--format", "csv",
    ])
    .ok();
    assert_eq!(first, std::fs::read(twice).unwrap());
}

#[test]
fn an_export_that_is_imported_again_changes_no_plan() {
    let desk = Desk::default();
    desk.connect();
    desk.import("email,first,last\nann@x.example,+49,007\nbob@x.example,\"a\nb\",=x\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    let before = desk.preview();
    let out = desk.path().join("out.csv");
    let out = out.to_str().unwrap();
    desk.usher(&["audience", "export", "People", "--output", out])
        .ok();
    desk.usher(&["audience", "import", out, "--name", "People"])
        .ok();
    assert_eq!(desk.preview()["digest"], before["digest"]);
    desk.import("email,first,last\nann@x.example,+49,7\nbob@x.example,\"a\nb\",=x\n");
    assert_ne!(desk.preview()["digest"], before["digest"]);
}

#[test]
fn an_export_that_cannot_be_written_says_so() {
    let desk = Desk::default();
    desk.import("email\nann@x.example\n");
    let nowhere = desk.path().join("no/such/folder/out.csv");
    let refused = desk
        .usher(&[
            "audience",
            "export",
            "People",
            "--output",
            nowhere.to_str().unwrap(),
        ])
        .exits(1);
    refused.error();
    assert!(refused.stdout.is_empty());
    let kept = desk.file("kept.csv", "mine");
    // Where the new file would be written first, there is no room for it.
    std::fs::create_dir(format!("{kept}.partial")).unwrap();
    for format in ["csv", "parquet"] {
        let export = [
            "audience", "export", "People", "--output", &kept, "--format", format,
        ];
        desk.usher(&export).exits(1).error();
        assert_eq!(std::fs::read_to_string(&kept).unwrap(), "mine");
    }
}
