//! The second half of Sync Leads: writing what was planned.

use serde_json::json;

use super::record::Lead;
use super::sync_plan::{Plan, Step, Written};
use crate::envelope::{Answer, skipped};
use crate::state::State;

/// Carries out a plan; results stand in the order of the input.
pub(crate) fn apply(state: &mut State, plan: Plan) -> Answer {
    let now = state.clock.now_s();
    let mut result = Vec::with_capacity(plan.steps.len());
    for step in plan.steps {
        result.push(match step {
            Step::Skip { code, message } => skipped(&code, &message),
            Step::Create { partition, values } => {
                let id = create(state, partition, values, now);
                json!({"id": id, "status": "created"})
            }
            Step::Update { id, values } => {
                if state.leads.update(id, values, now) {
                    state.counters.updated += 1;
                    json!({"id": id, "status": "updated"})
                } else {
                    // Deleted or merged away since it was looked up.
                    skipped("1004", "Lead not found")
                }
            }
        });
    }
    if plan.silent {
        Answer::done()
    } else {
        Answer::of(result)
    }
}

fn create(state: &mut State, partition: u8, values: Written, now: i64) -> u32 {
    // As recorded, a new lead may show an update one second before its creation.
    let updated = now - i64::from(state.leads.next_id().is_multiple_of(5));
    let mut lead = Lead::new(partition, now, updated, values.len());
    for (no, value) in values {
        lead.set(no, value);
    }
    state.counters.created += 1;
    state.leads.insert(lead)
}
