//! Drives the engine under test through a small world.

use crate::world::{Lead, World};
use crate::worth::Worth;
use serde_json::{Value, json};
use usher_matching::{
    At, Counts, Decision, Digest, KeyHash, KeyKind, LeadSet, Leads, Meeting, Met, NEVER, Planner,
    ReadingEnd, Rows, Says, Side, Sides, Suppressions, Tally, canonical, cell_hash, email_hash,
    leaver, normalize, person, plain_hash, read_as_text, there_hash, value_hash,
};
use usher_model::{Candidate, Person, Timestamp};

/// All that the engine says of a world.
pub(crate) struct Planned {
    pub(crate) decisions: Vec<Decision>,
    pub(crate) people: Vec<Person>,
    pub(crate) counts: Counts,
    pub(crate) removals: Vec<Removal>,
    pub(crate) digest: String,
}

/// Someone who leaves the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Removal {
    pub(crate) lead: i64,
    pub(crate) key: String,
}

/// How the same work is cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    /// Rows of a block.
    pub(crate) block: usize,
    /// Threads that let rows and leads meet.
    pub(crate) threads: usize,
    /// Leads of a reading; each is of all people with these keys.
    pub(crate) reading: usize,
}

/// Plans in one go.
pub(crate) fn plan(world: &World) -> Planned {
    let cut = Cut {
        block: usize::MAX,
        threads: 1,
        reading: usize::MAX,
    };
    plan_cut(world, cut)
}

/// Plans with the work cut like this.
pub(crate) fn plan_cut(world: &World, cut: Cut) -> Planned {
    let settings = &world.settings;
    let mut leads = leads(world);
    let void = leads.index();
    note(world, &mut leads);
    let meeting = meet(world, cut, &leads, &void);
    let planner = Planner::new(settings, &leads, &meeting);
    let suppressions = suppressions(world);
    let mut digest = Digest::new(settings, &json!("list"), "content");
    let (mut decisions, mut people, mut tally) = (Vec::new(), Vec::new(), Tally::default());
    for (at, block) in world.rows.chunks(cut.block).enumerate() {
        let column = |at: usize| block.iter().map(move |row| row[at].as_str());
        let key: Vec<_> = column(settings.key.column)
            .map(|cell| cell_hash(&settings.key.field, cell).1)
            .collect();
        let fields: Vec<Vec<_>> = settings
            .fields
            .iter()
            .map(|mapped| {
                column(mapped.column)
                    .map(|cell| cell_hash(&mapped.field, cell).0)
                    .collect()
            })
            .collect();
        let consent: Option<Vec<_>> = settings
            .consent
            .as_ref()
            .map(|(at, _)| column(*at).map(plain_hash).collect());
        let looked_at = suppressions.columns(settings);
        let forbids = |row: &Vec<String>| {
            looked_at.iter().any(|(namespace, columns)| {
                columns
                    .iter()
                    .any(|at| suppressions.forbids(namespace, &row[*at]))
            })
        };
        let forbidden: Vec<bool> = block.iter().map(forbids).collect();
        let rows = Rows {
            first: at * cut.block.min(world.rows.len()),
            count: block.len(),
            key_lengths: &key,
            fields: &fields.iter().map(Vec::as_slice).collect::<Vec<_>>(),
            consent: consent.as_deref(),
            forbidden: &forbidden,
        };
        let decided = planner.decide(&rows);
        digest.add(&Digest::bytes(&decided));
        tally.add(&decided);
        for row in 0..block.len() {
            let decision = decided.decision(row);
            let place = meeting.at(rows.first + row);
            people.push(described(
                world,
                people.len(),
                &decision,
                &meeting,
                place,
                &leads,
            ));
            decisions.push(decision);
        }
    }
    let members = world.list.as_ref().map(|list| set(list.iter().copied()));
    let ours = set(world.added.iter().map(|(lead, _)| *lead));
    let list = members.as_ref().map(|members| (members, &ours));
    let (counts, leaving) = tally.finish(settings.mode, &leads, list);
    let removal = |lead: i64| {
        let added = world.added.iter().find(|(added, _)| *added == lead);
        let key = added.map(|(_, key)| key.clone()).unwrap();
        Removal { lead, key }
    };
    let removals: Vec<Removal> = leaving.into_iter().map(removal).collect();
    for removal in &removals {
        digest.leaver(removal.lead, &removal.key);
        let line = leaver(removal.lead, &removal.key);
        assert_eq!(line.lead_id, Some(removal.lead));
    }
    Planned {
        decisions,
        people,
        counts,
        removals,
        digest: digest.finish(),
    }
}

/// A decision in words, with the leads it met looked up in the world.
fn described(
    world: &World,
    row: usize,
    decision: &Decision,
    meeting: &Meeting,
    place: At,
    leads: &Leads,
) -> Person {
    let cells: Vec<&str> = world.rows[row].iter().map(String::as_str).collect();
    let candidates = meeting.leads(&place).iter().map(|lead| {
        let lead = world.lead(leads.id(*lead)).unwrap();
        Candidate {
            lead_id: lead.id,
            updated_at: lead.updated.clone(),
            partition: Some(lead.partition.to_string()),
        }
    });
    let before = |field: &str| text(world.lead(decision.lead?)?.value(field));
    let met = Met {
        candidates: candidates.collect(),
        before: &before,
    };
    person(&world.settings, row as u64 + 1, &cells, decision, met)
}

