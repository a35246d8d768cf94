//! After a kill: it is gone on with, and the end is held against that of a run
//! that nobody killed.

use crate::kill::Fell;
use crate::story::{By, Doing, Story};
use crate::world::{Edition, End, World, until};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::Instant;
use support::Desk;

/// Goes on with what was killed, until it is done.
pub(crate) fn go_on(desk: &Desk, world: &World, story: &Story, line: &mut String) {
    let mut is_again = false;
    if let Some(second) = &story.second {
        let (how, again) = continuation(desk, story);
        is_again |= again;
        let how: Vec<&str> = how.iter().map(String::as_str).collect();
        match second.strike(desk, &how) {
            Some(fell) => {
                let place = world.opener.place(&desk.data_dir());
                *line += &format!("; then {} {second}: {place}; {fell}", how[1]);
            }
            None => *line += &format!("; then {} ended before {second}", how[1]),
        }
    }
    let (how, again) = continuation(desk, story);
    is_again |= again;
    let how: Vec<&str> = how.iter().map(String::as_str).collect();
    let started = Instant::now();
    let report = desk.usher(&how).ok().json();
    check_sums(&report);
    assert_eq!(report["state"], "completed", "{report}");
    *line += &format!("; {} took {} ms", how[1], started.elapsed().as_millis());
    if story.doing == Doing::RunOfCrowd {
        let told = desk
            .people(&report)
            .iter()
            .filter(|one| !one["row"].is_null())
            .count();
        assert_eq!(told as u64, report["rows"], "a line a row");
    }
    // What a second run has to do depends on how far the first one came.
    if !is_again && how[1] == "resume" && story.doing != Doing::RunAgain {
        let clean = &world.clean(story.edition, story.by).report;
        let same = |name: &str| {
            let (mut is, mut was) = (report[name].clone(), clean[name].clone());
            for one in [&mut is, &mut was] {
                one.as_object_mut().unwrap().remove("id");
            }
            assert_eq!(is, was, "{name} of the report, as nothing was killed");
        };
        ["people", "list"].into_iter().for_each(same);
    }
}

/// What a person would type now, and whether that leaves an earlier run behind:
/// one that was given up, or one that had ended before the kill.
fn continuation(desk: &Desk, story: &Story) -> (Vec<String>, bool) {
    let typed = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let runs = desk.usher(&["run", "list"]).ok().json();
    let newest = &runs[0];
    let state = newest["state"].as_str().unwrap_or("none");
    match state {
        "interrupted" if story.resumes => {
            let run = newest["run_id"].as_str().unwrap();
            (typed(&["run", "resume", run]), false)
        }
        "interrupted" | "none" | "completed" | "stopped" => {
            (typed(story.by.run()), state != "none")
        }
        other => panic!("a run is {other} after a kill"),
    }
}

/// Every row is somewhere, once.
fn check_sums(report: &Value) {
    let sum = |value: &Value| match value {
        Value::Object(parts) => parts.values().filter_map(Value::as_u64).sum(),
        one => one.as_u64().unwrap_or_default(),
    };
    let all: u64 = report["people"]
        .as_object()
        .unwrap()
        .values()
        .map(sum)
        .sum();
    assert_eq!(all, report["rows"], "{report}");
}

/// Nobody is lost, nobody is there twice, nothing is left to be done.
pub(crate) fn compare(desk: &Desk, world: &World, edition: Edition, fell: &Fell) {
    until("the last call has taken effect", || {
        Instant::now() > fell.settled_by
    });
    let health = desk.usher(&["doctor"]).ok().json();
    assert_eq!(health["ok"], true, "{health}");
    desk.remote.private("DELETE", "log", Value::Null);
    let again = desk.run(0);
    check_sums(&again);
    for (part, what) in [
        ("people", "created"),
        ("people", "updated"),
        ("list", "added"),
        ("list", "removed"),
    ] {
        assert_eq!(again[part][what], 0, "nothing is left to do: {again}");
    }
    let runs = desk.usher(&["run", "list"]).ok().json();
    for run in runs.as_array().unwrap() {
        let is_over = ["completed", "stopped"]
            .iter()
            .any(|state| run["state"] == *state);
        assert!(is_over, "a later run took its place: {run}");
    }
    let (end, clean) = (
        End::of(desk, &world.opener),
        &world.clean(edition, By::Calls).end,
    );
    same("leads", &end.leads, &clean.leads);
    same("lists", &end.lists, &clean.lists);
    let by_email = |end: &End| end.ledger.iter().cloned().collect::<BTreeMap<_, _>>();
    same("the ledger", &by_email(&end), &by_email(clean));
}

/// Says where they differ, by the first few.
fn same<T: PartialEq + Debug>(what: &str, is: &BTreeMap<String, T>, should: &BTreeMap<String, T>) {
    let differing: Vec<String> = is
        .keys()
        .chain(should.keys())
        .filter(|key| is.get(*key) != should.get(*key))
        .take(5)
        .map(|key| format!("{key}: {:?} instead of {:?}", is.get(key), should.get(key)))
        .collect();
    assert!(
        differing.is_empty(),
        "{what} differ: {}",
        differing.join("\n")
    );
}
