//! Gzip and Zstandard around text.

use super::{Folder, Options, drain, open, read, refused};
use std::io::Write;
use usher_model::Code;

const TEXT: &str = "email,name\na@x.example,\"Zo\u{eb}\n\"\nb@x.example\nc@x.example,C\n";

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

pub(super) fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// Some text that does not pack to nothing.
fn long() -> String {
    let rows: Vec<String> = (0..40_000)
        .map(|n| format!("p{}@x.example,{n}", n * 7919))
        .collect();
    format!("email,n\n{}\n", rows.join("\n"))
}

#[test]
fn what_is_packed_reads_as_what_is_inside() {
    let folder = Folder::new();
    let plain = read(&folder.file("people.csv", TEXT)).unwrap();
    assert_eq!((plain.rows.len(), plain.quarantine.first[0].line), (2, 4));
    let (one, two) = TEXT.as_bytes().split_at(20);
    let skipped = [
        &[0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9][..],
        &zstd(TEXT.as_bytes()),
    ]
    .concat();
    let cases = [
        ("people.csv.gz", gzip(TEXT.as_bytes())),
        ("people.csv.zst", zstd(TEXT.as_bytes())),
        ("of any name", gzip(TEXT.as_bytes())),
        ("members.gz", [gzip(one), gzip(b""), gzip(two)].concat()),
        ("frames.zst", [zstd(one), zstd(b""), zstd(two)].concat()),
        ("skipped.zst", skipped),
    ];
    for (name, packed) in cases {
        assert_eq!(read(&folder.file(name, packed)).unwrap(), plain, "{name}");
    }
    let tabs = read(&folder.file("people.TSV.gz", gzip(b"a,b\tc\n1\t2\n"))).unwrap();
    assert_eq!(tabs.columns, ["a,b", "c"]);
    let wide: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [b"\xff\xfe".to_vec(), wide].concat();
    assert_eq!(read(&folder.file("wide.gz", gzip(&wide))).unwrap(), plain);
}

#[test]
fn what_is_cut_short_or_broken_is_damaged() {
    let folder = Folder::new();
    let text = long();
    for (name, packed) in [
        ("x.gz", gzip(text.as_bytes())),
        ("x.zst", zstd(text.as_bytes())),
    ] {
        let whole = read(&folder.file(name, &packed)).unwrap();
        assert_eq!(whole.rows.len(), 40_000);
        let cuts = [packed.len() / 2, packed.len() - 1, packed.len() - 4, 9];
        for cut in cuts {
            let path = folder.file(name, &packed[..cut]);
            assert_eq!(refused(&path), Code::FileDamaged, "{name} cut at {cut}");
        }
        let mut broken = packed.clone();
        let middle = packed.len() / 2;
        broken[middle..middle + 64].fill(0x55);
        assert_eq!(
            refused(&folder.file(name, broken)),
            Code::FileDamaged,
            "{name}"
        );
        let more = [&packed[..], b"email,n\n"].concat();
        assert_eq!(
            refused(&folder.file(name, more)),
            Code::FileDamaged,
            "{name}"
        );
    }
}

#[test]
fn what_is_cut_while_it_is_read_has_changed() {
    let folder = Folder::new();
    let path = folder.file("x.gz", gzip(long().as_bytes()));
    let mut reader = open(&path, &Options::default()).unwrap();
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_len(reader.progress().done + 10).unwrap();
    let problem = drain(&mut *reader).expect_err("changed");
    assert_eq!(problem.code, Code::FileChanged);
}

#[test]
fn a_frame_gets_no_more_memory_than_it_may() {
    let folder = Folder::new();
    // A frame that says its window is 2 GiB, with one stored block.
    let head = [0x28, 0xb5, 0x2f, 0xfd, 0x00, (31 - 10) << 3];
    let block = [0x21, 0x00, 0x00, b'a', b'\n', b'1', b'\n'];
    let path = folder.file("x.zst", [&head[..], &block].concat());
    let problem = read(&path).expect_err("too large a window");
    assert_eq!(problem.code, Code::FileDamaged);
    assert!(problem.message.contains("memory"), "{}", problem.message);
    let small = [0x28, 0xb5, 0x2f, 0xfd, 0x00, (20 - 10) << 3];
    let path = folder.file("x.zst", [&small[..], &block].concat());
    assert_eq!(read(&path).unwrap().rows, [["1"]]);
}

#[test]
fn what_is_packed_twice_is_named() {
    let folder = Folder::new();
    for inside in [
        gzip(b"a\n1\n"),
        zstd(b"a\n1\n"),
        b"PAR1....".to_vec(),
        b"PK\x03\x04....".to_vec(),
    ] {
        let path = folder.file("x.csv.gz", gzip(&inside));
        assert_eq!(refused(&path), Code::FileUnreadable);
    }
    assert_eq!(refused(&folder.file("x.gz", gzip(b""))), Code::FileEmpty);
}

#[test]
fn progress_counts_the_bytes_on_the_disk() {
    let folder = Folder::new();
    let path = folder.file("x.gz", gzip(long().as_bytes()));
    let size = std::fs::metadata(&path).unwrap().len();
    let mut reader = open(&path, &Options::default()).unwrap();
    let begun = reader.progress();
    assert_eq!(begun.total, size);
    assert!(begun.done < size, "{begun:?}");
    drain(&mut *reader).unwrap();
    assert_eq!(reader.progress().done, size);
}
