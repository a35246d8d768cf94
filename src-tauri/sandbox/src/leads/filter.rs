//! Reading leads: by filter and by id.
//!
//! Marketo docs: leads, "Get Leads by Filter Type". Only partitions that the API user
//! sees are searched.

use crate::envelope::{Answer, Failure};
use crate::fields::{self, FieldNo};
use crate::paging;
use crate::request::Call;
use crate::state::State;

/// Values in one filter, and records in one batch of any lead-database call.
pub(crate) const BATCH: usize = 300;
const MATCHES: usize = 1_000;
const DEFAULT_FIELDS: [&str; 6] = [
    "id",
    "email",
    "firstName",
    "lastName",
    "createdAt",
    "updatedAt",
];

/// The fields to return: those asked for (always with the id), or the default six.
pub(crate) fn columns(call: &Call) -> Result<Vec<FieldNo>, Failure> {
    let asked = call.list("fields");
    if asked.is_empty() {
        return Ok(DEFAULT_FIELDS.into_iter().map(fields::known).collect());
    }
    let mut columns = vec![fields::known("id")];
    for name in &asked {
        let name = name.trim();
        let (no, _) = fields::by_name(name)
            .ok_or_else(|| Failure::new(1006, format!("Field '{name}' not found")))?;
        if !columns.contains(&no) {
            columns.push(no);
        }
    }
    Ok(columns)
}

/// At most 300 values (else 1003), a searchable field (else 1011), and at most 1,000
/// leads in total over all pages (else 1003). Nobody found is a success.
pub(crate) fn by_filter(state: &State, call: &Call) -> Result<Answer, Failure> {
    let filter_type = required(call, "filterType")?;
    let values = call.list("filterValues");
    if values.is_empty() {
        return Err(Failure::new(
            1002,
            "Missing value for required parameter 'filterValues'",
        ));
    }
    let no = match fields::by_name(filter_type) {
        Some((no, field)) if field.searchable() => no,
        _ => {
            return Err(Failure::new(
                1011,
                format!("Filter type '{filter_type}' not supported"),
            ));
        }
    };
    if values.len() > BATCH {
        return Err(Failure::new(
            1003,
            format!("Too many filter values; the maximum is {BATCH}"),
        ));
    }
    let columns = columns(call)?;
    let size = paging::batch_size(call)?;
    let scope = call.scope();
    let after = paging::position(call, &scope)?;

    let mut ids = Vec::new();
    for value in &values {
        ids.extend(
            state
                .leads
                .find(no, value)
                .into_iter()
                .filter(|&id| state.sees(id)),
        );
    }
    ids.sort_unstable();
    ids.dedup();
    if ids.len() > MATCHES {
        return Err(Failure::new(1003, "Too many results match the filter"));
    }
    ids.retain(|&id| u64::from(id) > after);
    let more = ids.len() > size;
    ids.truncate(size);
    let next_page = match ids.last() {
        Some(&last) if more => Some(paging::token(&scope, last.into())),
        _ => None,
    };
    let found = ids
        .into_iter()
        .filter_map(|id| state.leads.shown(id, &columns))
        .collect();
    Ok(Answer {
        next_page,
        shows_more: true,
        ..Answer::of(found)
    })
}

/// An unknown id, or one in a hidden partition, is 1004 for the whole call; the
/// documentation does not say.
pub(crate) fn by_id(state: &State, call: &Call, id: &str) -> Result<Answer, Failure> {
    let columns = columns(call)?;
    let id = id.parse().ok().filter(|&id| state.sees(id));
    match id.and_then(|id| state.leads.shown(id, &columns)) {
        Some(lead) => Ok(Answer::of(vec![lead])),
        None => Err(Failure::new(1004, "Lead not found")),
    }
}

/// A parameter that may not be blank.
pub(crate) fn required<'a>(call: &'a Call, name: &str) -> Result<&'a str, Failure> {
    call.param(name)
        .filter(|value| !value.trim().is_empty())
        .ok_or_else(|| {
            Failure::new(
                1002,
                format!("Missing value for required parameter '{name}'"),
            )
        })
}
