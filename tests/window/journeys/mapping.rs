//! Mistakes in a mapping are marked where they are made, before anything is saved, and the
//! fields that can be chosen are those of the live service.

use driver::accounts::{connect, people, remote};
use driver::{Machine, Window};
use serde_json::json;

#[test]
fn mistakes_are_marked_while_somebody_maps() {
    let remote = remote(20);
    let secret = remote.sandbox().client_secret().to_owned();
    let mut machine = Machine::default();
    let file = people(&machine, "loyalty.csv", 50);
    machine.usher(&["audience", "import", &file, "--name", "Loyalty"]);
    let window = Window::open(&mut machine);
    connect(&window, &remote, &secret);
    window.go("Destinations");
    window.press("Add destination");
    window.see("Fields as Marketo described them");

    window.fill("Name", "Welcome programme");
    window.click("radio", "Update existing and create new persons");
    window.see("No column is mapped to the dedupe field");
    window.see("First name is not mapped");
    assert_eq!(
        window
            .attribute("button", "Save destination", "disabled")
            .as_deref(),
        Some("true")
    );

    // Where people go is no choice when their profiles are not written.
    window.click("radio", "Audience only");
    window.see("no partition can be chosen");
    assert!(
        window
            .attribute("button", "Partition…", "disabled")
            .is_some()
    );
    window.click("radio", "Audience and profile");
    window.choose("Partition", "EMEA");

    window.press("Suggest by name");
    window.see("E-Mail identifies people by email");
    window.see("Last name is mapped");
    // A field that does not exist twice.
    window.pick("Marketo field: Loyalty Points", "First Name (firstName)");
    window.see("Two columns are mapped to “firstName”");
    assert_eq!(
        window
            .attribute("button", "Save destination", "disabled")
            .as_deref(),
        Some("true")
    );
    window.pick("Marketo field: Loyalty Points", "Not mapped");
    window.see_no_more("Two columns are mapped");
    window.press("Save destination");
    window.see("Welcome programme is saved");

    let kept = machine.usher(&["destination", "show", "Welcome programme"]);
    assert_eq!(kept["dedupe_field"], json!("email"));
    assert_eq!(kept["partition"], json!("EMEA"));
    let map = kept["map"].as_array().unwrap();
    let pairs: Vec<(&str, &str)> = map
        .iter()
        .map(|rule| {
            (
                rule["source"].as_str().unwrap(),
                rule["target"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        pairs,
        [
            ("E-Mail", "DedupeField"),
            ("First Name", "firstName"),
            ("Last Name", "lastName")
        ]
    );
    window.close();
}
