//! A plan's verdicts under the names that the peers use.

use crate::told::Counts;
use serde_json::Value;
use usher_model::PlanSummary;

/// Every verdict and every reason for leaving somebody out, counted; those of
/// which there is none are left out.
pub(super) fn counts(plan: &PlanSummary) -> Counts {
    let people = &plan.people;
    let mut all = Counts::from([
        ("create".to_owned(), people.create),
        ("update".to_owned(), people.update),
        ("leave".to_owned(), people.leave),
        ("ambiguous_keys".to_owned(), plan.ambiguous_keys),
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
