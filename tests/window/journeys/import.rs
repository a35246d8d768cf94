//! A file is looked at before it is kept: what would be set aside is named, another way to
//! read it can be chosen, and what is imported is what was shown.

use driver::{Machine, Window};
use serde_json::json;

/// Latin letters of a Western European Windows, which are no UTF-8.
const FILE: &[u8] = b"email;name;note\n\
    ada@example.com;Ada;one\n\
    bjorn@example.com;Bj\xf6rn;two\n\
    broken@example.com;too;many;fields\n\
    zoe@example.com;Zo\xeb;three\n";

#[test]
fn what_is_imported_is_what_was_shown() {
    let mut machine = Machine::default();
    let window = Window::open(&mut machine);
    window.see_heading("Welcome to Usher");
    let file = machine.file("spring campaign.csv", FILE);
    // A second start hands its file to the window that is open.
    let again = machine.open_again(&[file.to_str().unwrap()]);
    assert!(again.status.success());
    window.see_heading("Import spring campaign.csv");
    window.see("undecodable bytes");
    assert_eq!(
        machine.usher(&["audience", "list"]),
        json!([]),
        "nothing is kept yet"
    );

    // One that is given meanwhile waits for its turn.
    let second = machine.file("second.csv", "email\nada@example.com\n");
    let again = machine.open_again(&[second.to_str().unwrap()]);
    assert!(again.status.success());
    window.see("1 file waits");
    window.pick("Encoding", "windows-1252");
    window.see("Björn");
    window.see_no_more("undecodable bytes");
    window.fill("Audience name", "Spring");
    window.press("Import");
    window.see_heading("Import second.csv");
    window.press("Cancel");
    // A dialog that is still closing would take the next click.
    window.see_no_more("Import second.csv");
    window.see_heading("Spring");
    window.see("3 members");
    window.go("Overview");
    window.see("“Spring” has 1 line that could not be read.");
    window.address("/audiences/Spring");
    window.click("tab", "Set aside…");
    window.see("4 values for 3 columns");
    window.go("Overview");
    window.see_heading("Overview");
    window.see_no_more("could not be read");
    window.address("/audiences/Spring");
    window.click("tab", "Members");
    window.fill("Search all columns", "ZOË");
    window.see("1 of 3 members");

    let quarantined = machine.usher(&["audience", "quarantined", "Spring"]);
    assert_eq!(quarantined["count"], json!(1), "{quarantined}");
    assert_eq!(quarantined["first"][0]["line"], json!(4));
    let members = machine.usher_lines(&["audience", "members", "Spring"]);
    assert_eq!(members[2]["values"]["name"], json!("Zoë"));
    window.close();
}
