//! One attempt at one batch: written down, sent, and its answer kept.

use crate::planted::{Planted, is_planted};
use crate::points;
use crate::progress::Progress;
use crate::run::RunRecord;
use crate::run::read_back::ReadBack;
use crate::run::receipts::{
    already_there, delivered, known_lead, receipt, values, with_another_field,
};
use crate::service::{CallError, Patience, Service};
use crate::usher::Usher;
use std::sync::Arc;
use std::time::Duration;
use usher_model::{
    Batch, BatchKind, BatchState, Field, Item, Problem, ReasonCode, Receipt, RunId, SyncId,
};
use usher_remote::failure::Failure;
use usher_remote::marketo::{LeadWrite, Marketo, RecordResult, WriteAction};
use usher_store::table::{batches, ledger};

/// Codes of requests that are wrong as such: sending other people changes nothing.
const STOPS_RUN: [&str; 8] = [
    "605",
    "609",
    "610",
    "612",
    "613",
    "616",
    "703",
    "unsendable",
];

/// What follows from an attempt.
#[derive(Debug)]
pub(super) enum Next {
    /// Every person has a receipt.
    Settled,
    /// Nothing is known: it has to be read.
    InDoubt,
    /// Other batches took its place.
    Replaced,
    /// Nothing has left: another run makes some of the same people. It is to be looked
    /// again in so long.
    Later(Duration),
}

/// Everything that sending the batches of one run shares.
pub(super) struct Sender {
    pub(super) usher: Arc<Usher>,
    pub(super) service: Arc<Service>,
    pub(super) progress: Progress,
    pub(super) run_id: RunId,
    pub(super) sync_id: SyncId,
    pub(super) patience: Patience,
    pub(super) dedupe_field: String,
    pub(super) fields: Vec<Field>,
    pub(super) partition: Option<String>,
    pub(super) list: Option<i64>,
    /// Why there is no list, by the service's code.
    pub(super) list_refused: Option<String>,
    /// What was read at once of the people who went in files.
    pub(super) read_back: Option<Arc<ReadBack>>,
}

impl Sender {
    /// For a run as it is written down.
    pub(super) fn of(
        usher: &Arc<Usher>,
        service: &Arc<Service>,
        run: &RunRecord,
        progress: &Progress,
    ) -> Self {
        let mut fields = run.fields.clone();
        fields.extend(run.dedupe_field.clone());
        Self {
            usher: usher.clone(),
            service: service.clone(),
            progress: progress.clone(),
            run_id: run.run_id.clone(),
            sync_id: run.sync_id.clone(),
            patience: Patience {
                tries: 8,
                repeat_unknown: false,
            },
            dedupe_field: run
                .dedupe_field
                .as_ref()
                .map(|field| field.name.clone())
                .unwrap_or_default(),
            fields,
            partition: run.partition.clone(),
            list: run.list.as_ref().and_then(|list| list.id),
            list_refused: run.list.as_ref().and_then(|list| list.refused.clone()),
            read_back: None,
        }
    }

    pub(super) fn load(&self, seq: i64) -> Result<Batch, Problem> {
        Ok(batches::get(
            &*self.usher.journal.reader()?,
            &self.run_id,
            seq,
        )?)
    }

    /// Sends a batch that is planned. Who was suppressed since the plan is left
    /// out, the one way in which less than the plan is sent.
    pub(super) async fn send(&self, seq: i64) -> Result<Next, Problem> {
        let batch = self.load(seq)?;
        if batch.file.is_some() {
            return self.send_file(batch).await;
        }
        if let Some(wait) = self.must_wait(&batch).await? {
            return Ok(Next::Later(wait));
        }
        if batch.attempt > 0 {
            self.service.count_retry();
        }
        let list_change = matches!(batch.kind, BatchKind::Add | BatchKind::Remove);
        let answer = if self.going(&batch)?.is_empty() {
            Ok((Vec::new(), Vec::new()))
        } else if list_change && self.list.is_none() {
            let code = self.list_refused.clone().unwrap_or_else(|| "1013".into());
            Err(CallError::Service(Failure::Refused {
                code,
                message: "The list could not be made.".into(),
            }))
        } else {
            let batch = &batch;
            self.service
                .call(self.patience, &self.progress, |marketo| {
                    self.send_now(marketo, batch)
                })
                .await
        };
        match answer {
            Ok((_, results))
                if batch.kind == BatchKind::Create
                    && batch.attempt > 0
                    && results.iter().any(already_there) =>
            {
                self.doubt(&batch).await
            }
            Ok((going, results)) => {
                let mut answers = results
                    .into_iter()
                    .map(|result| receipt(batch.kind, result));
                let receipts: Option<Vec<Receipt>> = (0..batch.items.len())
                    .map(|at| {
                        if going.binary_search(&at).is_err() {
                            return Some(Receipt::Withheld(ReasonCode::Suppressed));
                        }
                        answers.next()?.or_else(|| known_lead(&batch.items[at]))
                    })
                    .collect();
                match receipts {
                    Some(receipts) => self.settle(&batch, receipts).await,
                    None => self.doubt(&batch).await,
                }
            }
            Err(CallError::Service(failure)) => self.failed(batch, failure).await,
            Err(CallError::NotYet(wait)) => self.put_off(&batch, wait).await,
            Err(error) => {
                self.mark(&batch, BatchState::Planned, batch.attempt)
                    .await?;
                Err(error.into())
            }
        }
    }

