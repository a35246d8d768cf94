//! The planner that is easy to believe: plain lists, nested loops, one row at a
//! time, each step a sentence of the product's contract ("What things mean").
//! The engine is held against it.

use crate::world::{Lead, World};
use crate::worth::{Worth, is_email};
use serde_json::Value;
use usher_matching::{KeyHash, KeyKind, MappedField};
use usher_model::{ListAct, Mode, OnDrift, PersonAction, ReasonCode, Verdict};

/// What one row gets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) verdict: Verdict,
    pub(crate) reason: Option<ReasonCode>,
    pub(crate) lead: Option<i64>,
    pub(crate) list: ListAct,
    pub(crate) list_lead: Option<i64>,
    /// Positions of the mapped fields that are written.
    pub(crate) writes: Vec<usize>,
    pub(crate) drifted: bool,
}

impl Line {
    fn skip(reason: ReasonCode) -> Self {
        Self {
            verdict: Verdict::Skip,
            reason: Some(reason),
            lead: None,
            list: ListAct::None,
            list_lead: None,
            writes: Vec::new(),
            drifted: false,
        }
    }
}

/// A whole plan.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) lines: Vec<Line>,
    /// Lead and the key under which Usher added it, by lead.
    pub(crate) removals: Vec<(i64, String)>,
    pub(crate) add: usize,
    pub(crate) keep: usize,
    pub(crate) others: usize,
    pub(crate) ambiguous_keys: usize,
    pub(crate) drifted: usize,
}

/// Plans for a world.
pub(crate) fn plan(world: &World) -> Plan {
    let lines: Vec<Line> = (0..world.rows.len()).map(|at| line(world, at)).collect();
    let counted = |act| lines.iter().filter(|line| line.list == act).count();
    let several = |at: usize| is_first_of_its_key(world, at) && candidates(world, at).len() > 1;
    Plan {
        removals: removals(world, &lines),
        add: counted(ListAct::Add),
        keep: counted(ListAct::Keep),
        others: others(world),
        ambiguous_keys: (0..world.rows.len()).filter(|&at| several(at)).count(),
        drifted: lines.iter().filter(|line| line.drifted).count(),
        lines,
    }
}

fn line(world: &World, at: usize) -> Line {
    let settings = &world.settings;
    let cell = &world.rows[at][settings.key.column];
    if cell.trim().is_empty() {
        return Line::skip(ReasonCode::NoKey);
    }
    if key(world.key_kind(), cell).is_none() {
        return Line::skip(ReasonCode::InvalidKey);
    }
    // "The first row of a key counts, later ones are duplicate_in_audience."
    if !is_first_of_its_key(world, at) {
        return Line::skip(ReasonCode::DuplicateInAudience);
    }
    if is_suppressed(world, at) {
        return Line::skip(ReasonCode::Suppressed);
    }
    if !has_consent(world, at) {
        return Line::skip(ReasonCode::NoConsent);
    }
    match candidates(world, at).first() {
        Some(lead) => found(world, at, lead),
        None => not_found(world, at),
    }
}

/// Seed 001: adds or updates, by the sync type.
fn found(world: &World, at: usize, lead: &Lead) -> Line {
    let settings = &world.settings;
    let mut line = Line {
        verdict: Verdict::Leave,
        reason: None,
        lead: Some(lead.id),
        list: ListAct::None,
        list_lead: None,
        writes: Vec::new(),
        drifted: false,
    };
    if settings.sync_type.writes_profiles() {
        // "A person with invalid_value is left out whole (list none)."
        if has_bad_value(world, at) {
            return Line {
                lead: line.lead,
                ..Line::skip(ReasonCode::InvalidValue)
            };
        }
        for (position, mapped) in settings.fields.iter().enumerate() {
            match field(world, at, lead, mapped) {
                FieldAct::Write => line.writes.push(position),
                FieldAct::Drifted => line.drifted = true,
                FieldAct::Nothing => {}
            }
        }
    }
    if !line.writes.is_empty() {
        line.verdict = Verdict::Update;
    }
    if let Some(list) = &world.list {
        let of_key = candidates(world, at);
        let added = |lead: &Lead| world.added.iter().any(|(id, _)| *id == lead.id);
        let on_list = |lead: &Lead| list.contains(&lead.id);
        // "If one of them is on the list because Usher added it, it stays the
        // one for the list (keep)."
        if let Some(held) = of_key.iter().find(|lead| added(lead) && on_list(lead)) {
            line.list = ListAct::Keep;
            line.list_lead = (held.id != lead.id).then_some(held.id);
        } else if on_list(lead) {
            line.list = ListAct::Keep;
        } else if of_key.iter().any(|lead| added(lead)) {
            // "A person whom Usher added and somebody else removed is not added again."
            line.drifted = true;
        } else {
            line.list = ListAct::Add;
        }
    }
    line.reason = line.drifted.then_some(ReasonCode::Drifted);
    line
}

