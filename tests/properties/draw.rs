//! Draws small worlds. Everything is drawn as plain numbers and then read as
//! people, so that a failing world shrinks to few and plain ones.

use crate::pools;
use crate::world::{Delivery, FIELDS, Lead, Suppressed, World, field};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use usher_matching::{KeyKind, MappedField, Settings};
use usher_model::{DataType, Mode, OnDrift, PersonAction, SyncType};

/// The key's column and the consent's; then one for each field.
const KEY: usize = 0;
const CONSENT: usize = 1;
const FIRST_FIELD: usize = 2;
const COLUMNS: usize = FIRST_FIELD + FIELDS.len();
const MOMENTS: [Option<&str>; 5] = [
    Some("2026-03-01T00:00:00Z"),
    Some("2026-03-01T01:00:00+01:00"),
    Some("2026-03-02T00:00:00Z"),
    Some("2026-03-03T00:00:00Z"),
    None,
];

/// Any world.
pub(crate) fn worlds() -> impl Strategy<Value = World> {
    worlds_with(settings())
}

/// Worlds of these settings.
pub(crate) fn worlds_with(
    settings: impl Strategy<Value = Settings>,
) -> impl Strategy<Value = World> {
    let numbers = |size| vec(any::<u8>(), size);
    let parts = (
        settings,
        vec(numbers(COLUMNS), 0..=40),
        vec(numbers(FIELDS.len() + 5), 0..=40),
        vec(numbers(3), 0..=5),
        vec(numbers(3), 0..=60),
        vec(numbers(1), 0..=3),
    );
    parts.prop_map(
        |(settings, rows, leads, suppressions, delivered, strangers)| {
            let kind = settings.key_kind();
            let rows = rows.iter().map(|numbers| row(kind, numbers)).collect();
            let mut world = World {
                rows,
                leads: Vec::new(),
                suppressions: suppressions
                    .iter()
                    .map(|numbers| suppressed(&settings, numbers))
                    .collect(),
                delivered: Vec::new(),
                remembered: Vec::new(),
                added: Vec::new(),
                list: settings.sync_type.fills_list().then(Vec::new),
                settings,
            };
            for (at, numbers) in leads.iter().enumerate() {
                let lead = lead(&world.settings, at, numbers);
                member(
                    &mut world,
                    lead.id,
                    numbers[0],
                    pools::spelled(kind, numbers[1] % 16 + 4, 0),
                );
                world.leads.push(lead);
            }
            for (at, numbers) in strangers.iter().enumerate() {
                member(
                    &mut world,
                    900 + at as i64,
                    numbers[0],
                    pools::spelled(kind, numbers[0] % 16, 0),
                );
            }
            world.delivered = delivered
                .iter()
                .filter_map(|numbers| delivery(&world, numbers))
                .collect();
            world
        },
    )
}

fn row(kind: KeyKind, numbers: &[u8]) -> Vec<String> {
    let mut cells = vec![pools::key(kind, numbers[KEY])];
    cells.push(
        ["y", " y ", "y", "y", "y", "n", "", "Y"][usize::from(numbers[CONSENT]) % 8].to_owned(),
    );
    for (at, (name, data_type)) in FIELDS.iter().enumerate() {
        let pool = pools::cells(name, *data_type);
        cells.push(pool[usize::from(numbers[FIRST_FIELD + at]) % pool.len()].to_owned());
    }
    cells
}

fn lead(settings: &Settings, at: usize, numbers: &[u8]) -> Lead {
    let fields = FIELDS.iter().zip(&numbers[5..]);
    let values = fields
        .map(|((name, kind), number)| ((*name).to_owned(), pools::there(name, *kind, *number)));
    let mut lead = Lead {
        // Ids in no order of the leads, and no two the same.
        id: (at as i64 * 37 + 11) % 101,
        updated: MOMENTS[usize::from(numbers[2]) % MOMENTS.len()].map(str::to_owned),
        partition: i64::from(numbers[3] % 3) + 1,
        values: values.collect(),
    };
    lead.set(
        &settings.key.field.name,
        pools::key_there(settings.key_kind(), numbers[1]),
    );
    lead
}

/// On the list or not, because of Usher or not.
fn member(world: &mut World, lead: i64, number: u8, key: String) {
    let Some(list) = &mut world.list else { return };
    if number % 4 == 1 || number % 4 == 2 {
        list.push(lead);
    }
    if number % 4 == 2 || number % 8 == 3 {
        world.added.push((lead, key));
    }
}

