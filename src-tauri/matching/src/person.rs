//! A decision in full: who, why, by which rule, and which fields change to what.

use crate::decided::Decision;
use crate::hash::{ValueHash, value_hash};
use crate::key::{Key, KeyHash, normalize};
use crate::settings::{MappedField, Settings};
use crate::suppression::email_hash;
use crate::value::canonical;
use serde_json::{Map, Value, json};
use usher_model::{
    Candidate, DataType, Destination, Explain, Field, ListAct, Person, PersonAction, Reason,
    ReasonCode, Verdict,
};

/// What is known of the leads that a row met, in text.
pub struct Met<'a> {
    /// The leads of its key, or those that differ by case alone, in their order.
    pub candidates: Vec<Candidate>,
    /// What the lead whose profile is meant has in a field.
    pub before: &'a dyn Fn(&str) -> Option<String>,
}

/// The line of one row that was decided. `row` is 1-based, `cells` are all its
/// cells in the snapshot's column order.
pub fn person(
    settings: &Settings,
    row: u64,
    cells: &[&str],
    decision: &Decision,
    met: Met<'_>,
) -> Person {
    let raw = cells[settings.key.column];
    let normalized = match normalize(settings.key_kind(), raw) {
        Key::Valid(key) => Some(key.into_owned()),
        _ => None,
    };
    let about = misfit(settings, cells, decision);
    Person {
        row: Some(row),
        key: normalized.clone(),
        verdict: Some(decision.verdict),
        list: decision.list,
        lead_id: decision.lead,
        list_lead_id: decision.list_lead,
        reason: decision.reason.map(|code| {
            reason(
                code,
                about.as_ref().map(|(field, what)| (field.as_str(), *what)),
            )
        }),
        explain: Explain {
            raw: Some(raw.to_owned()),
            normalized,
            rule: rule(settings, raw, decision, met.candidates.len()),
            candidates: met.candidates,
            changes: changes(settings, cells, decision, met.before),
        },
    }
}

/// The fields that were found equal and were not known to be, with the hashes
/// of their values: what a run remembers of this row.
pub fn seen_equal(
    settings: &Settings,
    decision: &Decision,
    cells: &[&str],
) -> Vec<(String, ValueHash)> {
    let mapped = decision.seen_equal.iter().map(|&at| &settings.fields[at]);
    mapped
        .filter_map(|mapped| {
            let sent = mapped.sent(cells)?;
            Some((mapped.field.name.clone(), value_hash(&mapped.field, &sent)))
        })
        .collect()
}

/// Every address by which a suppression may name a row beside its key: cells
/// mapped to e-mail, and the e-mails of the leads that have its key.
pub fn other_emails<'e>(
    settings: &Settings,
    cells: &[&'e str],
    leads: impl Iterator<Item = &'e str>,
) -> Vec<KeyHash> {
    let key = normalize(settings.key_kind(), cells[settings.key.column]).hash();
    let columns = settings.columns_of("email");
    let mut hashes: Vec<KeyHash> = columns
        .into_iter()
        .map(|column| cells[column])
        .chain(leads)
        .map(email_hash)
        .filter(|hash| hash.is_valid() && *hash != key)
        .collect();
    hashes.sort_unstable();
    hashes.dedup();
    hashes
}

/// The line of someone who leaves the list: the lead, and the key under which
/// Usher added it.
pub fn leaver(lead: i64, key: &str) -> Person {
    Person {
        row: None,
        key: Some(key.to_owned()),
        verdict: None,
        list: ListAct::Remove,
        lead_id: Some(lead),
        list_lead_id: None,
        reason: None,
        explain: Explain {
            normalized: Some(key.to_owned()),
            rule: "Usher added this person to the list, and no row that may be sent leads to them any more.".into(),
            ..Explain::default()
        },
    }
}

/// The mapped field that is the reason, and what is wrong with it.
fn misfit(
    settings: &Settings,
    cells: &[&str],
    decision: &Decision,
) -> Option<(String, &'static str)> {
    let blank = |mapped: &&MappedField| cells[mapped.column].trim().is_empty();
    match decision.reason? {
        ReasonCode::MissingRequired => {
            let filled = |name: &str| {
                let mut mapped = settings
                    .fields
                    .iter()
                    .filter(|mapped| mapped.field.name == name);
                name == settings.key.field.name || mapped.any(|mapped| !blank(&mapped))
            };
            let missing = Destination::REQUIRED_TO_CREATE
                .iter()
                .find(|name| !filled(name));
            missing.map(|name| ((*name).to_owned(), "The field is blank."))
        }
        ReasonCode::InvalidValue => {
            let key = decision.lead.is_none().then_some(&settings.key);
            let mut mapped = key
                .into_iter()
                .chain(&settings.fields)
                .filter(|mapped| !blank(mapped));
            mapped.find_map(|mapped| {
                let misfit = canonical(&mapped.field, cells[mapped.column]).err()?;
                Some((mapped.field.name.clone(), misfit.0))
            })
        }
        _ => None,
    }
}

