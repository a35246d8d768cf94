//! The endpoints of bulk lead import.

use std::borrow::Cow;

use serde_json::json;

use super::order::Order;
use super::{Import, Left, run};
use crate::bulk::delimited::put_row;
use crate::envelope::{Answer, Failure};
use crate::reply::Reply;
use crate::request::Call;
use crate::state::State;

/// Queues an import: at most ten at a time (1016), and one for a list (1019).
pub(crate) fn create(state: &mut State, call: &Call) -> Result<Answer, Failure> {
    let order = Order::read(state, call)?;
    let imports = &mut state.bulk.imports;
    if let Some(list) = order.list {
        if !state.lists_writable {
            return Err(Failure::new(603, "Access denied"));
        }
        if imports.busy(list) {
            let text = "An import into this list is already in progress";
            return Err(Failure::new(1019, text));
        }
    }
    if imports.full() {
        return Err(Failure::new(1016, "Too many imports"));
    }
    let now = state.clock.now_ms();
    let no = imports.add(order, now);
    run::start_waiting(state, now);
    Ok(Answer::of(vec![json!({
        "batchId": no,
        "importId": no.to_string(),
        "status": "Queued",
    })]))
}

/// Marketo docs, the example: what was processed does not include what failed.
pub(crate) fn status(state: &State, id: &str) -> Result<Answer, Failure> {
    let job = state.bulk.imports.find(id);
    let job = job.ok_or_else(|| Failure::new(1013, "Import batch not found"))?;
    let mut item = json!({
        "batchId": job.no,
        "importId": job.no.to_string(),
        "status": job.status(),
        "numOfLeadsProcessed": job.imported,
        "numOfRowsFailed": job.failures.len(),
        "numOfRowsWithWarning": job.warnings.len(),
    });
    if let Some((_, message)) = &job.ended {
        item["message"] = message.as_str().into();
    }
    Ok(Answer::of(vec![item]))
}

/// The rows that failed, or those with a warning, as a file like the one that was sent;
/// HTTP 404 while there is none.
pub(crate) fn download(state: &State, id: &str, which: Left) -> Answer {
    let job = state.bulk.imports.find(id);
    let job = job.filter(|job| job.ended.is_some() && !job.left(which).is_empty());
    Answer::file(match job {
        Some(job) => Reply::of(200, job.order.format.content_type(), file(job, which)),
        None => Reply::text(404, "File not available"),
    })
}

fn file(job: &Import, which: Left) -> Vec<u8> {
    let (order, separator) = (&job.order, job.order.format.separator());
    let mut file = Vec::new();
    let mut put = |cells: &[String], reason: &str| {
        let cells = cells.iter().map(String::as_str).chain([reason]);
        put_row(&mut file, separator, cells.map(Cow::Borrowed));
    };
    put(&order.head, which.title());
    for (at, reason) in job.left(which) {
        put(&order.rows[*at], reason);
    }
    file
}
