//! A sync that is given a schedule in the window runs by itself there.

use driver::Machine;
use driver::accounts::{remote, window_with_sync};
use serde_json::json;

#[test]
fn a_sync_runs_at_its_times() {
    let remote = remote(0);
    let mut machine = Machine::default();
    let window = window_with_sync(&mut machine, &remote, 12);

    window.address("/syncs/Everyone/settings");
    window.see("By hand only");
    window.press("Edit");
    window.choose("Runs by itself", "Each day");
    window.press("Save");
    window.see("Everyone is changed.");
    window.address("/syncs/Everyone/settings");
    window.see("Each day at 08:00");
    let set = machine.usher(&["sync", "show", "Everyone"]);
    assert_eq!(set["schedule"], json!({ "daily_at": "08:00" }), "{set}");

    // Sooner than a form offers.
    machine.usher(&["sync", "edit", "Everyone", "--every", "1s"]);
    window.go("Runs");
    window.see_in_time("Completed");
    machine.usher(&["sync", "pause", "Everyone"]);
    let runs = machine.usher(&["run", "list"]);
    let first = runs.as_array().unwrap().last().unwrap();
    assert_eq!(first["people"]["created"], json!(12), "{first}");
    assert_eq!(remote.leads().len(), 12);
    window.close();
}
