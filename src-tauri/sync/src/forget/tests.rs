//! A person seeded into every table, forgotten, and looked for in every cell
//! of both databases.

mod home;
mod people;

use super::{Forgotten, Whom};
use crate::audience::{RowColumn, key_hashes};
use crate::run::Stage;
use home::Home;
use people::*;
use serde_json::json;
use usher_matching::{KeyHash, KeyKind};
use usher_model::*;
use usher_store::table::definitions;
use usher_store::table::ledger::{self, ERASED, Entry};
use usher_store::table::suppressions::{self, Suppression};

#[tokio::test]
async fn nothing_of_the_person_is_left_in_any_table() {
    let mut home = Home::new();
    let usher = home.usher.clone();
    let rows = "email,name,twin\na@x.example,A,\n Canary@Example.com ,C,\nb@x.example,B,canary@example.COM\nc@x.example,C,\n";
    let before = home.import("people", rows).await;
    let (sync, destination) = (sync(), destination());
    let ours = sync.id.clone();
    home.journal(move |tx| {
        definitions::insert(tx, &destination)?;
        definitions::insert(tx, &sync)?;
        let place = |lead, key: Option<&str>| Entry {
            lead,
            values: vec![("firstName".into(), 4)],
            place: Some(key.map(str::to_owned)),
        };
        ledger::append(
            tx,
            &ours,
            &[place(LEAD, Some(ADDRESS)), place(5, Some(OTHER))],
        )?;
        ledger::append(
            tx,
            &ours,
            &[Entry {
                place: None,
                ..place(LEAD, None)
            }],
        )?;
        let one = Suppression {
            namespace: "email".into(),
            hash: KeyHash::of(ADDRESS).0,
            value: Some(ADDRESS.into()),
            added_at: 1,
            erased: false,
        };
        suppressions::add(tx, &one)
    })
    .await;
    seed_cache(&usher).await;
    let record = finished(&home).await;
    let report = usher.run_report("run_done").unwrap();
    let outcomes: Vec<_> = home
        .people(&record)
        .iter()
        .map(|one| (one.row, one.outcome, one.list))
        .collect();
    assert!(home.hits().len() >= 8, "seeded: {:?}", home.hits());
    for copy in ["journal.db.before-6", "cache.db.damaged"] {
        std::fs::write(usher.folder().join(copy), ADDRESS).unwrap();
    }

    let forgotten = usher.forget(" CANARY@example.com").await.unwrap();

    let expected = Forgotten {
        rows: 2,
        leads: 1,
        lines: 3,
        plans: 1,
        entries: 2,
        pending: 0,
    };
    assert_eq!(forgotten, expected);
    assert_eq!(home.hits(), ["suppressions.hash"]);
    assert!(!usher.folder().join("journal.db.before-6").exists());
    assert!(!usher.folder().join("cache.db.damaged").exists());
    for log in ["journal.db-wal", "cache.db-wal"] {
        assert_eq!(
            std::fs::metadata(usher.folder().join(log)).unwrap().len(),
            0,
            "{log}"
        );
    }
    assert_eq!(usher.run_report("run_done").unwrap(), report);
    let now: Vec<_> = home
        .people(&record)
        .iter()
        .map(|one| (one.row, one.outcome, one.list))
        .collect();
    assert_eq!(now, outcomes);

    let after = usher.audience("people").unwrap().1;
    assert_eq!((after.rows, &after.id), (4, &before.id));
    let blank = home
        .import(
            "blank",
            "email,name,twin\na@x.example,A,\n,,\n,,\nc@x.example,C,\n",
        )
        .await;
    assert_eq!(after.content, blank.content);
    let reader = usher.cache.reader().unwrap();
    let column = RowColumn::key(0, KeyKind::Email);
    let keys = usher.row_column(&reader, &after, &column, 0).unwrap();
    let keys = key_hashes(&keys);
    assert_eq!(keys[1..3], [KeyHash::BLANK, KeyHash::BLANK]);
    assert_eq!(keys[0], KeyHash::of("a@x.example"));
    drop(reader);

    let mut places = Vec::new();
    let known = usher.journal.reader().unwrap();
    ledger::each(&known, &SyncId("syn_1".into()), |entry| places.push(entry)).unwrap();
    drop(known);
    assert_eq!(places.len(), 2);
    assert_eq!((places[0].lead, places[0].values.len()), (LEAD, 0));
    assert_eq!(places[0].place, Some(Some(ERASED.into())));
    assert_eq!(places[1].place, Some(Some(OTHER.into())));
    let all = usher.suppressions().unwrap();
    assert!(all.forbids("email", "canary@EXAMPLE.com"));
    assert!(
        usher
            .list_suppressions()
            .unwrap()
            .iter()
            .all(|one| one.key.is_none())
    );

    let again = usher.forget(ADDRESS).await.unwrap();
    assert_eq!(again, Forgotten::default());
    home.reopen();
    assert_eq!(home.hits(), ["suppressions.hash"]);
    assert_eq!(home.usher.run_report("run_done").unwrap(), report);

    let back = home.import("people", rows).await;
    assert_eq!(back.content, after.content, "an import leaves them blank");
    assert_eq!(home.hits(), ["suppressions.hash"]);
    let values = || vec![ADDRESS.to_owned()];
    home.usher.suppress("email", values()).await.unwrap();
    assert_eq!(home.import("people", rows).await.content, after.content);
    home.usher.unsuppress("email", values()).await.unwrap();
    let lifted = home.import("people", rows).await;
    assert_eq!(lifted.content, before.content, "the user let them back in");
}

