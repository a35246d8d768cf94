//! The built window, started and driven.

use crate::machine::{Machine, app, free_port};
use crate::page::Page;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;
use thirtyfour::prelude::*;
use tokio::runtime::Runtime;

/// How long the window may take to be there.
const START: Duration = Duration::from_secs(30);
/// How long a run may take.
const RUN: Duration = Duration::from_secs(120);
/// The longest that a list of options takes to open, or to show what was chosen.
const OPENING: Duration = Duration::from_secs(3);

/// An open window. Closing it ends the program.
pub struct Window {
    page: Option<Page>,
}

impl Window {
    /// Opens the window on the machine's data folder.
    pub fn open(machine: &mut Machine) -> Self {
        Self::open_with(machine, &[])
    }

    /// The same, with more arguments for it.
    pub fn open_with(machine: &mut Machine, arguments: &[&str]) -> Self {
        let data_dir = machine.data_dir();
        let mut all = vec!["--data-dir", data_dir.to_str().unwrap()];
        all.extend(arguments);
        let mut wanted = Capabilities::new();
        let options = json!({ "binary": app(), "args": all });
        wanted.set("browserName", json!("wry")).unwrap();
        wanted.set("webkitgtk:browserOptions", options).unwrap();
        drop(rustls::crypto::ring::default_provider().install_default());
        let runtime = Runtime::new().unwrap();
        let driver = loop {
            let port = free_port();
            let mut command = machine.command("WebKitWebDriver");
            command
                .arg(format!("--port={port}"))
                .env("TAURI_AUTOMATION", "true")
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .stdout(Stdio::null());
            let driving = machine.start(command);
            let url = format!("http://127.0.0.1:{port}");
            let begun = runtime.block_on(begin(driving, &url, &wanted));
            if let Some(driver) = begun {
                break driver;
            }
        };
        Self {
            page: Some(Page { runtime, driver }),
        }
    }

    fn page(&self) -> &Page {
        self.page.as_ref().unwrap()
    }

    /// Clicks the button of this name.
    #[track_caller]
    pub fn press(&self, button: &str) {
        self.page().click("button", Some(button));
    }

    /// Clicks the thing of this role and name.
    #[track_caller]
    pub fn click(&self, role: &str, name: &str) {
        self.page().click(role, Some(name));
    }

    /// Goes to a screen by the navigation.
    #[track_caller]
    pub fn go(&self, screen: &str) {
        self.page().click("link", Some(screen));
        self.see_heading(screen);
    }

    /// Puts a text into the field of this name.
    #[track_caller]
    pub fn fill(&self, field: &str, text: &str) {
        self.page().fill(field, text);
    }

    /// Chooses an option of the picker whose button begins with this name.
    #[track_caller]
    pub fn choose(&self, picker: &str, option: &str) {
        // A list that is still opening may swallow the click: what counts is what is chosen.
        let page = self.page();
        let chosen = (0..5).any(|_| {
            if page.look("option", Some(option)).is_none() {
                page.click("button", Some(&format!("{picker}…")));
            }
            let shown = || page.look("button", Some(&format!("{option}…")));
            page.clicked(OPENING, "option", Some(option)) && page.until(OPENING, shown).is_some()
        });
        assert!(chosen, "{option} cannot be chosen in:\n{}", page.text());
    }

    /// Chooses an option of a field that can be typed into.
    #[track_caller]
    pub fn pick(&self, field: &str, option: &str) {
        // A list that is still closing may take the new one with it.
        let page = self.page();
        let picked = (0..5).any(|_| {
            page.fill(field, option.trim_end_matches('…'));
            if !page.clicked(OPENING, "option", Some(option)) {
                return false;
            }
            // What was not chosen goes when the field is left.
            page.keys("\u{E004}");
            let shown = || (self.value(field)?.starts_with(option)).then_some(());
            page.until(OPENING, shown).is_some()
        });
        assert!(picked, "{option} is not offered in:\n{}", page.text());
    }

    /// What is in the field of this name.
    fn value(&self, field: &str) -> Option<String> {
        let element = self.page().look("field", Some(field))?;
        let read = element.prop("value");
        self.page().runtime.block_on(read).ok()?
    }

    /// Waits until a text can be read.
    #[track_caller]
    pub fn see(&self, text: &str) {
        self.see_within(Duration::from_secs(20), text);
    }

    /// The same, for what a run brings about.
    #[track_caller]
    pub fn see_in_time(&self, text: &str) {
        self.see_within(RUN, text);
    }

    #[track_caller]
    fn see_within(&self, patience: Duration, text: &str) {
        let page = self.page();
        let seen = page.until(patience, || page.text().contains(text).then_some(()));
        assert!(
            seen.is_some(),
            "{text:?} cannot be read, the focus is on {} with {}, in:\n{}",
            self.focused(),
            page.script("return String(document.activeElement.value)", vec![]),
            page.text()
        );
    }

    /// Waits until a text can be read no more.
    #[track_caller]
    pub fn see_no_more(&self, text: &str) {
        let page = self.page();
        let gone = page.until(RUN, || (!page.text().contains(text)).then_some(()));
        assert!(
            gone.is_some(),
            "{text:?} can still be read in:\n{}",
            page.text()
        );
    }

