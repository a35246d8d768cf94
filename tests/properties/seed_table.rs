//! The six rows of seed 001, "Lead matching behavior", one by one: what becomes
//! of a person who is there and of one who is not.

use crate::world::World;
use crate::{draw, engine, slow};
use usher_model::{ListAct, PersonAction, ReasonCode, SyncType, Verdict};

/// Verdict and list act of the matched person, then of the unmatched one.
type Row = (
    SyncType,
    PersonAction,
    (Verdict, ListAct),
    (Verdict, ListAct),
);

const TABLE: [Row; 6] = {
    use ListAct::{Add, None as Nothing};
    use PersonAction::{UpdateAndCreate, UpdateExisting};
    use SyncType::{AudienceAndProfile, AudienceOnly, ProfileOnly};
    use Verdict::{Create, Leave, Skip, Update};
    [
        (
            ProfileOnly,
            UpdateAndCreate,
            (Update, Nothing),
            (Create, Nothing),
        ),
        (
            ProfileOnly,
            UpdateExisting,
            (Update, Nothing),
            (Skip, Nothing),
        ),
        (AudienceOnly, UpdateAndCreate, (Leave, Add), (Create, Add)),
        (AudienceOnly, UpdateExisting, (Leave, Add), (Skip, Nothing)),
        (
            AudienceAndProfile,
            UpdateAndCreate,
            (Update, Add),
            (Create, Add),
        ),
        (
            AudienceAndProfile,
            UpdateExisting,
            (Update, Add),
            (Skip, Nothing),
        ),
    ]
};

#[test]
fn each_row_of_the_table_is_kept() {
    for (sync_type, person_action, there, not_there) in TABLE {
        let cells = |email: &str| [email, "Grace", "Hopper"].map(str::to_owned).to_vec();
        let world = World {
            settings: draw::plain_settings(sync_type, person_action),
            rows: vec![cells("ada1@x.example"), cells("ada2@x.example")],
            leads: vec![draw::plain_lead(1, "ada1@x.example")],
            suppressions: Vec::new(),
            delivered: Vec::new(),
            remembered: Vec::new(),
            added: Vec::new(),
            list: sync_type.fills_list().then(Vec::new),
        };
        let plan = engine::plan(&world);
        let found: Vec<_> = plan
            .decisions
            .iter()
            .map(|one| (one.verdict, one.list))
            .collect();
        assert_eq!(
            found,
            [there, not_there],
            "{sync_type:?}, {person_action:?}"
        );
        assert_eq!(plan.decisions[0].lead, Some(1));
        let left_out = (not_there.0 == Verdict::Skip).then_some(ReasonCode::NotInDestination);
        assert_eq!(plan.decisions[1].reason, left_out);
        let slow: Vec<_> = slow::plan(&world)
            .lines
            .iter()
            .map(|one| (one.verdict, one.list))
            .collect();
        assert_eq!(slow, found, "the slow planner reads the table alike");
    }
}

/// "Only the most recently updated lead will be updated", whichever partition
/// it is in.
#[test]
fn of_several_leads_the_most_recently_updated_counts() {
    let lead = |id, updated: &str, partition| {
        let lead = draw::plain_lead(id, "ada1@x.example");
        crate::world::Lead {
            updated: Some(updated.to_owned()),
            partition,
            ..lead
        }
    };
    let mut world = World {
        settings: draw::plain_settings(SyncType::AudienceAndProfile, PersonAction::UpdateAndCreate),
        rows: vec![
            ["ADA1@x.example ", "Grace", "Hopper"]
                .map(str::to_owned)
                .to_vec(),
        ],
        leads: vec![
            lead(5, "2026-03-02T00:00:00Z", 1),
            lead(3, "2026-03-03T01:00:00+01:00", 2),
            lead(2, "2026-03-03T00:00:00Z", 3),
        ],
        suppressions: Vec::new(),
        delivered: Vec::new(),
        remembered: Vec::new(),
        added: Vec::new(),
        list: Some(Vec::new()),
    };
    let plan = engine::plan(&world);
    assert_eq!(plan.decisions[0].lead, Some(3), "ties go to the higher id");
    assert_eq!(plan.counts.ambiguous_keys, 1);
    world.added.push((5, "ada1@x.example".to_owned()));
    world.list = Some(vec![5]);
    let plan = engine::plan(&world);
    assert_eq!(
        plan.decisions[0].lead,
        Some(3),
        "the profile that counts stays the same"
    );
    assert_eq!(
        plan.decisions[0].list_lead,
        Some(5),
        "whom Usher added keeps the place"
    );
    assert_eq!(plan.decisions[0].list, ListAct::Keep);
}
