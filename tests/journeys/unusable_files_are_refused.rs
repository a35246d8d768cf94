//! A file that cannot be an audience is refused whole, with its reason, and
//! nothing of it is kept.

use serde_json::json;
use std::io::Write;
use support::Desk;

#[test]
fn a_file_that_cannot_be_an_audience_is_refused_whole() {
    let desk = Desk::default();
    let cases: [(&[u8], &str); 8] = [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf", "file_empty"),
        (b"\n\r\n\n", "file_empty"),
        (
            b"email,first,email\na@x.example,A,b@x.example\n",
            "duplicate_column",
        ),
        (b"email,,last\na@x.example,A,B\n", "unnamed_column"),
        (b"email, ,last\na@x.example,A,B\n", "unnamed_column"),
        (b"email,first,\na@x.example,A,\n", "unnamed_column"),
        (b"em\xffail,first\na@x.example,A\n", "file_unreadable"),
    ];
    for (content, code) in cases {
        let path = desk.file("bad.csv", content);
        let refused = desk
            .usher(&["audience", "import", &path, "--name", "Bad"])
            .exits(1);
        assert_eq!(refused.error(), code, "{content:?}");
        assert!(refused.stdout.is_empty(), "{}", refused.stdout);
    }
    let missing = desk.path().join("missing.csv");
    let folder = desk.path();
    for path in [missing.as_path(), folder] {
        let import = [
            "audience",
            "import",
            path.to_str().unwrap(),
            "--name",
            "Bad",
        ];
        assert_eq!(desk.usher(&import).exits(1).error(), "file_unreadable");
    }
    assert_eq!(desk.usher(&["audience", "list"]).ok().json(), json!([]));
}

#[test]
fn what_is_typed_wrong_is_wrong_usage_and_what_is_missing_says_so() {
    let desk = Desk::default();
    let path = desk.file("people.csv", "email\na@x.example\n");
    let import = |flags: &[&str]| {
        let mut all = vec!["audience", "import", &path, "--name", "People"];
        all.extend(flags);
        desk.usher(&all)
    };
    assert_eq!(import(&["--format", "xls"]).exits(2).error(), "usage");
    assert_eq!(import(&["--delimiter", "ab"]).exits(2).error(), "usage");
    assert_eq!(import(&["--delimiter", "é"]).exits(2).error(), "usage");
    assert_eq!(import(&["--delimiter", "\""]).exits(2).error(), "usage");
    assert_eq!(
        import(&["--format", "parquet"]).exits(1).error(),
        "file_damaged"
    );
    assert_eq!(
        import(&["--encoding", "klingon"]).exits(1).error(),
        "unknown_encoding"
    );
    for name in ["", "  ", "two\nlines"] {
        let import = ["audience", "import", &path, "--name", name];
        assert_eq!(desk.usher(&import).exits(2).error(), "usage", "{name:?}");
    }
    assert_eq!(desk.usher(&["audience", "list"]).ok().json(), json!([]));
}

#[test]
fn a_header_alone_is_an_audience_of_nobody() {
    let desk = Desk::default();
    for content in [
        "email,first\n",
        "email,first",
        "\u{feff}email,first\r\n\r\n",
    ] {
        let imported = desk.import(content);
        assert_eq!(imported["rows"], 0, "{content:?}");
        assert_eq!(imported["columns"], json!(["email", "first"]));
        assert_eq!(imported["quarantined"], json!({ "count": 0, "first": [] }));
    }
    let members = desk.usher(&["audience", "members", "People"]).ok();
    assert!(members.lines().is_empty());
}

#[test]
fn a_refused_import_leaves_the_snapshot_that_was_there() {
    let desk = Desk::default();
    let before = desk.import("email\nann@x.example\n");
    let path = desk.file("bad.csv", "email,email\n");
    let import = ["audience", "import", &path, "--name", "People"];
    desk.usher(&import).exits(1);
    assert_eq!(
        desk.usher(&["audience", "show", "People"]).ok().json(),
        before
    );
}

#[test]
fn a_broken_file_of_another_format_leaves_nothing() {
    let desk = Desk::default();
    let rows: String = (0..50_000)
        .map(|n| format!("p{n}@x.example,{}\n", n * 7919))
        .collect();
    let text = format!("email,n\n{rows}");
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let book = include_bytes!("files/two-sheets.xlsx");
    let parquet = {
        let plain = desk.file("people.csv", &text);
        let import = ["audience", "import", &plain, "--name", "People"];
        desk.usher(&import).ok();
        let path = desk.path().join("people.parquet");
        let export = [
            "audience",
            "export",
            "People",
            "--output",
            path.to_str().unwrap(),
        ];
        desk.usher(&export).ok();
        desk.usher(&["audience", "remove", "People"]).ok();
        std::fs::read(path).unwrap()
    };
    let mut lying = parquet.clone();
    let length = lying.len() - 8;
    lying[length..length + 4].fill(0x7f);
    let cut = |bytes: &[u8]| bytes[..bytes.len() - 9].to_vec();
    let cases = [
        ("people.csv.gz", cut(&gzip), "file_damaged"),
        ("people.csv.zst", cut(&zstd), "file_damaged"),
        ("people.parquet", cut(&parquet), "file_damaged"),
        ("people.parquet", lying, "file_damaged"),
        ("people.xlsx", cut(book), "file_damaged"),
        (
            "people.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old".to_vec(),
            "file_unreadable",
        ),
        (
            "people.zip",
            b"PK\x03\x04 no workbook".to_vec(),
            "file_damaged",
        ),
    ];
    for (name, content, code) in cases {
        let path = desk.file(name, content);
        let import = ["audience", "import", &path, "--name", "Bad"];
        let refused = desk.usher(&import).exits(1);
        assert_eq!(refused.error(), code, "{name}: {}", refused.stderr);
    }
    assert_eq!(desk.usher(&["audience", "list"]).ok().json(), json!([]));
}
