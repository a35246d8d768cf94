//! A run that is stopped loses nothing: resumed, it sends what was left, and what the
//! sandbox holds in the end is what the preview said.

use driver::accounts::{connect, destination_and_sync, people, remote};
use driver::{Machine, Window};
use serde_json::{Value, json};

/// More people than are sent before somebody can stop.
const PEOPLE: usize = 6_000;

#[test]
fn a_stopped_run_is_resumed_to_its_end() {
    let remote = remote(0);
    let secret = remote.sandbox().client_secret().to_owned();
    // Slow enough to be stopped in the middle.
    remote.faults(json!([{ "on": {}, "do": { "delay_ms": 400 } }]));
    let mut machine = Machine::default();
    let file = people(&machine, "all.csv", PEOPLE);
    machine.usher(&["audience", "import", &file, "--name", "All"]);
    let window = Window::open(&mut machine);
    connect(&window, &remote, &secret);
    destination_and_sync(&machine);
    window.go("Syncs");
    window.click("link", "Everyone");
    window.press("Make the preview");
    window.see_in_time("Run this preview");
    window.press("Run this preview");
    window.see("So far");
    window.see("Sending people");
    window.press("Stop run");
    window.see_in_time("Stopped");
    let run = run(&machine);
    assert_eq!(run["state"], json!("stopped"), "{run}");
    assert_adds_up(&run);
    let created = run["people"]["created"].as_u64().unwrap();
    assert!(created < PEOPLE as u64, "{run}");
    assert_eq!(remote.leads().len() as u64, created);

    remote.faults(json!([]));
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
