//! The page asks nobody but the backend, may call only the commands that are named, and
//! cannot be led away.

use driver::{Machine, Window};
use serde_json::{Value, json};

#[test]
fn the_page_stays_by_itself() {
    let mut machine = Machine::default();
    let window = Window::open(&mut machine);
    window.see_heading("Welcome to Usher");
    for screen in [
        "Audiences",
        "Syncs",
        "Runs",
        "Destinations",
        "Connections",
        "Overview",
    ] {
        let page = if screen == "Overview" {
            "Welcome to Usher"
        } else {
            screen
        };
        window.click("link", screen);
        window.see_heading(page);
    }
    // Every file that was fetched is the page's own, fonts too.
    let fetched = window.script(
        "return performance.getEntriesByType('resource').map((one) => new URL(one.name).protocol + '//' + new URL(one.name).host)",
        vec![],
    );
    for origin in fetched.as_array().unwrap() {
        let origin = origin.as_str().unwrap();
        assert!(
            ["tauri://localhost", "ipc://localhost"].contains(&origin),
            "{origin}"
        );
    }
    let fonts = window.script("return [...document.fonts].filter((one) => one.status === 'loaded').map((one) => one.family)", vec![]);
    assert!(fonts.to_string().contains("Source Sans 3"), "{fonts}");

    // Other hosts are refused, as are scripts and styles written into the page.
    let refused = window.script_later(
        "const done = arguments[arguments.length - 1];
         Promise.allSettled([
            fetch('https://example.com/'),
            fetch('http://127.0.0.1:9/'),
            new Promise((_, no) => { const i = new Image(); i.onerror = no; i.src = 'https://example.com/x.png'; }),
            new Promise((ok, no) => { window.ran = false; const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.head.append(s); (window.ran ? ok : no)(); }),
         ]).then((all) => done(all.map((one) => one.status)))",
        vec![],
    );
    assert_eq!(
        refused,
        json!(["rejected", "rejected", "rejected", "rejected"])
    );

    // Commands that are not named are not answered: of plugins, of Tauri, made up.
    for command in [
        "plugin:fs|read_text_file",
        "plugin:dialog|open",
        "plugin:shell|execute",
        "plugin:notification|notify",
        "plugin:window|create",
        "plugin:webview|create_webview_window",
        "plugin:event|emit",
        "query",
    ] {
        let answer = window.script_later(INVOKE, vec![json!(command)]);
        let answer = answer.as_str().unwrap_or_default();
        assert!(answer.starts_with("refused"), "{command}: {answer}");
    }

    // Nowhere else to go.
    window.script("window.location.href = 'https://example.com/'", vec![]);
    window.script("window.open('https://example.com/')", vec![]);
    window.see_heading("Welcome to Usher");
    let address = window.script("return window.location.origin", vec![]);
    assert_eq!(address, json!("tauri://localhost"));
    let stored: Value = window.script(
        "return [localStorage.length, sessionStorage.length, document.cookie]",
        vec![],
    );
    assert_eq!(stored, json!([0, 0, ""]));
    window.close();
}

const INVOKE: &str = "const done = arguments[arguments.length - 1];
    window.__TAURI_INTERNALS__.invoke(arguments[0], {}).then(() => done('answered'), (error) => done('refused: ' + error));";