#[tokio::test]
async fn who_was_not_sent_is_withheld_and_who_is_in_doubt_waits() {
    let home = Home::new();
    let people = PeopleCounts {
        rows: 4,
        create: 2,
        update: 1,
        leave: 1,
        ..PeopleCounts::default()
    };
    let record = run(
        "run_stopped",
        RunState::Interrupted,
        Stage::Profiles,
        people,
        4,
    );
    let lines = vec![
        line(Some(1), OTHER, Some(Verdict::Create), ListAct::Add),
        line(Some(2), ADDRESS, Some(Verdict::Create), ListAct::Add),
        line(Some(3), ADDRESS, Some(Verdict::Leave), ListAct::Add),
        line(Some(4), ADDRESS, Some(Verdict::Update), ListAct::Add),
        line(None, ADDRESS, None, ListAct::Remove),
    ];
    let planned = vec![item(Some(1), OTHER, None), item(Some(2), ADDRESS, None)];
    let doubt = vec![item(Some(4), ADDRESS, Some(LEAD))];
    let open = vec![
        batch(BatchKind::Create, BatchState::Planned, planned, vec![]),
        batch(BatchKind::Update, BatchState::InDoubt, doubt, vec![]),
    ];
    home.put_run(&record, lines, open).await;
    let before = home.usher.run_report("run_stopped").unwrap();

    let forgotten = home.usher.forget(ADDRESS).await.unwrap();

    assert_eq!((forgotten.lines, forgotten.pending), (3, 1));
    let all = home.batches(&record);
    let told: Vec<_> = all
        .iter()
        .map(|one| (one.kind, one.state, one.items.len(), one.receipts.len()))
        .collect();
    assert_eq!(
        told,
        [
            (BatchKind::Create, BatchState::Planned, 1, 0),
            (BatchKind::Update, BatchState::InDoubt, 1, 0),
            (BatchKind::Create, BatchState::Done, 1, 1),
            (BatchKind::Add, BatchState::Done, 1, 1),
        ]
    );
    assert_eq!(all[0].items[0].key, OTHER);
    assert_eq!(all[1].items[0].key, ADDRESS);
    assert_eq!(all[3].items[0].lead, Some(LEAD));
    for one in &all[2..] {
        assert_eq!(one.receipts, [Receipt::Withheld(ReasonCode::Suppressed)]);
        assert_eq!(
            (one.items[0].key.as_str(), one.items[0].changes.len()),
            ("", 0)
        );
    }
    let after = home.usher.run_report("run_stopped").unwrap();
    assert_eq!(after.people.total(), before.people.total());
    assert_eq!(after.people.skipped["suppressed"], 1);
    assert_eq!(
        after.people.skipped["not_sent"],
        before.people.skipped["not_sent"] - 1
    );
    assert_eq!(after.people.unconfirmed, 1);
    let kept: Vec<_> = home
        .people(&record)
        .into_iter()
        .map(|one| one.key)
        .collect();
    let address = Some(ADDRESS.to_owned());
    assert_eq!(kept, [Some(OTHER.to_owned()), None, None, address, None]);
}

#[tokio::test]
async fn a_run_under_way_is_left_alone_and_withholds_by_the_suppression() {
    let home = Home::new();
    let people = PeopleCounts {
        rows: 1,
        create: 1,
        ..PeopleCounts::default()
    };
    let record = run("run_alive", RunState::Sending, Stage::Profiles, people, 1);
    let lines = vec![line(Some(1), ADDRESS, Some(Verdict::Create), ListAct::Add)];
    let planned = vec![item(Some(1), ADDRESS, None)];
    let open = vec![batch(
        BatchKind::Create,
        BatchState::Planned,
        planned,
        vec![],
    )];
    home.put_run(&record, lines, open).await;
    let before = home.batches(&record);
    let forgotten = home.usher.forget(ADDRESS).await.unwrap();
    assert_eq!(
        forgotten,
        Forgotten {
            pending: 1,
            ..Forgotten::default()
        }
    );
    assert_eq!(home.batches(&record), before);
    let all = home.usher.suppressions().unwrap();
    assert!(all.forbids("email", &before[0].items[0].key));
}

