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
use usher_model::{
    Batch, BatchKind, BatchState, Code, Connection, Problem, RunId, RunState, SentFile,
};
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

/// What others have under way of the people of one batch.
#[derive(Default)]
struct Others {
    /// How long until it is to be looked at again.
    wait: Option<Duration>,
    /// Files of whose end nobody hears.
    unfollowed: Vec<(Left, Open)>,
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
        if batch.file.is_some() || !makes(&batch) {
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
        let others = self.others_now(batch).await?;
        let mut some_done = false;
        for (left, open) in others.unfollowed {
            if self.is_done(&open).await? {
                some_done = true;
                self.usher.makers.lock().await.done.insert(left);
            }
        }
        match some_done {
            true => Ok(self.others_now(batch).await?.wait),
            false => Ok(others.wait),
        }
    }

    async fn others_now(&self, batch: &Batch) -> Result<Others, Problem> {
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
        match others.map_err(CallError::Local)?.wait {
            Some(wait) => Err(CallError::NotYet(wait)),
            None => self.mark(batch, BatchState::Sending, batch.attempt).await,
        }
    }

    /// Takes back that a batch leaves: it is looked at again in so long.
    pub(super) async fn put_off(&self, batch: &Batch, wait: Duration) -> Result<Next, Problem> {
        self.mark(batch, BatchState::Planned, batch.attempt).await?;
        Ok(Next::Later(wait))
    }

    /// What other runs have under way of the people of a batch of creations.
    async fn others_make(&self, batch: &Batch, makers: &mut Makers) -> Result<Others, Problem> {
        let all = self.under_way().await?;
        let there: HashSet<Left> = all.iter().map(left).collect();
        makers.keys.retain(|left, _| there.contains(left));
        makers.done.retain(|left| there.contains(left));
        let mut others = Others::default();
        for other in all.iter().filter(|(run, _)| *run != self.run_id) {
            let Some((over, is_followed)) = self.over_in(other, makers)? else {
                continue;
            };
            let keys = match makers.keys.get(&left(other)) {
                Some(keys) => keys.clone(),
                None => self.keys_of(&other.0, &other.1)?,
            };
            makers.keys.insert(left(other), keys.clone());
            let shared = |key: &str| keys.contains(&KeyHash::of(key));
            if !batch.items.iter().any(|item| shared(&item.key)) {
                continue;
            }
            others.wait = others.wait.max(Some(over));
            if !is_followed {
                others.unfollowed.push((left(other), other.1));
            }
        }
        Ok(others)
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

    /// How long until a batch of another run is over, or is to be looked at again, and
    /// whether somebody hears of its end; nothing where it concerns nobody here.
    fn over_in(
        &self,
        other: &(RunId, Open),
        makers: &Makers,
    ) -> Result<Option<(Duration, bool)>, Problem> {
        let open = &other.1;
        let certain = certain_in(open, &self.service);
        if open.state == BatchState::InDoubt && certain.is_zero() {
            return Ok(None);
        }
        let run = match self.usher.run(other.0.as_str()) {
            // Its sync was removed.
            Err(problem) if problem.code == Code::NotFound => return Ok(None),
            run => run?,
        };
        if !self.shares_people(&run)? {
            return Ok(None);
        }
        // Of one sync there is one run at a time: nobody is at another.
        let is_followed = is_live(&run) && run.sync_id != self.sync_id;
        let soon = |wait| Some((self.service.scaled(wait), is_followed));
        Ok(match open.state {
            BatchState::Sending if is_followed => soon(LOOK_AGAIN),
            BatchState::Importing if makers.done.contains(&left(other)) => None,
            BatchState::Importing => soon(FILE_AGAIN),
            _ => Some((certain, true)).filter(|_| !certain.is_zero()),
        })
    }

    /// Whether the service has done with a file that nobody follows any more; where it does
    /// not say, once that long went by as one is given whose number is not known.
    async fn is_done(&self, open: &Open) -> Result<bool, Problem> {
        let job = open.file.and_then(|file| file.job);
        let told = match job {
            Some(job) => self.is_imported(job).await?,
            None => None,
        };
        let lost = Open {
            file: open.file.map(|file| SentFile { job: None, ..file }),
            ..*open
        };
        Ok(told.unwrap_or_else(|| certain_in(&lost, &self.service).is_zero()))
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
