//! What is wrong with a destination's settings and mapping: all of it, each where it
//! stands, so that a person can put it right while they map.

use super::NewDestination;
use crate::usher::Usher;
use serde::Serialize;
use std::collections::HashSet;
use ts_rs::TS;
use usher_model::{Code, Destination, Field, PersonAction, Problem, ServiceDescription};
use usher_store::table::definitions;

/// What is wrong with a destination that is not kept yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DestinationCheck {
    /// What keeps it from being kept.
    pub faults: Vec<Fault>,
    /// Fields of the company that it writes: a write may reach everyone of it.
    pub company_fields: Vec<String>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Fault {
    /// Where it stands.
    pub place: FaultPlace,
    /// What it is.
    pub problem: Problem,
}

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FaultPlace {
    /// The name.
    Name,
    /// The partition.
    Partition,
    /// The dedupe field.
    DedupeField,
    /// The column that fills it.
    KeyColumn,
    /// A field that people cannot be created without.
    Required(String),
    /// The rule that fills this field.
    Rule(String),
}

impl Usher {
    /// Checks a destination that is not kept yet, offline: by what its service said
    /// last, and by the columns of an audience where one is named.
    pub fn check_destination(
        &self,
        new: NewDestination,
        audience: Option<&str>,
    ) -> Result<DestinationCheck, Problem> {
        let mut faults = Vec::new();
        if let Err(problem) = crate::connections::named(&new.name) {
            faults.push(Fault {
                place: FaultPlace::Name,
                problem,
            });
        }
        let name = match faults.is_empty() {
            true => new.name.clone(),
            false => "unnamed".to_owned(),
        };
        let destination = self.drafted(NewDestination { name, ..new })?;
        let said = definitions::description(&*self.journal.reader()?, &destination.connection)?;
        let columns = audience.map(|name| self.audience(name)).transpose()?;
        faults.extend(all(&destination, said.as_ref()));
        if let Some((_, snapshot)) = columns {
            faults.extend(unknown_columns(&destination, &snapshot.columns));
        }
        Ok(DestinationCheck {
            faults,
            company_fields: self.company_fields(&destination)?,
        })
    }
}

/// An error where anything is wrong: the first of it.
pub(super) fn first(
    destination: &Destination,
    said: Option<&ServiceDescription>,
) -> Result<(), Problem> {
    let first = all(destination, said).into_iter().next();
    first.map_or(Ok(()), |fault| Err(fault.problem))
}

/// All that is wrong: whatever the service says, and by what it says.
fn all(destination: &Destination, said: Option<&ServiceDescription>) -> Vec<Fault> {
    let mut faults = shape(destination);
    if let Some(said) = said {
        faults.extend(by_service(destination, said));
    }
    faults
}

fn shape(destination: &Destination) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |place, problem| faults.push(Fault { place, problem });
    if destination.partition.is_some() && !destination.sync_type.writes_profiles() {
        fault(
            FaultPlace::Partition,
            Problem::usage(
                "A partition can be chosen with profile-only and audience-and-profile only; with audience-only, new people go to the Default partition.",
            ),
        );
    }
    let dedupe = destination.dedupe_field.as_str();
    if dedupe.is_empty() {
        fault(
            FaultPlace::DedupeField,
            Problem::usage("A dedupe field has to be chosen."),
        );
    }
    if ["id", "leadid", "lead id", "ecid", "ecids"].contains(&dedupe.to_ascii_lowercase().as_str())
    {
        fault(
            FaultPlace::DedupeField,
            Problem::new(
                Code::DedupeField,
                format!(
                    "`{dedupe}` cannot be the dedupe field: Lead ID and ECID are not supported for that."
                ),
                "Choose a field that is filled and unique for everyone, such as `email` or a customer number.",
            ),
        );
    }
    let mapping = &destination.mapping;
    if mapping.key_column.is_empty() {
        fault(
            FaultPlace::KeyColumn,
            Problem::new(
                Code::MappingIncomplete,
                "No column is mapped to DedupeField, so nobody can be found.",
                "Map the column that identifies people.",
            ),
        );
    }
    let mut targets = HashSet::new();
    for rule in &mapping.fields {
        if !targets.insert(rule.target.as_str()) {
            fault(
                FaultPlace::Rule(rule.target.clone()),
                Problem::usage(format!("Two columns are mapped to `{}`.", rule.target)),
            );
        }
    }
    if destination.person_action == PersonAction::UpdateAndCreate {
        let is_mapped = |name: &str| name == dedupe || mapping.rule_for(name).is_some();
        let missing: Vec<&str> = Destination::REQUIRED_TO_CREATE
            .into_iter()
            .filter(|name| !is_mapped(name))
            .collect();
        for name in &missing {
            fault(
                FaultPlace::Required((*name).to_owned()),
                Problem::new(
                    Code::MappingIncomplete,
                    format!(
                        "To create people, the service needs first name, last name and e-mail; not mapped: {}.",
                        missing.join(", ")
                    ),
                    "Map a column to each, or choose `--person-action update-existing`.",
                ),
            );
        }
    }
    faults
}

