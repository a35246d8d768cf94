//! What goes wrong, as the window shows it: connections, mappings, runs.

use crate::accounts::{connect, destination_and_sync, people, remote};
use crate::{Album, Machine, Remote, Scheme, Window};
use serde_json::{Value, json};

/// More people than are sent before somebody can stop.
const PEOPLE: usize = 2_400;

pub(crate) fn all(album: &mut Album, scheme: Scheme) {
    let remote = remote(0);
    let mut machine = Machine::with(scheme);
    let file = people(&machine, "all.csv", PEOPLE);
    machine.usher(&["audience", "import", &file, "--name", "All"]);
    let window = Window::open(&mut machine);
    connections(album, &window, &remote);
    mapping(album, &window);
    destination_and_sync(&machine);
    held(album, &window, &machine);
    runs(album, &window, &machine, &remote);
    window.close();
    following(album, Machine::with(scheme));
}

/// A wrong secret, then one that lacks a permission.
fn connections(album: &mut Album, window: &Window, remote: &Remote) {
    connect(window, remote, "not the secret");
    window.press("Test");
    window.see("Something a sync needs does not work");
    album.take(window, "34-secret-wrong");
    window.press("Replace secret");
    window.see_heading("Replace the secret of EMEA");
    window.fill("Client secret", remote.sandbox().client_secret());
    album.take(window, "35-secret-form");
    window.keys("\u{E007}");
    window.see("The new secret is stored");
    permit(remote, false);
    window.press("Test");
    window.see("Needs: Read-Write Lead");
    album.take(window, "36-permission-missing");
    permit(remote, true);
}

fn permit(remote: &Remote, writes: bool) {
    let permissions = json!({ "permissions": { "read_write_lead": writes } });
    remote.private("POST", "config", permissions);
}

/// A field that is filled twice, and one that is missing.
fn mapping(album: &mut Album, window: &Window) {
    window.go("Destinations");
    window.press("Add destination");
    window.see("Fields as Marketo described them");
    window.fill("Name", "Welcome programme");
    window.click("radio", "Update existing and create new persons");
    window.press("Suggest by name");
    window.see("E-Mail identifies people by email");
    window.pick("Marketo field: Loyalty Points", "First Name (firstName)");
    window.see("Two columns are mapped to “firstName”");
    window.pick("Marketo field: Last Name", "Not mapped");
    window.see("Last name is not mapped");
    album.take(window, "37-mapping-faults");
    window.press("Cancel");
}

/// A guardrail in the preview, and a run that it holds back.
fn held(album: &mut Album, window: &Window, machine: &Machine) {
    machine.usher(&["sync", "edit", "Everyone", "--max-creations", "100"]);
    open_sync(window);
    window.press("Make the preview");
    window.see_in_time("Many people would be created");
    album.take(window, "38-guardrail");
    let run = machine.usher(&["sync", "run", "Everyone"]);
    open(window, &run);
    window.see("Held back");
    album.take(window, "39-run-held");
    machine.usher(&["sync", "edit", "Everyone", "--max-creations", "none"]);
}

/// Runs that fail, that are stopped, and that leave people off the list.
fn runs(album: &mut Album, window: &Window, machine: &Machine, remote: &Remote) {
    permit(remote, false);
    open(window, &machine.usher(&["sync", "run", "Everyone"]));
    window.see("A permission is missing");
    album.take(window, "40-run-failed");

    permit(remote, true);
    open_sync(window);
    remote.faults(json!([{ "on": {}, "do": { "delay_ms": 900 } }]));
    window.press("Refresh");
    window.see("Reading people in Marketo");
    album.snatch(window, "59-preview-refreshing");
    // Its way to stop goes with it.
    window.see_no_more("Stop");
    remote.mend();
    remote.faults(json!([{ "on": {}, "do": { "code": 603, "message": "Access denied" } }]));
    window.press("Refresh");
    window.see("A permission is missing");
    album.take(window, "60-preview-refresh-failed");
    remote.mend();
    remote.faults(json!([{ "on": { "write_only": true }, "do": { "delay_ms": 800 } }]));
    window.press("Refresh");
    window.see_no_more("A permission is missing");
    window.see_no_more("Stop");
    window.settle();
    window.press("Send…");
    window.see("Sending people");
    window.press("Pause run");
    window.see_in_time("Nothing is sent until you resume it");
    album.take(window, "61-run-paused");
    window.press("Resume run");
    window.see("Sending people");
    window.press("Stop run");
    window.see_in_time("Stopped");
    album.take(window, "41-run-stopped");

    remote.mend();
    remote.private("POST", "config", json!({ "lists_writable": false }));
    window.press("Resume run");
    window.see_in_time("Completed with problems");
    album.take(window, "42-run-with-problems");
    window.go("Overview");
    album.take(window, "43-overview-needs-you");

    remote.private("POST", "config", json!({ "lists_writable": true }));
    let spent = json!({ "code": 607, "message": "Daily quota reached" });
    remote.faults(json!([{ "on": { "write_only": true }, "do": spent }]));
    open_sync(window);
    window.press("Refresh");
    window.see_in_time("Change the static list in Marketo");
    window.settle();
    window.press("Change the static list in Marketo");
    window.see_in_time("Waiting for API calls");
    album.catch(window, "62-run-waiting");
    window.press("Stop run");
    window.see_in_time("Stopped");

    open_sync(window);
    window.press("More actions for Everyone");
    window.click("option", "Remove");
    window.see("Remove the sync “Everyone”?");
    album.take(window, "44-confirm");
    window.press("Cancel");
}

fn open_sync(window: &Window) {
    window.go("Syncs");
    window.click("link", "Everyone");
}

fn open(window: &Window, run: &Value) {
    let id = run["run_id"].as_str().unwrap_or_else(|| panic!("{run}"));
    window.address(&format!("/runs/{id}"));
}

/// Another process works in the folder.
fn following(album: &mut Album, mut machine: Machine) {
    let mut demo = machine.start_usher(&["demo"]);
    machine.until_owned();
    let window = Window::open(&mut machine);
    window.see("Another Usher is working in this data folder");
    window.see("Running now");
    album.catch(&window, "45-following");
    window.close();
    drop(demo.kill());
    drop(demo.wait());
}
