//! The lead ids of a list call, in each of the ways in which they may be sent.
//!
//! Marketo docs: list membership. Repeated `id=`, a comma list, or a JSON body; the
//! address alone is enough for DELETE too, as recorded.

use serde_json::Value;

use crate::envelope::Failure;
use crate::leads::filter::BATCH;
use crate::leads::sync_plan::input;
use crate::request::Call;

/// All ids in the order sent: 1002 for none, 1003 for more than 300.
pub(crate) fn of(call: &Call) -> Result<Vec<u64>, Failure> {
    let mut ids = Vec::new();
    for text in call.list("id") {
        let text = text.trim();
        ids.push(text.parse::<u64>().map_err(|_| wrong(text))?);
    }
    let form_of_a_read = call.is_form() && call.meant() == "GET";
    if !call.body.is_empty() && !form_of_a_read {
        let body = call.json()?;
        if ids.is_empty() || body.get("input").is_some() {
            for item in input(&body)? {
                let id = item.get("id");
                let number =
                    id.and_then(|id| id.as_u64().or_else(|| id.as_str()?.trim().parse().ok()));
                ids.push(number.ok_or_else(|| wrong(&id.unwrap_or(&Value::Null).to_string()))?);
            }
        }
    }
    match ids.len() {
        0 => Err(Failure::new(
            1002,
            "Missing value for required parameter 'id'",
        )),
        n if n > BATCH => Err(Failure::new(
            1003,
            format!("Too many ids; the maximum is {BATCH}"),
        )),
        _ => Ok(ids),
    }
}

fn wrong(text: &str) -> Failure {
    Failure::new(
        1001,
        format!("Invalid value '{text}'. Required of type 'Integer'"),
    )
}
