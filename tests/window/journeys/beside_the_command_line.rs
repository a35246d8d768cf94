//! The window is the owner of its data folder: what the command line wants done is handed
//! to it, and what is done is seen in it. Beside another owner it follows, and takes over.

use driver::accounts::people;
use driver::{Machine, Window};
use serde_json::json;

#[test]
fn a_command_is_done_by_the_window_and_seen_in_it() {
    let mut machine = Machine::default();
    let window = Window::open(&mut machine);
    window.see_heading("Welcome to Usher");
    window.press("Create the sample workspace");
    window.see_heading("Sample");
    window.go("Audiences");
    let file = people(&machine, "typed.csv", 12);
    machine.usher(&["audience", "import", &file, "--name", "Typed"]);
    window.see("Typed");

    window.go("Overview");
    window.see("Nothing is running");
    let run = machine.usher(&["sync", "run", "Sample", "--limit", "400"]);
    assert_eq!(run["state"], json!("completed"), "{run}");
    window.see_in_time("Completed");
    window.go("Runs");
    window.see("Completed");
    window.close();
    // Nobody is there any more: the command becomes the owner itself.
    let runs = machine.usher(&["run", "list"]);
    assert_eq!(runs[0]["run_id"], run["run_id"]);
}

#[test]
fn a_window_that_finds_a_command_at_work_follows_and_takes_over() {
    let mut machine = Machine::default();
    // The demo works for some twenty seconds, and is the owner meanwhile.
    let mut demo = machine.start_usher(&["demo"]);
    machine.until_owned();
    let window = Window::open(&mut machine);
    window.see("Another Usher is working in this data folder");
    window.go("Audiences");
    window.see("Sample");
    assert!(demo.wait().unwrap().success());
    window.see_no_more("Another Usher is working in this data folder");
    window.go("Runs");
    window.see("Completed");
    window.close();
}
