//! Adding to, removing from and asking about a list.
//!
//! Marketo docs: list membership. Adding is idempotent and says `added` again, as
//! recorded; removing somebody who is not on the list is `skipped` with 1015. Leads
//! outside the user's partitions read as 1004, also on removal (left open by the docs).

use serde_json::json;

use super::{browse, ids};
use crate::envelope::{Answer, Failure, skipped_id};
use crate::request::Call;
use crate::state::State;

/// One of the three list operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Add,
    Remove,
    Ask,
}

/// Carries out one operation, with an outcome for each id in the order sent.
pub(crate) fn run(
    state: &mut State,
    call: &Call,
    list: &str,
    what: Operation,
) -> Result<Answer, Failure> {
    let ids = ids::of(call)?;
    let list = browse::list_id(state, list)?;
    let now = state.clock.now_s();
    let mut result = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(lead) = u32::try_from(id).ok().filter(|&id| state.sees(id)) else {
            result.push(skipped_id(id, "1004", "Lead not found"));
            continue;
        };
        if what != Operation::Ask
            && let Some((code, message)) = state.faults.id_rejection(id)
        {
            result.push(skipped_id(id, &code, &message));
            continue;
        }
        let Some(list) = state.lists.get_mut(list) else {
            continue;
        };
        let member = list.members.contains_key(&lead);
        let status = match what {
            Operation::Add => {
                list.members.entry(lead).or_insert(now);
                state.counters.list_added += u64::from(!member);
                "added"
            }
            Operation::Remove if member => {
                list.members.remove(&lead);
                state.counters.list_removed += 1;
                "removed"
            }
            Operation::Remove => {
                result.push(skipped_id(id, "1015", "Lead not in list"));
                continue;
            }
            Operation::Ask if member => "memberof",
            Operation::Ask => "notmemberof",
        };
        result.push(json!({"id": id, "status": status}));
    }
    Ok(Answer::of(result))
}
