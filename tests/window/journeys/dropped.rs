//! A file that is dropped on the window is looked at, whatever the window shows.

use driver::accounts::people;
use driver::{Machine, Screen, Window};
use serde_json::json;
use std::path::Path;

#[test]
fn a_file_is_dropped_anywhere() {
    let mut machine = Machine::default();
    let file = people(&machine, "Loyalty.csv", 30);
    let window = Window::open(&mut machine);
    window.see_heading("Welcome to Usher");
    let screen = Screen::of(&machine);
    let held = screen.drag(Path::new(&file));
    window.see("Drop the file to look at it");
    held.leave();
    window.see_no_more("Drop the file to look at it");
    window.see_heading("Welcome to Usher");
    screen.drag(Path::new(&file)).drop_it();
    window.see_heading("Import Loyalty.csv");
    window.see("First rows");
    window.settle();
    window.press("Import");
    window.see_heading("Loyalty");
    let kept = machine.usher(&["audience", "show", "Loyalty"]);
    assert_eq!(kept["rows"], json!(30), "{kept}");
    window.close();
}
