//! What an extract is asked for. Marketo docs: bulk lead extract, "Filters" and "Options".

use serde_json::{Map, Value};

use crate::bulk::delimited::Format;
use crate::clock::{DAY_S, parse_time};
use crate::envelope::Failure;
use crate::fields::{self, FieldNo};
use crate::state::State;
use crate::values::plain;

const LONGEST_RANGE_S: i64 = 31 * DAY_S;

/// A job's order, checked.
#[derive(Debug)]
pub(super) struct Request {
    /// Fields, and their titles in the file.
    pub(super) columns: Vec<(FieldNo, String)>,
    pub(super) format: Format,
    pub(super) filter: Filter,
    /// The filter as it was sent, for tests.
    pub(super) shown: Value,
}

/// Whom the file is about.
#[derive(Debug)]
pub(super) enum Filter {
    /// Seconds since 1970, both ends included.
    Created(i64, i64),
    /// By the last change of any field, not by the field `updatedAt`.
    Changed(i64, i64),
    List(u32),
}

impl Request {
    pub(super) fn read(state: &State, body: &Value) -> Result<Self, Failure> {
        let columns = columns(body)?;
        let format = match body.get("format").map(plain).as_deref() {
            None | Some("CSV") => Format::Csv,
            Some("TSV") => Format::Tsv,
            // SSV is separated by spaces on one page and by semicolons on others.
            Some(other) => return Err(wrong_type(other, "format")),
        };
        let shown = body.get("filter").ok_or_else(|| missing("filter"))?.clone();
        let filter = shown
            .as_object()
            .ok_or_else(|| wrong_type(&plain(&shown), "filter"))?;
        Ok(Self {
            columns,
            format,
            filter: read_filter(state, filter)?,
            shown,
        })
    }
}

fn columns(body: &Value) -> Result<Vec<(FieldNo, String)>, Failure> {
    let asked = body.get("fields").ok_or_else(|| missing("fields"))?;
    let asked = asked
        .as_array()
        .ok_or_else(|| wrong_type(&plain(asked), "fields"))?;
    if asked.is_empty() {
        return Err(missing("fields"));
    }
    let mut columns = Vec::with_capacity(asked.len());
    for name in asked {
        let name = plain(name);
        let (no, _) = fields::by_name(&name)
            .ok_or_else(|| Failure::new(1006, format!("Field '{name}' not found")))?;
        columns.push((no, name));
    }
    let none = Map::new();
    let titles = match body.get("columnHeaderNames") {
        None | Some(Value::Null) => &none,
        Some(titles) => titles
            .as_object()
            .ok_or_else(|| wrong_type(&plain(titles), "columnHeaderNames"))?,
    };
    for (name, title) in titles {
        let mut meant = columns
            .iter_mut()
            .filter(|(no, _)| fields::by_no(*no).name == name)
            .peekable();
        if meant.peek().is_none() {
            let text = format!("Column header name of '{name}', which is not in 'fields'");
            return Err(Failure::new(1003, text));
        }
        meant.for_each(|(_, column)| *column = plain(title));
    }
    Ok(columns)
}

/// Exactly one, of those that the subscription has.
fn read_filter(state: &State, filter: &Map<String, Value>) -> Result<Filter, Failure> {
    let mut all = filter.iter();
    let (Some((name, value)), None) = (all.next(), all.next()) else {
        return Err(match filter.len() {
            0 => missing("filter"),
            _ => Failure::new(1003, "Only one filter type may be specified"),
        });
    };
    match name.as_str() {
        "createdAt" => range(value).map(|(from, to)| Filter::Created(from, to)),
        "updatedAt" if state.bulk.settings.updated_at_filter => {
            range(value).map(|(from, to)| Filter::Changed(from, to))
        }
        "staticListId" => {
            let text = plain(value);
            let id: u32 = text.parse().map_err(|_| wrong_type(&text, "Integer"))?;
            state
                .lists
                .get(id)
                .map(|_| Filter::List(id))
                .ok_or_else(no_list)
        }
        "staticListName" => {
            let wanted = plain(value);
            let mut found = state.lists.iter().filter(|(_, list)| list.name == wanted);
            match (found.next(), found.next()) {
                (Some((id, _)), None) => Ok(Filter::List(id)),
                (None, _) => Err(no_list()),
                _ => Err(Failure::new(1003, "Several static lists have this name")),
            }
        }
        "updatedAt" | "smartListId" | "smartListName" => Err(Failure::new(
            1035,
            "Unsupported filter type for target subscription",
        )),
        _ => Err(Failure::new(1003, format!("Unknown filter type '{name}'"))),
    }
}

/// Marketo docs: at most 31 days, in ISO 8601, without milliseconds.
fn range(value: &Value) -> Result<(i64, i64), Failure> {
    let time = |name: &str| {
        let text = value.get(name).ok_or_else(|| missing(name)).map(plain)?;
        let time = parse_time(&text).ok_or_else(|| wrong_type(&text, "Date"))?;
        if text.contains('.') {
            let text = format!("Invalid value '{text}'. Milliseconds are not allowed");
            return Err(Failure::new(1003, text));
        }
        Ok(time)
    };
    let (from, to) = (time("startAt")?, time("endAt")?);
    match to - from {
        ..0 => Err(Failure::new(1003, "endAt is before startAt")),
        0..=LONGEST_RANGE_S => Ok((from, to)),
        _ => Err(Failure::new(1003, "Date range is longer than 31 days")),
    }
}

fn no_list() -> Failure {
    Failure::new(1013, "Static list not found")
}

fn missing(name: &str) -> Failure {
    Failure::new(
        1002,
        format!("Missing value for required parameter '{name}'"),
    )
}

fn wrong_type(value: &str, kind: &str) -> Failure {
    Failure::new(
        1001,
        format!("Invalid value '{value}'. Required of type '{kind}'"),
    )
}
