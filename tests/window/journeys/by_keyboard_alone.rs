//! From the first start to the report without a mouse.

use driver::{Machine, Window};
use serde_json::json;

const TAB: &str = "\u{E004}";
const ENTER: &str = "\u{E007}";
const DOWN: &str = "\u{E015}";
const END: &str = "\u{E010}";
const ESCAPE: &str = "\u{E00C}";

/// Presses Tab until the focus is on what begins so.
#[track_caller]
fn tab_to(window: &Window, wanted: &str) {
    let mut seen = Vec::new();
    for _ in 0..80 {
        let focused = window.focused();
        if focused.starts_with(wanted) {
            return;
        }
        seen.push(focused);
        window.keys(TAB);
    }
    panic!("{wanted} is not reached by Tab, of: {seen:#?}");
}

#[test]
fn a_whole_journey() {
    let mut machine = Machine::default();
    let window = Window::open(&mut machine);
    window.see_heading("Welcome to Usher");
    tab_to(&window, "button Create the sample workspace");
    window.keys(ENTER);
    window.see_heading("Sample");
    window.see("Not previewed yet");
    tab_to(&window, "button Make the preview");
    window.keys(ENTER);
    window.see_in_time("Run this preview");

    // Into the people, down to the last of them, and one explained.
    tab_to(&window, "grid People of this preview");
    window.keys(DOWN);
    window.keys(END);
    window.see("20,000");
    window.keys(ENTER);
    window.see("People in Marketo with this key");
    window.keys(ESCAPE);
    window.see_no_more("People in Marketo with this key");

    window.address("/");
    window.see_heading("Overview");
    tab_to(&window, "button Preview the sample");
    window.keys(ENTER);
    window.see_in_time("Run this preview");
    tab_to(&window, "button Run this preview");
    window.keys(ENTER);
    window.see_in_time("Planned and done");
    let runs = machine.usher(&["run", "list"]);
    assert_eq!(runs[0]["state"], json!("completed"));
    window.close();
}