    /// Writes down that a batch leaves, and sends it; who went, and the answers. Who was
    /// suppressed while it waited for its turn is left out.
    async fn send_now(
        &self,
        marketo: Arc<Marketo>,
        batch: &Batch,
    ) -> Result<(Vec<usize>, Vec<RecordResult>), CallError> {
        let going = self.going(batch).map_err(CallError::Local)?;
        if going.is_empty() {
            return Ok((going, Vec::new()));
        }
        let items: Vec<&Item> = going.iter().map(|&at| &batch.items[at]).collect();
        points::pass("before_sending_mark");
        if is_planted(Planted::WrittenAfterwards) {
            let answer = self.make(&marketo, batch, &items).await;
            self.mark(batch, BatchState::Sending, batch.attempt).await?;
            return Ok((going, answer.map_err(CallError::Service)?));
        }
        self.leave(batch).await?;
        if is_planted(Planted::LedgerBeforeReceipt) {
            self.believe(batch).await?;
        }
        points::pass("after_sending_mark");
        let answer = self.make(&marketo, batch, &items).await;
        points::pass("after_reply");
        Ok((going, answer.map_err(CallError::Service)?))
    }

    /// Tells the ledger that all of a batch was delivered.
    async fn believe(&self, batch: &Batch) -> Result<(), CallError> {
        let done = batch.items.iter();
        let done: Vec<Receipt> = done
            .map(|item| known_lead(item).unwrap_or(Receipt::Unconfirmed))
            .collect();
        let (sync, entries) = (self.sync_id.clone(), delivered(batch, &done, &self.fields));
        let believed = self
            .usher
            .journal
            .write(move |tx| ledger::append(tx, &sync, &entries));
        believed
            .await
            .map_err(|error| CallError::Local(error.into()))
    }

    /// Positions of people who may be sent.
    fn going(&self, batch: &Batch) -> Result<Vec<usize>, Problem> {
        let withheld = self.suppressed(batch)?;
        let all = 0..batch.items.len();
        Ok(all.filter(|at| !withheld.contains(at)).collect())
    }

    async fn make(
        &self,
        marketo: &Marketo,
        batch: &Batch,
        items: &[&Item],
    ) -> Result<Vec<RecordResult>, Failure> {
        let leads = || {
            items
                .iter()
                .filter_map(|item| item.lead)
                .collect::<Vec<i64>>()
        };
        match (batch.kind, self.list) {
            (BatchKind::Create, _) if !batch.names_leads() => {
                let input = items.iter().map(|item| values(item)).collect();
                let (lookup_field, partition) = (self.dedupe_field.clone(), self.partition.clone());
                marketo
                    .sync_leads(&LeadWrite {
                        action: WriteAction::CreateOnly,
                        lookup_field,
                        partition,
                        input,
                    })
                    .await
            }
            (BatchKind::Create | BatchKind::Update, _) => {
                let input = items.iter().map(|item| values(item));
                let input = match is_planted(Planted::AnotherField) {
                    true => input.map(with_another_field).collect(),
                    false => input.collect(),
                };
                marketo
                    .sync_leads(&LeadWrite {
                        action: WriteAction::UpdateOnly,
                        lookup_field: "id".into(),
                        partition: None,
                        input,
                    })
                    .await
            }
            (BatchKind::Add, Some(list)) => marketo.add_to_list(list, &leads()).await,
            (BatchKind::Remove, Some(list)) => marketo.remove_from_list(list, &leads()).await,
            (BatchKind::Add | BatchKind::Remove, None) => Ok(Vec::new()),
        }
    }

