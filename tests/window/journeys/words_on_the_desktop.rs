//! Where nobody looks at the window, the desktop says that a run began and how it ended; what
//! it says of a run under way has buttons that hold it, let it go on and stop it.

use driver::accounts::{remote, window_with_sync};
use driver::{Machine, Notices, Screen};
use serde_json::json;

/// More people than are sent before somebody can stop.
const PEOPLE: usize = 6_000;

#[test]
fn a_run_is_told_and_held_and_stopped_by_its_words() {
    let remote = remote(0);
    let mut machine = Machine::default();
    let notices = Notices::of(&machine);
    let window = window_with_sync(&mut machine, &remote, PEOPLE);
    machine.usher(&["sync", "edit", "Everyone", "--alert", "started"]);
    // Something is due some day, so a window that is closed stays in the tray.
    machine.usher(&["sync", "edit", "Everyone", "--every", "300d"]);
    remote.faults(json!([{ "on": { "write_only": true }, "do": { "delay_ms": 800 } }]));
    let screen = Screen::of(&machine);
    screen.close_window();
    window.until("it is closed", || !screen.is_shown());
    let closed = notices.see("Usher is still open");
    let run = || machine.usher(&["run", "list"])[0].clone();
    let is = |state: &str| run()["state"] == state;
    let under_way = || {
        machine.usher(&["sync", "run", "Everyone", "--detach"]);
        window.until("it is sending", || is("sending"));
    };

    under_way();
    let begun = notices.see_after(&closed, "Everyone: has begun");
    notices.press(&begun, "Pause");
    let paused = notices.see_after(&begun, "Everyone: is paused");
    window.until("it is paused", || is("paused"));
    assert!(remote.leads().len() < PEOPLE);
    notices.press(&paused, "Resume");
    window.until("it goes on", || is("sending"));
    machine.usher(&["run", "stop", run()["run_id"].as_str().unwrap()]);
    let ended = notices.see_after(&paused, "Sync stopped: Everyone");
    assert!(ended.text.contains("created"), "{ended:?}");
    assert_eq!(ended.buttons, [""; 0], "there is nothing left to hold");

    under_way();
    let begun = notices.see_after(&ended, "Everyone: has begun");
    notices.press(&begun, "Stop");
    window.until("it is stopped", || is("stopped"));
    notices.see_after(&begun, "Sync stopped: Everyone");
}
