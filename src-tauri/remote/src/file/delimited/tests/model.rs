//! Against a reader that is slow and obvious: one byte after another, all in memory.

use super::{Read, open_from, read_with};
use crate::file::Options;
use proptest::prelude::*;
use usher_model::Quarantine;

/// A record as bytes, with the line it starts on and whether its quotes are closed.
type Plain = (u64, Vec<Vec<u8>>, bool);

fn plain_records(bytes: &[u8], delimiter: u8) -> Vec<Plain> {
    let mut records = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < bytes.len() {
        if matches!(bytes[at], b'\r' | b'\n') {
            at += line_end(&bytes[at..]);
            line += 1;
            continue;
        }
        let started = line;
        let mut fields = vec![Vec::new()];
        let mut closed = true;
        loop {
            let field = fields.last_mut().unwrap();
            if bytes.get(at) == Some(&b'"') {
                at += 1;
                loop {
                    match bytes.get(at) {
                        None => {
                            closed = false;
                            break;
                        }
                        Some(b'"') if bytes.get(at + 1) == Some(&b'"') => {
                            field.push(b'"');
                            at += 2;
                        }
                        Some(b'"') => {
                            at += 1;
                            break;
                        }
                        Some(b'\r' | b'\n') => {
                            let end = line_end(&bytes[at..]);
                            field.extend(&bytes[at..at + end]);
                            at += end;
                            line += 1;
                        }
                        Some(byte) => {
                            field.push(*byte);
                            at += 1;
                        }
                    }
                }
            }
            while at < bytes.len() && bytes[at] != delimiter && !matches!(bytes[at], b'\r' | b'\n')
            {
                field.push(bytes[at]);
                at += 1;
            }
            if bytes.get(at) != Some(&delimiter) {
                break;
            }
            at += 1;
            fields.push(Vec::new());
        }
        records.push((started, fields, closed));
    }
    records
}

fn line_end(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"\r\n") { 2 } else { 1 }
}

fn plain_read(bytes: &[u8], delimiter: u8) -> Read {
    let mut records = plain_records(bytes, delimiter).into_iter();
    let text = |field: Vec<u8>| String::from_utf8(field).ok();
    let (_, header, _) = records.next().unwrap();
    let columns: Vec<String> = header.into_iter().map(|name| text(name).unwrap()).collect();
    let (mut rows, mut quarantine) = (Vec::new(), Quarantine::default());
    for (line, fields, closed) in records {
        let (found, expected) = (fields.len(), columns.len());
        let row: Option<Vec<String>> = fields.into_iter().map(text).collect();
        let word = if found == 1 { "value" } else { "values" };
        if !closed {
            quarantine.add(line, "a quote that is never closed".to_owned());
        } else if found != expected {
            quarantine.add(
                line,
                format!(
                    "{found} {word} for {expected} column{}",
                    if expected == 1 { "" } else { "s" }
                ),
            );
        } else if row.is_none() {
            quarantine.add(line, "undecodable bytes".to_owned());
        } else if row.iter().flatten().any(|cell| cell.contains('\0')) {
            quarantine.add(line, "a NUL character".to_owned());
        } else {
            rows.extend(row);
        }
    }
    Read {
        columns,
        rows,
        quarantine,
    }
}

/// Bytes of which the interesting ones are common.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(&b","[..]),
        3 => Just(&b"\n"[..]),
        2 => Just(&b"\r"[..]),
        2 => Just(&b"\r\n"[..]),
        3 => Just(&b"\""[..]),
        2 => Just(&b"x"[..]),
        1 => Just(&b"0 1"[..]),
        1 => Just(&b"\xc3\xa9"[..]),
        1 => Just(&b"\xc3"[..]),
        1 => Just(&b"\xa9"[..]),
        1 => Just(&b"\0"[..]),
        1 => Just(&b"\xef\xbb\xbf"[..]),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Gives less than it is asked for, as a pipe does.
struct Drops(std::io::Cursor<Vec<u8>>, usize);

impl std::io::Read for Drops {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(self.1);
        self.0.read(&mut buffer[..most])
    }
}

fn quick(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn commas() -> Options {
    Options {
        delimiter: Some(b','),
        ..Options::default()
    }
}

proptest! {
    #![proptest_config(quick(2_000))]

    #[test]
    fn the_same_rows_and_lines(body in body(), columns in 1_usize..4, lead in 0_usize..3) {
        let names = ["a", "b", "c"][..columns].join(",");
        let bytes = ["\n".repeat(lead).as_bytes(), names.as_bytes(), b"\n", &body].concat();
        prop_assert_eq!(read_with(&bytes, &commas()).unwrap(), plain_read(&bytes, b','));
    }
}

proptest! {
    #![proptest_config(quick(60))]

    #[test]
    fn the_same_across_the_end_of_a_chunk(body in body(), before in 0_usize..40) {
        let blank = vec![b'\n'; (256 << 10) - 4 - before];
        let bytes = [&b"a,b\n"[..], &blank, &body].concat();
        let drops = Drops(std::io::Cursor::new(bytes.clone()), 10_007);
        let reader = open_from(drops, 0, &commas()).unwrap();
        prop_assert_eq!(super::drain(reader).unwrap(), plain_read(&bytes, b','));
    }
}
