//! Builds the page, then tells Tauri which commands it may call: those that the
//! capabilities file names, and no others.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

const CAPABILITIES: &str = "capabilities/main.json";
const PAGE: &str = "../ui";
/// What the page is built from.
const SOURCES: [&str; 7] = [
    "src",
    "tools",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
];

fn main() {
    build_page();
    println!("cargo:rerun-if-changed={CAPABILITIES}");
    // Named for good: this program ends with the build.
    let names: Vec<&'static str> = commands().into_iter().map(|name| &*name.leak()).collect();
    let manifest = tauri_build::AppManifest::new().commands(names.leak());
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("{error:#}");
    }
}

/// The commands that the capabilities file lets the page call.
fn commands() -> Vec<String> {
    let text = fs::read_to_string(CAPABILITIES).expect("the capabilities file");
    let file: serde_json::Value = serde_json::from_str(&text).expect("capabilities are JSON");
    let permissions = file["permissions"].as_array().expect("permissions");
    let own = permissions
        .iter()
        .filter_map(|name| name.as_str()?.strip_prefix("allow-"));
    own.map(|name| name.replace('-', "_")).collect()
}

/// By npm, unless Tauri's own command line has done so, or somebody says that it is
/// built.
fn build_page() {
    for source in SOURCES {
        println!("cargo:rerun-if-changed={PAGE}/{source}");
    }
    println!("cargo:rerun-if-env-changed=SKIP_UI_BUILD");
    let is_built = ["SKIP_UI_BUILD", "TAURI_ENV_TARGET_TRIPLE"];
    if is_built.iter().any(|name| env::var_os(name).is_some()) {
        return;
    }
    let page = Path::new(PAGE);
    if !page.join("node_modules").is_dir() {
        npm(page, &["ci", "--no-audit", "--no-fund"]);
    }
    npm(page, &["run", "bundle"]);
}

fn npm(page: &Path, arguments: &[&str]) {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let ended = Command::new(program)
        .args(arguments)
        .current_dir(page)
        .status();
    let ended = ended.expect("npm builds the page: install Node 20.19 or newer");
    assert!(ended.success(), "npm {arguments:?} failed");
}
