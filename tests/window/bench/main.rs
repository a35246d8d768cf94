//! `cargo xtask bench ui`: how quick the window is, in the release build, on a screen without
//! a screen: from the start of the program to its first frame and to its first screen, a
//! switch of screen, settings that are tried, scrolling, and what it takes of memory.
//!
//! Usage: bench-ui [--json]

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod measures;
mod store;

use driver::Machine;
use serde_json::{Map, json};

/// One figure, beside what is wanted.
struct Figure {
    name: &'static str,
    found: f64,
    wanted: f64,
    unit: &'static str,
}

fn main() {
    let as_json = std::env::args().any(|argument| argument == "--json");
    let mut machine = Machine::default();
    eprintln!("filling the store: 20 audiences of 1 million people, one of 2 million …");
    store::fill(&machine);
    let figures = measures::all(&mut machine);
    if as_json {
        let all: Map<String, serde_json::Value> = figures
            .iter()
            .map(|one| {
                let figure = json!({ "found": one.found, "wanted": one.wanted, "unit": one.unit });
                (one.name.to_owned(), figure)
            })
            .collect();
        println!("{}", serde_json::Value::Object(all));
        return;
    }
    for Figure {
        name,
        found,
        wanted,
        unit,
    } in figures
    {
        let verdict = if found <= wanted {
            ""
        } else {
            "   not reached"
        };
        println!("{name:<58} {found:>9.0} {unit:<3} (wanted {wanted:.0}){verdict}");
    }
}
