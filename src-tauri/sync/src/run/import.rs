//! A batch that goes as a file: sent, followed while the service works on it, and parted
//! by what it says of its rows. Whom it does not refuse is in doubt until read.

use crate::points;
use crate::run::attempt::{Next, Sender};
use crate::run::cut::{doubtful, in_calls, unsent};
use crate::run::file::{lookup_field, written};
use crate::service::{CallError, Patience};
use std::collections::HashMap;
use std::time::Duration;
use usher_model::{Batch, BatchKind, BatchState, Item, Problem, ReasonCode, Receipt, SentFile};
use usher_remote::failure::Failure;
use usher_remote::marketo::{Import, ImportJob, JobState, MAX_RECORDS, Side, ToldRow};
use usher_store::table::batches;

/// How often an import is asked about (Marketo docs: every 5 to 30 s).
const POLL: Duration = Duration::from_secs(15);
/// How often a place in the queue, or the list of another import, is asked for: hours.
const TRIES: u32 = 60;
/// The code of a row that was refused without one.
const IMPORT: &str = "import";

impl Sender {
    /// Sends the file of a planned batch. Who was suppressed since the plan is taken out
    /// first, which leaves a batch of its own.
    pub(super) async fn send_file(&self, batch: Batch) -> Result<Next, Problem> {
        let withheld = self.suppressed(&batch)?;
        if !withheld.is_empty() {
            return self.withhold(batch, &withheld).await;
        }
        if let Some(wait) = self.must_wait(&batch).await? {
            return Ok(Next::Later(wait));
        }
        let SentFile { joins, .. } = batch.file.unwrap_or_default();
        let items: Vec<&Item> = batch.items.iter().collect();
        let (csv, _) = written(batch.kind, &self.dedupe_field, &items)?;
        let import = Import {
            lookup_field: lookup_field(batch.kind, &self.dedupe_field).to_owned(),
            partition: self
                .partition
                .clone()
                .filter(|_| batch.kind == BatchKind::Create),
            list: self.list.filter(|_| joins),
            csv,
        };
        let joins = import.list.is_some();
        let patience = Patience {
            tries: TRIES,
            ..self.patience
        };
        let (import, sent) = (&import, &batch);
        let answer = self
            .service
            .call(patience, &self.progress, |marketo| async move {
                // Waiting for its turn can take hours.
                if !self.suppressed(sent).map_err(CallError::Local)?.is_empty() {
                    return Ok(None);
                }
                points::pass("before_sending_mark");
                self.leave(sent).await?;
                points::pass("after_sending_mark");
                let answer = marketo.import_people(import).await;
                points::pass("after_reply");
                answer.map(Some).map_err(CallError::Service)
            })
            .await;
        match answer {
            Ok(None) => {
                let withheld = self.suppressed(&batch)?;
                self.withhold(batch, &withheld).await
            }
            Ok(Some(job)) => {
                let (run, seq, now) = (self.run_id.clone(), batch.seq, self.usher.now().0);
                let file = SentFile {
                    joins,
                    job: Some(job),
                    whole: false,
                };
                let taken =
                    move |tx: &usher_store::Tx<'_>| batches::imports(tx, &run, seq, now, &file);
                self.usher.journal.write(taken).await?;
                points::pass("import_taken");
                let file = Some(file);
                self.follow_import(Batch { file, ..batch }).await
            }
            Err(CallError::Service(Failure::Unknown { .. })) => self.doubt(&batch).await,
            Err(CallError::Service(
                Failure::Refused { .. } | Failure::TooLarge | Failure::Denied { .. },
            )) => self.by_calls(batch).await,
            Err(CallError::NotYet(wait)) => self.put_off(&batch, wait).await,
            Err(error) => {
                self.mark(&batch, BatchState::Planned, batch.attempt)
                    .await?;
                Err(error.into())
            }
        }
    }

    /// Waits until the service is done with a batch's file, and takes what it says.
    pub(super) async fn follow_import(&self, batch: Batch) -> Result<Next, Problem> {
        let Some(job) = batch.file.and_then(|file| file.job) else {
            return self.doubt(&batch).await;
        };
        let ended = loop {
            let what = "Marketo's import of people";
            self.service.wait_scaled(POLL, what, &self.progress).await?;
            match self.import_told(job).await? {
                Some(told) if is_at_work(&told) => {}
                ended => break ended,
            }
        };
        let is_done = ended
            .as_ref()
            .is_some_and(|told| told.state == JobState::Done);
        let (failed, warned) = ended.map_or((0, 0), |told| (told.failed, told.warned));
        let refused = self.rows_of(job, Side::Failures, failed).await?;
        let warned = self.rows_of(job, Side::Warnings, warned).await?;
        let whole = is_done && refused.len() as u64 == failed;
        let file = batch.file.map(|file| SentFile { whole, ..file });
        self.take_answers(Batch { file, ..batch }, refused, warned)
            .await
    }

