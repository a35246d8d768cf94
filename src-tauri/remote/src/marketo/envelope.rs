//! The wrapping of every reply but the token's (Marketo docs: error codes, the
//! three levels): HTTP status, then `success` and `errors`, then `result`.

use super::json;
use crate::{failure::Failure, http::Reply};
use serde_json::{Map, Value};

/// A reply whose call succeeded as a whole; its records may not have.
#[derive(Default)]
pub(super) struct Envelope {
    /// `None` when there is none, which is how the asset calls say "nothing
    /// found"; they add a warning.
    pub(super) result: Option<Vec<Value>>,
    pub(super) warned: bool,
    pub(super) next: Option<String>,
    pub(super) more: Option<bool>,
}

impl Envelope {
    /// The records of a call that always has some, even if there are none.
    pub(super) fn records(self) -> Result<Vec<Value>, Failure> {
        self.result
            .ok_or_else(|| Failure::unknown("a reply without a result"))
    }

    /// The records of an asset search: no result but a warning is no match.
    pub(super) fn found(self) -> Result<Vec<Value>, Failure> {
        if self.result.is_none() && self.warned {
            Ok(Vec::new())
        } else {
            self.records()
        }
    }

    /// The token of the next page (Marketo docs: paging tokens). `moreResult`
    /// decides where there is one; some calls leave it out, and there a page
    /// without records is the last, too.
    pub(super) fn next_page(&mut self, asked: Option<&str>) -> Result<Option<String>, Failure> {
        let empty = self.result.as_ref().is_none_or(Vec::is_empty);
        match (self.more, self.next.take()) {
            (Some(true), None) => Err(Failure::unknown("more results, but no way to them")),
            (Some(false), _) | (None, None) => Ok(None),
            (None, Some(_)) if empty => Ok(None),
            (_, Some(next)) if asked == Some(&next) => {
                Err(Failure::unknown("a page that leads back to itself"))
            }
            (_, next) => Ok(next),
        }
    }
}

/// Nothing found, said as an error (702; some calls say 1013 or 1004).
pub(super) fn or_nothing(
    opened: Result<Envelope, Failure>,
    codes: &[&str],
) -> Result<Envelope, Failure> {
    match opened {
        Err(Failure::Refused { code, .. }) if codes.contains(&code.as_str()) => Ok(Envelope {
            result: Some(Vec::new()),
            ..Envelope::default()
        }),
        other => other,
    }
}

/// Takes the first two levels off. Errors beside a success, or a failure
/// without errors, leave open what happened.
pub(super) fn open(reply: &Reply) -> Result<Envelope, Failure> {
    match reply.status {
        413 | 414 => return Err(Failure::TooLarge),
        // The status that goes with some codes is not documented; where a 4xx
        // carries an envelope, its code tells more.
        400..500 => return Err(refused(reply).unwrap_or_else(|| odd_status(reply.status))),
        200 => {}
        status => return Err(odd_status(status)),
    }
    let mut all = document(reply)?;
    let errors = list(&mut all, "errors")?.unwrap_or_default();
    match all.get("success") {
        Some(Value::Bool(true)) if errors.is_empty() => {}
        Some(Value::Bool(false)) => return Err(failure(&errors)),
        _ => {
            return Err(Failure::unknown(
                "a reply that claims neither success nor failure",
            ));
        }
    }
    let warned = list(&mut all, "warnings")?.is_some_and(|warnings| !warnings.is_empty());
    let result = list(&mut all, "result")?;
    let next = match all.remove("nextPageToken") {
        None | Some(Value::Null) => None,
        Some(Value::String(token)) => Some(token).filter(|token| !token.is_empty()),
        Some(_) => return Err(Failure::unknown("a page token that is not text")),
    };
    let more = match all.remove("moreResult") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(more)) => Some(more),
        Some(_) => return Err(Failure::unknown("an unclear end of a page")),
    };
    Ok(Envelope {
        result,
        warned,
        next,
        more,
    })
}

/// Whether a reply says that it is JSON.
pub(super) fn is_json(reply: &Reply) -> bool {
    let kind = reply.content_type.as_ref();
    kind.is_some_and(|kind| kind.to_ascii_lowercase().contains("json"))
}

/// The object a reply consists of.
pub(super) fn document(reply: &Reply) -> Result<Map<String, Value>, Failure> {
    if reply.content_type.is_some() && !is_json(reply) {
        return Err(Failure::unknown("a reply that is not JSON"));
    }
    match json::parse(&reply.body) {
        Some(Value::Object(all)) => Ok(all),
        _ => Err(Failure::unknown("an unreadable reply")),
    }
}

/// A status that is not documented for any call.
pub(super) fn odd_status(status: u16) -> Failure {
    Failure::unknown(format!("HTTP status {status}"))
}

fn refused(reply: &Reply) -> Option<Failure> {
    let mut all = document(reply).ok()?;
    let errors = list(&mut all, "errors").ok()??;
    let failed = all.get("success") == Some(&Value::Bool(false)) && !errors.is_empty();
    failed.then(|| failure(&errors))
}

/// The class of several errors: unknown if any of them is, else the first's.
fn failure(errors: &[Value]) -> Failure {
    let mut classes = errors.iter().map(|error| {
        let (code, message) = reason(error);
        Failure::of(&code, &message)
    });
    let Some(first) = classes.next() else {
        return Failure::unknown("a failure without an error");
    };
    classes
        .find(|class| matches!(class, Failure::Unknown { .. }))
        .unwrap_or(first)
}

/// Code and message of an item of `errors` or `reasons`; the code is text with
/// digits in it, and a number in some definitions.
pub(super) fn reason(item: &Value) -> (String, String) {
    let code = match item.get("code") {
        Some(Value::String(code)) => code.clone(),
        Some(Value::Number(code)) => code.to_string(),
        _ => String::new(),
    };
    let message = item
        .get("message")
        .and_then(Value::as_str)
        .unwrap_or_default();
    (code, message.to_owned())
}

/// A whole number, also where it is spelled as text.
pub(super) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// The id of a record: a whole number above zero.
pub(super) fn id_of(record: &Value) -> Option<i64> {
    record.get("id").and_then(number).filter(|id| *id > 0)
}

/// A text of a record.
pub(super) fn text_of(record: &Value, key: &str) -> Option<String> {
    record.get(key)?.as_str().map(str::to_owned)
}

fn list(all: &mut Map<String, Value>, key: &str) -> Result<Option<Vec<Value>>, Failure> {
    match all.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => Ok(Some(items)),
        Some(_) => Err(Failure::unknown(format!("{key} that is not a list"))),
    }
}
