//! The first five minutes: sample data, a preview, a run, a report, and all of it taken
//! away again.

use driver::{Machine, Window, state_at};
use serde_json::{Value, json};

#[test]
fn from_the_first_start_to_a_report_and_back() {
    let mut machine = Machine::default();
    let window = Window::open(&mut machine);
    window.see_heading("Welcome to Usher");
    window.press("Create the sample workspace");
    window.see_heading("Sample");
    window.press("Make the preview");
    window.see_in_time("Sends exactly what is shown here");
    let plan = machine.usher(&["sync", "preview", "Sample", "--offline"]);
    let create = plan["people"]["create"].as_u64().unwrap();
    assert!(create > 0, "{plan}");
    let connections = machine.usher(&["connection", "list"]);
    let stand_in = connections[0]["base_url"].as_str().unwrap();
    let before = leads(&state_at(stand_in));
    window.press("Send…");
    window.see_in_time("Planned and done");
    let runs = machine.usher(&["run", "list"]);
    let run = &runs[0];
    assert_eq!(run["people"]["created"], json!(create), "{run}");
    assert_eq!(run["digest"], plan["digest"]);
    // The stand-in has who was there before and everyone who was made, all of them on the list.
    let state = state_at(stand_in);
    assert_eq!(leads(&state) - before, create);
    let lists = state["lists"].as_array().unwrap();
    let list = lists.iter().find(|list| list["name"] == "Sample").unwrap();
    let joined = list["members"].as_array().unwrap().len();
    assert_eq!(json!(joined), run["list"]["added"], "{run}");
    assert_eq!(json!(joined), plan["list"]["add"], "{plan}");
    window.go("Overview");
    window.press("Remove sample");
    window.see_heading("Welcome to Usher");
    for kind in ["audience", "connection", "destination", "sync", "run"] {
        assert_eq!(machine.usher(&[kind, "list"]), json!([]), "{kind}");
    }
    window.close();
}

fn leads(state: &Value) -> u64 {
    state["leads"].as_array().unwrap().len() as u64
}
