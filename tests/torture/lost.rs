//! Replies that are lost: the service does what it was asked for, and the answer never
//! comes, for changes of every kind; nobody is made twice, nobody is missing.
//!
//! `USHER_TORTURE_LOST` (40) says how many.

use crate::{from_env, say};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use support::Desk;

/// In continuous integration.
const LOST: u64 = 40;
/// Most of the time a round waits for the service's time-out.
const WORKERS: u64 = 6;
/// Rounds of one desk, so that its service does not grow without end.
const ROUNDS: u64 = 40;
/// Who joins and who leaves in a round: few enough that the size of a call tells what it is.
const MOVING: u64 = 200;
/// Who stays; a value of everybody changes each time.
const STAYING: u64 = 600;

/// How replies get lost, one after another: the line breaks, in the middle of the reply too,
/// or somebody between answers instead.
fn loss(round: u64) -> Value {
    match round % 4 {
        0 | 1 => json!({ "drop": true }),
        2 => json!({ "truncate_bytes": 20 }),
        _ => json!({ "html": true, "status": 502 }),
    }
}

#[test]
fn whoever_loses_replies_makes_nobody_twice_and_misses_nobody() {
    let wished = from_env("USHER_TORTURE_LOST").unwrap_or(LOST);
    let (total, desks) = (AtomicU64::new(0), AtomicU64::new(0));
    let tally = Mutex::new(BTreeMap::<&str, u64>::new());
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while total.load(Ordering::Relaxed) < wished {
                    let desk = desk();
                    let number = desks.fetch_add(1, Ordering::Relaxed);
                    for round in 0..ROUNDS {
                        if total.load(Ordering::Relaxed) >= wished {
                            break;
                        }
                        let lost = play(&desk, number, round);
                        total.fetch_add(lost.values().sum(), Ordering::Relaxed);
                        let mut tally = tally.lock().unwrap();
                        for (kind, count) in lost {
                            *tally.entry(kind).or_default() += count;
                        }
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    say(&format!(
        "torture: {} lost replies in {} s: {tally:?}; 0 lost, 0 made twice",
        total.into_inner(),
        started.elapsed().as_secs(),
    ));
    for kind in ["creations", "updates", "joining", "leaving"] {
        assert!(tally.contains_key(kind), "no reply of {kind} was lost");
    }
}

fn desk() -> Desk {
    let desk = Desk::default();
    desk.connect();
    desk.import("email,first,last\nnobody@x.example,No,Body\n");
    desk.destination("audience-and-profile", "update-and-create", &[]);
    desk.sync(&[]);
    desk
}

/// Who is in the audience of a round, with their first name.
fn people(round: u64) -> impl Iterator<Item = (String, String)> {
    let staying = (0..STAYING).map(|n| format!("stays{n}@x.example"));
    let moving = (0..MOVING).map(move |n| format!("round{round}-{n}@x.example"));
    let named = move |email| (email, format!("Round{round}"));
    staying.chain(moving).map(named)
}

/// The next snapshot is sent while replies get lost; how many of each kind.
fn play(desk: &Desk, number: u64, round: u64) -> BTreeMap<&'static str, u64> {
    let mut file = "email,first,last\n".to_owned();
    for (email, first) in people(round) {
        writeln!(file, "{email},{first},Last").unwrap();
    }
    desk.import(&file);
    desk.remote.private("DELETE", "log", Value::Null);
    desk.remote.faults(json!([{
        "on": { "write_only": true, "probability": 0.9 },
        "at": "after_commit",
        "do": loss(number + round),
    }]));
    let allowed = ["removals", "audience_shrunk"].map(|name| ["--allow", name]);
    let words = [&["sync", "run", "Go"], allowed.as_flattened()].concat();
    let report = desk.usher(&words).ok().json();
    desk.remote.mend();
    let what = format!("desk {number}, round {round}: {report}");
    assert_eq!(report["state"], "completed", "{what}");
    let is_first = round == 0;
    let created = MOVING + if is_first { STAYING } else { 0 };
    assert_eq!(report["people"]["created"], created, "{what}");
    let updated = if is_first { 0 } else { STAYING };
    assert_eq!(report["people"]["updated"], updated, "{what}");
    assert_eq!(report["list"]["added"], created, "{what}");
    let removed = if is_first { 0 } else { MOVING };
    assert_eq!(report["list"]["removed"], removed, "{what}");
    everybody_is_there_once(desk, round, &what);
    lost(desk)
}

fn everybody_is_there_once(desk: &Desk, round: u64, what: &str) {
    let state = desk.remote.private("GET", "state", Value::Null);
    let mut leads = BTreeMap::new();
    for lead in state["leads"].as_array().unwrap() {
        let email = lead["email"].as_str().unwrap().to_owned();
        let first = lead["firstName"].as_str().unwrap().to_owned();
        let twice = leads.insert(email, (lead["id"].as_i64().unwrap(), first));
        assert!(twice.is_none(), "twice: {what}");
    }
    let wanted: BTreeSet<i64> = people(round)
        .map(|(email, first)| {
            let (id, is) = &leads[&email];
            assert_eq!(*is, first, "{email}: {what}");
            *id
        })
        .collect();
    let members = desk.remote.members("People").unwrap();
    assert_eq!(BTreeSet::from_iter(members), wanted, "{what}");
}

/// The replies that were lost, by what was asked for.
fn lost(desk: &Desk) -> BTreeMap<&'static str, u64> {
    let mut lost = BTreeMap::new();
    for call in desk.remote.log() {
        let is_struck = call["fault"]
            .as_str()
            .is_some_and(|fault| fault.contains("AfterCommit"));
        if !is_struck {
            continue;
        }
        let path = call["path"].as_str().unwrap();
        let kind = match (call["method"].as_str().unwrap(), call["records"].as_u64()) {
            ("DELETE", _) => "leaving",
            (_, _) if path.contains("/v1/lists/") => "joining",
            (_, Some(MOVING)) => "creations",
            (_, Some(_)) if path.ends_with("/v1/leads.json") => "updates",
            _ => continue,
        };
        *lost.entry(kind).or_default() += 1;
    }
    lost
}
