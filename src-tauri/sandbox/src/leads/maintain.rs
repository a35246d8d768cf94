//! Deleting, merging and moving leads.
//!
//! Marketo docs: leads ("Delete", "Merge"), "Update Lead Partition".

use serde_json::{Value, json};

use super::sync_plan::input;
use crate::envelope::{Answer, Failure, skipped_id};
use crate::lists;
use crate::request::Call;
use crate::state::State;

/// Deletes leads by id. Also reached by `POST leads.json?_method=DELETE`, as recorded.
pub(crate) fn delete(state: &mut State, call: &Call) -> Result<Answer, Failure> {
    let ids = lists::ids::of(call)?;
    let mut result = Vec::with_capacity(ids.len());
    for id in ids {
        result.push(match seen(state, id) {
            Some(lead) => {
                state.forget(lead);
                json!({"id": id, "status": "deleted"})
            }
            None => skipped_id(id, "1004", "Lead not found"),
        });
    }
    Ok(Answer::of(result))
}

/// Marketo docs: up to 25 losers (else 1080), whose ids vanish. All or nothing.
pub(crate) fn merge(state: &mut State, call: &Call, winner: &str) -> Result<Answer, Failure> {
    let mut losers = call.list("leadIds");
    losers.extend(call.list("leadId"));
    if losers.is_empty() {
        return Err(Failure::new(
            1002,
            "Missing value for required parameter 'leadId'",
        ));
    }
    if losers.len() > 25 {
        return Err(Failure::new(
            1080,
            "Too many losing leads; the maximum is 25",
        ));
    }
    let known = |text: &String| text.parse().ok().and_then(|id| seen(state, id));
    let winner = known(&winner.to_owned());
    let ids: Vec<u32> = losers.iter().filter_map(known).collect();
    match winner {
        Some(winner) if ids.len() == losers.len() && !ids.contains(&winner) => {
            state.merge(winner, &ids);
            Ok(Answer::done())
        }
        _ => Err(Failure::new(1004, "Lead not found")),
    }
}

/// Moves leads to other partitions.
pub(crate) fn move_leads(state: &mut State, call: &Call) -> Result<Answer, Failure> {
    let body = call.json()?;
    let mut result = Vec::new();
    for item in input(&body)? {
        let id = item.get("id").and_then(Value::as_u64).unwrap_or(0);
        let name = item
            .get("partitionName")
            .and_then(Value::as_str)
            .unwrap_or("");
        result.push(match (seen(state, id), state.partition_named(name)) {
            (None, _) => skipped_id(id, "1004", "Lead not found"),
            (_, None) => skipped_id(id, "1008", &format!("Access denied to partition '{name}'")),
            (Some(lead), Some(partition)) => {
                state.leads.with(lead, |lead| lead.partition = partition);
                json!({"id": id, "status": "updated"})
            }
        });
    }
    Ok(Answer::of(result))
}

fn seen(state: &State, id: u64) -> Option<u32> {
    u32::try_from(id).ok().filter(|&id| state.sees(id))
}
