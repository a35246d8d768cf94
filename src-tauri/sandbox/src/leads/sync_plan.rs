//! The first half of Sync Leads: what each record would do, by what exists now.
//!
//! Marketo docs: leads, "Create and Update". A batch is planned whole before anything
//! of it is written, so a key that stands twice in one batch, or in two batches that
//! overlap in time, is created twice: the documented race.

use std::ops::Range;

use serde_json::{Map, Value};

use super::filter::BATCH;
use crate::envelope::Failure;
use crate::fields::{self, FieldNo};
use crate::request::Call;
use crate::state::State;
use crate::values::{self, Datum};

/// Values of one record, checked.
pub(crate) type Written = Vec<(FieldNo, Option<Datum>)>;

/// What one record will do.
#[derive(Debug)]
pub(crate) enum Step {
    Create { partition: u8, values: Written },
    Update { id: u32, values: Written },
    Skip { code: String, message: String },
}

/// A batch that has been looked up and not yet written.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// `asyncProcessing`: no outcome is returned.
    pub(crate) silent: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    CreateOnly,
    UpdateOnly,
    CreateOrUpdate,
    CreateDuplicate,
}

/// The records of any batch call: `input`, not empty, at most 300.
pub(crate) fn input(body: &Value) -> Result<&Vec<Value>, Failure> {
    let Some(input) = body
        .get("input")
        .and_then(Value::as_array)
        .filter(|input| !input.is_empty())
    else {
        return Err(Failure::new(
            1002,
            "Missing value for required parameter 'input'",
        ));
    };
    if input.len() > BATCH {
        return Err(Failure::new(
            1003,
            format!("Too many records; the maximum is {BATCH}"),
        ));
    }
    Ok(input)
}

/// Checks the call as a whole, then each record on its own. Reads the database and
/// leaves it as it is.
pub(crate) fn plan(state: &mut State, call: &Call) -> Result<Plan, Failure> {
    let body = call.json()?;
    let input = input(&body)?;
    let action = match body
        .get("action")
        .map_or("createOrUpdate", |action| action.as_str().unwrap_or(""))
    {
        "createOnly" => Action::CreateOnly,
        "updateOnly" => Action::UpdateOnly,
        "createOrUpdate" => Action::CreateOrUpdate,
        "createDuplicate" => Action::CreateDuplicate,
        other => {
            return Err(Failure::new(
                1001,
                format!("Invalid value '{other}'. Required of type 'action'"),
            ));
        }
    };
    let lookup = body
        .get("lookupField")
        .and_then(Value::as_str)
        .unwrap_or("email");
    let key = lookup_key(lookup)?;
    let batch = Batch {
        action,
        lookup,
        key,
        partition: body.get("partitionName").and_then(Value::as_str),
        unseen: 0..0,
    };
    let steps = input
        .iter()
        .map(|record| batch.plan(state, record))
        .collect();
    let silent = body.get("asyncProcessing") == Some(&Value::Bool(true));
    Ok(Plan { steps, silent })
}

/// The field by which records find their leads, or 1011.
pub(crate) fn lookup_key(name: &str) -> Result<FieldNo, Failure> {
    match fields::by_name(name) {
        Some((no, field)) if field.searchable() => Ok(no),
        _ => Err(Failure::new(
            1011,
            format!("Lookup field '{name}' not supported"),
        )),
    }
}

/// What the records of one call have in common.
pub(crate) struct Batch<'a> {
    pub(crate) action: Action,
    pub(crate) lookup: &'a str,
    pub(crate) key: FieldNo,
    pub(crate) partition: Option<&'a str>,
    /// Leads that were not there yet when the keys were looked up.
    pub(crate) unseen: Range<u32>,
}

fn refuse<T>(code: u16, message: impl Into<String>) -> Result<T, (String, String)> {
    Err((code.to_string(), message.into()))
}