    /// Whether the service is done with a file, or has forgotten it; nothing where it does
    /// not say.
    pub(super) async fn is_imported(&self, job: i64) -> Result<Option<bool>, Problem> {
        match self.import_told(job).await {
            Ok(told) => Ok(Some(!told.is_some_and(|told| is_at_work(&told)))),
            Err(CallError::Service(Failure::Denied { .. } | Failure::Unknown { .. })) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What the service says of a file; nothing where it has forgotten it.
    async fn import_told(&self, job: i64) -> Result<Option<ImportJob>, CallError> {
        let asked = self
            .service
            .call(self.asking(), &self.progress, |marketo| async move {
                marketo.import_status(job).await
            })
            .await;
        match asked {
            Err(CallError::Service(Failure::Refused { .. })) => Ok(None),
            told => told.map(Some),
        }
    }

    /// The rows of one side, of which there are so many.
    async fn rows_of(&self, job: i64, side: Side, rows: u64) -> Result<Vec<ToldRow>, Problem> {
        if rows == 0 {
            return Ok(Vec::new());
        }
        let rows = self
            .service
            .call(self.asking(), &self.progress, |marketo| async move {
                marketo.import_rows(job, side).await
            })
            .await;
        match rows {
            Ok(rows) => Ok(rows),
            // Reading finds out who is not there, and a call why; a warning is missed.
            Err(CallError::Service(Failure::Refused { .. } | Failure::Busy { .. })) => {
                Ok(Vec::new())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn asking(&self) -> Patience {
        Patience {
            repeat_unknown: true,
            ..self.patience
        }
    }

    /// Settles who was refused; all others are in doubt, as many together as one lookup
    /// reads.
    async fn take_answers(
        &self,
        batch: Batch,
        refused: Vec<ToldRow>,
        warned: Vec<ToldRow>,
    ) -> Result<Next, Problem> {
        let items: Vec<&Item> = batch.items.iter().collect();
        let (_, names) = written(batch.kind, &self.dedupe_field, &items)?;
        let (mut refused, mut warned) = (by_name(refused), by_name(warned));
        let whole = batch.with_items(Vec::new());
        let mut settled = whole.clone();
        let mut rest = Vec::new();
        for (item, name) in batch.items.into_iter().zip(names) {
            match refused.remove(name.trim()) {
                Some(reason) => {
                    settled.items.push(item);
                    settled.receipts.push(rejected(reason));
                }
                None => rest.push(Item {
                    warning: warned.remove(name.trim()),
                    ..item
                }),
            }
        }
        let now = self.usher.now().0;
        let rest = parts(&whole, rest, Some(now));
        let (run, seq) = (self.run_id.clone(), batch.seq);
        self.usher
            .journal
            .write(move |tx| {
                if !settled.items.is_empty() {
                    batches::plan_settled(tx, &run, now, &settled)?;
                }
                rest.iter()
                    .try_for_each(|part| batches::plan(tx, &run, part))?;
                batches::remove(tx, &run, seq)
            })
            .await?;
        points::pass("import_answered");
        Ok(Next::Replaced)
    }

    /// A file in doubt in parts that one lookup reads.
    pub(super) async fn part(&self, batch: Batch) -> Result<Next, Problem> {
        let whole = batch.with_items(Vec::new());
        let parts = parts(&whole, batch.items, batch.sent_at);
        self.replace(batch.seq, parts).await
    }

    /// The people of a file that the service does not take go in calls.
    async fn by_calls(&self, batch: Batch) -> Result<Next, Problem> {
        let parts = match batch.kind {
            BatchKind::Create | BatchKind::Update => in_calls(batch.kind, batch.items),
            BatchKind::Add | BatchKind::Remove => {
                let chunks = batch.items.chunks(MAX_RECORDS);
                let call = |items: &[Item]| unsent(batch.kind, items.to_vec());
                chunks.map(call).collect()
            }
        };
        self.replace(batch.seq, parts).await
    }

    async fn replace(&self, seq: i64, parts: Vec<Batch>) -> Result<Next, Problem> {
        let run = self.run_id.clone();
        self.usher
            .journal
            .write(move |tx| {
                // Written before the whole goes, so that their places are new ones.
                parts
                    .iter()
                    .try_for_each(|part| batches::plan(tx, &run, part))?;
                batches::remove(tx, &run, seq)
            })
            .await?;
        points::pass("batch_split");
        Ok(Next::Replaced)
    }

    async fn withhold(&self, batch: Batch, withheld: &[usize]) -> Result<Next, Problem> {
        let mut going = batch.with_items(Vec::new());
        let mut held = going.clone();
        for (at, item) in batch.items.into_iter().enumerate() {
            match withheld.binary_search(&at) {
                Ok(_) => held.items.push(item),
                Err(_) => going.items.push(item),
            }
        }
        held.receipts = vec![Receipt::Withheld(ReasonCode::Suppressed); held.items.len()];
        let (run, seq, now) = (self.run_id.clone(), batch.seq, self.usher.now().0);
        self.usher
            .journal
            .write(move |tx| {
                batches::plan_settled(tx, &run, now, &held)?;
                if !going.items.is_empty() {
                    batches::plan(tx, &run, &going)?;
                }
                batches::remove(tx, &run, seq)
            })
            .await?;
        Ok(Next::Replaced)
    }
}

fn is_at_work(told: &ImportJob) -> bool {
    matches!(told.state, JobState::Waits | JobState::Runs)
}

/// People of a batch in doubt, as many together as one lookup reads.
fn parts(whole: &Batch, items: Vec<Item>, sent_at: Option<i64>) -> Vec<Batch> {
    let mut items = items.into_iter();
    let part = || {
        let some: Vec<Item> = items.by_ref().take(MAX_RECORDS).collect();
        (!some.is_empty()).then(|| doubtful(whole.with_items(some), sent_at))
    };
    std::iter::from_fn(part).collect()
}

/// What was said of rows, by the first of their cells, which names the person.
fn by_name(rows: Vec<ToldRow>) -> HashMap<String, String> {
    let named = rows
        .into_iter()
        .filter_map(|row| Some((row.cells.first()?.trim().to_owned(), row.reason)));
    named.collect()
}

/// The answer for a row that the service refused: its code, where its words begin with one.
fn rejected(reason: String) -> Receipt {
    let code = reason.split(|c: char| !c.is_ascii_digit()).next();
    let code = code.filter(|digits| matches!(digits.len(), 3 | 4));
    Receipt::Rejected {
        code: code.unwrap_or(IMPORT).to_owned(),
        message: reason,
    }
}
