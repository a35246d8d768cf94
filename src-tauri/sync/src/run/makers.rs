//! Nobody is made by two runs at once (reliability 2.1.3): a creation waits for those of
//! other runs that are under way or in doubt at the same service instance and are of the
//! same people. Which these are is read from what the runs have written down, so that it
//! holds through crashes; one that is certain by now is the service's own to tell of. Whoever
//! had to wait is looked for first: the other run may have made them.

use crate::planted::{Planted, is_planted};
use crate::run::RunRecord;
use crate::run::attempt::{Next, Sender};
use crate::run::certain::certain_in;
use crate::service::CallError;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use usher_matching::KeyHash;
use usher_model::{Batch, BatchKind, BatchState, Connection, Problem, RunId, RunState};
use usher_store::table::batches::{self, Open};

/// How soon it is looked again whether a creation is still under way.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// The same of a file, which takes minutes.
const FILE_AGAIN: Duration = Duration::from_secs(15);

/// A batch as it last left.
type Left = (RunId, i64, Option<i64>);

/// The creations that are under way, as far as they were looked at. Whoever holds it has the
/// turn to look and to write down that a creation leaves.
#[derive(Default)]
pub(crate) struct Makers {
    /// Whom each makes.
    keys: HashMap<Left, Arc<HashSet<KeyHash>>>,
    /// Files that no run follows, and that the service has done with.
    done: HashSet<Left>,
}

/// Whether a batch makes people who have no lead.
fn makes(batch: &Batch) -> bool {
    let is_creation = batch.kind == BatchKind::Create && !batch.names_leads();
    is_creation && !is_planted(Planted::MakersUnaware)
}

fn left((run, open): &(RunId, Open)) -> Left {
    (run.clone(), open.seq, open.sent_at)
}

/// Whether somebody is at a run, who will hear of what it has under way.
fn is_live(run: &RunRecord) -> bool {
    !run.state.is_final() && run.state != RunState::Interrupted
}

impl Sender {
    /// Sends people who had to wait for other runs' creations, once these are over: whoever
    /// is there by now is done, or another's.
    pub(super) async fn send_after_others(&self, seq: i64) -> Result<Next, Problem> {
        let batch = self.load(seq)?;
        // A file makes nobody who is there, and is read back anyway.
        if batch.file.is_some() {
            return self.send(seq).await;
        }
        match self.must_wait(&batch).await? {
            Some(wait) => Ok(Next::Later(wait)),
            None => self.find_out(seq, true).await,
        }
    }

    /// How long a batch has to wait for other runs' creations, before it gets in line.
    pub(super) async fn must_wait(&self, batch: &Batch) -> Result<Option<Duration>, Problem> {
        if !makes(batch) {
            return Ok(None);
        }
        self.ask_about_files().await?;
        let mut makers = self.usher.makers.lock().await;
        self.others_make(batch, &mut makers).await
    }

    /// Writes down that a batch leaves, unless another run makes somebody of it by now.
    pub(super) async fn leave(&self, batch: &Batch) -> Result<(), CallError> {
        if !makes(batch) {
            return self.mark(batch, BatchState::Sending, batch.attempt).await;
        }
        let mut makers = self.usher.makers.lock().await;
        let others = self.others_make(batch, &mut makers).await;
        match others.map_err(CallError::Local)? {
            Some(wait) => Err(CallError::NotYet(wait)),
            None => self.mark(batch, BatchState::Sending, batch.attempt).await,
        }
    }

    /// Takes back that a batch leaves: it is looked at again in so long.
    pub(super) async fn put_off(&self, batch: &Batch, wait: Duration) -> Result<Next, Problem> {
        self.mark(batch, BatchState::Planned, batch.attempt).await?;
        Ok(Next::Later(wait))
    }

