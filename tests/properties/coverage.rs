//! The drawn worlds hold all that the rules speak of: a property over worlds in
//! which something never happens says nothing of it.

use crate::{draw, engine};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::BTreeMap;

#[test]
fn everything_happens_in_drawn_worlds() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut note = |what: String, times: usize| *seen.entry(what).or_default() += times;
    for _ in 0..400 {
        let world = draw::worlds().new_tree(&mut runner).unwrap().current();
        let plan = engine::plan(&world);
        for decision in &plan.decisions {
            let reason = decision.reason.map_or("plain", |reason| reason.as_str());
            note(format!("{:?} {reason}", decision.verdict), 1);
            note(format!("list {:?}", decision.list), 1);
            let elsewhere = decision.list_lead.is_some();
            note("place of another lead".to_owned(), usize::from(elsewhere));
            note("seen equal".to_owned(), decision.seen_equal.len());
        }
        note("removals".to_owned(), plan.removals.len());
        note("others".to_owned(), plan.counts.list_others as usize);
        note("ambiguous".to_owned(), plan.counts.ambiguous_keys as usize);
    }
    for what in [
        "Create plain",
        "Update plain",
        "Update drifted",
        "Leave plain",
        "Leave drifted",
        "Skip no_key",
        "Skip invalid_key",
        "Skip case_differs",
        "Skip duplicate_in_audience",
        "Skip suppressed",
        "Skip no_consent",
        "Skip not_in_destination",
        "Skip missing_required",
        "Skip invalid_value",
        "list Add",
        "list Keep",
        "list None",
        "place of another lead",
        "seen equal",
        "removals",
        "others",
        "ambiguous",
    ] {
        let times = seen.get(what).copied().unwrap_or(0);
        assert!(times >= 20, "{what}: {times} times in {seen:#?}");
    }
}
