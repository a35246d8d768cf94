//! The engine and the slow planner say the same of any world.

use crate::slow::{self, Line};
use crate::world::World;
use crate::worth::Worth;
use crate::{draw, engine};
use proptest::prelude::*;
use usher_matching::Decision;
use usher_model::{Person, Verdict};

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, max_shrink_iters: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn engine_and_slow_planner_agree(world in draw::worlds()) {
        let fast = engine::plan(&world);
        let slow = slow::plan(&world);
        for (at, (decision, line)) in fast.decisions.iter().zip(&slow.lines).enumerate() {
            prop_assert_eq!(&as_line(decision), line, "row {}: {:?}", at + 1, &world.rows[at]);
            sent_values_are_the_audiences(&world, at, line, &fast.people[at])?;
        }
        let removals: Vec<_> = fast.removals.iter().map(|removal| (removal.lead, removal.key.clone())).collect();
        prop_assert_eq!(&removals, &slow.removals);
        counts_are_those_of(&fast.counts, &slow)?;
    }
}

fn as_line(decision: &Decision) -> Line {
    let mut writes = decision.writes.clone();
    writes.sort_unstable();
    Line {
        verdict: decision.verdict,
        reason: decision.reason,
        lead: decision.lead,
        list: decision.list,
        list_lead: decision.list_lead,
        writes,
        drifted: decision.drifted(),
    }
}

/// What a line of the plan shows as sent is the cell's value, for the fields
/// that are written and no others; a creation's key is the trimmed original.
fn sent_values_are_the_audiences(
    world: &World,
    at: usize,
    line: &Line,
    person: &Person,
) -> Result<(), TestCaseError> {
    let settings = &world.settings;
    let mut names: Vec<&str> = Vec::new();
    for mapped in line
        .writes
        .iter()
        .map(|&position| &settings.fields[position])
    {
        let pair = &person.explain.changes[&mapped.field.name];
        if line.verdict == Verdict::Create && mapped.field.name == settings.key.field.name {
            continue;
        }
        let cell = Worth::of_cell(&mapped.field, &world.rows[at][mapped.column]);
        prop_assert_eq!(Worth::of_value(&mapped.field, &pair[1]), cell);
        names.push(&mapped.field.name);
    }
    if line.verdict == Verdict::Create {
        let original = world.rows[at][settings.key.column].trim();
        let sent = &person.explain.changes[&settings.key.field.name][1];
        match settings.key.field.data_type.is_number() {
            true => prop_assert_eq!(sent.as_f64(), original.parse().ok()),
            false => prop_assert_eq!(sent.as_str(), Some(original)),
        }
        names.push(&settings.key.field.name);
    }
    names.sort_unstable();
    let mut shown: Vec<&str> = person.explain.changes.keys().map(String::as_str).collect();
    shown.sort_unstable();
    prop_assert_eq!(shown, names);
    Ok(())
}

fn counts_are_those_of(
    counts: &usher_matching::Counts,
    slow: &slow::Plan,
) -> Result<(), TestCaseError> {
    use usher_model::ReasonCode::*;
    let verdicts = |verdict| {
        slow.lines
            .iter()
            .filter(|line| line.verdict == verdict)
            .count() as u64
    };
    let skips = |reason| {
        let skipped = slow
            .lines
            .iter()
            .filter(|line| line.verdict == Verdict::Skip);
        skipped.filter(|line| line.reason == Some(reason)).count() as u64
    };
    let people = &counts.people;
    prop_assert_eq!(people.rows, slow.lines.len() as u64);
    prop_assert_eq!(people.create, verdicts(Verdict::Create));
    prop_assert_eq!(people.update, verdicts(Verdict::Update));
    prop_assert_eq!(people.leave, verdicts(Verdict::Leave));
    let skip = &people.skip;
    for (found, reason) in [
        (skip.no_key, NoKey),
        (skip.invalid_key, InvalidKey),
        (skip.case_differs, CaseDiffers),
        (skip.duplicate_in_audience, DuplicateInAudience),
        (skip.suppressed, Suppressed),
        (skip.no_consent, NoConsent),
        (skip.not_in_destination, NotInDestination),
        (skip.missing_required, MissingRequired),
        (skip.invalid_value, InvalidValue),
    ] {
        prop_assert_eq!(found, skips(reason), "{:?}", reason);
    }
    prop_assert_eq!(counts.list_add, slow.add as u64);
    prop_assert_eq!(counts.list_keep, slow.keep as u64);
    prop_assert_eq!(counts.list_remove, slow.removals.len() as u64);
    prop_assert_eq!(counts.list_others, slow.others as u64);
    prop_assert_eq!(counts.ambiguous_keys, slow.ambiguous_keys as u64);
    prop_assert_eq!(counts.drifted, slow.drifted as u64);
    Ok(())
}
