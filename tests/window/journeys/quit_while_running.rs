//! Usher is asked to end while a run is under way: the run stops in an orderly way, and is
//! gone on with later.

use driver::accounts::{remote, run_under_way};
use serde_json::json;

const PEOPLE: usize = 3_000;

#[test]
fn a_run_is_stopped_before_the_program_ends() {
    let remote = remote(0);
    let (machine, window) = run_under_way(&remote, PEOPLE);
    machine.ask_to_end();
    drop(window);

    let run = machine.usher(&["run", "list"])[0].clone();
    assert_eq!(run["state"], json!("stopped"), "{run}");
    remote.mend();
    let done = machine.usher(&["run", "resume", run["run_id"].as_str().unwrap()]);
    assert_eq!(done["people"]["created"], json!(PEOPLE), "{done}");
    assert_eq!(remote.leads().len(), PEOPLE);
}
