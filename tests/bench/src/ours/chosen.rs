//! Whom a plan means, so that a verdict on the wrong lead does not pass for a right
//! one. Not timed.

use super::home::{Home, JOB};
use crate::told::{Counts, Failure, Told};
use usher_model::Verdict;
use usher_sync::PeopleFilter;

/// Notes, for those of the plan with this digest who are there already: the sum of
/// their leads' numbers, and how many fields are written to them.
pub(super) fn note(home: &Home, told: &mut Told, digest: &str) -> Result<(), Failure> {
    let (mut leads, mut fields) = (0, 0);
    let everyone = PeopleFilter::default();
    home.usher
        .people_of_plan(JOB.name, digest, &everyone, |person| {
            if let (Some(Verdict::Update | Verdict::Leave), Some(lead)) =
                (person.verdict, person.lead_id)
            {
                leads += lead.unsigned_abs();
                fields += person.explain.changes.len() as u64;
            }
            Ok(())
        })?;
    let sum = Counts::from([("sum".into(), leads)]);
    told.counts.insert("chosen_leads".into(), sum);
    let written = Counts::from([("written".into(), fields)]);
    told.counts.insert("fields".into(), written);
    Ok(())
}