    async fn failed(&self, batch: Batch, failure: Failure) -> Result<Next, Problem> {
        let list_change = matches!(batch.kind, BatchKind::Add | BatchKind::Remove);
        match failure {
            Failure::Unknown { .. }
                if batch.kind == BatchKind::Create && is_planted(Planted::CreationSentUnread) =>
            {
                self.mark(&batch, BatchState::Planned, batch.attempt + 1)
                    .await?;
                Ok(Next::Replaced)
            }
            Failure::Unknown { .. } => self.doubt(&batch).await,
            Failure::TooLarge | Failure::Refused { .. }
                if !list_change && batch.items.len() > 1 && !stops_run(&failure) =>
            {
                self.split(batch).await
            }
            Failure::Denied { .. } | Failure::Refused { .. } if list_change => {
                self.reject(&batch, &failure).await
            }
            Failure::TooLarge | Failure::Refused { .. } if !stops_run(&failure) => {
                self.reject(&batch, &failure).await
            }
            failure => {
                self.mark(&batch, BatchState::Planned, batch.attempt)
                    .await?;
                Err(failure.problem())
            }
        }
    }

    async fn reject(&self, batch: &Batch, failure: &Failure) -> Result<Next, Problem> {
        let (code, message) = match failure {
            Failure::Refused { code, message } | Failure::Denied { code, message } => {
                (code.clone(), message.clone())
            }
            _ => (
                "413".to_owned(),
                "The person's values are larger than a call may be.".to_owned(),
            ),
        };
        let receipts = vec![Receipt::Rejected { code, message }; batch.items.len()];
        self.settle(batch, receipts).await
    }

    /// Two halves take the place of a batch that was refused as a whole, so that
    /// one person cannot keep 299 others out.
    async fn split(&self, batch: Batch) -> Result<Next, Problem> {
        let (left, right) = batch.items.split_at(batch.items.len() / 2);
        let half = |items: &[Item]| batch.with_items(items.to_vec());
        let (halves, run, seq) = ([half(left), half(right)], self.run_id.clone(), batch.seq);
        let write = move |tx: &usher_store::Tx<'_>| {
            // Planned before the whole goes, so that their places are new ones.
            for half in &halves {
                batches::plan(tx, &run, half)?;
            }
            batches::remove(tx, &run, seq)
        };
        self.usher.journal.write(write).await?;
        points::pass("batch_split");
        Ok(Next::Replaced)
    }

    /// Keeps the answers and what they say of the ledger, in one commit.
    pub(super) async fn settle(
        &self,
        batch: &Batch,
        receipts: Vec<Receipt>,
    ) -> Result<Next, Problem> {
        let (run, sync, seq) = (self.run_id.clone(), self.sync_id.clone(), batch.seq);
        let (entries, now) = (
            delivered(batch, &receipts, &self.fields),
            self.usher.now().0,
        );
        self.usher
            .journal
            .write(move |tx| {
                ledger::append(tx, &sync, &entries)?;
                batches::settle(tx, &run, seq, now, &receipts)
            })
            .await?;
        points::pass("after_receipts");
        Ok(Next::Settled)
    }

    pub(super) async fn doubt(&self, batch: &Batch) -> Result<Next, Problem> {
        self.mark(batch, BatchState::InDoubt, batch.attempt + 1)
            .await?;
        points::pass("doubt_written");
        Ok(Next::InDoubt)
    }

    pub(super) async fn mark(
        &self,
        batch: &Batch,
        state: BatchState,
        attempt: u32,
    ) -> Result<(), CallError> {
        let (run, seq, now) = (self.run_id.clone(), batch.seq, self.usher.now().0);
        let marked = self
            .usher
            .journal
            .write(move |tx| batches::mark(tx, &run, seq, state, attempt, Some(now)))
            .await;
        marked.map_err(|error| CallError::Local(error.into()))
    }

    /// Positions of people who are suppressed by now, by what is sent of them.
    pub(super) fn suppressed(&self, batch: &Batch) -> Result<Vec<usize>, Problem> {
        if is_planted(Planted::SuppressedAtPlanningOnly) || batch.kind == BatchKind::Remove {
            return Ok(Vec::new());
        }
        let gate = self.usher.gate()?;
        let mut hits = Vec::new();
        for (at, item) in batch.items.iter().enumerate() {
            if gate.is_shut_for(&self.dedupe_field, item)? {
                hits.push(at);
            }
        }
        Ok(hits)
    }
}

fn stops_run(failure: &Failure) -> bool {
    failure.code().is_some_and(|code| STOPS_RUN.contains(&code))
}
