//! What became of each record of a write. Results are positional: the first
//! belongs to the first record sent (Marketo docs: error codes).

use super::envelope::{id_of, reason};
use crate::failure::{Failure, bounded, code_text};
use serde_json::Value;
use std::fmt;

/// What became of one record.
#[derive(Clone, PartialEq, Eq)]
pub enum RecordResult {
    /// It was done.
    Done {
        /// The lead.
        id: Option<i64>,
        /// `created`, `updated`, `added` or `removed`.
        status: String,
    },
    /// It was not done, while others may have been.
    Skipped {
        /// The lead, where the service names it.
        id: Option<i64>,
        /// The first reason's code; `skipped` where none is given.
        code: String,
        /// The service's own words. They may quote the person's value: show
        /// them beside the person, and nowhere else.
        message: String,
    },
}

/// Leaves the service's words out, since they may quote the person.
impl fmt::Debug for RecordResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { id, status } => write!(f, "Done({id:?}, {status})"),
            Self::Skipped { id, code, .. } => write!(f, "Skipped({id:?}, {code})"),
        }
    }
}

/// Pairs results with what was sent: for each record, the id it was sent with,
/// if it was. One result that does not fit makes all of them doubtful.
pub(super) fn pair(
    results: &[Value],
    sent: &[Option<i64>],
    done: &[&str],
) -> Result<Vec<RecordResult>, Failure> {
    if results.len() != sent.len() {
        let (got, want) = (results.len(), sent.len());
        return Err(Failure::unknown(format!(
            "{got} results for {want} records"
        )));
    }
    results
        .iter()
        .zip(sent)
        .map(|(result, sent)| one(result, *sent, done))
        .collect()
}

fn one(result: &Value, sent: Option<i64>, done: &[&str]) -> Result<RecordResult, Failure> {
    let id = id_of(result);
    if result.get("id").is_some_and(|id| !id.is_null()) && id.is_none() {
        return Err(Failure::unknown("a result whose id is not one"));
    }
    if let (Some(sent), Some(got)) = (sent, id)
        && sent != got
    {
        return Err(Failure::unknown(
            "results in another order than the records",
        ));
    }
    match result.get("status").and_then(Value::as_str) {
        Some("skipped") => {
            let first = result.get("reasons").and_then(|reasons| reasons.get(0));
            let (code, message) = first
                .or_else(|| result.get("reason"))
                .map(reason)
                .unwrap_or_default();
            let code = Some(code_text(&code)).filter(|code| !code.is_empty());
            let code = code.unwrap_or_else(|| "skipped".into());
            let message = bounded(&message);
            Ok(RecordResult::Skipped { id, code, message })
        }
        Some(status) if done.contains(&status) && result.get("reasons").is_none() => {
            if id.is_none() {
                return Err(Failure::unknown("a result without an id"));
            }
            Ok(RecordResult::Done {
                id,
                status: status.to_owned(),
            })
        }
        _ => Err(Failure::unknown("a result of an unknown status")),
    }
}
