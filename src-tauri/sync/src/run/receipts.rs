//! What is sent of a person, and what the service's answer for them means.

use serde_json::{Map, Value};
use usher_matching::value_hash;
use usher_model::{Batch, BatchKind, Field, Item, Person, Receipt, Verdict};
use usher_remote::marketo::RecordResult;
use usher_store::table::ledger;

/// The record of a person as the service is sent it: all values of a creation,
/// the changed fields of an update with its id.
pub(super) fn record(person: &Person) -> Map<String, Value> {
    let lead = person
        .lead_id
        .filter(|_| person.verdict == Some(Verdict::Update));
    record_of(lead, &person.explain.changes)
}

/// The same of an item.
pub(super) fn values(item: &Item) -> Map<String, Value> {
    record_of(item.lead, &item.changes)
}

fn record_of(lead: Option<i64>, changes: &Map<String, Value>) -> Map<String, Value> {
    let id = lead.map(|lead| ("id".to_owned(), Value::from(lead)));
    let after = changes
        .iter()
        .map(|(field, pair)| (field.clone(), pair.get(1).cloned().unwrap_or(Value::Null)));
    id.into_iter().chain(after).collect()
}

/// A record with a field that nobody mapped.
pub(super) fn with_another_field(mut record: Map<String, Value>) -> Map<String, Value> {
    record.insert("title".to_owned(), "Boss".into());
    record
}

/// A creation found in place: after a lost reply it may well be our own.
pub(super) fn already_there(result: &RecordResult) -> bool {
    matches!(result, RecordResult::Skipped { code, .. } if code == "1005")
}

/// What a result means for one person; nothing where a done change names no lead.
pub(super) fn receipt(kind: BatchKind, result: RecordResult) -> Option<Receipt> {
    match result {
        RecordResult::Done { id, .. } => id.map(|lead| Receipt::Done { lead }),
        RecordResult::Skipped { id, code, message } => match (kind, code.as_str()) {
            // Not on the list, or not there at all: what was wanted is so.
            (BatchKind::Remove, "1015" | "1004") => id.map(|lead| Receipt::Done { lead }),
            _ => Some(Receipt::Rejected { code, message }),
        },
    }
}

/// A done change of a lead that we named, where the service did not repeat it.
pub(super) fn known_lead(item: &Item) -> Option<Receipt> {
    item.lead.map(|lead| Receipt::Done { lead })
}

/// What the ledger learns: only what the destination confirmed, person by person.
pub(super) fn delivered(
    batch: &Batch,
    receipts: &[Receipt],
    fields: &[Field],
) -> Vec<ledger::Entry> {
    let hash = |name: &str, value: &Value| {
        let field = fields.iter().find(|field| field.name == name)?;
        Some((name.to_owned(), value_hash(field, value)))
    };
    let confirmed = batch
        .items
        .iter()
        .zip(receipts)
        .filter_map(|(item, receipt)| match receipt {
            Receipt::Done { lead } => Some((item, *lead)),
            _ => None,
        });
    confirmed
        .map(|(item, lead)| {
            let values = item
                .wanted()
                .filter_map(|(name, value)| hash(name, value))
                .collect();
            let place = match batch.kind {
                BatchKind::Add => Some(Some(item.key.clone())),
                BatchKind::Remove => Some(None),
                BatchKind::Create | BatchKind::Update => None,
            };
            ledger::Entry {
                lead,
                values,
                place,
            }
        })
        .collect()
}
