//! A plan's verdicts under the names that the peers use.

use crate::told::Counts;
use serde_json::Value;
use usher_model::{PeopleCounts, PlanSummary};
use usher_sync::WhatIfDocument;

/// The counts of a plan.
pub(super) fn counts(plan: &PlanSummary) -> Counts {
    named(&plan.people, plan.ambiguous_keys)
}

/// The counts of settings that were tried.
pub(super) fn tried(tried: &WhatIfDocument) -> Counts {
    named(&tried.people, tried.ambiguous_keys)
}

/// Every verdict and every reason for leaving somebody out, counted; those of
/// which there is none are left out.
fn named(people: &PeopleCounts, ambiguous_keys: u64) -> Counts {
    let mut all = Counts::from([
        ("create".to_owned(), people.create),
        ("update".to_owned(), people.update),
        ("leave".to_owned(), people.leave),
        ("ambiguous_keys".to_owned(), ambiguous_keys),
    ]);
    if let Ok(Value::Object(skip)) = serde_json::to_value(&people.skip) {
        all.extend(
            skip.into_iter()
                .filter_map(|(reason, count)| Some((reason, count.as_u64()?))),
        );
    }
    all.retain(|_, count| *count > 0);
    all
}