fn by_service(destination: &Destination, said: &ServiceDescription) -> Vec<Fault> {
    let mut faults = Vec::new();
    let dedupe = destination.dedupe_field.as_str();
    match known_field(said, dedupe) {
        _ if dedupe.is_empty() => {}
        Err(problem) => faults.push(Fault {
            place: FaultPlace::DedupeField,
            problem,
        }),
        Ok(field) if !field.searchable => faults.push(Fault {
            place: FaultPlace::DedupeField,
            problem: Problem::new(
                Code::DedupeField,
                format!("People cannot be looked up by `{}`.", field.name),
                "Mark the field as searchable in Marketo, or choose another dedupe field.",
            ),
        }),
        Ok(_) => {}
    }
    for rule in &destination.mapping.fields {
        let problem = match known_field(said, &rule.target) {
            Err(problem) => problem,
            Ok(field) if !field.writable => Problem::new(
                Code::FieldReadOnly,
                format!("The field `{}` cannot be written.", field.name),
                "Leave it out of the mapping.",
            ),
            Ok(_) => continue,
        };
        faults.push(Fault {
            place: FaultPlace::Rule(rule.target.clone()),
            problem,
        });
    }
    if let Some(partition) = &destination.partition
        && !said.partitions.iter().any(|(_, name)| name == partition)
    {
        let seen = said
            .partitions
            .iter()
            .map(|(_, name)| name.as_str())
            .collect::<Vec<_>>()
            .join(", ");
        faults.push(Fault {
            place: FaultPlace::Partition,
            problem: Problem::new(
                Code::UnknownPartition,
                format!("This user cannot see a partition `{partition}`; it sees: {seen}."),
                "Choose one of them, or give the user access to that partition's workspace.",
            ),
        });
    }
    faults
}

fn unknown_columns(destination: &Destination, columns: &[String]) -> Vec<Fault> {
    let mapping = &destination.mapping;
    let key = (FaultPlace::KeyColumn, &mapping.key_column);
    let rules = mapping.fields.iter();
    let rules = rules.map(|rule| (FaultPlace::Rule(rule.target.clone()), &rule.source));
    std::iter::once(key)
        .chain(rules)
        .filter(|(_, column)| !column.is_empty() && !columns.contains(column))
        .map(|(place, column)| Fault {
            place,
            problem: Problem::new(
                Code::UnknownColumn,
                format!("The audience has no column `{column}`."),
                "Choose another column, or import a file that has it.",
            ),
        })
        .collect()
}

fn known_field<'a>(said: &'a ServiceDescription, name: &str) -> Result<&'a Field, Problem> {
    said.field(name).ok_or_else(|| {
        let near = said.fields.iter().find(|field| {
            field.name.eq_ignore_ascii_case(name) || field.display_name.eq_ignore_ascii_case(name)
        });
        let hint = match near {
            Some(field) => format!("Did you mean `{}`?", field.name),
            None => "`usher connection fields NAME` lists the fields there are.".to_owned(),
        };
        Problem::new(
            Code::UnknownField,
            format!("The destination has no field `{name}`."),
            hint,
        )
    })
}
