//! Usher is asked to end while a run is under way: the run ends in an orderly way, and goes on
//! by itself the next time that Usher is there.

use driver::Window;
use driver::accounts::{remote, run_under_way};
use serde_json::json;

const PEOPLE: usize = 3_000;

#[test]
fn a_run_goes_on_when_the_program_is_there_again() {
    let remote = remote(0);
    let (mut machine, window) = run_under_way(&remote, PEOPLE);
    machine.ask_to_end();
    drop(window);

    let run = machine.usher(&["run", "list"])[0].clone();
    assert_eq!(run["state"], json!("interrupted"), "{run}");
    remote.mend();
    let window = Window::open(&mut machine);
    window.go("Runs");
    window.see_in_time("Completed");
    window.close();
    let done = machine.usher(&["run", "show", run["run_id"].as_str().unwrap()]);
    assert_eq!(done["people"]["created"], json!(PEOPLE), "{done}");
    assert_eq!(remote.leads().len(), PEOPLE);
}
