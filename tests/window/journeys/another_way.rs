//! People are sent in files where somebody chooses that, and an audience follows its file.

use driver::accounts::{connect, destination_and_sync, people, remote};
use driver::{Machine, Remote, Window};
use serde_json::json;

/// A window on the preview of 40 people.
fn previewed(remote: &Remote) -> (Machine, Window) {
    let mut machine = Machine::default();
    let file = people(&machine, "all.csv", 40);
    machine.usher(&["audience", "import", &file, "--name", "All"]);
    let window = Window::open(&mut machine);
    connect(&window, remote, remote.sandbox().client_secret());
    destination_and_sync(&machine);
    window.go("Syncs");
    window.click("link", "Everyone");
    window.press("Make the preview");
    window.see_in_time("How people are read and sent");
    window.see("Calls of 300 people: done first");
    (machine, window)
}

fn imports(remote: &Remote) -> usize {
    let log = remote.log();
    let is_import = |one: &&serde_json::Value| one["path"] == "/bulk/v1/leads.json";
    log.iter().filter(is_import).count()
}

#[test]
fn what_is_sent_goes_by_the_way_that_is_shown() {
    let remote = remote(0);
    let (machine, window) = previewed(&remote);
    window.choose("People are sent in", "Files that Marketo imports");
    window.see("Nobody counts as delivered before they were read back");
    window.choose("People are sent in", "Chosen by Usher");
    window.see("Calls of 300 people: done first");
    window.press("Send 40 people to Marketo");
    window.see_in_time("Completed");
    let runs = machine.usher(&["run", "list"]);
    assert_eq!(runs[0]["people"]["created"], json!(40), "{runs}");
    assert_eq!(imports(&remote), 0, "nobody went in a file");
    window.close();
}

#[test]
fn files_are_chosen_sent_and_read_back() {
    let remote = remote(0);
    let (machine, window) = previewed(&remote);
    window.choose("People are sent in", "Files that Marketo imports");
    window.see("Nobody counts as delivered before they were read back");
    window.press("Send…");
    window.see_in_time("Completed");
    let runs = machine.usher(&["run", "list"]);
    assert_eq!(runs[0]["people"]["created"], json!(40), "{runs}");
    assert_eq!(remote.members("All").map(|list| list.len()), Some(40));
    assert_eq!(imports(&remote), 1);

    window.go("Audiences");
    window.click("link", "All");
    window.press("More actions for All");
    window.click("option", "Follow its file");
    window.see("Follows ");
    people(&machine, "all.csv", 41);
    window.go("Runs");
    let come = std::time::Instant::now();
    while remote.leads().len() < 41 {
        assert!(come.elapsed().as_secs() < 60, "the sync did not follow");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    window.close();
}
