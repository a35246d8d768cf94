//! The screens and states, in the order in which a person comes by them.

use crate::{Album, Machine, Scheme, Window, trouble};
use serde_json::json;

/// A file with lines that cannot be members.
const BROKEN: &str = "email;first name;last name;loyalty\n\
    ada@example.com;Ada;Lovelace;12\n\
    grace@example.com;Grace;Hopper;7\n\
    broken@example.com;Too;many;fields;here\n\
    alan@example.com;Alan;Turing;\n\
    short@example.com;Too few\n\
    \u{5e2}\u{5de}\u{5d9}@example.com;\u{5e2}\u{5de}\u{5d9}\u{5ea};\u{5db}\u{5d4}\u{5df};3\n";

/// A workbook of which two sheets have rows.
const BOOK: &[u8] = include_bytes!("../../journeys/files/two-sheets.xlsx");

/// A name as long as people give them.
const LONG: &str = "Everyone who opened the spring newsletter in Germany or Austria or Switzerland \
    and has not bought anything since the first of March and is no employee";

/// All of them, each part on a machine of its own.
pub fn all(album: &mut Album, scheme: Scheme) {
    nothing_yet(album, Machine::with(scheme));
    sample(album, Machine::with(scheme));
    files(album, Machine::with(scheme));
    closed(album, Machine::with(scheme));
    trouble::all(album, scheme);
    without_keychain(album, Machine::without_keychain(scheme));
}

/// A window that has nothing to show yet.
fn nothing_yet(album: &mut Album, mut machine: Machine) {
    let window = Window::open(&mut machine);
    window.see_heading("Welcome to Usher");
    album.take(&window, "01-first-start");
    for (screen, name) in [
        ("Audiences", "02-audiences-empty"),
        ("Syncs", "03-syncs-empty"),
        ("Runs", "04-runs-empty"),
        ("Destinations", "05-destinations-empty"),
        ("Connections", "06-connections-empty"),
    ] {
        window.go(screen);
        album.take(&window, name);
    }
    window.press("Add connection");
    window.see_heading("Add a Marketo connection");
    album.take(&window, "07-connection-form");
    window.fill("Name", "EMEA");
    window.fill("Endpoint", "http://127.0.0.1:9");
    window.fill("Munchkin ID", "123-ABC-456");
    window.fill("Client ID", "client");
    window.fill("Client secret", "secret");
    window.press("Add connection");
    window.see("EMEA is added");
    window.press("Test");
    window.see("does not work");
    album.take(&window, "08-connection-unreachable");
    window.address("/nowhere");
    window.see("There is nothing at this address");
    album.take(&window, "09-not-found");
    window.go("Audiences");
    window.tell("dragging", json!(true));
    window.see("Drop the file to look at it");
    album.take(&window, "52-file-held-over-the-window");
    window.tell("dragging", json!(false));
    window.close();
}