    /// Waits until something is so.
    #[track_caller]
    pub fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let seen = self.page().until(RUN, || is_so().then_some(()));
        assert!(seen.is_some(), "there is not: {what}");
    }

    /// Waits for a heading.
    #[track_caller]
    pub fn see_heading(&self, name: &str) {
        self.page().find("heading", Some(name));
    }

    /// Whether something of this role and name is there now.
    pub fn has(&self, role: &str, name: &str) -> bool {
        self.page().look(role, Some(name)).is_some()
    }

    /// An attribute of the thing of this role and name.
    #[track_caller]
    pub fn attribute(&self, role: &str, name: &str, attribute: &str) -> Option<String> {
        let element = self.page().find(role, Some(name));
        let runtime = &self.page().runtime;
        runtime.block_on(element.attr(attribute)).unwrap()
    }

    /// Presses keys where the focus is.
    pub fn keys(&self, keys: impl AsRef<str>) {
        self.page().keys(keys.as_ref());
    }

    /// What has the focus, by role and name: `button Save`.
    pub fn focused(&self) -> String {
        let script = "const e = document.activeElement;
            const by = e.getAttribute('aria-labelledby');
            const text = (ids) => ids.split(/\\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
            const name = e.getAttribute('aria-label') ?? (by ? text(by) : null)
                ?? (e.labels?.length ? e.labels[0].textContent : e.textContent);
            return `${e.getAttribute('role') ?? e.tagName.toLowerCase()} ${name.replace(/\\s+/g, ' ').trim()}`;";
        self.page()
            .script(script, vec![])
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Everything there is to read.
    pub fn text(&self) -> String {
        self.page().text()
    }

    /// Shows another address of the page.
    pub fn address(&self, hash: &str) {
        self.page()
            .script("window.location.hash = arguments[0]", vec![json!(hash)]);
    }

    /// What a script returns.
    pub fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.page().script(script, arguments)
    }

    /// What a script hands to its last argument, later.
    pub fn script_later(&self, script: &str, arguments: Vec<Value>) -> Value {
        let page = self.page();
        let ran = page
            .runtime
            .block_on(page.driver.execute_async(script, arguments));
        ran.unwrap_or_else(|error| panic!("{error}")).json().clone()
    }

    /// Brings what has this heading to the top of what is in view.
    #[track_caller]
    pub fn scroll_to(&self, heading: &str) {
        let found = self.page().find("heading", Some(heading));
        let shown = "arguments[0].scrollIntoView({ block: 'start' })";
        let found = found.to_json().unwrap();
        self.page().script(shown, vec![found]);
    }

    /// Tells the page what the program would tell it, where no test can bring that about.
    pub fn tell(&self, event: &str, payload: Value) {
        let script = "const all = Object.getOwnPropertyNames(window).map((name) => window[name]);
            const heard = all.find((one) => one && typeof one === 'object' && one[arguments[0]])[arguments[0]];
            for (const id of Object.getOwnPropertyNames(heard)) {
                window.__TAURI_INTERNALS__.runCallback(heard[id].handlerId, { event: arguments[0], payload: arguments[1], id: 0 });
            }";
        self.page().script(script, vec![json!(event), payload]);
    }

    /// Writes a picture of the window.
    pub fn picture(&self, file: &Path) {
        let page = self.page();
        page.runtime.block_on(page.driver.screenshot(file)).unwrap();
    }

    /// Waits until nothing is being fetched, drawn or announced.
    pub fn settle(&self) {
        let script = "const done = arguments[arguments.length - 1];
            const moves = (one) => one.playState === 'running' && one.effect.getComputedTiming().endTime < Infinity;
            const busy = () => document.querySelector(
                '[aria-busy=true], [role=progressbar]:not([aria-valuenow]), [data-live-announcer] [role=img]')
                || document.getAnimations().some(moves);
            let quiet = 0;
            const look = () => {
                quiet = busy() ? 0 : quiet + 1;
                if (quiet > 12) done(true); else requestAnimationFrame(look);
            };
            look();";
        self.script_later(script, vec![]);
    }

    /// Waits until nothing is being announced, whatever else moves.
    pub fn hush(&self) {
        let script = "const done = arguments[arguments.length - 1];
            const look = () => document.querySelector('[data-live-announcer] [role=img]')
                ? requestAnimationFrame(look) : done(true);
            look();";
        self.script_later(script, vec![]);
    }

    /// Closes the window and waits until the program has ended.
    pub fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(Page { runtime, driver }) = self.page.take() {
            drop(runtime.block_on(driver.quit()));
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.end();
    }
}

/// A session of the program that drives; nothing where another program took its port before
/// it came to it.
async fn begin(driving: &mut Child, url: &str, wanted: &Capabilities) -> Option<WebDriver> {
    let end = tokio::time::Instant::now() + START;
    loop {
        match WebDriver::new(url, wanted.clone()).await {
            Ok(driver) => return Some(driver),
            Err(_) if driving.try_wait().unwrap().is_some() => return None,
            Err(error) if tokio::time::Instant::now() > end => panic!("{error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}
