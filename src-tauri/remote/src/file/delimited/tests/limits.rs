//! Large fields, endless records, full batches, files that change.

use super::{open, open_from, read, read_with};
use crate::file::{FileError, MAX_COLUMNS, MAX_FIELD, Options, batch};
use crate::rows::Rows;
use std::io::{Read, repeat};
use usher_model::Code;

const OVERSIZED: &str = "a field over 1 MiB";

fn problems(read: &super::Read) -> Vec<(u64, &str)> {
    read.quarantine
        .first
        .iter()
        .map(|line| (line.line, line.problem.as_str()))
        .collect()
}

#[test]
fn a_field_of_one_mebibyte_is_the_largest() {
    let most = "x".repeat(MAX_FIELD);
    let text =
        format!("a,b,c\n{most},{most},{most}\n1,{most}x,2\n3,4,\"{most}\n\"\n5,6,7\n8,9,{most}");
    let read = read(text.as_bytes());
    assert_eq!(problems(&read), [(3, OVERSIZED), (4, OVERSIZED)]);
    assert_eq!(read.rows.len(), 3);
    assert!(read.rows[0].iter().all(|cell| *cell == most));
    assert_eq!(read.rows[1], ["5", "6", "7"]);
    assert_eq!(read.rows[2][2].len(), MAX_FIELD);
}

#[test]
fn the_limit_counts_decoded_bytes() {
    let options = Options {
        encoding: Some("latin1".to_owned()),
        ..Options::default()
    };
    let text = [
        &b"a\n"[..],
        &vec![0xE9; MAX_FIELD / 2],
        b"\n",
        &vec![0xE9; MAX_FIELD / 2 + 1],
    ]
    .concat();
    let read = read_with(&text, &options).unwrap();
    assert_eq!(problems(&read), [(3, OVERSIZED)]);
    assert_eq!(read.rows.len(), 1);
}

fn endless(start: &'static str, byte: u8, len: u64, end: &'static str) -> super::Read {
    let bytes = start
        .as_bytes()
        .chain(repeat(byte).take(len))
        .chain(end.as_bytes());
    let mut reader = open_from(bytes, len, &Options::default()).unwrap();
    let mut rows = 0;
    while let Some(batch) = reader.next_rows().unwrap() {
        rows += batch.num_rows();
    }
    assert!(
        reader.records_room() <= 3 * MAX_FIELD,
        "{}",
        reader.records_room()
    );
    super::Read {
        columns: vec![],
        rows: vec![vec![]; rows],
        quarantine: reader.quarantine().clone(),
    }
}

#[test]
fn what_cannot_be_a_row_is_not_kept() {
    let len = 10 << 20;
    let line = endless("a,b\n1,2\n", b'x', len, ",\n3,4\n");
    assert_eq!(
        (problems(&line), line.rows.len()),
        (vec![(3, OVERSIZED)], 2)
    );
    let quote = endless("a,b\n1,2\n3,\"", b'\n', len, "");
    assert_eq!(
        (problems(&quote), quote.rows.len()),
        (vec![(3, "a quote that is never closed")], 1)
    );
    let fields = endless("a,b\n1,2\n", b',', len, "\n3,4\n");
    let count = format!("{} values for 2 columns", len + 1);
    assert_eq!(
        (problems(&fields), fields.rows.len()),
        (vec![(3, count.as_str())], 2)
    );
}

#[test]
fn an_oversized_field_after_too_many_fields() {
    let most = "x".repeat(MAX_FIELD);
    let text = format!("a,b\n1,2,3,4,{most}x,5\n1,2,3,4,{most},5\n6,7\n");
    let read = read(text.as_bytes());
    assert_eq!(
        problems(&read),
        [(2, OVERSIZED), (3, "6 values for 2 columns")]
    );
    assert_eq!(read.rows, [["6", "7"]]);
}

#[test]
fn columns() {
    let names = |count: usize| {
        (0..count)
            .map(|n| format!("c{n}"))
            .collect::<Vec<_>>()
            .join(",")
    };
    let most = format!(
        "{}\n{}\n1\n",
        names(MAX_COLUMNS),
        ",".repeat(MAX_COLUMNS - 1)
    );
    let read = read(most.as_bytes());
    assert_eq!((read.columns.len(), read.rows.len()), (MAX_COLUMNS, 1));
    let error = open(names(MAX_COLUMNS + 1).as_bytes(), &Options::default())
        .err()
        .unwrap();
    assert!(
        matches!(error, FileError::TooManyColumns { count: 2_001 }),
        "{error}"
    );
    let line = open(&vec![b','; 5_000_000], &Options::default())
        .err()
        .unwrap();
    assert_eq!(line.problem().code, Code::TooManyColumns);
    let binary = open(&vec![b'x'; 5_000_000], &Options::default())
        .err()
        .unwrap();
    assert_eq!(binary.problem().code, Code::FileUnreadable);
}

#[test]
fn batches_are_cut_by_rows_and_by_text() {
    let sizes = |text: String| {
        let mut reader = open(text.as_bytes(), &Options::default()).unwrap();
        let mut sizes = Vec::new();
        let mut schema = None;
        while let Some(batch) = reader.next_rows().unwrap() {
            assert_eq!(
                *schema.get_or_insert_with(|| batch.schema()),
                batch.schema()
            );
            sizes.push(batch.num_rows());
        }
        sizes
    };
    let many = batch::MAX_ROWS + 10;
    assert_eq!(
        sizes(format!("a,b\n{}", "1,2\n".repeat(many))),
        [batch::MAX_ROWS, 10]
    );
    assert_eq!(
        sizes(format!("a,b\n{}", "1,2\n".repeat(batch::MAX_ROWS))),
        [batch::MAX_ROWS]
    );
    let half = "x".repeat(MAX_FIELD / 2);
    assert_eq!(
        sizes(format!("a,b\n{}", format!("{half},{half}\n").repeat(20))),
        [8, 8, 4]
    );
}
