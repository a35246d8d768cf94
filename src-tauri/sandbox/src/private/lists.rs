//! Lists and members changed by "somebody else".

use serde_json::{Value, json};

use super::{Outcome, view};
use crate::assets::folders::Place;
use crate::state::State;

fn list_id(state: &State, id: &str) -> Result<u32, (u16, String)> {
    let known = id.parse().ok().filter(|&id| state.lists.get(id).is_some());
    known.ok_or_else(|| (404, format!("no list {id}")))
}

pub(super) fn one(state: &State, id: &str) -> Outcome {
    let id = list_id(state, id)?;
    Ok(state
        .lists
        .get(id)
        .map_or(Value::Null, |list| view::list(id, list)))
}

/// `{name, folder?, description?, members?}`; the default folder is Group Lists.
pub(super) fn create(state: &mut State, body: &Value) -> Outcome {
    let text = |name| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let place = match body.get("folder") {
        Some(folder) => {
            Place::of(folder).ok_or_else(|| (400, format!("not a folder: {folder}")))?
        }
        None => Place::folder(12),
    };
    let now = state.clock.now_s();
    let created = state
        .lists
        .create(text("name"), text("description"), place, now);
    let id = created.map_err(|failure| (400, failure.message))?;
    if let Some(ids) = body.get("members") {
        members(state, &id.to_string(), &json!({"ids": ids}), true)?;
    }
    Ok(json!({"id": id}))
}

pub(super) fn remove(state: &mut State, id: &str) -> Outcome {
    let id = list_id(state, id)?;
    state.lists.remove(id);
    Ok(json!({}))
}

/// Adds or removes; unknown leads refuse the whole call.
pub(super) fn members(state: &mut State, id: &str, body: &Value, add: bool) -> Outcome {
    let number = list_id(state, id)?;
    let now = state.clock.now_s();
    let mut leads = Vec::new();
    for lead in body
        .get("ids")
        .and_then(Value::as_array)
        .unwrap_or(&Vec::new())
    {
        leads.push(super::lead_id(state, &lead.to_string())?);
    }
    if let Some(list) = state.lists.get_mut(number) {
        for lead in leads {
            if add {
                list.members.entry(lead).or_insert(now);
            } else {
                list.members.remove(&lead);
            }
        }
    }
    one(state, id)
}
