//! Where no keychain is, a passphrase opens the data folder, and keeps secrets in it.

use driver::accounts::{connect, remote};
use driver::{Machine, Scheme, Window};
use serde_json::{Value, json};

const PASSPHRASE: &str = "correct horse battery staple";

#[test]
fn a_passphrase_takes_its_place() {
    let remote = remote(0);
    let secret = remote.sandbox().client_secret().to_owned();
    let mut machine = Machine::without_keychain(Scheme::Light);
    let window = Window::open(&mut machine);
    window.see("This computer has no keychain");
    window.press("Use a passphrase instead");
    window.fill("Passphrase", PASSPHRASE);
    window.fill("Repeat passphrase", "something else");
    window.see("These two are not the same");
    window.fill("Repeat passphrase", PASSPHRASE);
    window.press("Create data folder");
    window.see_heading("Welcome to Usher");
    connect(&window, &remote, &secret);
    window.see("Stored encrypted in the data folder");
    window.press("Test");
    window.see("Everything a sync needs works");
    window.close();

    let window = Window::open(&mut machine);
    window.see_heading("Unlock your data folder");
    window.fill("Passphrase", "correct house");
    window.press("Unlock");
    window.see("That passphrase is wrong");
    window.fill("Passphrase", PASSPHRASE);
    window.press("Unlock");
    window.go("Connections");
    window.press("Test");
    window.see("Everything a sync needs works");
    window.close();

    let said = machine.usher_given(
        &["--passphrase-stdin", "connection", "test", "EMEA"],
        &format!("{PASSPHRASE}\n"),
    );
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(said["ok"], json!(true), "{said}");
}