/// Field to `[before, after]`: all that is sent, for a creation with the
/// dedupe field's trimmed original.
fn changes(
    settings: &Settings,
    cells: &[&str],
    decision: &Decision,
    before: &dyn Fn(&str) -> Option<String>,
) -> Map<String, Value> {
    let mut changes = Map::new();
    for mapped in decision.writes.iter().map(|&at| &settings.fields[at]) {
        let name = &mapped.field.name;
        let before = decision.lead.and_then(|_| before(name));
        let before = before.map_or(Value::Null, |there| typed(&mapped.field, &there));
        let after = mapped.sent(cells).unwrap_or(Value::Null);
        changes.insert(name.clone(), json!([before, after]));
    }
    if decision.verdict == Verdict::Create {
        let key = &settings.key;
        let original = cells[key.column].trim();
        let after = match key.field.data_type {
            kind if kind.is_number() => canonical(&key.field, original).unwrap_or(original.into()),
            _ => original.into(),
        };
        changes.insert(key.field.name.clone(), json!([null, after]));
    }
    changes
}

fn rule(settings: &Settings, raw: &str, decision: &Decision, candidates: usize) -> String {
    let field = &settings.key.field.name;
    match (decision.verdict, decision.reason) {
        (Verdict::Skip, Some(ReasonCode::InvalidKey)) => {
            match normalize(settings.key_kind(), raw) {
                Key::Invalid(why) => why.to_owned(),
                _ => String::new(),
            }
        }
        (Verdict::Skip, Some(ReasonCode::DuplicateInAudience)) => {
            "The first row of a key counts.".to_owned()
        }
        (Verdict::Create, _)
        | (Verdict::Skip, Some(ReasonCode::MissingRequired | ReasonCode::NotInDestination)) => {
            let action = match settings.person_action {
                PersonAction::UpdateAndCreate => "people who are not there are created",
                PersonAction::UpdateExisting => "people who are not there are left out",
            };
            format!("Nobody has this {field} in any partition that was searched; {action}.")
        }
        _ if candidates > 1 => {
            let held = if decision.list_lead.is_some() {
                " Another of them holds the place on the list, and keeps it."
            } else {
                ""
            };
            format!(
                "{candidates} people have this {field}; the most recently updated counts.{held}"
            )
        }
        _ if candidates == 1 => format!("One person has this {field}."),
        _ => String::new(),
    }
}

/// A destination's value in JSON's own type, where its field has one.
fn typed(field: &Field, there: &str) -> Value {
    match field.data_type {
        DataType::Boolean
        | DataType::Integer
        | DataType::Float
        | DataType::Percent
        | DataType::Currency => canonical(field, there).unwrap_or(there.into()),
        _ => there.into(),
    }
}

/// A reason in words. `about` names the field it is about and what is wrong with it.
pub fn reason(code: ReasonCode, about: Option<(&str, &str)>) -> Reason {
    let (message, fix) = match code {
        ReasonCode::NoKey => (
            "The dedupe value is blank.",
            "Fill it in the source, or leave the row out.",
        ),
        ReasonCode::InvalidKey => (
            "The dedupe value cannot identify anyone.",
            "Correct it in the source.",
        ),
        ReasonCode::CaseDiffers => (
            "Someone at the destination has this value in other upper and lower case.",
            "Bring both to the same spelling; nobody is created meanwhile.",
        ),
        ReasonCode::DuplicateInAudience => (
            "An earlier row is the same person.",
            "Nothing to do: the earlier row counts.",
        ),
        ReasonCode::Suppressed => (
            "A suppression forbids sending this person.",
            "Remove the suppression, if that is right.",
        ),
        ReasonCode::NoConsent => (
            "The consent column does not say yes.",
            "Nothing to do, unless the consent is there and the column is wrong.",
        ),
        ReasonCode::NotInDestination => (
            "Nobody at the destination has this dedupe value.",
            "Choose 'update existing and create new persons' to create them.",
        ),
        ReasonCode::MissingRequired => (
            "A new person needs first name, last name and e-mail, and one is blank.",
            "Fill it in the source.",
        ),
        ReasonCode::InvalidValue => (
            "A value does not fit its field.",
            "Correct it in the source, or map another column.",
        ),
        ReasonCode::ChangedSincePlan => (
            "The person changed at the destination after the plan was made, so nothing was sent.",
            "Run the sync again to plan with what is there now.",
        ),
        ReasonCode::NotSent => (
            "The run ended before this person's turn.",
            "Resume the run, or run the sync again.",
        ),
        ReasonCode::Rejected => ("The destination refused.", "See its own words."),
        ReasonCode::Unconfirmed => (
            "It was sent, and no answer says whether it was done.",
            "Resume the run: Usher reads the person and settles it.",
        ),
        ReasonCode::Drifted => (
            "Somebody else changed this person at the destination since Usher's delivery; that was left.",
            "Set the sync to overwrite on drift, or correct it at the destination.",
        ),
        ReasonCode::TakenWithWarning => (
            "The destination took the person, with a warning.",
            "Check the value in the source; nothing is left to be sent.",
        ),
    };
    let message = match about {
        Some((field, what)) => format!("{message} `{field}`: {what}"),
        None => message.to_owned(),
    };
    Reason {
        code: code.as_str().to_owned(),
        message,
        fix: fix.to_owned(),
    }
}
