//! Nobody is made by two runs at once (reliability 2.1.3): a creation waits for those of
//! other runs that are under way or in doubt at the same service instance and are of the
//! same people. Which these are is read from what the runs have written down, so that it
//! holds through crashes; one that is certain by now is the service's own to tell of.

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

/// A batch as it last left.
type Left = (RunId, i64, Option<i64>);

/// The keys of people whom other runs make, as far as they were looked at. Whoever holds
/// it has the turn to look and to write down that a creation leaves.
#[derive(Default)]
pub(crate) struct Makers {
    known: HashMap<Left, Arc<HashSet<KeyHash>>>,
}

/// Whether a batch makes people who have no lead.
fn makes(batch: &Batch) -> bool {
    let is_creation = batch.kind == BatchKind::Create && !batch.names_leads();
    is_creation && !is_planted(Planted::MakersUnaware)
}

impl Sender {
    /// How long a batch has to wait for other runs' creations, before it gets in line.
    pub(super) async fn must_wait(&self, batch: &Batch) -> Result<Option<Duration>, Problem> {
        if !makes(batch) {
            return Ok(None);
        }
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
        let others = self.under_way().await?;
        let left = |(run, open): &(RunId, Open)| (run.clone(), open.seq, open.sent_at);
        let there: HashSet<Left> = others.iter().map(left).collect();
        makers.known.retain(|left, _| there.contains(left));
        let mut wait = None;
        for other in &others {
            let over = self.over_in(&other.0, &other.1)?;
            let Some(over) = over.filter(|over| !over.is_zero()) else {
                continue;
            };
            let keys = match makers.known.get(&left(other)) {
                Some(keys) => keys.clone(),
                None => self.keys_of(&other.0, &other.1)?,
            };
            makers.known.insert(left(other), keys.clone());
            let shared = |key: &str| keys.contains(&KeyHash::of(key));
            if batch.items.iter().any(|item| shared(&item.key)) {
                wait = wait.max(Some(over));
            }
        }
        Ok(wait)
    }

    /// The creations of other runs that left.
    async fn under_way(&self) -> Result<Vec<(RunId, Open)>, Problem> {
        let all = || -> Result<Vec<(RunId, Open)>, Problem> {
            let reader = self.usher.journal.reader()?;
            let kind = BatchKind::Create;
            Ok(batches::others_under_way(&reader, &self.run_id, kind)?)
        };
        let (others, now) = (all()?, self.usher.now().0);
        if others.iter().all(|(_, open)| open.sent_at <= Some(now)) {
            return Ok(others);
        }
        self.usher
            .journal
            .write(move |tx| batches::left_by(tx, now))
            .await?;
        all()
    }

    /// How long until a batch of another run is over, or is to be looked at again; nothing
    /// where it concerns nobody here.
    fn over_in(&self, run: &RunId, open: &Open) -> Result<Option<Duration>, Problem> {
        let certain = certain_in(open.sent_at, open.file, &self.service);
        if open.state == BatchState::InDoubt && certain.is_zero() {
            return Ok(None);
        }
        let run = self.usher.run(run.as_str())?;
        if !self.shares_people(&run)? {
            return Ok(None);
        }
        let is_live = !run.state.is_final() && run.state != RunState::Interrupted;
        let soon = self.service.scaled(LOOK_AGAIN);
        Ok(match open.state {
            BatchState::Sending | BatchState::Importing if is_live => Some(soon),
            // Whoever looks for its end is not at work; the service tells of each who is there.
            BatchState::Importing => None,
            _ => Some(certain),
        })
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
