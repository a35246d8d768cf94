//! Usher is asked to end while a run is under way: the run stops in an orderly way, and is
//! gone on with later.

use driver::accounts::{connect, destination_and_sync, people, remote};
use driver::{Machine, Window};
use serde_json::json;

const PEOPLE: usize = 3_000;

#[test]
fn a_run_is_stopped_before_the_program_ends() {
    let remote = remote(0);
    let secret = remote.sandbox().client_secret().to_owned();
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
    window.see("Sending people");
    machine.ask_to_end();
    drop(window);

    let run = machine.usher(&["run", "list"])[0].clone();
    assert_eq!(run["state"], json!("stopped"), "{run}");
    remote.faults(json!([]));
    let done = machine.usher(&["run", "resume", run["run_id"].as_str().unwrap()]);
    assert_eq!(done["people"]["created"], json!(PEOPLE), "{done}");
    assert_eq!(remote.leads().len(), PEOPLE);
}
