//! The first five minutes: sample data, a preview, a run, a report, and all of it taken
//! away again.

use driver::{Machine, Window};
use serde_json::json;

#[test]
fn from_the_first_start_to_a_report_and_back() {
    let mut machine = Machine::default();
    let window = Window::open(&mut machine);
    window.see_heading("Welcome to Usher");
    window.press("Create the sample workspace");
    window.see_heading("Sample");
    window.press("Make the preview");
    window.see_in_time("Run this preview");
    let plan = machine.usher(&["sync", "preview", "Sample", "--offline"]);
    let create = plan["people"]["create"].as_u64().unwrap();
    assert!(create > 0, "{plan}");
    window.press("Run this preview");
    window.see_in_time("Planned and done");
    let runs = machine.usher(&["run", "list"]);
    let run = &runs[0];
    assert_eq!(run["people"]["created"], json!(create), "{run}");
    assert_eq!(run["digest"], plan["digest"]);
    window.go("Overview");
    window.press("Remove sample");
    window.see_heading("Remove the sample?");
    window.press("Remove sample");
    window.see_heading("Welcome to Usher");
    for kind in ["audience", "connection", "destination", "sync", "run"] {
        assert_eq!(machine.usher(&[kind, "list"]), json!([]), "{kind}");
    }
    window.close();
}
