//! Files come as programs write them: in many encodings, with many delimiters
//! and line ends. What is not said is found out; what is said counts.

use serde_json::{Value, json};
use std::io::Write;
use support::Desk;

/// Imports the bytes under this file name; the values of all members.
#[track_caller]
fn read(desk: &Desk, file: &str, content: &[u8], flags: &[&str]) -> Vec<Value> {
    let path = desk.file(file, content);
    let mut import = vec!["audience", "import", &path, "--name", "Read"];
    import.extend(flags);
    let imported = desk.usher(&import).ok().json();
    assert_eq!(imported["quarantined"]["count"], 0, "{imported}");
    assert_eq!(
        imported["columns"],
        json!(["email", "first"]),
        "{file} {flags:?}"
    );
    let members = desk.usher(&["audience", "members", "Read"]).ok().lines();
    assert_eq!(imported["rows"], members.len());
    members
        .into_iter()
        .map(|member| member["values"].clone())
        .collect()
}

fn zoe() -> Vec<Value> {
    vec![
        json!({ "email": "zoe@x.example", "first": "Zoë" }),
        json!({ "email": "ann@x.example", "first": "Ann" }),
    ]
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn encodings_are_seen_by_their_mark_or_named() {
    let desk = Desk::default();
    let text = "email,first\nzoe@x.example,Zoë\nann@x.example,Ann\n";
    let marked = format!("\u{feff}{text}");
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let cases: [(Vec<u8>, &[&str]); 8] = [
        (text.into(), &[]),
        (marked.clone().into(), &[]),
        (utf16(&marked, u16::to_le_bytes), &[]),
        (utf16(&marked, u16::to_be_bytes), &[]),
        (utf16(text, u16::to_le_bytes), &["--encoding", "utf-16le"]),
        (utf16(text, u16::to_be_bytes), &["--encoding", "UTF-16BE"]),
        (latin.clone(), &["--encoding", "windows-1252"]),
        (latin, &["--encoding", "iso-8859-1"]),
    ];
    for (content, flags) in cases {
        assert_eq!(
            read(&desk, "people.csv", &content, flags),
            zoe(),
            "{flags:?}"
        );
    }
}

#[test]
fn delimiters_and_line_ends_are_found_out_or_named() {
    let desk = Desk::default();
    let file = |delimiter: &str, end: &str| {
        let rows = [
            ["email", "first"],
            ["zoe@x.example", "Zoë"],
            ["ann@x.example", "Ann"],
        ];
        let lines = rows.map(|row| row.join(delimiter));
        lines.join(end) + end
    };
    let cases: [(&str, &str, &str, &[&str]); 9] = [
        ("a.csv", ",", "\r\n", &[]),
        ("a.csv", ",", "\r", &[]),
        ("a.csv", ";", "\n", &[]),
        ("a.csv", "|", "\n", &[]),
        ("a.csv", "\t", "\n", &[]),
        ("a.tsv", "\t", "\r\n", &[]),
        ("a.txt", "\t", "\r", &["--format", "tsv"]),
        ("a.csv", "~", "\n", &["--delimiter", "~"]),
        ("a.tsv", ";", "\n", &["--delimiter", ";"]),
    ];
    for (name, delimiter, end, flags) in cases {
        let content = file(delimiter, end);
        let seen = read(&desk, name, content.as_bytes(), flags);
        assert_eq!(seen, zoe(), "{delimiter:?} {end:?} {flags:?}");
    }
}

#[test]
fn a_wrong_encoding_spoils_lines_and_not_the_import() {
    let desk = Desk::default();
    let latin = desk.file(
        "latin.csv",
        b"email,first\nzoe@x.example,Zo\xeb\nann@x.example,Ann\n",
    );
    let import = ["audience", "import", &latin, "--name", "Latin"];
    let imported = desk.usher(&import).ok().json();
    assert_eq!(imported["rows"], 1);
    assert_eq!(imported["quarantined"]["count"], 1);
    assert_eq!(imported["quarantined"]["first"][0]["line"], 2);
}

#[test]
fn blank_lines_are_no_rows_and_need_no_line_end() {
    let desk = Desk::default();
    let content = b"\n\nemail,first\n\n\r\nzoe@x.example,Zo\xc3\xab\n\n\nann@x.example,Ann";
    assert_eq!(read(&desk, "blank.csv", content, &[]), zoe());
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

const ZOE: &[u8] = b"email,first\nzoe@x.example,Zo\xc3\xab\nann@x.example,Ann\n";

#[test]
fn packed_text_is_unpacked_whatever_its_name() {
    let desk = Desk::default();
    let zstd = zstd::encode_all(ZOE, 1).unwrap();
    let (first, second) = ZOE.split_at(20);
    let members = [gzip(first), gzip(second)].concat();
    let cases = [
        ("people.csv.gz", gzip(ZOE)),
        ("people.csv.zst", zstd.clone()),
        ("people.csv", zstd),
        ("people", members),
    ];
    for (name, content) in cases {
        assert_eq!(read(&desk, name, &content, &[]), zoe(), "{name}");
    }
    let tabs = String::from_utf8_lossy(ZOE).replace(',', "\t");
    assert_eq!(
        read(&desk, "people.tsv.gz", &gzip(tabs.as_bytes()), &[]),
        zoe()
    );
}

#[test]
fn a_workbook_is_read_by_its_sheet() {
    let desk = Desk::default();
    let book = include_bytes!("files/two-sheets.xlsx");
    for flags in [
        &["--sheet", "People"][..],
        &["--sheet", "People", "--format", "xlsx"],
    ] {
        assert_eq!(read(&desk, "people.xlsx", book, flags), zoe());
        assert_eq!(
            read(&desk, "people.csv", book, flags),
            zoe(),
            "by its content"
        );
    }
    let path = desk.file("people.xlsx", book);
    let import = |flags: &[&str]| {
        let mut all = vec!["audience", "import", &path, "--name", "Book"];
        all.extend(flags);
        desk.usher(&all)
    };
    let several = import(&[]).exits(1);
    assert_eq!(several.error(), "sheet_ambiguous");
    assert!(
        several.stderr.contains("`People`, `Notes`"),
        "{}",
        several.stderr
    );
    assert_eq!(import(&["--sheet", "Notes"]).ok().json()["rows"], 1);
    assert_eq!(import(&["--sheet", "None"]).exits(1).error(), "not_found");
    assert_eq!(import(&["--encoding", "utf-8"]).exits(2).error(), "usage");
}
