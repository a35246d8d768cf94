//! Drives the engine under test through a small world.

use crate::world::World;
use crate::worth::Worth;
use serde_json::{Map, Value, json};
use usher_matching::{
    Counts, Decision, Digest, KeyHash, LeadTable, Ledger, ListState, Place, Planner, Removal,
    Suppressions, canonical, normalize, value_hash,
};
use usher_model::Person;

/// All that the engine says of a world.
pub(crate) struct Planned {
    pub(crate) decisions: Vec<Decision>,
    pub(crate) people: Vec<Person>,
    pub(crate) counts: Counts,
    pub(crate) removals: Vec<Removal>,
    pub(crate) digest: String,
}

/// Plans with the rows in blocks of this size, as they are stored: keys of a
/// block first, then its rows.
pub(crate) fn plan_in_blocks(world: &World, block: usize) -> Planned {
    let settings = &world.settings;
    let leads = leads(world);
    let ledger = ledger(world);
    let list = world.list.as_ref().map(|members| ListState {
        members: members.iter().copied().collect(),
    });
    let suppressions = suppressions(world);
    let mut planner = Planner::new(settings, &leads, &ledger, list.as_ref(), &suppressions);
    let mut digest = Digest::new(settings, &json!("list"), "content");
    let mut decisions = Vec::new();
    let mut people = Vec::new();
    for rows in world.rows.chunks(block) {
        let key = |row: &Vec<String>| normalize(world.key_kind(), &row[settings.key.column]).hash();
        let keys: Vec<KeyHash> = rows.iter().map(key).collect();
        for (row, key) in rows.iter().zip(keys) {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            let decision = planner.decide(key, &cells);
            let person = planner.person(people.len() as u64 + 1, key, &cells, &decision);
            digest.person(&person);
            people.push(person);
            decisions.push(decision);
        }
    }
    let (counts, removals) = planner.finish();
    for removal in &removals {
        digest.person(&Planner::leaver(removal));
    }
    Planned {
        decisions,
        people,
        counts,
        removals,
        digest: digest.finish(),
    }
}

/// Plans in one go.
pub(crate) fn plan(world: &World) -> Planned {
    plan_in_blocks(world, usize::MAX)
}

fn leads(world: &World) -> LeadTable {
    let partitions = [(1, "Default".to_owned()), (2, "Europe".to_owned())];
    let mut table = LeadTable::new(
        world.key_kind(),
        world.settings.fields_to_read(),
        &partitions,
    );
    for lead in &world.leads {
        let mut values: Map<String, Value> = lead.values.iter().cloned().collect();
        values.insert("updatedAt".to_owned(), json!(lead.updated));
        values.insert("leadPartitionId".to_owned(), json!(lead.partition));
        table.put(lead.id, &values);
    }
    table
}

fn ledger(world: &World) -> Ledger {
    let mut ledger = Ledger::default();
    for delivery in &world.delivered {
        let mapped = world
            .settings
            .fields
            .iter()
            .find(|mapped| mapped.field.name == delivery.field);
        let Some(field) = mapped.map(|mapped| &mapped.field) else {
            continue;
        };
        let value = match Worth::of_cell(field, &delivery.cell) {
            Worth::Nothing => Value::Null,
            _ => canonical(field, &delivery.cell).unwrap_or(Value::Null),
        };
        ledger
            .delivered
            .note(delivery.lead, &delivery.field, value_hash(field, &value));
    }
    for (lead, field, hash) in &world.remembered {
        ledger.delivered.note(*lead, field, *hash);
    }
    for (lead, key) in &world.added {
        ledger.members.insert(*lead, Place { key: key.clone() });
    }
    ledger
}

fn suppressions(world: &World) -> Suppressions {
    let mut suppressions = Suppressions::default();
    for suppressed in &world.suppressions {
        let value = suppressed.value.trim();
        let plain = || normalize(Suppressions::kind_of(&suppressed.namespace), value).hash();
        suppressions.add(
            &suppressed.namespace,
            KeyHash::from_sha256_hex(value).unwrap_or_else(plain),
        );
    }
    suppressions
}
