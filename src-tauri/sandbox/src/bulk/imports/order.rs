//! What an import is asked for, and the file that comes with it.

use super::form::Form;
use crate::bulk::delimited::{Format, parse};
use crate::envelope::Failure;
use crate::fields::{self, FieldNo};
use crate::leads::sync_plan::lookup_key;
use crate::request::Call;
use crate::state::State;

/// A job's order, checked as far as the call is; the rest becomes of the job.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) format: Format,
    pub(super) lookup: String,
    pub(super) key: FieldNo,
    pub(super) partition: Option<String>,
    pub(super) list: Option<u32>,
    pub(super) head: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
    /// Why the job as a whole will fail.
    pub(super) wrong: Option<String>,
}

impl Order {
    pub(super) fn read(state: &State, call: &Call) -> Result<Self, Failure> {
        let form = Form::read(call)?;
        // Marketo docs: the parameter `access_token` is retired, wherever it stands.
        if form.text("access_token").is_some() {
            return Err(Failure::new(603, "Access denied"));
        }
        let given = |name: &str| {
            let value = call.param(name).or_else(|| form.text(name));
            value.filter(|value| !value.is_empty())
        };
        let format = match given("format") {
            Some("csv") => Format::Csv,
            Some("tsv") => Format::Tsv,
            Some(other) => return Err(wrong_type(other, "format")),
            None => {
                let text = "Missing value for required parameter 'format'";
                return Err(Failure::new(1002, text));
            }
        };
        let file = form.file()?;
        let lookup = given("lookupField").unwrap_or("email");
        let key = lookup_key(lookup)?;
        let partition = given("partitionName");
        if let Some(name) = partition
            && state.partition_named(name).is_none()
        {
            let text = format!("Access denied to partition '{name}'");
            return Err(Failure::new(1008, text));
        }
        let list = match given("listId") {
            None => None,
            Some(text) => {
                let id: u32 = text.parse().map_err(|_| wrong_type(text, "Integer"))?;
                let list = state.lists.get(id).map(|_| id);
                Some(list.ok_or_else(|| Failure::new(1013, "List not found"))?)
            }
        };
        let (mut rows, mut wrong) = match std::str::from_utf8(file) {
            Ok(text) => {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                (parse(text, format.separator()), None)
            }
            Err(_) => (Vec::new(), Some("the file is not UTF-8".to_owned())),
        };
        let head = if rows.is_empty() {
            wrong.get_or_insert_with(|| "the file is empty".to_owned());
            Vec::new()
        } else {
            rows.remove(0)
        };
        wrong = wrong.or_else(|| unfit(&head, key));
        Ok(Self {
            format,
            lookup: lookup.to_owned(),
            key,
            partition: partition.map(str::to_owned),
            list,
            head,
            rows,
            wrong,
        })
    }
}

/// What is wrong with a header. Only the key may be a field that cannot be written.
fn unfit(head: &[String], key: FieldNo) -> Option<String> {
    head.iter().enumerate().find_map(|(at, name)| {
        if head[..at].contains(name) {
            return Some(format!("column '{name}' stands twice"));
        }
        match fields::by_name(name) {
            None => Some(format!("field '{name}' not found")),
            Some((no, field)) if !field.updateable() && no != key => {
                Some(format!("field '{name}' is not updateable"))
            }
            _ => None,
        }
    })
}

fn wrong_type(value: &str, kind: &str) -> Failure {
    Failure::new(
        1001,
        format!("Invalid value '{value}'. Required of type '{kind}'"),
    )
}
