//! The same people in many encodings.

use super::{brief, open, read_with};
use crate::file::{FileError, Options};
use usher_model::Code;

const TEXT: &str = "name,city\nJosé,Köln\n\"Zoë\nB\",Zürich\n";

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let bytes = |unit: u16| {
        if big {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    text.encode_utf16().flat_map(bytes).collect()
}

fn named(label: &str) -> Options {
    Options {
        encoding: Some(label.to_owned()),
        ..Options::default()
    }
}

#[test]
fn every_encoding_gives_the_same_rows() {
    let latin = encoding_rs::WINDOWS_1252.encode(TEXT).0.into_owned();
    let gb = encoding_rs::GB18030.encode(TEXT).0.into_owned();
    let (little, big) = (utf16(TEXT, false), utf16(TEXT, true));
    let with = |mark: &[u8], text: &[u8]| [mark, text].concat();
    let plain = Options::default();
    let cases: Vec<(Vec<u8>, Options, &str)> = vec![
        (TEXT.into(), plain.clone(), "UTF-8"),
        (
            with(b"\xef\xbb\xbf", TEXT.as_bytes()),
            plain.clone(),
            "UTF-8",
        ),
        (with(b"\xff\xfe", &little), plain.clone(), "UTF-16LE"),
        (with(b"\xfe\xff", &big), plain.clone(), "UTF-16BE"),
        (with(b"\xfe\xff", &big), named("utf-16"), "UTF-16BE"),
        (little, named("UTF-16LE"), "UTF-16LE"),
        (big, named("utf-16be"), "UTF-16BE"),
        (latin, named("latin1"), "windows-1252"),
        (gb, named("gb18030"), "gb18030"),
    ];
    for (bytes, options, encoding) in cases {
        let read = read_with(&bytes, &options).unwrap();
        assert_eq!(read.columns, ["name", "city"]);
        assert_eq!(
            brief(&read),
            ("José|Köln/Zoë\nB|Zürich".to_owned(), vec![]),
            "{encoding}"
        );
    }
}

#[test]
fn what_is_malformed_costs_its_own_line_only() {
    let aside = |line| (line, "undecodable bytes".to_owned());
    let mut lone = utf16("a,b\n1,", false);
    lone.extend([0x00, 0xD8]);
    lone.extend(utf16("\n3,4\n", false));
    let read = read_with(&lone, &named("utf-16le")).unwrap();
    assert_eq!(brief(&read), ("3|4".to_owned(), vec![aside(2)]));

    let mut odd = utf16("a,b\n1,2\n3,4", false);
    odd.push(b'x');
    let read = read_with(&odd, &named("utf-16le")).unwrap();
    assert_eq!(brief(&read), ("1|2".to_owned(), vec![aside(3)]));

    let shift = b"a,b\n1,\x81\n3,\x82\xa0\n";
    let read = read_with(shift, &named("shift_jis")).unwrap();
    assert_eq!(brief(&read), ("3|あ".to_owned(), vec![aside(2)]));
}

#[test]
fn characters_across_chunks() {
    let mut text = "a,b\n".to_owned();
    while text.len() < 1_200_000 {
        text.push_str("Zoë 😀,Ł\n");
    }
    let plain = read_with(text.as_bytes(), &Options::default()).unwrap();
    assert_eq!(plain.quarantine.count, 0);
    let wide = [b"\xff\xfe".to_vec(), utf16(&text, false)].concat();
    assert_eq!(read_with(&wide, &Options::default()).unwrap(), plain);
}

#[test]
fn labels_that_are_none() {
    for label in ["klingon", "", "replacement", "iso-2022-kr"] {
        let error = open(b"a", &named(label)).err().expect("refused");
        assert!(matches!(error, FileError::UnknownEncoding { .. }));
        assert_eq!(error.problem().code, Code::UnknownEncoding);
    }
}
