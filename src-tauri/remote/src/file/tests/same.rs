//! Whatever table of text is drawn, every format that can hold it gives the same rows.

use super::packed::{gzip, zstd};
use super::{Folder, read};
use crate::file::ParquetWriter;
use arrow_array::StringArray;
use proptest::prelude::*;

type Table = (Vec<String>, Vec<Vec<String>>);

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z0-9 ]{0,8}",
        2 => "[,;\t\"\r\n'|=+-]{0,6}",
        1 => "\\PC{0,12}",
        1 => Just(String::new()),
        1 => "0[0-9]{0,40}",
    ]
}

fn table() -> impl Strategy<Value = Table> {
    (1_usize..5).prop_flat_map(|columns| {
        let names = (0..columns)
            .map(|n| format!("column {n}"))
            .collect::<Vec<_>>();
        let row = prop::collection::vec(cell(), columns);
        (Just(names), prop::collection::vec(row, 0..40))
    })
}

fn csv((names, rows): &Table) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |cells: &Vec<String>| cells.iter().map(quoted).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = std::iter::once(names).chain(rows).map(line).collect();
    lines.join("\n")
}

fn parquet((names, rows): &Table, cut: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = ParquetWriter::new(&mut out, names).unwrap();
    for part in rows.chunks(cut) {
        let column = |at: usize| part.iter().map(|row| Some(row[at].as_str())).collect();
        let columns: Vec<StringArray> = (0..names.len()).map(column).collect();
        writer.write(columns.into_iter()).unwrap();
    }
    writer.finish().unwrap();
    out
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_format_gives_the_same_rows(table in table(), cut in 1_usize..50) {
        let folder = Folder::new();
        let text = csv(&table);
        let files = [
            folder.file("people.csv", &text),
            folder.file("people.csv.gz", gzip(text.as_bytes())),
            folder.file("people.csv.zst", zstd(text.as_bytes())),
            folder.file("people.parquet", parquet(&table, cut)),
        ];
        for path in files {
            let read = read(&path).unwrap();
            prop_assert_eq!(read.quarantine.count, 0);
            prop_assert_eq!(&(read.columns, read.rows), &table, "{:?}", path);
        }
    }
}