/// The sample, from its making to its report.
fn sample(album: &mut Album, mut machine: Machine) {
    let broken = machine.file("spring campaign.csv", BROKEN);
    let window = Window::open_with(&mut machine, &[broken.to_str().unwrap()]);
    window.see_heading("Import spring campaign.csv");
    window.see("values for 4 columns");
    album.take(&window, "10-import-look");
    window.press("Import");
    window.see_heading("spring campaign");
    album.take(&window, "11-audience-columns");
    window.click("tab", "Set aside…");
    album.take(&window, "12-audience-set-aside");
    window.go("Overview");
    machine.usher(&["audience", "remove", "spring campaign"]);
    window.see_heading("Welcome to Usher");
    window.press("Create the sample workspace");
    window.see_heading("Sample");
    album.take(&window, "13-preview-not-yet");
    window.press("Make the preview");
    window.see_in_time("Sends exactly what is shown here");
    album.take(&window, "14-preview");
    for (heading, name) in [
        ("Effect on the static list", "49-preview-list-and-cost"),
        ("How people are read and sent", "50-preview-ways-and-send"),
        ("What if", "51-preview-what-if"),
    ] {
        window.scroll_to(heading);
        album.take(&window, name);
    }
    machine.usher(&["sync", "edit", "Sample", "--max-creations", "100"]);
    window.see("Guardrails hold this run back");
    window.scroll_to("Guardrails");
    album.take(&window, "69-preview-guardrail");
    machine.usher(&["sync", "edit", "Sample", "--max-creations", "100000"]);
    window.see_no_more("Guardrails hold this run back");
    window.choose("Audience and profile", "Audience only");
    window.see("fewer");
    window.script(
        "document.querySelector('[role=grid][aria-label=\"People of this preview\"]').scrollIntoView()",
        vec![],
    );
    album.take(&window, "15-preview-people");
    window.script(
        "document.querySelector('[role=grid][aria-label=\"People of this preview\"]').focus()",
        vec![],
    );
    window.keys("\u{E007}");
    window.see("People in Marketo with this key");
    album.take(&window, "16-person-explained");
    window.press("Close");
    machine.usher(&[
        "sync",
        "edit",
        "Sample",
        "--alert",
        "succeeded",
        "--alert",
        "problems",
    ]);
    window.settle();
    window.press("Send…");
    window.see("So far");
    window.see("people a second");
    album.catch(&window, "17-run-underway");
    window.go("Overview");
    window.see("Sending people");
    album.catch(&window, "18-overview-running");
    window.go("Runs");
    window.see_in_time("Completed");
    album.take(&window, "19-runs");
    let run = machine.usher(&["run", "list"])[0]["run_id"]
        .as_str()
        .unwrap()
        .to_owned();
    window.address(&format!("/runs/{run}"));
    window.see("Planned and done");
    album.take(&window, "20-report");
    window.script(
        "document.querySelector('[role=grid]').scrollIntoView()",
        vec![],
    );
    album.take(&window, "21-report-people");
    window.fill("Search people", "nobody is called so");
    window.see("No person matches what you chose");
    album.take(&window, "72-nobody-found");
    window.address("/syncs/Sample/settings");
    window.see("When somebody leaves the audience");
    album.take(&window, "70-sync-settings");
    window.address("/syncs/Sample/runs");
    window.see("Completed");
    album.take(&window, "71-sync-runs");
    window.go("Overview");
    album.take(&window, "22-overview");
    window.go("Audiences");
    album.take(&window, "23-audiences");
    for (part, name) in [("members", "24-members"), ("keys", "25-keys")] {
        window.address(&format!("/audiences/Sample/{part}"));
        window.see("Sample");
        album.take(&window, name);
    }
    window.go("Connections");
    window.press("Test");
    window.see("Everything a sync needs works");
    window.press("Calls today");
    window.see("Marketo counts from zero again at");
    album.take(&window, "26-connection-tested");
    window.address("/destinations/Sandbox%20people");
    window.see_heading("Mapping");
    album.take(&window, "27-destination");
    window.script(
        "document.querySelector('table[aria-label=Mapping]').scrollIntoView()",
        vec![],
    );
    album.take(&window, "28-mapping");
    window.scroll_to("Settings");
    window.click("radio", "Audience only");
    window.see("no partition can be chosen");
    album.take(&window, "53-partition-not-allowed");
    window.press("Discard changes");
    window.go("Destinations");
    album.take(&window, "29-destinations");
    window.go("Syncs");
    album.take(&window, "30-syncs");
    window.press("New sync");
    window.see("When somebody leaves the audience");
    album.take(&window, "31-sync-form");
    window.choose("Runs by itself", "At an interval");
    window.script(
        "document.querySelector('[role=dialog] form').lastElementChild.scrollIntoView()",
        vec![],
    );
    album.take(&window, "48-schedule");
    for kind in [
        "When a run leaves out too many people",
        "When a run is late",
    ] {
        window.click("checkbox", kind);
    }
    window.script(
        "document.querySelector('[role=dialog] form').lastElementChild.scrollIntoView()",
        vec![],
    );
    album.take(&window, "63-sync-alerts");
    window.press("Cancel");
    settings(album, &window);
    for _ in 0..6 {
        window.keys("\u{E009}=");
    }
    window.address("/");
    window.see("You are working with sample data");
    album.take(&window, "73-overview-zoomed-in");
    window.address("/syncs/Sample");
    window.see("From audience to verdicts");
    album.take(&window, "74-preview-zoomed-in");
    window.close();
}