fn suppressed(settings: &Settings, numbers: &[u8]) -> Suppressed {
    let who = numbers[1] % 16;
    let key = &settings.key.field.name;
    let (namespace, value) = match numbers[0] % 4 {
        0 | 1 => (
            "email",
            pools::spelled(KeyKind::Email, who, numbers[2] / 16),
        ),
        2 => ("email", pools::HASHES[usize::from(who) % 2].to_owned()),
        // By number only the shortest spelling: a namespace knows no types.
        _ if settings.key_kind() == KeyKind::Number => (key.as_str(), who.to_string()),
        _ => (
            key.as_str(),
            pools::spelled(settings.key_kind(), who, numbers[2] / 16),
        ),
    };
    Suppressed {
        namespace: namespace.to_owned(),
        value,
    }
}

/// Something that fits was delivered to a lead once, or a blank that clears.
fn delivery(world: &World, numbers: &[u8]) -> Option<Delivery> {
    use crate::worth::Worth;
    let mapped = &world.settings.fields;
    let mapped = mapped.get(usize::from(numbers[1]) % mapped.len().max(1))?;
    let lead = world
        .leads
        .get(usize::from(numbers[0]) % world.leads.len().max(1))?;
    let pool = pools::cells(&mapped.field.name, mapped.field.data_type);
    let cell = pool[usize::from(numbers[2]) % pool.len()];
    let fits = Worth::of_cell(&mapped.field, cell) != Worth::Bad;
    fits.then(|| Delivery {
        lead: lead.id,
        field: mapped.field.name.clone(),
        cell: cell.to_owned(),
    })
}

/// Any settings: three sync types, two person actions, both modes, both ways
/// with drift, three kinds of dedupe field, any mapping.
pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let choices = (
        prop::sample::select(vec![
            SyncType::AudienceAndProfile,
            SyncType::AudienceOnly,
            SyncType::ProfileOnly,
        ]),
        prop::sample::select(vec![
            PersonAction::UpdateAndCreate,
            PersonAction::UpdateExisting,
        ]),
        prop::sample::select(vec![Mode::Mirror, Mode::AddOnly]),
        prop::sample::select(vec![OnDrift::Leave, OnDrift::Overwrite]),
    );
    let key = prop::sample::select(vec![
        ("email", DataType::Email),
        ("crmId", DataType::String),
        ("customerNumber", DataType::Integer),
    ]);
    let mapping = (
        vec(prop::bool::weighted(0.93), 3),
        prop::sample::subsequence((3..FIELDS.len()).collect::<Vec<_>>(), 0..=6),
        any::<u32>(),
        any::<u8>(),
    );
    (choices, key, mapping, any::<bool>()).prop_map(
        |(choices, key, (required, others, clear, twice), asks_consent)| {
            let (sync_type, person_action, mode, on_drift) = choices;
            let mapped = |name: &str, kind, column: usize| MappedField {
                column,
                field: field(name, kind),
                clear_when_blank: clear >> column & 3 == 3,
            };
            let is_key = |at: &usize| FIELDS[*at].0 == key.0;
            let wanted = (0..3)
                .filter(|at| required[*at] && !is_key(at))
                .chain(others);
            let mut fields: Vec<_> = wanted
                .map(|at| mapped(FIELDS[at].0, FIELDS[at].1, FIRST_FIELD + at))
                .collect();
            if twice % 8 == 7 {
                fields.push(mapped(key.0, key.1, KEY));
            }
            Settings {
                sync_type,
                person_action,
                mode,
                on_drift,
                partition: None,
                key: MappedField {
                    clear_when_blank: false,
                    ..mapped(key.0, key.1, KEY)
                },
                fields,
                consent: asks_consent.then(|| (CONSENT, "y".to_owned())),
            }
        },
    )
}

/// Settings for worlds made by hand: by e-mail, which is the first column, with
/// first and last name after it.
pub(crate) fn plain_settings(sync_type: SyncType, person_action: PersonAction) -> Settings {
    let mapped = |column, name, kind| MappedField {
        column,
        field: field(name, kind),
        clear_when_blank: false,
    };
    Settings {
        sync_type,
        person_action,
        mode: Mode::Mirror,
        on_drift: OnDrift::Leave,
        partition: None,
        key: mapped(0, "email", DataType::Email),
        fields: vec![
            mapped(1, "firstName", DataType::String),
            mapped(2, "lastName", DataType::String),
        ],
        consent: None,
    }
}

/// A lead for worlds made by hand.
pub(crate) fn plain_lead(id: i64, email: &str) -> Lead {
    let values = [
        ("email", email),
        ("firstName", "Ada"),
        ("lastName", "Lovelace"),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), json!(value)));
    Lead {
        id,
        updated: None,
        partition: 1,
        values: values.to_vec(),
    }
}
