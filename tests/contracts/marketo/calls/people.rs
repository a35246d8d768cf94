//! Fields, partitions, reading people and writing them.

use super::Stage;
use serde_json::{Map, Value, json};
use usher_remote::marketo::{LeadQuery, LeadWrite, RecordResult, WriteAction};

pub(super) async fn drive(stage: &Stage) {
    let fields = stage.marketo.describe().await.unwrap();
    assert!(fields.iter().any(|field| field.name == "email"));
    assert_eq!(stage.marketo.partitions().await.unwrap().len(), 3);
    // The sandbox may leave it out; its refusal has to be as described then.
    let usage = stage.marketo.usage().await;
    assert!(usage.is_ok_and(|day| day.is_some_and(|day| day.total > 0)));
    assert_eq!(
        outcomes(&stage.marketo.probe_write().await.unwrap()),
        ["1004"]
    );
    read(stage).await;
    create(stage).await;
    update(stage).await;
}

async fn read(stage: &Stage) {
    // All fields, so that every kind of value is seen once.
    let mut all = query("email", &["nobody@nowhere.example"]);
    let fields = stage.marketo.describe().await.unwrap();
    all.fields = fields.into_iter().map(|field| field.name).collect();
    assert!(stage.marketo.leads_by(&all).await.unwrap().leads.is_empty());
    stage.people(json!([full("ada@contract.example")])).await;
    all.values = vec![
        "ada@contract.example".into(),
        "é+ü&=@contract.example".into(),
    ];
    let found = stage.marketo.leads_by(&all).await.unwrap();
    assert_eq!(found.leads[0].values["leadScore"], 7);

    // The default fields, over several pages.
    let mut some = query("leadPartitionId", &["2"]);
    let (mut leads, mut pages) = (0, 0);
    loop {
        let page = stage.marketo.leads_by(&some).await.unwrap();
        leads += page.leads.len();
        pages += 1;
        some.page_token = page.next;
        if some.page_token.is_none() {
            break;
        }
    }
    assert!(pages > 1 && leads > 300, "{leads} leads on {pages} pages");
}

async fn create(stage: &Stage) {
    let batch = |partition: Option<&str>, input: Value| LeadWrite {
        action: WriteAction::CreateOnly,
        lookup_field: "email".into(),
        partition: partition.map(str::to_owned),
        input: records(input),
    };
    let mixed = batch(
        None,
        json!([
            full("new@contract.example"),
            {"email": "ada@contract.example", "firstName": "Ada"},
            {"email": "not an address"},
            {"email": "x@contract.example", "noSuchField": "x"},
            {"email": "y@contract.example", "dateOfBirth": "yesterday"},
        ]),
    );
    let results = stage.marketo.sync_leads(&mixed).await.unwrap();
    assert_eq!(
        outcomes(&results),
        ["created", "1005", "1003", "1006", "1003"]
    );

    let emea = batch(Some("EMEA"), json!([{"email": "emea@contract.example"}]));
    let results = stage.marketo.sync_leads(&emea).await.unwrap();
    assert_eq!(outcomes(&results), ["created"]);
    let nowhere = batch(Some("Nowhere"), json!([{"email": "n@contract.example"}]));
    let results = stage.marketo.sync_leads(&nowhere).await.unwrap();
    assert_eq!(outcomes(&results), ["1008"]);
}

async fn update(stage: &Stage) {
    let twice = json!([{"email": "twice@contract.example"}, {"email": "twice@contract.example"}]);
    let ids = stage.people(twice).await;
    let by_id = LeadWrite {
        action: WriteAction::UpdateOnly,
        lookup_field: "id".into(),
        partition: None,
        input: records(json!([
            {"id": ids[0], "firstName": null, "unsubscribed": true, "leadScore": 3},
            {"id": 2_000_000_000, "firstName": "Nobody"},
            {"id": ids[1], "leadScore": "many"},
        ])),
    };
    let results = stage.marketo.sync_leads(&by_id).await.unwrap();
    assert_eq!(outcomes(&results), ["updated", "1004", "1003"]);
    let by_email = LeadWrite {
        lookup_field: "email".into(),
        input: records(json!([{"email": "twice@contract.example"}])),
        ..by_id
    };
    let results = stage.marketo.sync_leads(&by_email).await.unwrap();
    assert_eq!(outcomes(&results), ["1007"]);
}

/// A value of each type.
fn full(email: &str) -> Value {
    json!({
        "email": email, "firstName": "Ada", "phone": "+49 30 1", "website": "https://a.example",
        "leadScore": 7, "annualRevenue": 1.5, "unsubscribed": false, "dateOfBirth": "1815-12-10",
    })
}

/// A question for the default fields.
pub(super) fn query(field: &str, values: &[&str]) -> LeadQuery {
    LeadQuery {
        field: field.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        fields: Vec::new(),
        page_token: None,
    }
}

fn records(input: Value) -> Vec<Map<String, Value>> {
    serde_json::from_value(input).unwrap()
}

/// The status of each record, or the code it was skipped with.
pub(super) fn outcomes(results: &[RecordResult]) -> Vec<&str> {
    let words = results.iter().map(|result| match result {
        RecordResult::Done { status, .. } => status.as_str(),
        RecordResult::Skipped { code, .. } => code.as_str(),
    });
    words.collect()
}