#[tokio::test]
async fn a_key_that_is_no_address_is_compared_exactly() {
    let whom = Whom::new(" Ab-1 ", &[]).unwrap();
    assert!(whom.names("Ab-1\t"));
    assert!(!whom.names("ab-1"));
    assert!(whom.is_quoted_in("`Ab-1` is odd."));
    assert!(!whom.is_quoted_in("Ab-12 is odd, and 1Ab-1 too."));
    assert!(Whom::new(" \u{a0}", &[]).is_err());
    let home = Home::new();
    let destination = Destination {
        dedupe_field: "customerId".into(),
        mapping: Mapping {
            key_column: "id".into(),
            fields: Vec::new(),
        },
        ..destination()
    };
    home.journal(move |tx| definitions::insert(tx, &destination))
        .await;
    let file = "id,name\nab-1,A\nAb-1,B\nc-1,Ab-1\n";
    home.import("ids", file).await;
    home.import("names", "name\nAb-1\n").await;
    let gone = home.usher.forget("Ab-1").await.unwrap();
    assert_eq!(gone.rows, 1, "a name that reads like a key stays");
    let erased = home.usher.audience("ids").unwrap().1.content;
    assert_eq!(home.import("ids", file).await.content, erased);
    let all = home.usher.suppressions().unwrap();
    assert!(all.forbids("customerId", "Ab-1"));
    assert!(!all.forbids("customerId", "ab-1"));
}

#[test]
fn a_number_names_somebody_only_where_it_is_a_key() {
    let by_id = Destination {
        dedupe_field: "customerId".into(),
        ..destination()
    };
    let whom = Whom::new("42", &[by_id]).unwrap();
    let lead = |field: &str| json!({ field: 42 }).as_object().unwrap().clone();
    assert!(whom.names_lead("con_1", &lead("customerId")));
    assert!(!whom.names_lead("con_1", &lead("leadScore")));
    assert!(!whom.names_lead("con_2", &lead("customerId")));
    let sent = |field: &str| Item {
        changes: json!({ field: [41, 42] }).as_object().unwrap().clone(),
        ..item(Some(1), "7", None)
    };
    assert!(whom.names_item("con_1", &sent("customerId")));
    assert!(!whom.names_item("con_1", &sent("leadScore")));
    assert!(!whom.is_quoted_in("Error 1042."));
}

#[tokio::test]
async fn many_blocks_survive_and_lose_one_row() {
    let mut home = Home::new();
    let line = |row: usize| match row {
        90_000 => format!("{ADDRESS},{row}\n"),
        _ => format!(
            "p{row}@x.example,{:x}\n",
            row.wrapping_mul(0x9e37_79b9_7f4a_7c15)
        ),
    };
    let text: String = (0..120_000).map(line).collect();
    home.import("many", &format!("email,noise\n{text}")).await;
    assert_eq!(home.usher.forget(ADDRESS).await.unwrap().rows, 1);
    home.reopen();
    assert_eq!(home.hits(), ["suppressions.hash"]);
    let after = home.usher.audience("many").unwrap().1;
    let text = text.replace(&line(90_000), ",\n");
    let blank = home.import("blank", &format!("email,noise\n{text}")).await;
    assert_eq!((after.rows, after.content), (120_000, blank.content));
}

/// A column that few words fill is kept as these words, in one of which the person is.
#[tokio::test]
async fn a_person_who_is_a_word_of_a_column_is_no_word_any_more() {
    let mut home = Home::new();
    let owner = |row: usize| [ADDRESS, "b@x.example", "c@x.example"][row % 3];
    let line = |row: usize| format!("p{row}@x.example,{}\n", owner(row));
    let text: String = (0..3000).map(line).collect();
    home.import("owned", &format!("email,owner\n{text}")).await;
    assert_eq!(home.usher.forget(ADDRESS).await.unwrap().rows, 1000);
    home.reopen();
    assert_eq!(home.hits(), ["suppressions.hash"]);
    let after = home.usher.audience("owned").unwrap().1;
    let blank = |row: usize| match row % 3 {
        0 => ",\n".to_owned(),
        _ => line(row),
    };
    let text: String = (0..3000).map(blank).collect();
    let blank = home.import("blank", &format!("email,owner\n{text}")).await;
    assert_eq!((after.rows, after.content), (3000, blank.content));
}
