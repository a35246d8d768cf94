//! The two shapes of a reply, and what can stand in them.
//!
//! Marketo docs: error codes. The lead database sends `errors` and `warnings` only
//! when there are any; assets always send both, and leave out `result` when nothing
//! was found. Codes are strings.

use serde_json::{Map, Value, json};

use crate::random::Random;
use crate::reply::Reply;

/// Which half of the API answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Leads,
    Assets,
}

/// A response-level error: HTTP 200, `success: false`, nothing returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Failure {
    /// Codes are numbers here and strings on the wire.
    pub(crate) fn new(code: u16, message: impl Into<String>) -> Self {
        Self {
            code: code.to_string(),
            message: message.into(),
        }
    }
}

/// What a call brought, before it is wrapped.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// `None` leaves the key out.
    pub(crate) result: Option<Vec<Value>>,
    pub(crate) next_page: Option<String>,
    /// Whether `moreResult` is shown beside a next-page token.
    pub(crate) shows_more: bool,
    /// The token beside it is for what is still to happen.
    pub(crate) at_end: bool,
    pub(crate) warnings: Vec<&'static str>,
    /// Goes out alone, without the envelope.
    pub(crate) file: Option<Reply>,
}

impl Answer {
    /// Success with a result, which may be empty.
    pub(crate) fn of(result: Vec<Value>) -> Self {
        Self {
            result: Some(result),
            ..Self::default()
        }
    }

    /// A file, or why there is none.
    pub(crate) fn file(file: Reply) -> Self {
        Self {
            file: Some(file),
            ..Self::default()
        }
    }

    /// Success without a result.
    pub(crate) fn done() -> Self {
        Self::default()
    }

    /// Assets found, or the recorded warning in place of an empty result.
    pub(crate) fn assets(found: Vec<Value>) -> Self {
        if found.is_empty() {
            let warnings = vec!["No assets found for the given search criteria."];
            return Self {
                warnings,
                ..Self::default()
            };
        }
        Self::of(found)
    }
}

/// A record that was not processed.
pub(crate) fn skipped(code: &str, message: &str) -> Value {
    json!({"status": "skipped", "reasons": [{"code": code, "message": message}]})
}

/// A list operation's record that was not processed; these name their id.
pub(crate) fn skipped_id(id: u64, code: &str, message: &str) -> Value {
    json!({"id": id, "status": "skipped", "reasons": [{"code": code, "message": message}]})
}

/// Puts an outcome into the envelope of its family, keys in the recorded order.
pub(crate) fn wrap(family: Family, id: String, outcome: Result<Answer, Failure>) -> Value {
    let (answer, errors) = match outcome {
        Ok(answer) => (answer, Vec::new()),
        Err(failure) => (
            Answer::default(),
            vec![json!({"code": failure.code, "message": failure.message})],
        ),
    };
    let mut body = Map::new();
    let success = errors.is_empty();
    match family {
        Family::Leads => {
            body.insert("requestId".into(), id.into());
            if let Some(result) = answer.result {
                body.insert("result".into(), result.into());
            }
            if !success {
                body.insert("errors".into(), errors.into());
            }
            body.insert("success".into(), success.into());
            if let Some(token) = answer.next_page {
                body.insert("nextPageToken".into(), token.into());
                if answer.shows_more {
                    body.insert("moreResult".into(), (!answer.at_end).into());
                }
            }
        }
        Family::Assets => {
            body.insert("success".into(), success.into());
            body.insert("errors".into(), errors.into());
            body.insert("requestId".into(), id.into());
            body.insert("warnings".into(), json!(answer.warnings));
            if let Some(result) = answer.result {
                body.insert("result".into(), result.into());
            }
        }
    }
    body.into()
}

/// `<1-5 hex>#<11 hex>`, as recorded.
pub(crate) fn request_id(random: &mut Random) -> String {
    let head = 1 + random.below(5) as usize;
    let first = random.text(b"123456789abcdef", 1);
    let rest = random.text(b"0123456789abcdef", head - 1);
    format!("{first}{rest}#1{}", random.text(b"0123456789abcdef", 10))
}
