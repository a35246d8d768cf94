//! Rates, repeatability and quoting of the sample audience, and how much of it
//! a sandbox of the same size knows.

use std::collections::HashSet;

use super::*;
use crate::config::Config;
use crate::fields;
use crate::people;
use crate::state::State;
use crate::values::Datum;

const PEOPLE: usize = 20_000;

type Writing = fn(&mut dyn Write, usize, u64) -> io::Result<AudienceCounts>;

fn made(write: Writing, people: usize, seed: u64) -> (Vec<Vec<String>>, AudienceCounts) {
    let mut out = Vec::new();
    let counts = write(&mut out, people, seed).unwrap();
    let mut records = parse(&String::from_utf8(out).unwrap());
    assert_eq!(records.remove(0), HEAD);
    assert_eq!(records.len() as u64, counts.rows);
    (records, counts)
}

/// A reader of RFC 4180 a character at a time, so that wrong quoting shows.
fn parse(text: &str) -> Vec<Vec<String>> {
    let mut records = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let record = records.last_mut().unwrap();
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                record.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(String::new()),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'));
                records.push(vec![String::new()]);
            }
            c => record.last_mut().unwrap().push(c),
        }
    }
    assert!(!quoted);
    assert_eq!(records.pop(), Some(vec![String::new()]));
    records
}

/// The share of rows for which something is true lies near what was meant.
fn near(rows: &[Vec<String>], meant: f64, holds: impl Fn(&[String]) -> bool) {
    let share = rows.iter().filter(|row| holds(row)).count() as f64 / rows.len() as f64;
    assert!((share - meant).abs() < 0.2 * meant, "{share} for {meant}");
}

#[test]
fn the_dirt_comes_at_its_rates() {
    let (rows, counts) = made(write_audience, PEOPLE, 7);
    assert_eq!(counts.rows, PEOPLE as u64);
    let addresses = 0.97;
    near(&rows, 0.02, |row| row[1].is_empty());
    near(&rows, 0.01, |row| row[1] == NOT_AN_EMAIL);
    let is_upper = |text: &str| text.contains('@') && text == text.to_ascii_uppercase();
    near(&rows, 0.05 * addresses, |row| is_upper(&row[1]));
    near(&rows, 0.03 * addresses, |row| row[1] != row[1].trim());
    near(&rows, 0.02 * addresses, |row| {
        row[1].starts_with(|c: char| c.is_ascii_uppercase()) && !is_upper(&row[1])
    });
    near(&rows, 0.35, |row| row[2].is_empty());
    near(&rows, 0.04, |row| row[9] == "n");
    near(&rows, 0.1, |row| row[5] == "Globex, Inc.");
    near(&rows, 0.1, |row| row[5] == "Initech \"West\"");
    near(&rows, 0.3, |row| !row[3].is_ascii());
    near(&rows, 0.1, |row| row[7].starts_with("+490"));
    assert!(rows.iter().all(|row| row.len() == HEAD.len()
        && (row[2].is_empty() || row[2].len() == 38)
        && row[7].len() == 12));
    let ids: HashSet<_> = rows.iter().map(|row| &row[0]).collect();
    let again = (rows.len() - ids.len()) as f64 / rows.len() as f64;
    assert!((0.02..0.04).contains(&again), "{again}");
}

#[test]
fn the_counts_are_those_of_the_rows() {
    for write in [write_audience as Writing, write_next_audience] {
        let (rows, counts) = made(write, PEOPLE, 3);
        let count = |holds: fn(&[String]) -> bool| rows.iter().filter(|row| holds(row)).count();
        assert_eq!(counts.blank_emails, count(|row| row[1].is_empty()) as u64);
        assert_eq!(
            counts.not_emails,
            count(|row| row[1] == NOT_AN_EMAIL) as u64
        );
        assert_eq!(counts.without_consent, count(|row| row[9] == "n") as u64);
        // A repeat names an earlier number, so the numbers do not grow there.
        let mut newest = None;
        let mut repeats = 0;
        for row in &rows {
            repeats += u64::from(newest >= Some(&row[0]));
            newest = newest.max(Some(&row[0]));
        }
        assert!(counts.repeats >= repeats && counts.repeats - repeats < counts.repeats / 10);
    }
}

#[test]
fn the_same_seed_makes_the_same_bytes() {
    let bytes = |write: Writing, seed| {
        let mut out = Vec::new();
        write(&mut out, 500, seed).unwrap();
        out
    };
    for write in [write_audience as Writing, write_next_audience] {
        assert_eq!(bytes(write, 1), bytes(write, 1));
        assert_ne!(bytes(write, 1), bytes(write, 2));
    }
    for people in [0, 1, 2, 500] {
        assert_eq!(made(write_audience, people, 9).0.len(), people);
    }
}

#[test]
fn the_next_edition_has_leavers_joiners_and_changes() {
    let (before, _) = made(write_audience, PEOPLE, 5);
    let (after, _) = made(write_next_audience, PEOPLE, 5);
    let known: HashSet<_> = before.iter().collect();
    let still: HashSet<_> = after.iter().collect();
    let changed = |row: &[String]| row[5] == "Changed Ltd";
    near(&after, 0.02, changed);
    near(&after, 0.03, |row| {
        !known.contains(&row.to_vec()) && !changed(row)
    });
    near(&before, 0.03 + 0.02, |row| !still.contains(&row.to_vec()));
}

#[test]
fn a_sandbox_of_the_same_size_knows_a_good_share() {
    let mut state = State::new(&Config::default());
    people::generate(&mut state, PEOPLE, 1);
    let no = fields::known("email");
    let clean = |text: &str| text.trim().to_ascii_lowercase();
    let known: HashSet<String> = state
        .leads
        .iter()
        .filter_map(|(_, lead)| match lead.get(no) {
            Some(Datum::Text(text)) => Some(clean(text)),
            _ => None,
        })
        .collect();
    let (rows, _) = made(write_audience, PEOPLE, 2);
    let met = rows.iter().filter(|row| known.contains(&clean(&row[1])));
    let share = met.count() as f64 / rows.len() as f64;
    assert!((0.3..0.9).contains(&share), "{share}");
}
