//! A file that is not the same at the end, or no file at all.

use super::{Folder, Options, drain, open, refused};
use crate::rows::{Amount, Rows};
use std::fs;
use usher_model::Code;

#[test]
fn a_file_that_changes_is_an_error_at_the_end() {
    let folder = Folder::new();
    let opened = || {
        let path = folder.file("people.csv", "a,b\n1,2\n");
        let reader = open(&path, &Options::default()).unwrap();
        (path, reader)
    };
    let changed = |mut reader: Box<dyn Rows>| {
        let problem = drain(&mut *reader).expect_err("changed");
        assert_eq!(problem.code, Code::FileChanged);
        assert!(problem.retryable);
    };

    let (_, mut same) = opened();
    assert_eq!(same.progress(), Amount { done: 8, total: 8 });
    assert_eq!(drain(&mut *same).unwrap().rows.len(), 1);

    let (path, longer) = opened();
    fs::write(&path, "a,b\n1,2\n3,4\n").unwrap();
    changed(longer);

    let (path, other) = opened();
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "a,b\n7,2\n").unwrap();
    let later = before + std::time::Duration::from_secs(1);
    let file = fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(later).unwrap();
    changed(other);

    let (path, replaced) = opened();
    fs::rename(folder.file("new", "a,b\n1,2,3\n"), &path).unwrap();
    changed(replaced);

    let (path, gone) = opened();
    fs::remove_file(&path).unwrap();
    changed(gone);
}

#[cfg(unix)]
#[test]
fn a_file_of_the_same_length_and_time_in_its_place_is_another() {
    let folder = Folder::new();
    let path = folder.file("people.csv", "a,b\n1,2\n");
    let mut reader = open(&path, &Options::default()).unwrap();
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    let new = folder.file("new", "a,b\n3,4\n");
    let file = fs::File::options().write(true).open(&new).unwrap();
    file.set_modified(time).unwrap();
    fs::rename(&new, &path).unwrap();
    let problem = drain(&mut *reader).expect_err("another");
    assert_eq!(problem.code, Code::FileChanged);
}

#[test]
fn what_is_no_file() {
    let folder = Folder::new();
    assert_eq!(refused(&folder.path("")), Code::FileUnreadable);
    assert_eq!(refused(&folder.path("none.csv")), Code::FileUnreadable);
}
