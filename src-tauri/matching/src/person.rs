//! A decision in full: who, why, by which rule, and which fields change to what.

use crate::key::{Key, KeyHash, normalize};
use crate::ledger::ValueHash;
use crate::planner::{Decision, Planner, Removal};
use crate::value::{canonical, value_hash};
use serde_json::{Map, Value, json};
use usher_model::{
    DataType, Explain, Field, ListAct, Person, PersonAction, Reason, ReasonCode, Verdict,
};

impl Planner<'_> {
    /// The line of one row that [`Planner::decide`] decided. `row` is 1-based.
    pub fn person(&self, row: u64, key: KeyHash, cells: &[&str], decision: &Decision) -> Person {
        let raw = cells[self.settings.key.column];
        let normalized = match normalize(self.settings.key_kind(), raw) {
            Key::Valid(key) => Some(key.into_owned()),
            _ => None,
        };
        let mut leads = self.leads.of_key(key);
        if decision.reason == Some(ReasonCode::CaseDiffers) {
            leads = self
                .leads
                .of_folded_key(normalized.as_deref().unwrap_or_default());
        }
        let candidates: Vec<_> = leads.into_iter().map(|lead| lead.candidate()).collect();
        let rule = self.rule(raw, decision, candidates.len());
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
                    decision.misfit.as_ref().map(|(f, m)| (f.as_str(), m.0)),
                )
            }),
            explain: Explain {
                raw: Some(raw.to_owned()),
                normalized,
                candidates,
                rule,
                changes: self.changes_of(cells, decision),
            },
        }
    }

    /// The fields that were found equal and were not known to be, with the hashes
    /// of their values: what a run remembers of this row.
    pub fn seen_equal(&self, decision: &Decision, cells: &[&str]) -> Vec<(String, ValueHash)> {
        let mapped = decision
            .seen_equal
            .iter()
            .map(|&at| &self.settings.fields[at]);
        mapped
            .filter_map(|mapped| {
                let sent = mapped.sent(cells)?;
                Some((mapped.field.name.clone(), value_hash(&mapped.field, &sent)))
            })
            .collect()
    }

    /// The line of someone who leaves the list.
    pub fn leaver(removal: &Removal) -> Person {
        Person {
            row: None,
            key: Some(removal.key.clone()),
            verdict: None,
            list: ListAct::Remove,
            lead_id: Some(removal.lead),
            list_lead_id: None,
            reason: None,
            explain: Explain {
                normalized: Some(removal.key.clone()),
                rule: "Usher added this person to the list, and no row that may be sent leads to them any more.".into(),
                ..Explain::default()
            },
        }
    }

    /// Field to `[before, after]`: all that is sent, for a creation with the
    /// dedupe field's trimmed original.
    fn changes_of(&self, cells: &[&str], decision: &Decision) -> Map<String, Value> {
        let mut changes = Map::new();
        let lead = decision.lead.and_then(|id| self.leads.by_id(id));
        for mapped in decision.writes.iter().map(|&at| &self.settings.fields[at]) {
            let name = &mapped.field.name;
            let before = lead
                .and_then(|lead| lead.value(name))
                .map_or(Value::Null, |there| typed(&mapped.field, there));
            let after = mapped.sent(cells).unwrap_or(Value::Null);
            changes.insert(name.clone(), json!([before, after]));
        }
        if decision.verdict == Verdict::Create {
            let key = &self.settings.key;
            let original = cells[key.column].trim();
            let after = match key.field.data_type {
                kind if kind.is_number() => {
                    canonical(&key.field, original).unwrap_or(original.into())
                }
                _ => original.into(),
            };
            changes.insert(key.field.name.clone(), json!([null, after]));
        }
        changes
    }

    fn rule(&self, raw: &str, decision: &Decision, candidates: usize) -> String {
        let field = &self.settings.key.field.name;
        match (decision.verdict, decision.reason) {
            (Verdict::Skip, Some(ReasonCode::InvalidKey)) => {
                match normalize(self.settings.key_kind(), raw) {
                    Key::Invalid(why) => why.to_owned(),
                    _ => String::new(),
                }
            }
            (Verdict::Skip, Some(ReasonCode::DuplicateInAudience)) => {
                "The first row of a key counts.".to_owned()
            }
            (Verdict::Create, _)
            | (Verdict::Skip, Some(ReasonCode::MissingRequired | ReasonCode::NotInDestination)) => {
                let action = match self.settings.person_action {
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