    /// How long until it is to be looked again whether a batch of creations may leave, where
    /// another run makes somebody of it.
    async fn others_make(
        &self,
        batch: &Batch,
        makers: &mut Makers,
    ) -> Result<Option<Duration>, Problem> {
        let all = self.under_way().await?;
        let there: HashSet<Left> = all.iter().map(left).collect();
        makers.keys.retain(|left, _| there.contains(left));
        makers.done.retain(|left| there.contains(left));
        let mut wait = None;
        for other in all.iter().filter(|(run, _)| *run != self.run_id) {
            let over = self.over_in(other, makers)?;
            let Some(over) = over.filter(|over| !over.is_zero()) else {
                continue;
            };
            let keys = match makers.keys.get(&left(other)) {
                Some(keys) => keys.clone(),
                None => self.keys_of(&other.0, &other.1)?,
            };
            makers.keys.insert(left(other), keys.clone());
            let shared = |key: &str| keys.contains(&KeyHash::of(key));
            if batch.items.iter().any(|item| shared(&item.key)) {
                wait = wait.max(Some(over));
            }
        }
        Ok(wait)
    }

    /// The creations of all runs that left.
    async fn under_way(&self) -> Result<Vec<(RunId, Open)>, Problem> {
        let all = || -> Result<Vec<(RunId, Open)>, Problem> {
            let reader = self.usher.journal.reader()?;
            Ok(batches::under_way(&reader, BatchKind::Create)?)
        };
        let (found, now) = (all()?, self.usher.now().0);
        if found.iter().all(|(_, open)| open.sent_at <= Some(now)) {
            return Ok(found);
        }
        self.usher
            .journal
            .write(move |tx| batches::left_by(tx, now))
            .await?;
        all()
    }

    /// How long until a batch of another run is over, or is to be looked at again; nothing
    /// where it concerns nobody here.
    fn over_in(&self, other: &(RunId, Open), makers: &Makers) -> Result<Option<Duration>, Problem> {
        let open = &other.1;
        let certain = certain_in(open.sent_at, open.file, &self.service);
        if open.state == BatchState::InDoubt && certain.is_zero() {
            return Ok(None);
        }
        let run = self.usher.run(other.0.as_str())?;
        // Of one sync there is one run at a time, which settled what those before it left.
        if run.sync_id == self.sync_id || !self.shares_people(&run)? {
            return Ok(None);
        }
        let soon = |wait| self.service.scaled(wait);
        Ok(match open.state {
            BatchState::Sending if is_live(&run) => Some(soon(LOOK_AGAIN)),
            BatchState::Importing if is_live(&run) => Some(soon(FILE_AGAIN)),
            BatchState::Importing if makers.done.contains(&left(other)) => None,
            BatchState::Importing => Some(soon(FILE_AGAIN)),
            _ => Some(certain),
        })
    }

    /// Asks the service about files of other runs that nobody follows any more.
    async fn ask_about_files(&self) -> Result<(), Problem> {
        for other in self.under_way().await? {
            let file = other
                .1
                .file
                .filter(|_| other.1.state == BatchState::Importing);
            let Some(job) = file.and_then(|file| file.job) else {
                continue;
            };
            let run = self.usher.run(other.0.as_str())?;
            let is_known = self.usher.makers.lock().await.done.contains(&left(&other));
            if is_known
                || run.run_id == self.run_id
                || is_live(&run)
                || !self.shares_people(&run)?
            {
                continue;
            }
            if !self.is_imported(job).await? {
                continue;
            }
            self.usher.makers.lock().await.done.insert(left(&other));
        }
        Ok(())
    }

    /// Whether a run makes people by the same field at the same instance.
    fn shares_people(&self, run: &RunRecord) -> Result<bool, Problem> {
        let field = run.dedupe_field.as_ref().map(|field| field.name.as_str());
        if field != Some(self.dedupe_field.as_str()) {
            return Ok(false);
        }
        let here = self.service.connection();
        if run.connection == here.id {
            return Ok(true);
        }
        let all: Vec<Connection> = self.usher.all()?;
        let there = all.iter().find(|one| one.id == run.connection);
        Ok(there.is_some_and(|there| there.base_url == here.base_url))
    }

    fn keys_of(&self, run: &RunId, open: &Open) -> Result<Arc<HashSet<KeyHash>>, Problem> {
        let items = batches::items(&*self.usher.journal.reader()?, run, open.seq)?;
        Ok(Arc::new(
            items.iter().map(|item| KeyHash::of(&item.key)).collect(),
        ))
    }
}