/// What is set for everything, and where alerts go.
fn settings(album: &mut Album, window: &Window) {
    window.go("Settings");
    album.take(window, "64-settings");
    window.scroll_to("Guardrails");
    album.take(window, "65-settings-guardrails");
    window.press("Set mail");
    window.see_heading("Set the mail server");
    window.fill("User name", "usher");
    album.take(window, "66-mail-form");
    window.press("Cancel");
    window.press("Set webhook");
    window.see_heading("Set the webhook");
    window.fill("Address", "http://127.0.0.1:9/hook");
    album.take(window, "67-webhook-form");
    window.press("Save");
    window.see("the rest is kept and not shown");
    window.press("Send a test");
    window.see("The webhook did not take the test");
    album.take(window, "68-webhook-unreachable");
}

/// Files that want to be told more, that are of no use, and that have long names.
fn files(album: &mut Album, mut machine: Machine) {
    let book = machine.file("two sheets.xlsx", BOOK);
    let damaged = machine.file("damaged.xlsx", &BOOK[..BOOK.len() / 2]);
    let long = format!("{LONG}.csv");
    let long = machine.file(
        &long,
        format!("{LONG},email\n\u{5e2}\u{5de}\u{5d9},a@b.co\n"),
    );
    let window = Window::open_with(&mut machine, &[book.to_str().unwrap()]);
    window.see("Several sheets of this workbook have rows");
    album.take(&window, "54-import-sheet");
    window.press("Cancel");
    machine.open_again(&[damaged.to_str().unwrap()]);
    window.see_heading("Import damaged.xlsx");
    window.see("The file is damaged");
    album.take(&window, "55-import-damaged");
    machine.open_again(&[long.to_str().unwrap()]);
    window.see("1 file waits");
    window.press("Cancel");
    window.see_heading(&format!("Import {LONG}.csv"));
    album.take(&window, "56-import-long-names");
    window.press("Import");
    window.see_heading(LONG);
    album.take(&window, "57-audience-long-names");
    window.go("Audiences");
    album.take(&window, "58-audiences-long-names");
    window.close();
}

/// A folder that does not open.
fn closed(album: &mut Album, mut machine: Machine) {
    let made = machine.usher_given(
        &[
            "--keychain",
            "passphrase",
            "--passphrase-stdin",
            "audience",
            "list",
        ],
        "a long passphrase\n",
    );
    assert!(made.status.success());
    let window = Window::open(&mut machine);
    window.see_heading("Unlock your data folder");
    album.take(&window, "32-passphrase");
    window.fill("Passphrase", "wrong");
    window.press("Unlock");
    window.see("That passphrase is wrong");
    album.take(&window, "33-passphrase-wrong");
    window.close();
}

/// No keychain, and a passphrase instead.
fn without_keychain(album: &mut Album, mut machine: Machine) {
    let window = Window::open(&mut machine);
    window.see_heading("Your data folder cannot be opened");
    album.take(&window, "46-no-keychain");
    window.press("Use a passphrase instead");
    window.see_heading("Choose a passphrase");
    window.fill("Passphrase", "correct horse");
    window.fill("Repeat passphrase", "correct house");
    window.see("These two are not the same");
    album.take(&window, "47-new-passphrase");
    window.close();
}
