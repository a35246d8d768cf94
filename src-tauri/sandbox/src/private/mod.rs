//! Endpoints for tests, under `/_sandbox/marketo/`: looking behind the service, playing
//! "somebody else", and setting limits, time and faults. Never limited, never logged.
//! The README beside this crate lists them.

mod knobs;
mod lists;
mod people;
mod view;

use serde_json::{Value, json};

use crate::state::Shared;

/// What a private call brings: a body, or the HTTP status and text of a refusal.
type Outcome = Result<Value, (u16, String)>;

/// Each call is one step under the lock.
pub(crate) fn answer(
    shared: &Shared,
    method: &str,
    path: &str,
    query: &str,
    body: &[u8],
) -> (u16, Value) {
    let mut state = shared.lock();
    let state = &mut *state;
    let given = || -> Result<Value, (u16, String)> {
        let body = if body.is_empty() { b"{}" } else { body };
        serde_json::from_slice(body).map_err(|error| (400, error.to_string()))
    };
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let outcome: Outcome = match (method, parts.as_slice()) {
        ("GET", ["state"]) if query.split('&').any(|pair| pair == "summary=1") => {
            Ok(view::summary(state))
        }
        ("GET", ["state"]) => Ok(view::all(state)),
        ("GET", ["lead", id]) => people::one(state, id),
        ("PATCH", ["lead", id]) => given().and_then(|body| people::change(state, id, &body)),
        ("DELETE", ["lead", id]) => people::remove(state, id),
        ("POST", ["leads"]) => given().and_then(|body| people::add(state, &body)),
        ("POST", ["merge"]) => given().and_then(|body| people::merge(state, &body)),
        ("POST", ["lists"]) => given().and_then(|body| lists::create(state, &body)),
        ("GET", ["lists", id]) => lists::one(state, id),
        ("DELETE", ["lists", id]) => lists::remove(state, id),
        ("POST", ["lists", id, "members"]) => {
            given().and_then(|body| lists::members(state, id, &body, true))
        }
        ("DELETE", ["lists", id, "members"]) => {
            given().and_then(|body| lists::members(state, id, &body, false))
        }
        ("GET", ["log"]) => Ok(json!({"log": state.log.entries})),
        ("DELETE", ["log"]) => {
            state.log.entries.clear();
            Ok(json!({}))
        }
        ("GET", ["bulk"]) => Ok(json!({"jobs": state.bulk.shown()})),
        ("GET", ["faults"]) => Ok(json!({"faults": state.faults.rules()})),
        ("POST", ["faults"]) => given().and_then(|body| knobs::faults(state, body)),
        ("DELETE", ["faults"]) => {
            state.faults.clear();
            Ok(json!({}))
        }
        ("GET", ["config"]) => Ok(knobs::shown(state)),
        ("POST", ["config"]) => given().and_then(|body| knobs::configure(state, body)),
        ("POST", ["clock"]) => given().and_then(|body| knobs::advance(state, &body)),
        ("POST", ["expire-tokens"]) => {
            state.identity.expire_all(&state.clock);
            Ok(json!({}))
        }
        _ => Err((404, format!("no private endpoint {method} {path}"))),
    };
    match outcome {
        Ok(value) => (200, value),
        Err((status, text)) => (status, json!({"error": text})),
    }
}

/// A lead of a path.
fn lead_id(state: &crate::state::State, id: &str) -> Result<u32, (u16, String)> {
    let known = id.parse().ok().filter(|&id| state.leads.get(id).is_some());
    known.ok_or_else(|| (404, format!("no lead {id}")))
}
