//! What a cell holds and what it shows.

use super::{Workbook, texts};
use crate::file::tests::read;
use usher_model::Code;

/// The text of a cell that holds this number under this format.
fn shown(number: &str, format: &'static str) -> String {
    let cells = format!(
        r#"{}<row><c s="1"><v>{number}</v></c></row>"#,
        texts(&["n"])
    );
    let mut book = Workbook::of(cells);
    book.formats = vec![format];
    let read = book.read().unwrap();
    match read.quarantine.first.first() {
        Some(line) => format!("({})", line.problem),
        None => read
            .rows
            .first()
            .map_or(String::new(), |row| row[0].clone()),
    }
}

#[test]
fn numbers_as_the_sheet_shows_them() {
    let cases = [
        ("5", "General", "5"),
        ("12.50", "General", "12.5"),
        ("0.30000000000000004", "General", "0.3"),
        ("491701234567", "General", "491701234567"),
        ("9007199254740991", "General", "9007199254740991"),
        (
            "1e20",
            "General",
            "(a number whose last digits the sheet has lost)",
        ),
        ("1.5E-3", "General", "0.0015"),
        ("42", "00000", "00042"),
        ("7", "0000000000", "0000000007"),
        ("-3", "0", "-3"),
        ("12.3456", "0.00", "12.35"),
        ("0.125", "9", "13%"),
        ("0.125", "0.0%", "12.5%"),
        ("42", "\"ID-\"0000", "ID-0042"),
        ("123456789", "000-00-0000", "123-45-6789"),
        ("5551234", "[<=9999999]###-####;(###) ###-####", "555-1234"),
        (
            "2125551234",
            "[<=9999999]###-####;(###) ###-####",
            "(212) 555-1234",
        ),
        ("5", "@", "5"),
    ];
    for (number, format, expected) in cases {
        assert_eq!(shown(number, format), expected, "{number} as {format}");
    }
}

#[test]
fn amounts_keep_their_digits_and_nothing_else() {
    let cases = [
        ("1234567.891", "3", "1234568"),
        ("1234.5", "#,##0.00", "1234.50"),
        ("-1234.5", "#,##0.00_);[Red]\\(#,##0.00\\)", "-1234.50"),
        ("1234.5", "44", "1234.50"),
        ("1234.5", "[$€-407] #,##0.00", "1234.50"),
        ("12", "\"$\"0", "12"),
        ("491701234567", "0.00E+00", "491701234567"),
        ("0.5", "# ?/?", "0.5"),
    ];
    for (number, format, expected) in cases {
        assert_eq!(shown(number, format), expected, "{number} as {format}");
    }
}

#[test]
fn dates_as_the_sheet_shows_them() {
    let cases = [
        ("46031", "yyyy-mm-dd", "2026-01-09"),
        ("46031", "dd.mm.yyyy", "09.01.2026"),
        ("46031", "15", "9-Jan-26"),
        ("46031.75", "yyyy-mm-dd hh:mm:ss", "2026-01-09 18:00:00"),
        (
            "46031.99999999",
            "yyyy-mm-dd hh:mm:ss",
            "2026-01-10 00:00:00",
        ),
        (
            "46031.5200001",
            "yyyy-mm-dd hh:mm:ss.000",
            "2026-01-09 12:28:48.009",
        ),
        ("0.75", "18", "6:00 PM"),
        ("1.5", "[h]:mm:ss", "36:00:00"),
        ("59", "yyyy-mm-dd", "1900-02-28"),
        ("61", "yyyy-mm-dd", "1900-03-01"),
        ("2958465", "yyyy-mm-dd", "9999-12-31"),
        // How these look depends on the machine.
        ("46031", "14", "2026-01-09"),
        ("46031.75", "14", "2026-01-09"),
        ("46031.75", "22", "2026-01-09T18:00:00"),
        ("46031", "22", "2026-01-09T00:00:00"),
        ("46031", "[$-F800]dddd, mmmm dd, yyyy", "2026-01-09"),
        ("0.75", "[$-F400]h:mm:ss AM/PM", "18:00:00"),
        ("46031", "31", "2026-01-09"),
        ("46031.5", "31", "2026-01-09T12:00:00"),
        (
            "2958466",
            "yyyy-mm-dd",
            "(a date or time that does not exist)",
        ),
        ("-1", "14", "(a date or time that does not exist)"),
    ];
    for (number, format, expected) in cases {
        assert_eq!(shown(number, format), expected, "{number} as {format}");
    }
}

