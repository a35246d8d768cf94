//! The whole database as it is, hidden partitions included.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clock::lead_time;
use crate::fields;
use crate::leads::index::normal;
use crate::leads::record::Lead;
use crate::lists::store::List;
use crate::partitions;
use crate::state::State;

/// A lead as it is stored: empty fields are left out, unlike in the service's replies.
pub(super) fn lead(id: u32, lead: &Lead) -> Value {
    let mut item = json!({
        "id": id,
        "partition": partitions::name(lead.partition),
        "createdAt": lead_time(lead.created),
        "updatedAt": lead_time(lead.updated()),
    });
    if let Some(item) = item.as_object_mut() {
        item.extend(lead.stored());
    }
    item
}

pub(super) fn list(id: u32, list: &List) -> Value {
    let members: Vec<u32> = list.members.keys().copied().collect();
    json!({
        "id": id,
        "name": list.name,
        "folder": list.place.json(),
        "workspace": list.workspace(),
        "members": members,
    })
}

/// What the service has done, with the state of its limits.
pub(super) fn counters(state: &State) -> Value {
    let mut counters = json!(state.counters);
    counters["used_today"] = state.limits.used_today().into();
    counters["in_flight"] = state.limits.in_flight().into();
    counters
}

/// Everything. Meant for small databases; the summary serves large ones.
pub(super) fn all(state: &State) -> Value {
    let leads: Vec<Value> = state
        .leads
        .iter()
        .map(|(id, item)| lead(id, item))
        .collect();
    let lists: Vec<Value> = state
        .lists
        .iter()
        .map(|(id, item)| list(id, item))
        .collect();
    json!({"leads": leads, "lists": lists, "counters": counters(state)})
}

/// Counts, and a digest that is equal exactly when leads (without their times), lists
/// and members are.
pub(super) fn summary(state: &State) -> Value {
    let email = fields::known("email");
    let mut digest = Sha256::new();
    let mut partitions: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_email: BTreeMap<String, usize> = BTreeMap::new();
    for (id, lead) in state.leads.iter() {
        let name = partitions::name(lead.partition);
        *partitions.entry(name).or_default() += 1;
        if let Some(datum) = lead.get(email) {
            *by_email.entry(normal(datum).into_owned()).or_default() += 1;
        }
        digest.update(json!([id, name, lead.stored()]).to_string());
    }
    let mut lists = Vec::new();
    for (id, item) in state.lists.iter() {
        digest.update(list(id, item).to_string());
        lists.push(json!({"id": id, "name": item.name, "members": item.members.len()}));
    }
    let digest: String = digest
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let repeated = by_email.values().filter(|&&leads| leads > 1);
    json!({
        "leads": state.leads.len(),
        "partitions": partitions,
        "duplicates": {
            "emails": repeated.clone().count(),
            "leads": repeated.map(|leads| leads - 1).sum::<usize>(),
        },
        "lists": lists,
        "digest": digest,
        "counters": counters(state),
    })
}
