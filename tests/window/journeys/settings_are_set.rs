//! Settings are set in the window, and are as the command line says.

use driver::Machine;
use driver::accounts::{remote, window_with_sync};
use serde_json::json;
use support::Hook;

#[test]
fn what_is_set_counts() {
    let remote = remote(0);
    let mut machine = Machine::default();
    let window = window_with_sync(&mut machine, &remote, 12);
    window.go("Settings");

    window.click("checkbox", "Start Usher when I log in to this computer");
    let entries = machine.home().join(".config/autostart");
    window.until("an entry of the desktop", || {
        std::fs::read_dir(&entries).is_ok_and(|files| files.count() == 1)
    });
    assert_eq!(
        machine.usher(&["settings", "show"])["starts_at_login"],
        true
    );
    window.click("checkbox", "Start Usher when I log in to this computer");
    window.until("no entry", || {
        std::fs::read_dir(&entries).is_ok_and(|files| files.count() == 0)
    });

    window.fill("Keep values and keys for so many days after a run", "10");
    window.click(
        "checkbox",
        "Also delete each person's outcome after some time",
    );
    window.fill(
        "Keep each person's outcome for so many days after a run",
        "5",
    );
    window.keys("\u{E004}");
    window.see("This cannot be shorter than values are kept.");
    window.fill(
        "Keep each person's outcome for so many days after a run",
        "100",
    );
    window.keys("\u{E004}");
    window.see_no_more("This cannot be shorter than values are kept.");
    window.press("Save");
    window.see("Saved.");
    window.fill("People who may be created", "11");
    window.keys("\u{E004}");
    window.press("Save guardrails");
    window.until("a number that is kept", || {
        machine.usher(&["settings", "show"])["guardrails"]["creations"] == 11
    });
    let set = machine.usher(&["settings", "show"]);
    assert_eq!(set["keep_values_days"], 10, "{set}");
    assert_eq!(set["keep_people_days"], 100, "{set}");

    // It holds back what the sync would do.
    window.address("/syncs/Everyone");
    window.press("Make the preview");
    window.see("12 people would be created; 11 may be.");
    window.press("Change guardrails");
    window.see_heading("Settings");
    window.press("Reset to defaults");
    window.until("the usual numbers", || {
        machine.usher(&["settings", "show"])["guardrails"]["creations"].is_null()
    });
    window.close();
}

#[test]
fn alerts_go_where_they_are_sent() {
    let remote = remote(0);
    let hook = Hook::start();
    let mut machine = Machine::default();
    let window = window_with_sync(&mut machine, &remote, 12);

    window.go("Settings");
    window.press("Set webhook");
    window.fill("Address", "http://example.com/hook");
    window.press("Save");
    window.see("https");
    window.fill("Address", &hook.url());
    window.press("Save");
    window.see("the rest is kept and not shown");
    assert!(!window.text().contains("hidden-path"));
    window.press("Send a test");
    window.see("The test arrived.");

    window.address("/syncs/Everyone/settings");
    window.press("Edit");
    window.click("checkbox", "When everything was delivered");
    window.click("checkbox", "When a run leaves out too many people");
    window.press("Save");
    window.see("Everyone is changed.");
    let set = machine.usher(&["sync", "show", "Everyone"]);
    assert_eq!(set["alerts"], json!(["succeeded", "skip-rate=5%"]), "{set}");
    machine.usher(&["sync", "run", "Everyone"]);
    window.go("Overview");
    window.see("Last alerts");
    window.see_in_time("Webhook: arrived");
    assert!(
        hook.kinds().contains(&"succeeded".to_owned()),
        "{:?}",
        hook.heard()
    );
    window.close();
}
