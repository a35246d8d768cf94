//! A connection with a wrong secret is told apart from one that works, repaired, and its
//! secret is nowhere but in the keychain.

use driver::accounts::{connect, remote};
use driver::{Machine, Window};
use serde_json::json;

#[test]
fn a_wrong_secret_is_named_and_replaced() {
    let remote = remote(0);
    let secret = remote.sandbox().client_secret().to_owned();
    let mut machine = Machine::default();
    let window = Window::open(&mut machine);
    connect(&window, &remote, "not the secret");
    window.see("Stored in the keychain");
    window.press("Test");
    window.see("Something a sync needs does not work");
    assert_eq!(
        window.script(FIRST_CHECK, vec![]),
        json!(["credentials", "false"])
    );

    window.press("Replace secret");
    window.see_heading("Replace the secret of EMEA");
    window.fill("Client secret", &secret);
    window.keys("\u{E007}");
    window.see("The new secret is stored");
    window.press("Test");
    window.see("Everything a sync needs works");

    let test = machine.usher(&["connection", "test", "EMEA"]);
    assert_eq!(test["ok"], json!(true), "{test}");
    // Not in the page, not on disk; what the keychain has is read by the test above.
    let page = window.script("return document.documentElement.outerHTML", vec![]);
    assert!(!page.as_str().unwrap().contains(&secret));
    assert!(!stored_in_the_page(&window).contains(&secret));
    window.close();
    for file in files(&machine.data_dir()) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let found = bytes
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found, "{} has the secret", file.display());
    }
}

#[test]
fn a_missing_permission_is_named() {
    let remote = remote(0);
    let secret = remote.sandbox().client_secret().to_owned();
    remote.private(
        "POST",
        "config",
        json!({ "permissions": { "read_write_lead": false } }),
    );
    let mut machine = Machine::default();
    let window = Window::open(&mut machine);
    connect(&window, &remote, &secret);
    window.press("Test");
    window.see("Something a sync needs does not work");
    window.see("Needs: Read-Write Lead");
    window.close();
}

const FIRST_CHECK: &str = "const one = document.querySelector('[data-check]'); return [one.dataset.check, one.dataset.ok]";

fn stored_in_the_page(window: &Window) -> String {
    let script = "return JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])";
    window.script(script, vec![]).as_str().unwrap().to_owned()
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files(&path),
            path => vec![path],
        })
        .collect()
}
