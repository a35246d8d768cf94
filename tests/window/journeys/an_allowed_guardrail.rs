//! A guardrail holds a run back until it is allowed for that one run, and the run says so.

use driver::Machine;
use driver::accounts::{remote, window_with_sync};
use serde_json::json;

#[test]
fn a_run_is_sent_once_its_guardrail_is_allowed() {
    let remote = remote(0);
    let mut machine = Machine::default();
    let window = window_with_sync(&mut machine, &remote, 300);
    machine.usher(&["sync", "edit", "Everyone", "--max-creations", "100"]);
    window.address("/syncs/Everyone");
    window.press("Make the preview");
    window.see_in_time("300 people would be created; 100 may be.");
    window.press("Review and send");
    window.see("Allow each guardrail to run.");
    window.click(
        "checkbox",
        "Allow for this run: Many people would be created",
    );
    window.press("Send 300 people to Marketo");
    window.see_in_time("Completed");
    window.see("Guardrails overridden");

    let run = machine.usher(&["run", "list"])[0].clone();
    assert_eq!(run["state"], json!("completed"), "{run}");
    let overridden = json!([{ "name": "creations", "limit": 100, "found": 300 }]);
    assert_eq!(run["overridden"], overridden, "{run}");
    assert_eq!(remote.leads().len(), 300);
}
