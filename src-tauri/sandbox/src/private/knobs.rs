//! Limits, permissions, time and faults, changed while the sandbox runs.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, view};
use crate::bulk::Settings;
use crate::faults::Rule;
use crate::partitions::{self, PARTITIONS};
use crate::permissions::Permissions;
use crate::state::State;

/// What `POST config` takes; everything left out stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Knobs {
    calls_per_window: Option<u32>,
    concurrency: Option<u32>,
    daily_quota: Option<u32>,
    token_life_seconds: Option<i64>,
    permissions: Option<Permissions>,
    hidden_partitions: Option<Vec<String>>,
    other_apps_calls_per_window: Option<u32>,
    other_apps_calls_today: Option<u32>,
    latency_ms: Option<u64>,
    lists_writable: Option<bool>,
    dedupe_by_partition: Option<bool>,
    leak_other_fields: Option<bool>,
}

/// Unknown names are refused, so that a test does not silently set nothing.
pub(super) fn configure(state: &mut State, body: Value) -> Outcome {
    let (body, settings) = bulk(state, body)?;
    let knobs: Knobs = serde_json::from_value(body).map_err(|error| (400, error.to_string()))?;
    if let Some(names) = knobs.hidden_partitions {
        let ids = names
            .iter()
            .map(|name| partitions::id(name).ok_or_else(|| (400, format!("no partition {name}"))));
        state.hidden = ids.collect::<Result<_, _>>()?;
    }
    state.bulk.settings = settings;
    let limits = &mut state.limits;
    limits.calls_per_window = knobs.calls_per_window.unwrap_or(limits.calls_per_window);
    limits.concurrency = knobs.concurrency.unwrap_or(limits.concurrency);
    limits.daily_quota = knobs.daily_quota.unwrap_or(limits.daily_quota);
    limits.other_apps = knobs
        .other_apps_calls_per_window
        .unwrap_or(limits.other_apps);
    limits.others_used(knobs.other_apps_calls_today.unwrap_or(0));
    if let Some(seconds) = knobs.token_life_seconds {
        state.identity.token_life_ms = seconds.saturating_mul(1_000);
    }
    state.permissions = knobs.permissions.unwrap_or(state.permissions);
    state.latency_ms = knobs.latency_ms.unwrap_or(state.latency_ms);
    state.lists_writable = knobs.lists_writable.unwrap_or(state.lists_writable);
    state.dedupe_by_partition = knobs
        .dedupe_by_partition
        .unwrap_or(state.dedupe_by_partition);
    state.leak_other_fields = knobs.leak_other_fields.unwrap_or(state.leak_other_fields);
    Ok(shown(state))
}

/// Takes the settings of jobs out of a body; those left out stay.
fn bulk(state: &State, mut body: Value) -> Result<(Value, Settings), (u16, String)> {
    let mut settings = json!(state.bulk.settings);
    if let (Some(body), Some(settings)) = (body.as_object_mut(), settings.as_object_mut()) {
        for (name, value) in settings {
            if let Some(given) = body.remove(name) {
                *value = given;
            }
        }
    }
    let settings = serde_json::from_value(settings).map_err(|error| (400, error.to_string()))?;
    Ok((body, settings))
}

pub(super) fn shown(state: &State) -> Value {
    let hidden: Vec<&str> = state
        .hidden
        .iter()
        .map(|&id| partitions::name(id))
        .collect();
    let all: Vec<&str> = PARTITIONS.iter().map(|partition| partition.name).collect();
    let mut shown = json!({
        "calls_per_window": state.limits.calls_per_window,
        "concurrency": state.limits.concurrency,
        "daily_quota": state.limits.daily_quota,
        "token_life_seconds": state.identity.token_life_ms / 1_000,
        "permissions": state.permissions,
        "partitions": all,
        "hidden_partitions": hidden,
        "other_apps_calls_per_window": state.limits.other_apps,
        "latency_ms": state.latency_ms,
        "lists_writable": state.lists_writable,
        "dedupe_by_partition": state.dedupe_by_partition,
        "leak_other_fields": state.leak_other_fields,
        "counters": view::counters(state),
    });
    if let (Some(shown), Value::Object(settings)) =
        (shown.as_object_mut(), json!(state.bulk.settings))
    {
        shown.extend(settings);
    }
    shown
}

/// All or none of the given faults are added.
pub(super) fn faults(state: &mut State, body: Value) -> Outcome {
    let rules = body.get("faults").cloned().unwrap_or(json!([]));
    let rules: Vec<Rule> =
        serde_json::from_value(rules).map_err(|error| (400, error.to_string()))?;
    let count = rules.len();
    state.faults.add(rules);
    Ok(json!({"added": count}))
}

/// Time only goes forward.
pub(super) fn advance(state: &mut State, body: &Value) -> Outcome {
    match body.get("advance_seconds").and_then(Value::as_i64) {
        Some(seconds) if seconds >= 0 => {
            state.clock.advance_seconds(seconds);
            Ok(json!({"now": crate::clock::lead_time(state.clock.now_s())}))
        }
        _ => Err((
            400,
            "advance_seconds must be a whole number, not negative".to_owned(),
        )),
    }
}
