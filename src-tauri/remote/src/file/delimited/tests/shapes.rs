//! Quotes, line ends, delimiters, column names.

use super::{brief, open, read, read_with};
use crate::file::{FileError, Options};
use crate::rows::Rows;

/// A file, its rows in brief, the lines set aside.
type Case = (&'static [u8], &'static str, &'static [(u64, &'static str)]);

#[test]
fn rows_and_lines_set_aside() {
    const ONE: &str = "1 value for 2 columns";
    const THREE: &str = "3 values for 2 columns";
    const NUL: &str = "a NUL character";
    const BAD: &str = "undecodable bytes";
    const OPEN: &str = "a quote that is never closed";
    const CASES: &[Case] = &[
        (b"a,b\n1,2\n3,4\n", "1|2/3|4", &[]),
        (b"a,b\n1,2\n3,4", "1|2/3|4", &[]),
        (b"a,b\r\n1,2\r\n3,4\r\n", "1|2/3|4", &[]),
        (b"a,b\r1,2\r3,4", "1|2/3|4", &[]),
        (b"a,b\r1,2\n3,4\r\n5,6", "1|2/3|4/5|6", &[]),
        (b"a,b", "", &[]),
        (b"a,b\r\n", "", &[]),
        (b"\n\r\n\ra,b\n\n\n1\n\r\r2,3\n", "2|3", &[(7, ONE)]),
        (b"a,b\n\"1\n\n2\",3\nx\n", "1\n\n2|3", &[(5, ONE)]),
        (b"a,b\r\n\"1\r\n2\",3\r\nx\r\n", "1\r\n2|3", &[(4, ONE)]),
        (b"a,b\r\"1\r2\",3\rx\r", "1\r2|3", &[(4, ONE)]),
        (b"a,b\n\"1\n2\n", "", &[(2, OPEN)]),
        (b"a,b\n1,\"2", "", &[(2, OPEN)]),
        (b"a,b\n1,\"", "", &[(2, OPEN)]),
        (b"a,b\n1,2\n3,\"4\n5,6\n\n", "1|2", &[(3, OPEN)]),
        (b"a,b\n1,\"2\"\"", "", &[(2, OPEN)]),
        (b"a,b\n\"1\",\"2\"", "1|2", &[]),
        (b"a,b\n1,2,3,\"4", "", &[(2, OPEN)]),
        (b"a,b\n1,\"\"\n\"\",\"\"\n", "1|/|", &[]),
        (b"a,b\n1,\"x \"\"y\"\" z\"\n", "1|x \"y\" z", &[]),
        (b"a,b\n1,x \"y\" z\n", "1|x \"y\" z", &[]),
        (b"a,b\n\"1\"2,3\n", "12|3", &[]),
        (b"a,b\n1\n1,2,3\n,\n1,2\n", "|/1|2", &[(2, ONE), (3, THREE)]),
        (b"a,b\n1,2\x00\n\x00\n3,4\n", "3|4", &[(2, NUL), (3, ONE)]),
        (
            b"a,b\n1,\xff\n\xc3,\xa9\n\xc3\xa9,\xed\xa0\x80\n3,4\n",
            "3|4",
            &[(2, BAD), (3, BAD), (4, BAD)],
        ),
        (
            b"a,b\n007,+49 1 \n 1,12345678901234567890123456789012345678",
            "007|+49 1 / 1|12345678901234567890123456789012345678",
            &[],
        ),
        (b"a\n\n \n\"\"\nx\n", " //x", &[]),
        (b"a,b\n  \n1,2\n", "1|2", &[(2, ONE)]),
    ];
    for (bytes, rows, aside) in CASES {
        let aside = aside
            .iter()
            .map(|(line, why)| (*line, (*why).to_owned()))
            .collect();
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(
            brief(&read(bytes)),
            ((*rows).to_owned(), aside),
            "{shown:?}"
        );
    }
}

#[test]
fn delimiters() {
    let csv = Options::default();
    let caret = Options {
        delimiter: Some(b'^'),
        ..Options::default()
    };
    let cases: &[(&[u8], &Options, usize)] = &[
        (b"a,b\n1;2,3\n", &csv, 2),
        (b"a;b;c\n1,5;2,5;x\n", &csv, 3),
        (b"a;b,c;d\n1,5;2;3\n1;2,5;3\n1;2;3", &csv, 3),
        (b"\"a;x;y\",b\n1,2\n", &csv, 2),
        (b"a\tb\n1,2\t3\n", &csv, 2),
        (b"a|b|c", &csv, 3),
        (b"email\nx, y\n", &csv, 1),
        (b"a,b^c\td\n", &caret, 2),
    ];
    for (bytes, options, columns) in cases {
        let reader = open(bytes, options).unwrap();
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(reader.columns().len(), *columns, "{shown:?}");
    }
    for wrong in [b'"', b'\n', b'\r', 0, 0xA7] {
        let options = Options {
            delimiter: Some(wrong),
            ..Options::default()
        };
        assert!(matches!(open(b"a,b", &options), Err(FileError::Delimiter)));
    }
}

#[test]
fn a_cut_off_sample_still_tells_the_delimiter() {
    let wide = format!(
        "{}\n1;2\n",
        (0..1_900)
            .map(|n| format!("column {n:060}"))
            .collect::<Vec<_>>()
            .join(";")
    );
    assert!(wide.len() > 100_000);
    assert_eq!(
        open(wide.as_bytes(), &Options::default())
            .unwrap()
            .columns()
            .len(),
        1_900
    );
}

#[test]
fn column_names() {
    assert_eq!(
        read(b" a ,\"b\tc\",\xc2\xa0d\n").columns,
        ["a", "b\tc", "d"]
    );
    let refused = |bytes: &[u8]| match read_with(bytes, &Options::default()) {
        Err(error) => error.to_string(),
        Ok(read) => format!("{read:?}"),
    };
    assert_eq!(refused(b"a,b,a \n"), "Columns 1 and 3 are both named `a`.");
    assert_eq!(refused(b"a,,b\n"), "Column 2 has no name.");
    assert_eq!(refused(b"a,b,\n"), "Column 3 has no name.");
    assert_eq!(refused(b" \n1\n"), "Column 1 has no name.");
    assert_eq!(
        refused(b"\n\na\x00\n1\n"),
        "The column names of `people.csv` cannot be read: line 3 has a NUL character."
    );
    assert_eq!(
        refused(b"a,\xe9\n1,2\n"),
        "The column names of `people.csv` cannot be read: line 1 has undecodable bytes."
    );
    assert_eq!(
        refused(b"a,\"b\n1,2\n"),
        "The column names of `people.csv` cannot be read: line 1 has a quote that is never closed."
    );
    for empty in [
        &b""[..],
        b"\n",
        b"\r\n\r\n",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf\n",
        b"\xff\xfe",
        b"\xff\xfe\n\0",
    ] {
        assert_eq!(refused(empty), "`people.csv` is empty.");
    }
}
