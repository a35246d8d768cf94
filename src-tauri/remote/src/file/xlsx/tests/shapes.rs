//! Where the table is on its sheet, and on which one.

use super::{Workbook, texts};
use crate::file::tests::{Folder, drain};
use crate::file::{Format, Options, open};
use usher_model::{Code, Quarantine};

fn aside(quarantine: &Quarantine) -> Vec<(u64, &str)> {
    let lines = quarantine.first.iter();
    lines
        .map(|line| (line.line, line.problem.as_str()))
        .collect()
}

const OUTSIDE: &str = "a value outside the named columns";

#[test]
fn a_table_may_stand_anywhere_and_have_ragged_rows() {
    let cell = |place: &str, text: &str| {
        format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
    };
    let cells = [
        r#"<row r="1"><c r="A1"/><c r="B1" s="1"/></row>"#.to_owned(),
        format!(
            r#"<row r="3">{}{}{}</row>"#,
            cell("B3", " a "),
            cell("C3", "b"),
            cell("D3", "c")
        ),
        format!(r#"<row r="5">{}</row>"#, cell("B5", "only a")),
        format!(
            r#"<row r="6">{}{}</row>"#,
            cell("C6", "b"),
            r#"<c r="E6"/>"#
        ),
        format!(
            r#"<row r="7">{}{}</row>"#,
            cell("A7", "left"),
            cell("B7", "a")
        ),
        format!(
            r#"<row r="8">{}{}</row>"#,
            cell("D8", "c"),
            cell("E8", "right")
        ),
        format!(r#"<row r="9">{}</row>"#, cell("XFD9", "far")),
        r#"<row r="10"><c r="B10"><v></v></c></row>"#.to_owned(),
        format!(
            r#"<row r="11">{}{}{}</row>"#,
            cell("B11", "1"),
            cell("C11", "2"),
            cell("D11", "3")
        ),
    ];
    let read = Workbook::of(cells.concat()).read().unwrap();
    assert_eq!(read.columns, ["a", "b", "c"]);
    assert_eq!(
        read.rows,
        [["only a", "", ""], ["", "b", ""], ["1", "2", "3"]]
    );
    assert_eq!(
        aside(&read.quarantine),
        [(7, OUTSIDE), (8, OUTSIDE), (9, OUTSIDE)]
    );
}

#[test]
fn of_merged_cells_the_first_has_the_value() {
    let cells = [
        texts(&["a", "b"]),
        texts(&["both", ""]),
        texts(&["", "below"]),
    ]
    .concat();
    let mut book = Workbook::of("");
    let sheet = format!(
        r#"{cells}</sheetData><mergeCells><mergeCell ref="A2:B2"/></mergeCells><sheetData>"#
    );
    book.sheets[0].2 = sheet;
    assert_eq!(book.read().unwrap().rows, [["both", ""], ["", "below"]]);
}

#[test]
fn names_follow_the_same_rules_as_in_text() {
    let refused = |names: &[&str]| Workbook::of(texts(names)).read().expect_err("refused").code;
    assert_eq!(refused(&["a", "b", "a"]), Code::DuplicateColumn);
    assert_eq!(refused(&["a", "", "b"]), Code::UnnamedColumn);
    let many = vec!["x"; 2_001];
    assert_eq!(refused(&many), Code::TooManyColumns);
    assert_eq!(
        Workbook::of("").read().expect_err("empty").code,
        Code::FileEmpty
    );
    let header = Workbook::of(texts(&["a", "b", ""])).read().unwrap();
    assert_eq!((header.columns.len(), header.rows.len()), (2, 0));
    let error = r#"<row><c t="e"><v>#REF!</v></c></row>"#;
    assert_eq!(
        Workbook::of(error).read().expect_err("no name").code,
        Code::FileUnreadable
    );
}

#[test]
fn cells_that_are_not_in_order_are_no_sheet() {
    let row = |row: &str| format!(r#"<row><c r="{row}"><v>1</v></c></row>"#);
    for cells in [
        [row("A5"), row("A4")].concat(),
        r#"<row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>"#.to_owned(),
        r#"<row><c r="B1"><v>1</v></c><c r="B1"><v>1</v></c></row>"#.to_owned(),
        row("XFE1"),
    ] {
        assert_eq!(
            Workbook::of(&cells).read().expect_err(&cells).code,
            Code::FileDamaged
        );
    }
}

#[test]
fn the_sheet_is_the_one_that_is_named_or_the_only_one_with_rows() {
    let mut book = Workbook::of(texts(&["a"]));
    book.sheets
        .push(("Empty", "visible", "<row><c/></row>".to_owned()));
    book.sheets.push(("Hidden", "hidden", texts(&["hidden"])));
    assert_eq!(book.read().unwrap().columns, ["a"]);
    assert_eq!(book.read_sheet(Some("Hidden")).unwrap().columns, ["hidden"]);
    assert_eq!(
        book.read_sheet(Some("Empty")).expect_err("empty").code,
        Code::FileEmpty
    );
    let missing = book.read_sheet(Some("people")).expect_err("another case");
    assert_eq!(missing.code, Code::NotFound);
    assert!(
        missing.message.contains("`People`, `Empty`, `Hidden`"),
        "{}",
        missing.message
    );

    book.sheets.push(("Notes", "visible", texts(&["b"])));
    let several = book.read().expect_err("several");
    assert_eq!(several.code, Code::SheetAmbiguous);
    assert!(
        several.message.contains("`People`, `Notes`"),
        "{}",
        several.message
    );
    assert_eq!(book.read_sheet(Some("Notes")).unwrap().columns, ["b"]);
}

#[test]
fn long_sheets_come_in_batches_and_may_be_left_early() {
    let rows = 40_000;
    let cells: String = (0..rows).map(|n| texts(&[&n.to_string(), "x"])).collect();
    let book = Workbook::of([texts(&["n", "x"]), cells].concat());
    let read = book.read().unwrap();
    assert_eq!(read.rows.len(), rows);
    let last = read.rows.last().unwrap();
    assert_eq!(*last, [(rows - 1).to_string(), "x".to_owned()]);
    let folder = Folder::new();
    let path = folder.file("people.xlsx", book.bytes());
    let mut left = open(&path, &Options::default()).unwrap();
    assert!(left.next_batch().unwrap().unwrap().num_rows() < rows);
    drop(left);
}

#[test]
fn a_workbook_that_changes_is_an_error_at_the_end() {
    let folder = Folder::new();
    let rows: String = (0..40_000).map(|n| texts(&[&n.to_string()])).collect();
    let path = folder.file("people.xlsx", Workbook::of(rows).bytes());
    let mut reader = open(&path, &Options::default()).unwrap();
    let new = folder.file("new", "another");
    std::fs::rename(new, &path).unwrap();
    assert_eq!(
        drain(&mut *reader).expect_err("changed").code,
        Code::FileChanged
    );
}

#[test]
fn what_is_said_must_go_with_the_format() {
    let folder = Folder::new();
    let book = folder.file("people.xlsx", Workbook::of(texts(&["a"])).bytes());
    let text = folder.file("people.csv", "a\n");
    let code = |path, options: &Options| open(path, options).err().unwrap().problem().code;
    let encoding = Options {
        encoding: Some("utf-8".to_owned()),
        ..Options::default()
    };
    let delimiter = Options {
        delimiter: Some(b';'),
        ..Options::default()
    };
    let sheet = Options {
        sheet: Some("People".to_owned()),
        ..Options::default()
    };
    assert_eq!(code(&book, &encoding), Code::Usage);
    assert_eq!(code(&book, &delimiter), Code::Usage);
    assert_eq!(code(&text, &sheet), Code::Usage);
    let parquet = Options {
        format: Some(Format::Parquet),
        ..sheet
    };
    assert_eq!(code(&text, &parquet), Code::Usage);
}
