//! One bulk export: asked for, waited for, fetched piece by piece and held against its
//! checksum (Marketo docs: bulk extract).

use crate::progress::Progress;
use crate::route::POLL;
use crate::service::{CallError, Patience, Service};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use usher_remote::failure::Failure;
use usher_remote::marketo::{ExtractFilter, ExtractJob, JobState};

/// The bytes that one call fetches.
const PIECE: u64 = 8 << 20;
/// The most bytes of a file: the service's volume of a whole day (Marketo docs).
const LARGEST: u64 = 500 << 20;
/// A place in the queue, which other applications fill too, is worth a long wait.
const PATIENCE: Patience = Patience {
    tries: 12,
    ..Patience::READ
};

/// Who asks for exports.
#[derive(Clone)]
pub(crate) struct Exporter {
    pub(crate) service: Arc<Service>,
    pub(crate) fields: Vec<String>,
    pub(crate) progress: Progress,
}

impl Exporter {
    /// The whole file, once it is there. A job that is not waited for to its end is
    /// taken back.
    pub(crate) async fn file(&self, filter: ExtractFilter) -> Result<Vec<u8>, CallError> {
        let fields = &self.fields;
        let made = self
            .service
            .call(PATIENCE, &self.progress, |marketo| async move {
                marketo.create_extract(fields, filter).await
            })
            .await?;
        let id = made.id.as_str();
        let queued = self
            .service
            .call(PATIENCE, &self.progress, |marketo| async move {
                marketo.enqueue_extract(id).await
            })
            .await;
        let done = match queued {
            Ok(()) => self.until_done(id).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(job) => self.fetch(&job).await,
            Err(error) => {
                self.take_back(id).await;
                Err(error)
            }
        }
    }

    async fn until_done(&self, id: &str) -> Result<ExtractJob, CallError> {
        loop {
            self.service
                .wait_scaled(POLL, "Marketo's export of people", &self.progress)
                .await?;
            let job = self
                .service
                .call(PATIENCE, &self.progress, |marketo| async move {
                    marketo.extract_status(id).await
                })
                .await?;
            match job.state {
                JobState::Waits | JobState::Runs => {}
                JobState::Done => return Ok(job),
                JobState::Failed | JobState::Canceled => {
                    return Err(unusable("the export of people did not succeed"));
                }
            }
        }
    }

    async fn fetch(&self, job: &ExtractJob) -> Result<Vec<u8>, CallError> {
        if job.size > LARGEST {
            return Err(unusable("an export larger than any real one"));
        }
        let mut file = Vec::with_capacity(usize::try_from(job.size).unwrap_or(0));
        while (file.len() as u64) < job.size {
            let first = file.len() as u64;
            let last = (first + PIECE).min(job.size) - 1;
            let piece = self
                .service
                .call(PATIENCE, &self.progress, |marketo| async move {
                    marketo.extract_piece(&job.id, first, last).await
                })
                .await?;
            file.extend_from_slice(&piece);
        }
        let sum: String = Sha256::digest(&file)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        match &job.sha256 {
            Some(told) if *told != sum => Err(unusable("an export that is not what was sent")),
            _ => Ok(file),
        }
    }

    /// One call, whether or not anything else may still be called.
    async fn take_back(&self, id: &str) {
        let unstopped = Progress::unwatched();
        let answer = self
            .service
            .call(Patience::ONCE, &unstopped, |marketo| async move {
                marketo.cancel_extract(id).await
            })
            .await;
        if let Err(error) = answer {
            let error = usher_model::Problem::from(error);
            tracing::warn!(code = ?error.code, "an export keeps its place in the queue");
        }
    }
}

/// A file that says nothing for certain.
pub(super) fn unusable(what: &str) -> CallError {
    CallError::Service(Failure::Unknown {
        what: what.to_owned(),
        code: None,
    })
}
