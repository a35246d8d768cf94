//! Leads made, changed and removed by "somebody else".

use serde_json::{Map, Value, json};

use super::{Outcome, lead_id, view};
use crate::clock::parse_time;
use crate::fields;
use crate::leads::record::Lead;
use crate::leads::sync_plan::Written;
use crate::partitions;
use crate::state::State;
use crate::values;

/// What a body says about a lead besides its fields.
#[derive(Default)]
struct Given {
    partition: Option<u8>,
    created: Option<i64>,
    updated: Option<i64>,
    values: Written,
}

/// Values are checked like the service's own, but read-only fields may be set.
fn given(body: &Map<String, Value>) -> Result<Given, (u16, String)> {
    let mut given = Given::default();
    let time = |value: &Value| {
        let text = values::plain(value);
        parse_time(&text)
            .map(Some)
            .ok_or_else(|| (400, format!("not a time: {text}")))
    };
    for (name, value) in body {
        match name.as_str() {
            "id" => {}
            "partition" => {
                let wanted = values::plain(value);
                let partition = partitions::id(&wanted);
                given.partition =
                    Some(partition.ok_or_else(|| (400, format!("no partition {wanted}")))?);
            }
            "createdAt" => given.created = time(value)?,
            "updatedAt" => given.updated = time(value)?,
            _ => {
                let (no, field) =
                    fields::by_name(name).ok_or_else(|| (400, format!("no field {name}")))?;
                let datum = values::check(field, value).map_err(|message| (400, message))?;
                given.values.push((no, datum));
            }
        }
    }
    Ok(given)
}

pub(super) fn one(state: &State, id: &str) -> Outcome {
    let id = lead_id(state, id)?;
    Ok(state
        .leads
        .get(id)
        .map_or(Value::Null, |lead| view::lead(id, lead)))
}

pub(super) fn add(state: &mut State, body: &Value) -> Outcome {
    let now = state.clock.now_s();
    let none = Vec::new();
    let mut ids = Vec::new();
    for item in body.get("leads").and_then(Value::as_array).unwrap_or(&none) {
        let given = given(item.as_object().unwrap_or(&Map::new()))?;
        let created = given.created.or(given.updated).unwrap_or(now);
        let updated = given.updated.unwrap_or(now);
        let mut lead = Lead::new(
            given.partition.unwrap_or(1),
            created,
            updated,
            given.values.len(),
        );
        for (no, datum) in given.values {
            lead.set(no, datum);
        }
        ids.push(state.create(lead, now));
    }
    Ok(json!({"ids": ids}))
}

/// `updatedAt` becomes now when a value changed, unless it is given.
pub(super) fn change(state: &mut State, id: &str, body: &Value) -> Outcome {
    let number = lead_id(state, id)?;
    let given = given(body.as_object().unwrap_or(&Map::new()))?;
    let now = state.clock.now_s();
    state.write(number, given.values, now);
    state.leads.with(number, |lead| {
        lead.partition = given.partition.unwrap_or(lead.partition);
        lead.created = given.created.unwrap_or(lead.created);
        if let Some(updated) = given.updated {
            lead.update_at(updated);
        }
    });
    one(state, id)
}

pub(super) fn remove(state: &mut State, id: &str) -> Outcome {
    let id = lead_id(state, id)?;
    state.forget(id);
    Ok(json!({}))
}

pub(super) fn merge(state: &mut State, body: &Value) -> Outcome {
    let text = |value: &Value| values::plain(value);
    let winner = lead_id(state, &body.get("winner").map(text).unwrap_or_default())?;
    let mut losers = Vec::new();
    for loser in body
        .get("losers")
        .and_then(Value::as_array)
        .unwrap_or(&Vec::new())
    {
        losers.push(lead_id(state, &text(loser))?);
    }
    if losers.contains(&winner) {
        return Err((400, "the winner cannot lose".to_owned()));
    }
    state.merge(winner, &losers);
    Ok(json!({}))
}
