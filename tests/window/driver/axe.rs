//! What axe finds wrong with a screen for people who cannot see it or use a mouse.

use crate::Window;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The rules of WCAG 2.2 up to AA, and what axe holds good practice.
const RUN: &str = "const done = arguments[arguments.length - 1];
    axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
       .then((found) => done(found.violations.map((one) => ({
            rule: one.id, help: one.help,
            where: one.nodes.map((node) => node.target.join(' ') + ' ' + node.html.slice(0, 160) + ' ' + (node.failureSummary ?? '')),
        }))), (error) => done([{ rule: 'axe', help: String(error), where: [] }]));";

/// The rules that the page breaks as it is now, each with where.
pub fn violations(window: &Window) -> Vec<Value> {
    if window.script("return typeof axe", vec![]) != "object" {
        let axe = std::fs::read_to_string(library()).expect("axe-core, by npm ci in ui");
        window.script(&axe, vec![]);
    }
    let found = window.script_later(RUN, vec![]);
    found.as_array().cloned().unwrap_or_default()
}

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/node_modules/axe-core/axe.min.js")
}
