//! What came in as CSV goes out in any format and comes back the same, byte for byte.

use serde_json::Value;
use std::fs;
use support::Desk;

/// Values that programs like to spoil.
const PEOPLE: &str = "email,id,phone,note\r\n\
    ann@x.example,007,+49 170 1234567,\r\n\
    b@x.example,12345678901234567890123456789012345678,0049170,\"two\nlines, \"\"quoted\"\"\"\r\n\
    \"\",,,\r\n\
    zoë@x.example,1.50,=1+1,  spaces  \r\n\
    c@x.example,1e5,TRUE,2026-11-23\r\n";

#[track_caller]
fn import(desk: &Desk, file: &str, name: &str) -> Value {
    let import = ["audience", "import", file, "--name", name];
    desk.usher(&import).ok().json()
}

/// Exports to a file of this name; its path.
#[track_caller]
fn export(desk: &Desk, audience: &str, file: &str, flags: &[&str]) -> String {
    let path = desk.path().join(file).to_str().unwrap().to_owned();
    let mut export = vec!["audience", "export", audience, "--output", &path];
    export.extend(flags);
    desk.usher(&export).ok();
    path
}

#[test]
fn csv_to_parquet_and_back_is_the_same_file() {
    let desk = Desk::default();
    let first = import(&desk, &desk.file("people.csv", PEOPLE), "First");
    assert_eq!(
        (&first["rows"], &first["quarantined"]["count"]),
        (&5.into(), &0.into())
    );
    let parquet = export(&desk, "First", "people.parquet", &[]);
    assert!(fs::read(&parquet).unwrap().starts_with(b"PAR1"));
    let second = import(&desk, &parquet, "Second");
    assert_eq!(second["columns"], first["columns"]);
    let csv = export(&desk, "Second", "back.csv", &[]);
    assert_eq!(fs::read_to_string(csv).unwrap(), PEOPLE);
}

#[test]
fn the_format_is_the_one_that_is_named_or_the_file_s() {
    let desk = Desk::default();
    import(&desk, &desk.file("people.csv", PEOPLE), "People");
    let named = export(&desk, "People", "named", &["--format", "parquet"]);
    assert!(fs::read(&named).unwrap().starts_with(b"PAR1"));
    let text = export(&desk, "People", "text.parquet", &["--format", "csv"]);
    assert_eq!(fs::read_to_string(&text).unwrap(), PEOPLE);
    let other = desk.path().join("x").to_str().unwrap().to_owned();
    let export = [
        "audience", "export", "People", "--output", &other, "--format", "xls",
    ];
    assert_eq!(desk.usher(&export).exits(2).error(), "usage");

    // What is inside goes before the name; what is said goes before both.
    assert_eq!(import(&desk, &named, "Again")["rows"], 5);
    let said = [
        "audience", "import", &text, "--name", "Said", "--format", "csv",
    ];
    assert_eq!(desk.usher(&said).ok().json()["rows"], 5);
}

#[test]
fn an_export_that_fails_leaves_nothing() {
    let desk = Desk::default();
    import(&desk, &desk.file("people.csv", PEOPLE), "People");
    let folder = desk.path().join("folder.parquet");
    fs::create_dir(&folder).unwrap();
    let before = fs::read_dir(desk.path()).unwrap().count();
    for output in [folder, desk.path().join("none/people.parquet")] {
        let output = output.to_str().unwrap();
        let export = ["audience", "export", "People", "--output", output];
        assert_eq!(desk.usher(&export).exits(1).error(), "file_unreadable");
    }
    assert_eq!(fs::read_dir(desk.path()).unwrap().count(), before);
}
