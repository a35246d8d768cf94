//! What the page may do is written in one place, and the window does no more.

use super::source;
use std::collections::BTreeSet;
use std::fs;

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("window::commands_are_those_the_capabilities_name", commands),
    (
        "window::the_page_has_no_plugin_and_no_wildcard",
        capabilities,
    ),
    (
        "window::nothing_remote_and_nothing_inline_is_allowed",
        policy,
    ),
    ("window::releases_have_no_developer_tools", developer_tools),
];

fn capabilities_file() -> serde_json::Value {
    let file = source::rooms().join("capabilities/main.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn permissions() -> BTreeSet<String> {
    let file = capabilities_file();
    let all = file["permissions"].as_array().unwrap();
    all.iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect()
}

/// A command that is registered and not named could not be called; one that is named and
/// not registered is a door that leads nowhere.
fn commands() {
    let list = fs::read_to_string(source::rooms().join("src/commands/mod.rs")).unwrap();
    let registered = list.split("generate_handler![").nth(1).unwrap();
    let registered = registered.split(']').next().unwrap();
    let registered: BTreeSet<String> = registered
        .split(',')
        .filter_map(|path| path.trim().rsplit_once("::"))
        .map(|(_, name)| format!("allow-{}", name.replace('_', "-")))
        .collect();
    let named: BTreeSet<String> = permissions()
        .into_iter()
        .filter(|name| name.starts_with("allow-"))
        .collect();
    assert_eq!(named, registered);
}

fn capabilities() {
    let file = capabilities_file();
    assert_eq!(file["windows"], serde_json::json!(["main"]));
    assert_eq!(file.get("remote"), None);
    let others: Vec<String> = permissions()
        .into_iter()
        .filter(|name| !name.starts_with("allow-"))
        .collect();
    assert_eq!(
        others,
        [
            "core:event:allow-listen",
            "core:event:allow-unlisten",
            "core:webview:allow-set-webview-zoom",
        ]
    );
    let folder = fs::read_dir(source::rooms().join("capabilities")).unwrap();
    assert_eq!(folder.count(), 1, "every file of the folder is in force");
}

fn policy() {
    let file = source::rooms().join("tauri.conf.json");
    let config: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let app = &config["app"];
    assert_eq!(app["withGlobalTauri"], serde_json::json!(false));
    let csp = app["security"]["csp"].as_str().unwrap();
    for word in ["unsafe-", "data:", "blob:", "*", "https:", "ws:"] {
        assert!(!csp.contains(word), "{word} in {csp}");
    }
    for rule in ["object-src 'none'", "base-uri 'none'", "form-action 'none'"] {
        assert!(csp.contains(rule), "{rule} not in {csp}");
    }
    let security = app["security"].to_string();
    for word in ["dangerous", "remote", "\"enable\":true"] {
        assert!(!security.contains(word), "{word} in {security}");
    }
}

fn developer_tools() {
    for manifest in [
        source::rooms().join("Cargo.toml"),
        source::rooms().join("../Cargo.toml"),
    ] {
        let text = fs::read_to_string(&manifest).unwrap();
        assert!(!text.contains("devtools"), "{}", manifest.display());
    }
}
