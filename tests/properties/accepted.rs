//! A run in which the destination accepts everything, as far as a plan sees it
//! afterwards: leads, list, and what the ledger remembers.

use crate::engine::{self, Planned};
use crate::world::{Lead, World};
use serde_json::{Map, Value, json};
use usher_matching::{MappedField, ValueHash, value_hash};
use usher_model::{ListAct, Verdict};

/// Later than any time of a drawn lead.
const AFTERWARDS: &str = "2026-04-01T00:00:00Z";

/// The world after the whole of a plan was accepted. What was seen equal is
/// remembered too.
pub(crate) fn world_after(world: &World, plan: &Planned) -> World {
    let mut after = world.clone();
    for (at, (decision, person)) in plan.decisions.iter().zip(&plan.people).enumerate() {
        let lead = match decision.verdict {
            Verdict::Create => Some(create(&mut after, &person.explain.changes)),
            Verdict::Update => decision
                .lead
                .inspect(|&id| change(&mut after, id, &person.explain.changes)),
            _ => decision.lead,
        };
        let Some(lead) = lead else { continue };
        for (field, pair) in &person.explain.changes {
            remember(&mut after, lead, field, hash_of(world, field, &pair[1]));
        }
        let cells: Vec<&str> = world.rows[at].iter().map(String::as_str).collect();
        let fields = &world.settings.fields;
        let seen = decision
            .seen_equal
            .iter()
            .map(|&position| &fields[position]);
        for (field, hash) in seen.filter_map(|mapped| sent(mapped, &cells)) {
            remember(&mut after, lead, &field, hash);
        }
        if decision.list == ListAct::Add {
            after.list.get_or_insert_default().push(lead);
            after.added.push((lead, person.key.clone().unwrap()));
        }
    }
    for removal in &plan.removals {
        after
            .list
            .iter_mut()
            .for_each(|list| list.retain(|lead| *lead != removal.lead));
        after.added.retain(|(lead, _)| *lead != removal.lead);
    }
    after
}

fn hash_of(world: &World, name: &str, value: &Value) -> ValueHash {
    let settings = &world.settings;
    let mut mapped = settings.fields.iter().chain([&settings.key]);
    let found = mapped.find(|mapped| mapped.field.name == name);
    value_hash(&found.expect("only mapped fields change").field, value)
}

fn sent(mapped: &MappedField, cells: &[&str]) -> Option<(String, ValueHash)> {
    let value = mapped.sent(cells)?;
    Some((mapped.field.name.clone(), value_hash(&mapped.field, &value)))
}

fn create(world: &mut World, changes: &Map<String, Value>) -> i64 {
    let id = 10_000 + world.leads.len() as i64;
    world.leads.push(Lead {
        id,
        updated: None,
        partition: 1,
        values: Vec::new(),
    });
    change(world, id, changes);
    id
}

/// The service stores what it is sent; a flag that was cleared reads as false.
fn change(world: &mut World, id: i64, changes: &Map<String, Value>) {
    let lead = world.leads.iter_mut().find(|lead| lead.id == id).unwrap();
    lead.updated = Some(AFTERWARDS.to_owned());
    for (field, pair) in changes {
        let was_flag = pair[0].is_boolean();
        lead.set(
            field,
            if was_flag && pair[1].is_null() {
                json!(false)
            } else {
                pair[1].clone()
            },
        );
    }
}

fn remember(world: &mut World, lead: i64, field: &str, hash: ValueHash) {
    world
        .remembered
        .retain(|(known, name, _)| (*known, name.as_str()) != (lead, field));
    world.remembered.push((lead, field.to_owned(), hash));
}

/// The world again, planned after the first plan was accepted.
pub(crate) fn plan_after(world: &World) -> (World, Planned) {
    let after = world_after(world, &engine::plan(world));
    let plan = engine::plan(&after);
    (after, plan)
}
