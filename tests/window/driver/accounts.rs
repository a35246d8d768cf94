//! What several stories begin with: a connection to a sandbox of the test's own, made in
//! the window as a person makes it.

use crate::{Config, Machine, Remote, Window};
use serde_json::json;

/// A sandbox without limits that slow a test down.
pub fn remote(people: usize) -> Remote {
    Remote::start(Config {
        people,
        calls_per_window: 100_000,
        concurrency: 100,
        server_timeout: Some(1),
        time_scale: 20,
        ..Config::default()
    })
}

/// Fills in the form of a new connection, with this secret, and keeps it.
pub fn connect(window: &Window, remote: &Remote, secret: &str) {
    let sandbox = remote.sandbox();
    window.go("Connections");
    window.press("Add connection");
    window.fill("Name", "EMEA");
    window.fill("Endpoint", &sandbox.base_url());
    window.fill("Munchkin ID", sandbox.munchkin_id());
    window.fill("Client ID", sandbox.client_id());
    window.fill("Client secret", secret);
    window.press("Add connection");
    window.see("EMEA is added");
}

/// A file of so many people, as a marketer's system exports them.
pub fn people(machine: &Machine, name: &str, count: usize) -> String {
    let mut text = "E-Mail,First Name,Last Name,Loyalty Points\n".to_owned();
    for n in 0..count {
        text += &format!("person{n}@example.com,First{n},Last{n},{}\n", n % 90);
    }
    machine.file(name, text).to_str().unwrap().to_owned()
}

/// An open window with the sync `Everyone` of so many people, of whom nobody was sent yet.
pub fn window_with_sync(machine: &mut Machine, remote: &Remote, count: usize) -> Window {
    let file = people(machine, "all.csv", count);
    machine.usher(&["audience", "import", &file, "--name", "All"]);
    let window = Window::open(machine);
    connect(&window, remote, remote.sandbox().client_secret());
    destination_and_sync(machine);
    window
}

/// Everyone of the audience `All` goes there; by the command line, beside the open window.
pub fn destination_and_sync(machine: &Machine) {
    machine.usher(&[
        "destination",
        "create",
        "--name",
        "Everyone",
        "--connection",
        "EMEA",
        "--sync-type",
        "audience-and-profile",
        "--person-action",
        "update-and-create",
        "--dedupe-field",
        "email",
        "--map",
        "E-Mail=DedupeField",
        "--map",
        "First Name=firstName",
        "--map",
        "Last Name=lastName",
    ]);
    machine.usher(&[
        "sync",
        "create",
        "--name",
        "Everyone",
        "--audience",
        "All",
        "--destination",
        "Everyone",
    ]);
}

/// A run of that many people under way in the window, slow enough to be met half-way.
pub fn run_under_way(remote: &Remote, count: usize) -> (Machine, Window) {
    remote.faults(json!([{ "on": {}, "do": { "delay_ms": 400 } }]));
    let mut machine = Machine::default();
    let window = window_with_sync(&mut machine, remote, count);
    window.go("Syncs");
    window.click("link", "Everyone");
    window.press("Make the preview");
    window.see_in_time("Sends exactly what is shown here");
    window.press("Send…");
    window.see("Sending people");
    (machine, window)
}
