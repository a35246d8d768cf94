//! After a run in which everything was accepted there is nothing left to do.

use crate::{accepted, draw, engine};
use proptest::prelude::*;
use usher_model::{ListAct, Verdict};

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Where the dedupe field is mapped a second time an update may give a lead
    /// another key; then a row's lead is another one afterwards, or nobody.
    #[test]
    fn the_next_plan_is_empty(world in draw::worlds().prop_filter("keys stay", |world| !world.rewrites_its_keys())) {
        let (after, plan) = accepted::plan_after(&world);
        for (at, decision) in plan.decisions.iter().enumerate() {
            let sends = matches!(decision.verdict, Verdict::Create | Verdict::Update);
            prop_assert!(!sends, "row {} again: {decision:?} in {after:?}", at + 1);
            prop_assert!(decision.list != ListAct::Add, "row {} again: {decision:?}", at + 1);
        }
        prop_assert_eq!(plan.removals, vec![]);
    }

    /// What was seen or written for a lead that was there is remembered: nothing
    /// is new the second time. A creation remembers what it sent alone, so a
    /// blank that clears is first seen equal by the plan after it.
    #[test]
    fn nothing_is_seen_for_the_first_time_twice(world in draw::worlds().prop_filter("keys stay", |world| !world.rewrites_its_keys())) {
        let (_, plan) = accepted::plan_after(&world);
        let first = engine::plan(&world);
        for (at, decision) in plan.decisions.iter().enumerate() {
            if first.decisions[at].verdict == Verdict::Create {
                continue;
            }
            prop_assert_eq!(&decision.seen_equal, &Vec::<usize>::new(), "row {}", at + 1);
            prop_assert_eq!(decision.drifted(), first.decisions[at].drifted(), "row {}", at + 1);
        }
    }
}
