//! A window that is closed goes on in the tray: what is due runs there, and is held, goes
//! on and is stopped by the tray's menu.

use driver::accounts::{remote, window_with_sync};
use driver::{Machine, Screen, Tray};
use serde_json::{Value, json};

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
    screen.until_shown(false);

    tray.see("[Everyone: sending people, ");
    tray.choose("Pause what is running");
    tray.see("Resume what is paused");
    until_is(&machine, "paused");
    machine.usher(&["sync", "edit", "Everyone", "--no-schedule"]);
    let sent = remote.leads().len();
    assert!(sent < PEOPLE, "{sent}");
    tray.choose("Resume what is paused");
    until_is(&machine, "sending");
    tray.choose("Stop what is running");
    until_is(&machine, "stopped");
    tray.see("[Nothing is running]");

    assert!(!screen.is_shown());
    tray.choose("Open Usher");
    screen.until_shown(true);
    window.go("Runs");
    window.see("Stopped");

    // Nothing runs and nothing is due: closed is closed.
    screen.close_window();
    machine.until_ended();
}

/// Waits until the newest run is in this state.
fn until_is(machine: &Machine, state: &str) {
    let newest = || machine.usher(&["run", "list"])[0].clone();
    let mut seen = Value::Null;
    for _ in 0..300 {
        seen = newest();
        if seen["state"] == state {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("not {state}: {seen}");
}
