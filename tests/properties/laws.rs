//! Laws of every plan that need no second planner to be checked.

use crate::world::World;
use crate::worth::Worth;
use crate::{draw, engine, slow};
use proptest::prelude::*;
use usher_matching::{Key, KeyKind, cell_hash, cell_length, normalize};
use usher_model::{DataType, Field, ListAct, ReasonCode, Verdict};

fn kinds() -> impl Strategy<Value = KeyKind> {
    prop::sample::select(vec![KeyKind::Email, KeyKind::Text, KeyKind::Number])
}

/// Keys that nearly are ones, and any text.
fn cells() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ \t\u{a0}]{0,2}[a-cA-CäÄß@.,+_-]{0,8}@[a-zA-Z.-]{0,6}[ ]?",
        "[a-cA-C!~{.-]{0,6}@[a-cZ_-]{0,3}[.]{0,2}[a-zA-Z-]{0,4}",
        "[ ]?[+-]?0{0,3}[0-9]{0,20}[.]?[0-9]{0,4}0{0,2}[ ]?",
        any::<String>(),
    ]
}

/// ASCII, one `@`; words with single dots between them before it; behind it at least
/// two labels of letters, digits, `-` and `_`, none with a hyphen at an end.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let word = |word: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
        !word.is_empty() && word.bytes().all(fits)
    };
    let label = |label: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let hyphen = label.starts_with('-') || label.ends_with('-');
        !label.is_empty() && !hyphen && label.bytes().all(fits)
    };
    local.split('.').all(word) && domain.contains('.') && domain.split('.').all(label)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn normalising_twice_is_normalising_once(kind in kinds(), cell in cells()) {
        if let Key::Valid(once) = normalize(kind, &cell) {
            prop_assert_eq!(normalize(kind, &once), Key::Valid(once.clone()));
            let padded = format!(" {cell}\u{a0}");
            prop_assert_eq!(normalize(kind, &padded), Key::Valid(once));
        }
    }

    #[test]
    fn an_address_is_one_by_every_rule_of_its_shape(cell in cells()) {
        let text = cell.trim();
        let lower = is_address(text).then(|| text.to_ascii_lowercase());
        let key = match normalize(KeyKind::Email, &cell) {
            Key::Valid(key) => Some(key.into_owned()),
            _ => None,
        };
        prop_assert_eq!(key, lower);
    }

    #[test]
    fn a_cell_is_as_long_as_its_json(cell in cells()) {
        let field = Field {
            name: "note".into(),
            display_name: "Note".into(),
            data_type: DataType::Text,
            length: None,
            writable: true,
            searchable: false,
            company: false,
        };
        let text = cell.trim();
        let length = match text {
            "" => 0,
            text => serde_json::to_string(text).unwrap().len(),
        };
        prop_assert_eq!(cell_length(&field, &cell) as usize, length);
        for data_type in [DataType::Text, DataType::Email, DataType::Integer, DataType::Boolean] {
            let field = Field { data_type, ..field.clone() };
            prop_assert_eq!(cell_length(&field, &cell), cell_hash(&field, &cell).1);
        }
    }

    #[test]
    fn counts_add_up_to_the_rows(world in draw::worlds()) {
        let plan = engine::plan(&world);
        let people = &plan.counts.people;
        prop_assert_eq!(people.rows, world.rows.len() as u64);
        prop_assert_eq!(people.create + people.update + people.leave + people.skip.total(), people.rows);
        let members = world.list.as_ref().map_or(0, Vec::len) as u64;
        prop_assert!(plan.counts.list_keep + plan.counts.list_remove + plan.counts.list_others <= members);
        let only_profiles = world.list.is_none();
        prop_assert!(!only_profiles || plan.decisions.iter().all(|decision| decision.list == ListAct::None));
    }

    /// Among rows of different keys order means nothing; among rows of one key
    /// it says only which of them counts. So the rows that count and those
    /// without a key may be shuffled, and everything goes with them.
    #[test]
    fn rows_of_different_keys_do_not_look_at_each_other(world in draw::worlds(), order in any::<[u8; 40]>()) {
        let plan = engine::plan(&world);
        let is_later = |at: &usize| plan.decisions[*at].reason == Some(ReasonCode::DuplicateInAudience);
        let mut places: Vec<usize> = (0..world.rows.len()).filter(|at| !is_later(at)).collect();
        places.sort_by_key(|&at| (order[at % 40], at));
        let rows = places.iter().map(|&at| world.rows[at].clone()).collect();
        let shuffled = engine::plan(&World { rows, ..world.clone() });
        for (decision, &at) in shuffled.decisions.iter().zip(&places) {
            prop_assert_eq!(decision, &plan.decisions[at]);
        }
        let without_later = |counts: &usher_matching::Counts| {
            let mut counts = counts.clone();
            counts.people.rows -= counts.people.skip.duplicate_in_audience;
            counts.people.skip.duplicate_in_audience = 0;
            counts
        };
        prop_assert_eq!(without_later(&shuffled.counts), without_later(&plan.counts));
        prop_assert_eq!(shuffled.removals, plan.removals);
    }

    #[test]
    fn the_order_in_which_leads_were_read_means_nothing(world in draw::worlds()) {
        let mut reversed = world.clone();
        reversed.leads.reverse();
        reversed.added.reverse();
        reversed.list.iter_mut().for_each(|list| list.reverse());
        reversed.suppressions.reverse();
        let (one, other) = (engine::plan(&world), engine::plan(&reversed));
        prop_assert_eq!(one.people, other.people);
        prop_assert_eq!(one.decisions, other.decisions);
        prop_assert_eq!(one.counts, other.counts);
        prop_assert_eq!(one.removals, other.removals);
        prop_assert_eq!(one.digest, other.digest);
    }

    /// Neither blocks nor threads nor the readings that leads came with.
    #[test]
    fn the_same_work_cut_otherwise_says_the_same(
        world in draw::worlds(), block in 1usize..12, threads in 1usize..4, reading in 1usize..12,
    ) {
        let whole = engine::plan(&world);
        let cut = engine::plan_cut(&world, engine::Cut { block, threads, reading });
        prop_assert_eq!(&cut.digest, &whole.digest);
        prop_assert_eq!(&cut.people, &whole.people);
        prop_assert_eq!(&cut.counts, &whole.counts);
        prop_assert_eq!(&cut.removals, &whole.removals);
    }

    /// A digest stands for what is intended: two rows that trade places, a
    /// changed setting or another verdict give another one.
    #[test]
    fn another_plan_has_another_digest(world in draw::worlds()) {
        let plan = engine::plan(&world);
        let mut other = world.clone();
        other.rows.pop();
        let shorter = engine::plan(&other);
        prop_assert!(world.rows.is_empty() || shorter.digest != plan.digest);
        let mut other = world.clone();
        other.settings.consent = Some((0, "nobody says this".to_owned()));
        prop_assert_ne!(engine::plan(&other).digest, plan.digest);
    }

    #[test]
    fn suppressed_people_are_sent_nothing(world in draw::worlds()) {
        let plan = engine::plan(&world);
        for (at, decision) in plan.decisions.iter().enumerate() {
            let sends = matches!(decision.verdict, Verdict::Create | Verdict::Update) || decision.list == ListAct::Add;
            prop_assert!(!(sends && slow::is_suppressed(&world, at)), "row {}: {decision:?}", at + 1);
        }
    }

    #[test]
    fn protected_flags_are_never_taken_back(world in draw::worlds()) {
        let plan = engine::plan(&world);
        let flags = ["unsubscribed", "emailInvalid", "doNotCall", "marketingSuspended"];
        for (at, decision) in plan.decisions.iter().enumerate() {
            let Some(lead) = decision.lead.and_then(|id| world.lead(id)) else { continue };
            for mapped in decision.writes.iter().map(|&position| &world.settings.fields[position]) {
                let name = mapped.field.name.as_str();
                let there = Worth::of_value(&mapped.field, lead.value(name));
                let sent = Worth::of_cell(&mapped.field, &world.rows[at][mapped.column]);
                let taken_back = there == Worth::Flag(true) && sent != Worth::Flag(true);
                prop_assert!(!(flags.contains(&name) && taken_back), "row {}: {name}", at + 1);
                prop_assert!(name != "unsubscribedReason" || sent != Worth::Nothing, "row {}", at + 1);
            }
        }
    }
}
