//! A run that is stopped loses nothing: resumed, it sends what was left, and what the
//! sandbox holds in the end is what the preview said.

use driver::Machine;
use driver::accounts::{remote, run_under_way};
use serde_json::{Value, json};

/// More people than are sent before somebody can stop.
const PEOPLE: usize = 6_000;

#[test]
fn a_stopped_run_is_resumed_to_its_end() {
    let remote = remote(0);
    let (machine, window) = run_under_way(&remote, PEOPLE);
    window.see("So far");
    window.press("Pause run");
    window.see_in_time("Nothing is sent until you resume it");
    let held = self::run(&machine);
    assert_eq!(held["state"], json!("paused"), "{held}");
    window.press("Resume run");
    window.see_no_more("Nothing is sent until you resume it");
    window.press("Stop run");
    window.see_in_time("Stopped");
    let run = run(&machine);
    assert_eq!(run["state"], json!("stopped"), "{run}");
    assert_adds_up(&run);
    let created = run["people"]["created"].as_u64().unwrap();
    assert!(created < PEOPLE as u64, "{run}");
    assert_eq!(remote.leads().len() as u64, created);

    remote.mend();
    window.press("Resume run");
    window.see_in_time("Completed");
    let done = self::run(&machine);
    assert_eq!(done["run_id"], run["run_id"], "the same run");
    assert_eq!(done["people"]["created"], json!(PEOPLE), "{done}");
    assert_adds_up(&done);
    assert_eq!(remote.leads().len(), PEOPLE);
    assert_eq!(remote.members("All").map(|list| list.len()), Some(PEOPLE));
    window.close();
}

fn run(machine: &Machine) -> Value {
    machine.usher(&["run", "list"])[0].clone()
}

/// Everyone has one outcome, whatever the state.
fn assert_adds_up(run: &Value) {
    let count = |value: &Value| match value {
        Value::Object(reasons) => reasons.values().filter_map(Value::as_u64).sum(),
        value => value.as_u64().unwrap_or_default(),
    };
    let total: u64 = run["people"].as_object().unwrap().values().map(count).sum();
    assert_eq!(json!(total), run["rows"], "{run}");
}
