//! From the first start to the report without a mouse.

use driver::accounts::{people, remote};
use driver::{Machine, Window};
use serde_json::{Value, json};

const UP: &str = "\u{E013}";
/// Nowhere else is a link of one of these names.
const SCREENS: [&str; 6] = [
    "Overview",
    "Audiences",
    "Syncs",
    "Runs",
    "Destinations",
    "Connections",
];
const CONTROL_A: &str = "\u{E009}a";
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
    window.see_in_time("Sends exactly what is shown here");

    // Into the people, down to the last of them, and one explained.
    tab_to(&window, "grid People of this preview");
    window.keys(DOWN);
    window.keys(END);
    window.see("20,000");
    window.keys(ENTER);
    window.see("People in Marketo with this key");
    window.keys(ESCAPE);
    window.see_no_more("People in Marketo with this key");

    go(&window, "Overview");
    tab_to(&window, "button Preview the sample");
    window.keys(ENTER);
    window.see_in_time("Sends exactly what is shown here");
    tab_to(&window, "button Send ");
    window.keys(ENTER);
    window.see_in_time("Planned and done");
    let runs = machine.usher(&["run", "list"]);
    assert_eq!(runs[0]["state"], json!("completed"));
    window.close();
}

/// Goes to a screen by the navigation.
#[track_caller]
fn go(window: &Window, screen: &str) {
    // The navigation is one stop, in which the arrows move.
    let is_there = |window: &Window| {
        let focused = window.focused();
        SCREENS.iter().any(|name| focused == format!("a {name}"))
    };
    for _ in 0..80 {
        if is_there(window) {
            break;
        }
        window.keys(TAB);
    }
    let wanted = format!("a {screen}");
    for way in [UP, DOWN] {
        for _ in 0..SCREENS.len() {
            if window.focused() != wanted {
                window.keys(way);
            }
        }
    }
    assert_eq!(window.focused(), wanted);
    window.keys(ENTER);
    window.see_heading(screen);
}

/// Types into the field of this name.
#[track_caller]
fn write(window: &Window, field: &str, text: &str) {
    tab_to(window, &format!("input {field}"));
    window.keys(text);
}

/// Goes to a button and presses it.
#[track_caller]
fn push(window: &Window, button: &str) {
    tab_to(window, &format!("button {button}"));
    window.keys(ENTER);
}

#[test]
fn a_file_a_connection_a_mapping_and_a_sync() {
    let remote = remote(0);
    let sandbox = remote.sandbox();
    let mut machine = Machine::default();
    let file = people(&machine, "Loyalty.csv", 30);
    let window = Window::open_with(&mut machine, &[&file]);
    window.see_heading("Import Loyalty.csv");
    window.see("First rows");
    push(&window, "Import");
    window.see_heading("Loyalty");

    go(&window, "Connections");
    push(&window, "Add connection");
    window.see_heading("Add a Marketo connection");
    write(&window, "Name", "EMEA");
    write(&window, "Endpoint", &sandbox.base_url());
    write(&window, "Munchkin ID", sandbox.munchkin_id());
    write(&window, "Client ID", sandbox.client_id());
    write(&window, "Client secret", sandbox.client_secret());
    window.keys(ENTER);
    window.see("EMEA is added");

    go(&window, "Destinations");
    push(&window, "Add destination");
    window.see("Fields as Marketo described them");
    write(&window, "Name", "Welcome programme");
    tab_to(&window, "input Update existing persons only");
    window.keys(DOWN);
    window.see("People who are not in Marketo are created");
    push(&window, "Suggest by name");
    window.see("E-Mail identifies people by email");
    // A field is chosen by typing a part of its name. Its list closes when the page scrolls,
    // as it does when the field is reached.
    tab_to(&window, "combobox Marketo field: Loyalty Points");
    window.settle();
    window.keys(CONTROL_A);
    window.keys("(phone)");
    window.see("Phone Number (phone)");
    window.keys(DOWN);
    window.keys(ENTER);
    tab_to(&window, "button Add a field for Loyalty Points");
    push(&window, "Save destination");
    window.see("Welcome programme is saved");
    push(&window, "Make a sync");
    window.see("When somebody leaves the audience");
    push(&window, "Create sync");
    window.see("Loyalty is created");
    push(&window, "Make the preview");
    window.see_in_time("Sends exactly what is shown here");
    push(&window, "Send 30 people to Marketo");
    window.see_in_time("Planned and done");

    let kept = machine.usher(&["destination", "show", "Welcome programme"]);
    let map = kept["map"].as_array().unwrap();
    let fills = |rule: &&Value| rule["source"] == "Loyalty Points";
    assert_eq!(
        map.iter().find(fills).unwrap()["target"],
        json!("phone"),
        "{kept}"
    );
    assert_eq!(remote.leads().len(), 30);
    assert_eq!(remote.members("Loyalty").map(|list| list.len()), Some(30));
    window.close();
}

#[test]
fn the_page_is_made_larger_and_smaller() {
    let mut machine = Machine::default();
    let window = Window::open(&mut machine);
    window.see_heading("Welcome to Usher");
    let width = || window.script("return window.innerWidth", vec![]).as_f64();
    let before = width();
    window.keys("\u{E009}=");
    let larger = (0..50).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        width() < before
    });
    assert!(larger, "{before:?} stays");
    window.until("it is as narrow as a page that is zoomed in on", || {
        window.keys("\u{E009}=");
        width() < Some(600.0)
    });
    // Everything is still there, in words, and nothing lies beside the page.
    window.address("/connections");
    window.see_heading("Connections");
    let beside = window.script(
        "return [...document.querySelectorAll('button, a, h1')]
            .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => one.textContent)",
        vec![],
    );
    assert_eq!(beside, serde_json::json!([]));
    let found = driver::violations(&window);
    assert!(found.is_empty(), "{found:?}");
    window.close();
}
