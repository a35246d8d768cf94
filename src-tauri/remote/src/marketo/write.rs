//! Sync Leads: creating and updating people, and how much fits in one call.

use super::{Ask, Marketo, RecordResult, SYNC_LEADS, records};
use crate::{failure::Failure, http::Body};
use serde::Serialize;
use serde_json::{Map, Value};
use std::{fmt, io};

/// Records in one call (Marketo docs: lead database).
pub const MAX_RECORDS: usize = 300;
/// Bytes in one body; the documented limit is 1 MB.
pub const MAX_BODY: usize = 1_000_000;
/// Room for everything around the records, names of the greatest length
/// included: `ENVELOPE_LEN` and each record's [`record_len`] add up to at least
/// [`body_len`].
pub const ENVELOPE_LEN: usize = 4_096;

/// What may happen. There is no "create or update": repeated after an unknown
/// outcome, it makes duplicates (Marketo docs: leads).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum WriteAction {
    /// A record whose lookup value exists is skipped (1005).
    CreateOnly,
    /// A record whose lookup value does not exist is skipped (1004).
    UpdateOnly,
}

/// One batch. Its `Debug` shows no person.
#[derive(Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeadWrite {
    /// What may happen.
    pub action: WriteAction,
    /// Found in every record; `id` for updates only.
    pub lookup_field: String,
    /// Where new leads go, the default partition when none is named. With an
    /// update, a lead of another partition is skipped (1008, 1010).
    #[serde(rename = "partitionName", skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// Field names and values; null clears a field.
    pub input: Vec<Map<String, Value>>,
}

impl fmt::Debug for LeadWrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "LeadWrite({:?} by {}, {})",
            self.action,
            self.lookup_field,
            self.input.len()
        )
    }
}

/// The exact bytes of a batch's body.
pub fn body_len(write: &LeadWrite) -> usize {
    len_of(write)
}

/// The exact bytes that a record adds to a body, its comma included.
pub fn record_len(record: &Map<String, Value>) -> usize {
    len_of(record).saturating_add(1)
}

fn len_of(value: &impl Serialize) -> usize {
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, value).map_or(usize::MAX, |()| counter.0)
}

/// Counts what is written to it, so that planning copies nobody's data.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Marketo {
    /// Sends one batch; the results are in its order. A batch over
    /// [`MAX_BODY`] is [`Failure::TooLarge`] without being sent.
    pub async fn sync_leads(&self, write: &LeadWrite) -> Result<Vec<RecordResult>, Failure> {
        if write.input.is_empty() || write.input.len() > MAX_RECORDS {
            return Err(Failure::unsendable("a batch holds 1 to 300 records"));
        }
        let keyed = |record: &Map<String, Value>| record.get(&write.lookup_field).is_some();
        if !write.input.iter().all(keyed) {
            return Err(Failure::unsendable("a record without its lookup field"));
        }
        let body = serde_json::to_vec(write)
            .map_err(|_| Failure::unsendable("a record that is not JSON"))?;
        if body.len() > MAX_BODY {
            return Err(Failure::TooLarge);
        }
        let by_id = write.lookup_field == "id";
        let sent: Vec<Option<i64>> = write
            .input
            .iter()
            .map(|record| record.get("id").filter(|_| by_id).and_then(Value::as_i64))
            .collect();
        let ask = Ask::post("/rest/v1/leads.json".into(), Body::Json(body)).waiting(SYNC_LEADS);
        let results = self.call(ask).await?.records()?;
        let done = match write.action {
            WriteAction::CreateOnly => "created",
            WriteAction::UpdateOnly => "updated",
        };
        records::pair(&results, &sent, &[done])
    }

    /// Asks to update a lead that does not exist, with nothing to change: the
    /// service answers 1004 for the record, or 603 for the call when this user
    /// may not write people. It proves that Sync Leads is allowed, not that
    /// every partition and field is. (No call answers that without a write.)
    pub async fn probe_write(&self) -> Result<Vec<RecordResult>, Failure> {
        let nobody = Map::from_iter([("id".to_owned(), Value::from(i32::MAX))]);
        self.sync_leads(&LeadWrite {
            action: WriteAction::UpdateOnly,
            lookup_field: "id".into(),
            partition: None,
            input: vec![nobody],
        })
        .await
    }
}
