//! The person in a run, a plan and a reading, and somebody else beside them.

use super::home::Home;
use crate::plan::PlannedPerson;
use crate::reading::LeadBlock;
use crate::run::{RunList, RunRecord, Stage};
use crate::usher::Usher;
use serde_json::{Map, Value, json};
use usher_matching::{KeyHash, KeyKind};
use usher_model::*;
use usher_store::Tx;
use usher_store::table::{When, plans, readings};

pub(super) const ADDRESS: &str = "canary@example.com";
pub(super) const LEAD: i64 = 77;
pub(super) const OTHER: &str = "other@example.com";

fn connection() -> ConnectionId {
    ConnectionId("con_1".into())
}

pub(super) fn run(
    id: &str,
    state: RunState,
    stage: Stage,
    people: PeopleCounts,
    add: u64,
) -> RunRecord {
    RunRecord {
        run_id: RunId(id.into()),
        sync_id: SyncId("syn_1".into()),
        sync: "sync".into(),
        destination: DestinationId("dst_1".into()),
        connection: connection(),
        state,
        stage,
        plan: None,
        digest: None,
        fresh_since: None,
        fresh_until: None,
        rows: people.rows,
        partitions: 1,
        people,
        list: Some(RunList {
            id: Some(9),
            name: "list".into(),
            folder: None,
            keep: 0,
            others: 0,
            add,
            remove: 1,
            beyond_limit: 0,
            refused: None,
        }),
        dedupe_field: None,
        fields: Vec::new(),
        partition: None,
        limit: None,
        limit_row: None,
        no_wait: false,
        unattended: false,
        due_at: None,
        fewest_in_file: None,
        asks_about_quota: false,
        list_is_old: false,
        was_paused: false,
        routes: crate::plan::RouteWish::default(),
        allowed: Vec::new(),
        overridden: Vec::new(),
        list_counted: None,
        retry_of: None,
        retry: None,
        calls: 1,
        retries: 0,
        verification: None,
        started_at: Timestamp(1),
        finished_at: None,
        problem: Some(Problem::usage(format!("`{ADDRESS}` is not welcome."))),
        closed: false,
        tallies: None,
    }
}

fn changes(address: &str) -> Map<String, Value> {
    let pair = json!({ "email": [null, address], "firstName": [null, "A"] });
    pair.as_object().unwrap().clone()
}

pub(super) fn line(
    row: Option<u64>,
    key: &str,
    verdict: Option<Verdict>,
    list: ListAct,
) -> PlannedPerson {
    let lead_id =
        (verdict != Some(Verdict::Create)).then_some(if key == ADDRESS { LEAD } else { 5 });
    let candidate = Candidate {
        lead_id: LEAD,
        updated_at: None,
        partition: None,
    };
    let mine = key == ADDRESS;
    PlannedPerson {
        person: Person {
            row,
            key: Some(key.into()),
            verdict,
            list,
            lead_id,
            list_lead_id: None,
            reason: None,
            explain: Explain {
                raw: Some(key.to_uppercase()),
                normalized: Some(key.into()),
                candidates: mine.then_some(candidate).into_iter().collect(),
                rule: "One person has this email.".into(),
                changes: changes(key),
            },
        },
        seen: vec![("firstName".into(), 12)],
        emails: mine
            .then(|| KeyHash::of(ADDRESS).to_hex())
            .into_iter()
            .collect(),
    }
}

pub(super) fn item(row: Option<u64>, key: &str, lead: Option<i64>) -> Item {
    Item {
        row,
        key: key.into(),
        lead,
        changes: changes(key),
        emails: Vec::new(),
        warning: None,
    }
}

pub(super) fn batch(
    kind: BatchKind,
    state: BatchState,
    items: Vec<Item>,
    receipts: Vec<Receipt>,
) -> Batch {
    Batch {
        file: None,
        seq: 0,
        kind,
        state,
        attempt: 1,
        sent_at: Some(3),
        items,
        receipts,
    }
}

pub(super) fn refused() -> Receipt {
    Receipt::Rejected {
        code: "1003".into(),
        message: format!("{ADDRESS} is odd"),
    }
}