fn not_found(world: &World, at: usize) -> Line {
    let settings = &world.settings;
    if !differing_by_case(world, at).is_empty() {
        return Line::skip(ReasonCode::CaseDiffers);
    }
    if settings.person_action == PersonAction::UpdateExisting {
        return Line::skip(ReasonCode::NotInDestination);
    }
    let filled = |name: &str| {
        let key = &settings.key;
        let mut mapped = settings
            .fields
            .iter()
            .filter(|mapped| mapped.field.name == name);
        key.field.name == name || mapped.any(|mapped| cell(world, at, mapped) != Worth::Nothing)
    };
    if !["firstName", "lastName", "email"].into_iter().all(filled) {
        return Line::skip(ReasonCode::MissingRequired);
    }
    if has_bad_value(world, at) {
        return Line::skip(ReasonCode::InvalidValue);
    }
    let mut line = Line {
        verdict: Verdict::Create,
        reason: None,
        ..Line::skip(ReasonCode::NoKey)
    };
    for (position, mapped) in settings.fields.iter().enumerate() {
        if cell(world, at, mapped) != Worth::Nothing || mapped.clear_when_blank {
            line.writes.push(position);
        }
    }
    if world.list.is_some() {
        line.list = ListAct::Add;
    }
    line
}

enum FieldAct {
    Write,
    Drifted,
    Nothing,
}

/// "What is written", for one field of one matched person.
fn field(world: &World, at: usize, lead: &Lead, mapped: &MappedField) -> FieldAct {
    let name = &mapped.field.name;
    let wanted = cell(world, at, mapped);
    let there = Worth::of_value(&mapped.field, lead.value(name));
    // A blank "is not sent and clears nothing, unless mapped ,blank=clear".
    if wanted == Worth::Nothing && !mapped.clear_when_blank {
        return FieldAct::Nothing;
    }
    if wanted.equals(&there) {
        return FieldAct::Nothing;
    }
    let delivered = world
        .delivered
        .iter()
        .rfind(|d| d.lead == lead.id && d.field == *name);
    let unchanged_here =
        delivered.is_some_and(|d| Worth::of_cell(&mapped.field, &d.cell) == wanted);
    if unchanged_here && world.settings.on_drift == OnDrift::Leave {
        return FieldAct::Drifted;
    }
    // "Never changed from true to false or null"; the reason goes with its flag.
    let flag = [
        "unsubscribed",
        "emailInvalid",
        "doNotCall",
        "marketingSuspended",
    ]
    .contains(&name.as_str());
    let taken_back = flag && there == Worth::Flag(true) && wanted != Worth::Flag(true);
    let reason_lost = name == "unsubscribedReason" && wanted == Worth::Nothing;
    if taken_back || reason_lost {
        FieldAct::Nothing
    } else {
        FieldAct::Write
    }
}

fn cell(world: &World, at: usize, mapped: &MappedField) -> Worth {
    Worth::of_cell(&mapped.field, &world.rows[at][mapped.column])
}

fn has_bad_value(world: &World, at: usize) -> bool {
    world
        .settings
        .fields
        .iter()
        .any(|mapped| cell(world, at, mapped) == Worth::Bad)
}

/// "E-mail: trimmed, lower-cased, ASCII. Other text fields: trimmed, compared
/// exactly. Numbers compare as numbers."
pub(crate) fn key(kind: KeyKind, cell: &str) -> Option<String> {
    let text = cell.trim();
    if text.is_empty() {
        return None;
    }
    match kind {
        KeyKind::Email => is_email(text).then(|| text.to_ascii_lowercase()),
        KeyKind::Text => Some(text.to_owned()),
        KeyKind::Folded => Some(text.to_lowercase()),
        KeyKind::Number => text.parse::<f64>().ok().map(|number| number.to_string()),
    }
}

fn key_of_row(world: &World, at: usize) -> Option<String> {
    key(world.key_kind(), &world.rows[at][world.settings.key.column])
}

fn key_of_lead(world: &World, lead: &Lead) -> Option<String> {
    match lead.value(&world.settings.key.field.name) {
        Value::Null => None,
        Value::String(text) => key(world.key_kind(), text),
        other => key(world.key_kind(), &other.to_string()),
    }
}

fn is_first_of_its_key(world: &World, at: usize) -> bool {
    let own = key_of_row(world, at);
    own.is_some() && (0..at).all(|earlier| key_of_row(world, earlier) != own)
}