#[test]
fn dates_that_count_from_1904() {
    let cells = format!(
        r#"{}<row><c s="1"><v>44569</v></c><c s="2"><v>44569.5</v></c><c s="3"><v>1.5</v></c></row>"#,
        texts(&["a", "b", "c"])
    );
    let mut book = Workbook::of(cells);
    book.formats = vec!["yyyy-mm-dd", "22", "[h]:mm"];
    assert_eq!(book.read().unwrap().rows[0][0], "2022-01-08");
    book.of_1904 = true;
    let read = book.read().unwrap();
    assert_eq!(read.rows[0], ["2026-01-09", "2026-01-09T12:00:00", "36:00"]);
}

#[test]
fn texts_booleans_formulas_and_blanks() {
    let cells = format!(
        r#"{}<row>
            <c t="s"><v>1</v></c>
            <c t="b"><v>1</v></c>
            <c><f>1+1</f><v>2</v></c>
            <c t="str"><f>A1&amp;"x"</f><v>a &lt; b</v></c>
            <c><f>NOW()</f></c>
            <c t="d"><v>2026-01-09T18:00:00</v></c>
        </row>"#,
        texts(&["text", "bool", "sum", "joined", "never", "iso"])
    );
    let mut book = Workbook::of(cells);
    let shared = r#"<sst><si><t>unused</t></si><si><r><t xml:space="preserve"> 007</t></r><r><t>Ü</t></r></si></sst>"#;
    book.shared = Some(shared.to_owned());
    let read = book.read().unwrap();
    assert_eq!(
        read.rows,
        [[" 007Ü", "TRUE", "2", "a < b", "", "2026-01-09T18:00:00"]]
    );
    assert_eq!(read.quarantine.count, 0);
}

#[test]
fn an_error_value_costs_its_row() {
    let cells = format!(
        r##"{}{}<row><c t="inlineStr"><is><t>b</t></is></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>{}"##,
        texts(&["id", "n"]),
        texts(&["a", "1"]),
        texts(&["c", "3"]),
    );
    let read = Workbook::of(cells).read().unwrap();
    assert_eq!(read.rows, [["a", "1"], ["c", "3"]]);
    let aside = &read.quarantine.first[0];
    assert_eq!(
        (aside.line, aside.problem.as_str()),
        (3, "an error value such as #N/A")
    );
}

#[test]
fn workbooks_by_other_programs() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/file/xlsx/tests/by_others");
    let by = |name: &str| read(format!("{folder}/{name}.xlsx").as_ref()).unwrap();
    let openpyxl = by("openpyxl");
    let first = [
        "a@x.example",
        "00123",
        "2026-01-09",
        "2026-01-09 18:30:05",
        "12.5%",
        "1234.50",
        "0.3",
        "TRUE",
        "ok",
        "491701234567",
        "M",
        "",
    ];
    assert_eq!(openpyxl.rows, [first]);
    let lines: Vec<u64> = openpyxl
        .quarantine
        .first
        .iter()
        .map(|line| line.line)
        .collect();
    assert_eq!(
        lines,
        [3, 5, 6],
        "numbers too long, and a value beside the table"
    );
    let xlsxwriter = by("xlsxwriter");
    let first = [
        "a@x.example",
        "2",
        "2026-01-09",
        "2026-01-09T18:00:00",
        "09.01.2026",
        "2026-01-09",
        "6:00 PM",
        "36:00:00",
        "-1234.57",
        "1234.50",
        "491701234567",
        "0.5",
        "(212) 555-1234",
        " 0042 ",
    ];
    assert_eq!(xlsxwriter.rows[0], first);
    assert_eq!(xlsxwriter.quarantine.count, 2);
    let of_1904 = by("xlsxwriter-1904");
    assert_eq!(of_1904.rows, [["2026-01-09", "2026-01-09", "36:00"]]);
}

#[test]
fn what_is_no_workbook() {
    let refused = |name: &str, bytes: &[u8]| {
        let folder = crate::file::tests::Folder::new();
        crate::file::tests::refused(&folder.file(name, bytes))
    };
    let old = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600]].concat();
    assert_eq!(refused("people.xls", &old), Code::FileUnreadable);
    assert_eq!(
        refused("people.xlsx", b"email\na@x.example\n"),
        Code::FileUnreadable
    );
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive
        .start_file("people.csv", zip::write::SimpleFileOptions::default())
        .unwrap();
    let archive = archive.finish().unwrap().into_inner();
    assert_eq!(refused("people.zip", &archive), Code::FileUnreadable);
    let whole = Workbook::of(texts(&["a"])).bytes();
    for cut in [4, 100, whole.len() / 2, whole.len() - 1] {
        assert_eq!(
            refused("cut.xlsx", &whole[..cut]),
            Code::FileDamaged,
            "{cut}"
        );
    }
    let mut broken = whole.clone();
    let middle = whole.windows(5).position(|five| five == b"sheet").unwrap() + 40;
    broken[middle] ^= 0xff;
    assert_eq!(refused("broken.xlsx", &broken), Code::FileDamaged);
}