/// A run that ended, in which the person was updated, joined, left and refused.
pub(super) async fn finished(home: &Home) -> RunRecord {
    let people = PeopleCounts {
        rows: 3,
        update: 2,
        create: 1,
        ..PeopleCounts::default()
    };
    let record = run(
        "run_done",
        RunState::CompletedWithProblems,
        Stage::Ended,
        people,
        1,
    );
    let lines = vec![
        line(Some(1), OTHER, Some(Verdict::Update), ListAct::None),
        line(Some(2), ADDRESS, Some(Verdict::Update), ListAct::Add),
        line(Some(3), ADDRESS, Some(Verdict::Create), ListAct::None),
        line(None, ADDRESS, None, ListAct::Remove),
    ];
    let done = |lead| Receipt::Done { lead };
    let (first, second) = (
        item(Some(1), OTHER, Some(5)),
        item(Some(2), ADDRESS, Some(LEAD)),
    );
    let bare = Item {
        changes: Map::new(),
        ..second.clone()
    };
    let all = vec![
        batch(
            BatchKind::Update,
            BatchState::Done,
            vec![first, second],
            vec![refused(), done(LEAD)],
        ),
        batch(
            BatchKind::Create,
            BatchState::Done,
            vec![item(Some(3), ADDRESS, None)],
            vec![refused()],
        ),
        batch(
            BatchKind::Add,
            BatchState::Done,
            vec![bare.clone()],
            vec![done(LEAD)],
        ),
        batch(
            BatchKind::Remove,
            BatchState::Done,
            vec![Item { row: None, ..bare }],
            vec![refused()],
        ),
    ];
    home.put_run(&record, lines, all).await;
    record
}

pub(super) async fn seed_cache(usher: &Usher) {
    let seed = |tx: &Tx<'_>| {
        let reading = readings::Reading {
            fields: vec!["email".into()],
            when: When::new(Timestamp(1), Timestamp(2)),
            calls: 1,
            keys: 2,
            whole: false,
            blocks: 1,
            there_at: None,
            partitions: Vec::new(),
            changes_since: None,
            told_by: None,
            exports: None,
        };
        let id = readings::begin(tx, "con_1/email", &reading)?;
        let values = |address: &str| json!({ "email": address }).as_object().unwrap().clone();
        let leads = [(LEAD, values("CANARY@example.com")), (5, values(OTHER))];
        let keys = [KeyHash::of(ADDRESS), KeyHash::of(OTHER)];
        let block = LeadBlock::of(&["email".to_owned()], &leads).unwrap();
        let keys = [(KeyKind::Email, keys.to_vec())];
        readings::put_block(tx, id, 1, &block.stored(&[], &keys)?)?;
        readings::publish(tx, id, &reading)?;
        let plan = PlanId("pln_1".into());
        plans::begin(
            tx,
            &plan,
            &SyncId("syn_1".into()),
            &SnapshotId("snp_0".into()),
            &[id],
        )?;
        plans::publish(tx, &plan, "digest", "content", &json!({}))
    };
    usher.cache.write(seed).await.unwrap();
}

pub(super) fn destination() -> Destination {
    Destination {
        id: DestinationId("dst_1".into()),
        name: "destination".into(),
        description: String::new(),
        connection: connection(),
        sync_type: SyncType::AudienceAndProfile,
        person_action: PersonAction::UpdateAndCreate,
        dedupe_field: "email".into(),
        partition: None,
        workspace: None,
        mapping: Mapping {
            key_column: "email".into(),
            fields: Vec::new(),
        },
    }
}

pub(super) fn sync() -> Sync {
    Sync {
        id: SyncId("syn_1".into()),
        name: "sync".into(),
        audience: AudienceId("aud_1".into()),
        destination: DestinationId("dst_1".into()),
        list: ListChoice::Id(9),
        mode: Mode::Mirror,
        on_drift: OnDrift::Leave,
        consent: None,
        max_creations: None,
        paused: false,
        schedule: None,
        missed: Missed::default(),
        alerts: Vec::new(),
    }
}
