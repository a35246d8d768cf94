//! Bulk lead extract: a job is made, put in the queue, waited for, and its file fetched
//! in pieces (Marketo docs: bulk extract, bulk lead extract).

use super::{
    Ask, Marketo,
    envelope::{Envelope, number, text_of},
};
use crate::{failure::Failure, http::Body};
use serde_json::{Value, json};
use std::time::Duration;
use usher_model::Timestamp;

/// The longest wait for a piece of a file.
const PIECE: Duration = Duration::from_secs(120);
const JOBS: &str = "/bulk/v1/leads/export";

/// Whom a job is of. Exactly one filter is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtractFilter {
    /// Who was made from one moment to another, both included: at most 31 days apart,
    /// without milliseconds.
    Created(Timestamp, Timestamp),
    /// Who is on a static list.
    List(i64),
}

/// Where a bulk job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Made, or in the queue.
    Waits,
    /// Under way.
    Runs,
    /// Its file is there, or its people were taken.
    Done,
    /// It failed as a whole.
    Failed,
    /// Somebody took it back.
    Canceled,
}

/// A job as the service tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtractJob {
    /// The service's name for it.
    pub id: String,
    /// Where it is; refreshed once a minute.
    pub state: JobState,
    /// The bytes of its file, once it is done.
    pub size: u64,
    /// The SHA-256 of its file in lower-case hexadecimal digits, once it is done.
    pub sha256: Option<String>,
}

impl Marketo {
    /// Makes a job; nothing happens before it is put in the queue. 1035: this
    /// subscription does not have the filter.
    pub async fn create_extract(
        &self,
        fields: &[String],
        filter: ExtractFilter,
    ) -> Result<ExtractJob, Failure> {
        let filter = match filter {
            ExtractFilter::Created(from, to) => {
                json!({"createdAt": {"startAt": seconds(from), "endAt": seconds(to)}})
            }
            ExtractFilter::List(list) => json!({"staticListId": list}),
        };
        let asked = json!({"fields": fields, "format": "CSV", "filter": filter});
        let path = format!("{JOBS}/create.json");
        let body = Body::Json(asked.to_string().into_bytes());
        job(self.call(Ask::post(path, body)).await?)
    }

    /// Puts a job in the queue. One that is there already stays there.
    pub async fn enqueue_extract(&self, id: &str) -> Result<(), Failure> {
        let path = format!("{JOBS}/{id}/enqueue.json");
        match self.call(Ask::post(path, Body::Json(Vec::new()))).await {
            Err(Failure::Refused { code, message })
                if code == "1029" && message.to_ascii_lowercase().contains("already") =>
            {
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    /// Where a job is.
    pub async fn extract_status(&self, id: &str) -> Result<ExtractJob, Failure> {
        job(self
            .call(Ask::get(format!("{JOBS}/{id}/status.json")))
            .await?)
    }

    /// Takes a job back, so that it holds no place in the queue.
    pub async fn cancel_extract(&self, id: &str) -> Result<(), Failure> {
        let path = format!("{JOBS}/{id}/cancel.json");
        let answer = self.call(Ask::post(path, Body::Json(Vec::new()))).await;
        answer.map(|_| ())
    }

    /// The bytes of a job's file from `first` to `last`, both included.
    pub async fn extract_piece(&self, id: &str, first: u64, last: u64) -> Result<Vec<u8>, Failure> {
        let len = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
        let ask = Ask {
            range: Some((first, last)),
            max_reply: len,
            ..Ask::get(format!("{JOBS}/{id}/file.json")).waiting(PIECE)
        };
        let piece = self.file(ask).await?;
        if piece.len() == len {
            return Ok(piece);
        }
        Err(Failure::unknown("another piece than the one asked for"))
    }
}

fn job(opened: Envelope) -> Result<ExtractJob, Failure> {
    let records = opened.records()?;
    records
        .first()
        .and_then(read)
        .ok_or_else(|| Failure::unknown("an export without its name or state"))
}

fn read(record: &Value) -> Option<ExtractJob> {
    let checksum = text_of(record, "fileChecksum");
    Some(ExtractJob {
        // It becomes part of an address.
        id: text_of(record, "exportId").filter(|id| is_plain(id))?,
        state: JobState::of(&text_of(record, "status")?)?,
        size: record
            .get("fileSize")
            .and_then(number)
            .map_or(0, |size| u64::try_from(size).unwrap_or(0)),
        sha256: checksum.and_then(|text| Some(text.strip_prefix("sha256:")?.to_ascii_lowercase())),
    })
}

impl JobState {
    /// Of an export or an import. `Cancelled` is another spelling in the examples.
    pub(super) fn of(word: &str) -> Option<Self> {
        Some(match word {
            "Created" | "Queued" => Self::Waits,
            "Processing" | "Importing" => Self::Runs,
            "Completed" | "Complete" => Self::Done,
            "Failed" => Self::Failed,
            "Canceled" | "Cancelled" => Self::Canceled,
            _ => return None,
        })
    }
}

fn is_plain(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// A moment without its milliseconds.
fn seconds(at: Timestamp) -> String {
    Timestamp(at.0.div_euclid(1000) * 1000).to_string()
}
