//! A window that is closed goes on in the tray: what is due runs there, and is held, goes
//! on and is stopped by the tray's menu.

use driver::accounts::{remote, window_with_sync};
use driver::{Machine, Screen, Tray};
use serde_json::json;

/// More people than are sent before somebody can stop.
const PEOPLE: usize = 6_000;

#[test]
fn a_scheduled_run_is_held_and_stopped_from_there() {
    let remote = remote(0);
    let mut machine = Machine::default();
    let window = window_with_sync(&mut machine, &remote, PEOPLE);
    remote.faults(json!([{ "on": {}, "do": { "delay_ms": 800 } }]));
    let (screen, tray) = (Screen::of(&machine), Tray::of(&machine));
    assert_eq!(
        tray.lines(),
        [
            "[Nothing is running]",
            "[Pause what is running]",
            "[Stop what is running]",
            "Open Usher",
            "Quit Usher"
        ]
    );
    machine.usher(&["sync", "edit", "Everyone", "--every", "2s"]);
    screen.close_window();
    window.until("it is closed", || !screen.is_shown());

    tray.see("[Everyone: sending people, ");
    tray.choose("Pause what is running");
    tray.see("Resume what is paused");
    let is = |state: &str| machine.usher(&["run", "list"])[0]["state"] == state;
    window.until("it is paused", || is("paused"));
    machine.usher(&["sync", "edit", "Everyone", "--no-schedule"]);
    let sent = remote.leads().len();
    assert!(sent < PEOPLE, "{sent}");
    tray.choose("Resume what is paused");
    window.until("it goes on", || is("sending"));
    tray.choose("Stop what is running");
    window.until("it is stopped", || is("stopped"));
    tray.see("[Nothing is running]");

    assert!(!screen.is_shown());
    tray.choose("Open Usher");
    window.until("it is there again", || screen.is_shown());
    window.go("Runs");
    window.see("Stopped");

    // Nothing runs and nothing is due: closed is closed.
    screen.close_window();
    machine.until_ended();
}