/// The leads of a row's key, "the most recently updated" first, "ties by the
/// higher id".
fn candidates(world: &World, at: usize) -> Vec<&Lead> {
    let own = key_of_row(world, at);
    let mut found: Vec<&Lead> = Vec::new();
    for lead in &world.leads {
        if own.is_some() && key_of_lead(world, lead) == own {
            let place = found.iter().position(|other| is_before(lead, other));
            found.insert(place.unwrap_or(found.len()), lead);
        }
    }
    found
}

fn is_before(one: &Lead, other: &Lead) -> bool {
    let time = |lead: &Lead| {
        lead.updated
            .as_deref()
            .and_then(usher_model::Timestamp::parse)
    };
    (time(one), one.id) > (time(other), other.id)
}

/// "Where only case differs from a lead and nothing matches exactly."
fn differing_by_case(world: &World, at: usize) -> Vec<&Lead> {
    let folded = |key: Option<String>| key.map(|key| key.to_lowercase());
    let own = folded(key_of_row(world, at));
    let is_text = world.key_kind() == KeyKind::Text && candidates(world, at).is_empty();
    let same = |lead: &&Lead| own.is_some() && folded(key_of_lead(world, lead)) == own;
    world
        .leads
        .iter()
        .filter(|lead| is_text && same(lead))
        .collect()
}

/// Whether a row's key leads to a lead. The lead from which it differs by case
/// counts: the person is refused for their spelling, and has not left.
fn leads_to(world: &World, at: usize, lead: i64) -> bool {
    let found = candidates(world, at)
        .into_iter()
        .chain(differing_by_case(world, at));
    found.into_iter().any(|found| found.id == lead)
}

/// "When its dedupe value, any column mapped to `email` or carrying that
/// namespace, or the matched lead's e-mail is suppressed." Seed 001 calls all
/// leads of a key matched ("multiple Marketo leads match the same profile").
pub(crate) fn is_suppressed(world: &World, at: usize) -> bool {
    let settings = &world.settings;
    let row = &world.rows[at];
    let matched = candidates(world, at);
    world.suppressions.iter().any(|suppressed| {
        let forbids = |text: &str| {
            is_the_suppressed(suppressed.namespace == "email", &suppressed.value, text)
        };
        let named = [&settings.key].into_iter().chain(&settings.fields);
        let mut cells = named
            .filter(|mapped| mapped.field.name == suppressed.namespace)
            .map(|mapped| row[mapped.column].as_str());
        let mut emails = matched
            .iter()
            .filter_map(|lead| lead.value("email").as_str());
        cells.any(forbids) || (suppressed.namespace == "email" && emails.any(forbids))
    })
}

/// Whether a text is the suppressed value; either may be the SHA-256 in hex.
fn is_the_suppressed(is_address: bool, suppressed: &str, text: &str) -> bool {
    let clean = |text: &str| match is_address {
        true => text.trim().to_ascii_lowercase(),
        false => text.trim().to_owned(),
    };
    let as_hash =
        |text: &str| KeyHash::from_sha256_hex(text.trim()).unwrap_or(KeyHash::of(&clean(text)));
    clean(suppressed) == clean(text) || as_hash(suppressed) == as_hash(text)
}

fn has_consent(world: &World, at: usize) -> bool {
    match &world.settings.consent {
        Some((column, value)) => world.rows[at][*column].trim() == value,
        None => true,
    }
}

/// "Mirror also removes who has left: nobody's valid key in the audience leads
/// to that lead any more, or the row is suppressed or without consent. Only
/// people whom Usher added are ever removed."
fn removals(world: &World, lines: &[Line]) -> Vec<(i64, String)> {
    let Some(list) = &world.list else {
        return Vec::new();
    };
    let mut removals = Vec::new();
    for (lead, key) in &world.added {
        let leads_there = |at: usize| {
            let gone = [Some(ReasonCode::Suppressed), Some(ReasonCode::NoConsent)];
            is_first_of_its_key(world, at)
                && !gone.contains(&lines[at].reason)
                && leads_to(world, at, *lead)
        };
        let stays = (0..world.rows.len()).any(leads_there);
        if world.settings.mode == Mode::Mirror && list.contains(lead) && !stays {
            removals.push((*lead, key.clone()));
        }
    }
    removals.sort();
    removals
}

/// "Members whom Usher did not add and the audience does not name."
fn others(world: &World) -> usize {
    let by_us = |lead: i64| world.added.iter().any(|(id, _)| *id == lead);
    let named = |lead: i64| (0..world.rows.len()).any(|at| leads_to(world, at, lead));
    let members = world.list.iter().flatten();
    members
        .filter(|&&lead| !by_us(lead) && !named(lead))
        .count()
}
