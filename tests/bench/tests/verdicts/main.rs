//! The job at a small size, in Usher and in a slow obvious model of it: whatever
//! becomes of the times, nobody's verdict may change. No time is looked at here.

#![allow(clippy::unwrap_used)]

mod file;
mod model;

use model::{Rule, World};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

const PEOPLE: &str = "20000";
const LEADS: &str = "15000";

fn bench(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_usher-bench"))
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// What `ours` says of the files in a folder.
fn ours(folder: &Path) -> Value {
    let work = tempfile::tempdir().unwrap();
    let (data, work) = (folder.to_str().unwrap(), work.path().to_str().unwrap());
    let said = bench(&["ours", "--data", data, "--work", work]);
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

#[test]
fn usher_and_a_slow_model_count_the_same_of_every_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let size = ["--people", PEOPLE, "--leads", LEADS, "--seed", "7"];
    bench(&[&["data", "--out", out], &size[..]].concat());
    let read = |name: &str| file::read(&folder.path().join(name));
    let before = World::new(read("profiles_v1.csv"), read("leads.csv"));
    let after = World::new(read("profiles_v2.csv"), read("leads.csv"));

    let job = Rule::default();
    let next = after.plan(&job);
    let expected: BTreeMap<&str, Value> = [
        ("plan", json!(before.plan(&job).counts)),
        ("plan_again", json!(before.plan(&job).counts)),
        ("plan_next", json!(next.counts)),
        ("diff", json!(before.diff(&after))),
        (
            "plan_keys",
            json!(
                after
                    .plan(&Rule {
                        compares: false,
                        ..job
                    })
                    .counts
            ),
        ),
        (
            "what_if_sync_type",
            json!(
                after
                    .plan(&Rule {
                        compares: false,
                        ..job
                    })
                    .counts
            ),
        ),
        (
            "what_if_person_action",
            json!(
                after
                    .plan(&Rule {
                        creates: false,
                        ..job
                    })
                    .counts
            ),
        ),
        (
            "what_if_key",
            json!(
                after
                    .plan(&Rule {
                        by_number: true,
                        ..job
                    })
                    .counts
            ),
        ),
        ("chosen_leads", json!({ "sum": next.chosen })),
        ("fields", json!({ "written": next.written })),
        ("search", json!(after.searches())),
    ]
    .into();
    let told = ours(folder.path());
    for (step, counts) in expected {
        assert_eq!(told["counts"][step], counts, "{step}");
    }
}
