//! Where nobody looks at the window, the desktop says that a run began and how it ended; what
//! it says of a run under way has buttons that hold it, let it go on and stop it.

use driver::accounts::{remote, window_with_sync};
use driver::{Machine, Notices, Screen};
use serde_json::json;

/// More people than are sent before somebody can stop.
const PEOPLE: usize = 6_000;

#[test]
fn a_run_is_told_and_held_and_stopped_by_its_word() {
    let remote = remote(0);
    let mut machine = Machine::default();
    let notices = Notices::of(&machine);
    let window = window_with_sync(&mut machine, &remote, PEOPLE);
    machine.usher(&["sync", "edit", "Everyone", "--alert", "started"]);
    remote.faults(json!([{ "on": {}, "do": { "delay_ms": 400 } }]));
    machine.usher(&["sync", "edit", "Everyone", "--every", "2s"]);
    let screen = Screen::of(&machine);
    screen.close_window();
    window.until("it is closed", || !screen.is_shown());
    notices.see("Usher is still open");

    let begun = notices.see("Everyone: has begun");
    machine.usher(&["sync", "edit", "Everyone", "--no-schedule"]);
    let run = || machine.usher(&["run", "list"])[0].clone();
    window.until("something is sent", || {
        run()["people"]["created"].as_u64() > Some(0)
    });
    let is = |state: &str| run()["state"] == state;
    notices.press(&begun, "Pause");
    window.until("it is paused", || is("paused"));
    assert!(remote.leads().len() < PEOPLE);
    notices.press(&begun, "Resume");
    window.until("it goes on", || is("sending"));
    notices.press(&begun, "Stop");
    window.until("it is stopped", || is("stopped"));
    let ended = notices.see("Sync stopped: Everyone");
    assert!(ended.text.contains("created"), "{ended:?}");
    assert_eq!(ended.buttons, [""; 0], "there is nothing left to hold");
}