impl Batch<'_> {
    /// What becomes of one record; a refusal is a step, too.
    pub(crate) fn plan(&self, state: &mut State, record: &Value) -> Step {
        self.step(state, record)
            .unwrap_or_else(|(code, message)| Step::Skip { code, message })
    }

    /// The order of the checks is not documented; values come
    /// before the lookup, so a bad record reads the same whether or not its lead exists.
    fn step(&self, state: &mut State, record: &Value) -> Result<Step, (String, String)> {
        let Some(record) = record.as_object() else {
            return refuse(1001, "Invalid value. Required of type 'Lead'");
        };
        if let Some((code, message)) = state.faults.rejection(record) {
            return Err((code, message));
        }
        let by_id = self.lookup == "id";
        if by_id && self.action != Action::UpdateOnly {
            return refuse(
                1003,
                "Lookup field 'id' is allowed with action 'updateOnly' only",
            );
        }
        if !by_id && record.contains_key("id") {
            return refuse(1003, "Field 'id' is allowed with lookup field 'id' only");
        }
        // A partition that does not exist reads like one that is not seen.
        let partition = match self.partition {
            Some(name) if self.action != Action::UpdateOnly => match state.partition_named(name) {
                Some(partition) => Some(partition),
                None => return refuse(1008, format!("Access denied to partition '{name}'")),
            },
            _ => None,
        };
        let values = self.values(record)?;
        let home = partition.unwrap_or(1);
        if self.action == Action::CreateDuplicate {
            return Ok(Step::Create {
                partition: home,
                values,
            });
        }
        let wanted = record
            .get(self.lookup)
            .filter(|value| !value.is_null())
            .map(values::plain);
        let Some(wanted) = wanted.filter(|wanted| !wanted.trim().is_empty()) else {
            return refuse(
                1002,
                format!("Missing value for required parameter '{}'", self.lookup),
            );
        };
        let mut matches = state.leads.find(self.key, &wanted);
        matches.retain(|id| !self.unseen.contains(id));
        if state.dedupe_by_partition && !by_id && self.action != Action::UpdateOnly {
            matches.retain(|&id| {
                state
                    .leads
                    .get(id)
                    .is_some_and(|lead| lead.partition == home)
            });
        }
        let seen: Vec<u32> = matches
            .iter()
            .copied()
            .filter(|&id| state.sees(id))
            .collect();
        if seen.is_empty()
            && let Some(&hidden) = matches.first()
        {
            let name = state.partition_of(hidden);
            return refuse(1008, format!("Access denied to partition '{name}'"));
        }
        match (self.action, seen.as_slice()) {
            (Action::UpdateOnly, []) => refuse(1004, "Lead not found"),
            (_, []) => Ok(Step::Create {
                partition: home,
                values,
            }),
            (Action::CreateOnly, _) => refuse(1005, "Lead already exists"),
            (_, &[id]) => {
                let lives_in = state.leads.get(id).map(|lead| lead.partition);
                if partition.is_some() && lives_in != partition {
                    return refuse(1010, "Partition update not allowed");
                }
                Ok(Step::Update { id, values })
            }
            _ => refuse(1007, "Multiple lead match lookup criteria"),
        }
    }

    /// Every value checked; the first bad one skips the whole record.
    fn values(&self, record: &Map<String, Value>) -> Result<Written, (String, String)> {
        let mut values = Vec::with_capacity(record.len());
        for (name, value) in record {
            let Some((no, field)) = fields::by_name(name) else {
                return refuse(1006, format!("Field '{name}' not found"));
            };
            // The key itself is looked up, and not written where it is read-only.
            if !field.updateable() {
                if no == self.key {
                    continue;
                }
                return refuse(1003, format!("Field '{name}' is not updateable"));
            }
            match values::check(field, value) {
                Ok(datum) => values.push((no, datum)),
                Err(message) => return refuse(1003, message),
            }
        }
        Ok(values)
    }
}
