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
        result.push(match carry_out(state, step, now) {
            Ok((id, status)) => json!({"id": id, "status": status}),
            Err((code, message)) => skipped(&code, &message),
        });
    }
    if plan.silent {
        Answer::done()
    } else {
        Answer::of(result)
    }
}

/// The lead written and what was done to it, or the code and text of a refusal.
pub(crate) fn carry_out(
    state: &mut State,
    step: Step,
    now: i64,
) -> Result<(u32, &'static str), (String, String)> {
    match step {
        Step::Skip { code, message } => Err((code, message)),
        Step::Create { partition, values } => {
            Ok((create(state, partition, values, now), "created"))
        }
        Step::Update { id, values } => {
            if state.write(id, values, now) {
                state.counters.updated += 1;
                Ok((id, "updated"))
            } else {
                // Deleted or merged away since it was looked up.
                Err(("1004".to_owned(), "Lead not found".to_owned()))
            }
        }
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
    state.create(lead, now)
}
