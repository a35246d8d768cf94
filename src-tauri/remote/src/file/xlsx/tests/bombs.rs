//! Workbooks of a few kilobytes that stand for gigabytes, or say so.

use super::{Workbook, texts};
use crate::file::xlsx::guard;
use std::io::Cursor;
use usher_model::Code;

#[track_caller]
fn too_large(book: &Workbook) {
    let problem = book.read().expect_err("too large");
    assert_eq!(problem.code, Code::FileTooLarge, "{}", problem.message);
}

#[test]
fn a_cell_that_unpacks_to_more_than_any_has() {
    let long = "a".repeat(5 << 20);
    too_large(&Workbook::of(texts(&[&long])));
    // In pieces too: none of them is long.
    let pieces = "ab<!-- -->".repeat(1 << 19);
    too_large(&Workbook::of(texts(&[&pieces])));
    too_large(&Workbook::of(format!(
        "<row><c><f>{long}</f><v>1</v></c></row>"
    )));
    too_large(&Workbook::of(format!(r#"<row><c r="{long}"/></row>"#)));
    too_large(&Workbook::of(format!("<!--{long}-->")));
    let mut shared = Workbook::of(texts(&["a"]));
    shared.shared = Some(format!("<sst><si><t>{long}</t></si></sst>"));
    too_large(&shared);
    // As long as a field may be is no bomb.
    let most = "a".repeat(1 << 20);
    let read = Workbook::of([texts(&["a"]), texts(&[&most])].concat())
        .read()
        .unwrap();
    assert_eq!(read.rows, [[most]]);
}

#[test]
fn a_list_of_texts_that_claims_more_than_there_are() {
    let mut book = Workbook::of(texts(&["a"]));
    for claim in ["9223372036854775807", "8388609"] {
        book.shared = Some(format!(
            r#"<sst uniqueCount="{claim}"><si><t>a</t></si></sst>"#
        ));
        too_large(&book);
    }
    for claim in ["1", "5000000", "none", "-1"] {
        book.shared = Some(format!(
            r#"<sst uniqueCount="{claim}"><si><t>a</t></si></sst>"#
        ));
        assert!(book.read().is_ok(), "{claim}");
    }
}

#[test]
fn parts_that_are_held_as_a_whole_are_small() {
    let mut book = Workbook::of(texts(&["a"]));
    book.more = vec![("xl/theme/theme1.xml", vec![b' '; 33 << 20])];
    too_large(&book);
    book.more = vec![("xl/media/picture.png", vec![0; 33 << 20])];
    assert!(book.read().is_ok(), "what is never opened may be larger");
    book.more = vec![];
    book.formats = vec!["0"; 140_000];
    too_large(&book);
    // One long format in many styles: each gets a copy.
    let long: &'static str = "0".repeat(3_000).leak();
    book.formats = vec![long; 10];
    assert!(book.read().is_ok());
    book.formats = vec![long];
    book.formats.extend(vec!["0"; 30_000]);
    too_large(&book);
}

#[test]
fn too_many_parts() {
    let mut book = Workbook::of(texts(&["a"]));
    book.more = (0..10_001)
        .map(|n| (&*format!("xl/media/{n}.png").leak(), Vec::new()))
        .collect();
    too_large(&book);
}

#[test]
fn the_packed_file_may_be_so_large() {
    let nothing = Cursor::new(Vec::new());
    let error = guard::check(nothing, (512 << 20) + 1, "x").expect_err("too large");
    assert_eq!(error.problem().code, Code::FileTooLarge);
}
