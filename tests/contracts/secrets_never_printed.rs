//! Secrets have no way into a log, a reply or a file by accident.

use super::source;
use std::time::Duration;
use usher_model::Secret;
use usher_remote::http::{Body, Method, Request};
use usher_store::Key;

const SECRET: &str = "hunter2";

/// What hides a secret, and where it is declared.
const TYPES: [(&str, &str); 2] = [
    ("Secret", "model/src/secret.rs"),
    ("Key", "store/src/key.rs"),
];

/// What would show it.
const SHOWING: [&str; 3] = ["Serialize", "Display", "ToString"];

pub(crate) const TESTS: &[(&str, fn())] = &[
    ("secrets_never_printed::debug_masks", debug_masks),
    (
        "secrets_never_printed::nothing_else_shows_them",
        nothing_else,
    ),
];

fn debug_masks() {
    let key = Key::from_hex(&"5e".repeat(32)).unwrap();
    assert_eq!(format!("{key:?} {key:#?}"), "*** ***");
    let secret = Secret::new(SECRET.into());
    assert_eq!(format!("{secret:?} {secret:#?}"), "*** ***");
    for body in [Body::Form(SECRET.into()), Body::Json(SECRET.into())] {
        let request = Request {
            method: Method::Post,
            url: "https://example.com".into(),
            bearer: Some(secret.clone()),
            body,
            range: None,
            timeout: Duration::ZERO,
            max_reply: 0,
        };
        let shown = format!("{request:?} {request:#?}");
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

/// Neither derived where the type is declared nor written by hand anywhere.
fn nothing_else() {
    for file in source::below(&source::rooms()) {
        for (name, home) in TYPES {
            if file.path.ends_with(home) {
                let head = file
                    .code
                    .split(&format!("pub struct {name}"))
                    .next()
                    .unwrap();
                let derived = head.rsplit("#[derive(").next().unwrap();
                assert!(derived.len() < head.len(), "{home} derives nothing");
                let shows = SHOWING.iter().find(|what| derived.contains(*what));
                assert!(shows.is_none(), "{name} is {shows:?}");
            }
            for what in SHOWING {
                let by_hand = format!("{what} for {name} ");
                assert!(!file.code.contains(&by_hand), "{:?}: {by_hand}", file.path);
            }
        }
    }
}