/// Rows and leads by their keys. Every reading was asked for every key that a
/// row has: what it lacks is nobody's.
fn meet(world: &World, cut: Cut, known: &Leads, void: &[bool]) -> Meeting {
    let kind = world.key_kind();
    let column = world.settings.key.column;
    let rows = |kind| -> Vec<KeyHash> {
        let cells = world.rows.iter().map(|row| &row[column]);
        cells.map(|cell| normalize(kind, cell).hash()).collect()
    };
    let leads = |kind| -> Vec<KeyHash> {
        let values = world
            .leads
            .iter()
            .map(|lead| text(lead.value(&world.settings.key.field.name)));
        values
            .map(|value| normalize(kind, value.as_deref().unwrap_or_default()).hash())
            .collect()
    };
    let nothing = Vec::new();
    let count = world.leads.len();
    let mut readings = vec![ReadingEnd {
        leads: 0,
        asked: 0,
        says: Says::All,
    }];
    // What comes after a whole reading is there too, whatever was read before.
    readings.extend((1..=count.div_ceil(cut.reading)).map(|nth| ReadingEnd {
        leads: u32::try_from(cut.reading.saturating_mul(nth).min(count)).unwrap(),
        asked: 0,
        says: Says::Told(1),
    }));
    let exact = kind == KeyKind::Text;
    let (row_keys, lead_keys) = (rows(kind), leads(kind));
    let (row_joins, lead_joins) = (rows(kind.joins_by()), leads(kind.joins_by()));
    let sides = Sides {
        rows: Side {
            join: &row_joins,
            exact: exact.then_some(&row_keys as _),
        },
        leads: Side {
            join: &lead_joins,
            exact: exact.then_some(&lead_keys as _),
        },
        asked: Side {
            join: &nothing,
            exact: exact.then_some(&nothing as _),
        },
        readings: &readings,
        void,
        age: &|lead| known.age(lead),
    };
    match Meeting::of(&sides, cut.threads) {
        Ok(meeting) => meeting,
        Err(never) => match never {},
    }
}

fn leads(world: &World) -> Leads {
    let settings = &world.settings;
    let suppressions = suppressions(world);
    let moment = |lead: &Lead| {
        let at = lead.updated.as_deref().and_then(Timestamp::parse);
        at.map_or(NEVER, |at| at.0)
    };
    let mut leads = Leads::default();
    let ids: Vec<i64> = world.leads.iter().map(|lead| lead.id).collect();
    let updated = world.leads.iter().map(moment).collect();
    leads.push([ids, updated].map(Vec::into_iter));
    let there = settings.fields.iter().map(|mapped| {
        let values = world
            .leads
            .iter()
            .map(|lead| text(lead.value(&mapped.field.name)));
        let there = values.map(|value| there_hash(&mapped.field, value.as_deref()));
        there.collect()
    });
    leads.know(there.collect());
    leads.push_suppressed(world.leads.iter().map(|lead| {
        let email = text(lead.value("email"));
        email.is_some_and(|email| suppressions.contains("email", email_hash(&email)))
    }));
    leads
}

/// What Usher did before: deliveries, places on the list.
fn note(world: &World, leads: &mut Leads) {
    let position = |name: &str| {
        let mut fields = world.settings.fields.iter();
        fields.position(|mapped| mapped.field.name == name)
    };
    let field_named = |name: &str, leads: &mut Leads, lead, hash| {
        for (at, mapped) in world.settings.fields.iter().enumerate() {
            if mapped.field.name == name {
                let there = leads.positions(&[lead]);
                leads.note_delivered(at, &there, std::iter::once(Some(hash)));
            }
        }
    };
    for delivery in &world.delivered {
        let Some(at) = position(&delivery.field) else {
            continue;
        };
        let field = &world.settings.fields[at].field;
        let value = match Worth::of_cell(field, &delivery.cell) {
            Worth::Nothing => Value::Null,
            _ => canonical(field, &delivery.cell).unwrap_or(Value::Null),
        };
        field_named(
            &delivery.field,
            leads,
            delivery.lead,
            value_hash(field, &value),
        );
    }
    for (lead, field, hash) in &world.remembered {
        field_named(field, leads, *lead, *hash);
    }
    leads.note_ours(&set(world.added.iter().map(|(lead, _)| *lead)));
    leads.note_members(&set(world.list.iter().flatten().copied()));
}

fn set(leads: impl Iterator<Item = i64>) -> LeadSet {
    LeadSet::after(leads.map(|lead| (lead, true)).collect())
}

fn text(value: &Value) -> Option<String> {
    read_as_text(value).map(|text| text.into_owned())
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
