//! Looking before anything is sent: what is not known well enough is read, then
//! a plan is made.

use crate::plan::Inputs;
use crate::progress::Progress;
use crate::reading::{ChangesAsk, Whose, carried, first_usable, freshness, least_calls, since};
use crate::route::{self, Changes};
use crate::service::{CallError, Patience, Service};
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use ts_rs::TS;
use usher_matching::{At, KeyHash};
use usher_model::{
    Audience, Connection, Destination, ListChoice, Missed, Mode, OnDrift, PlanSummary, Problem,
    ReadRoute, RouteChoice, RouteReason, Sync, SyncId, Timestamp, WriteRoute,
};
use usher_remote::failure::Failure;
use usher_store::table::When;
use usher_store::table::definitions;
use usher_store::table::readings::Reading;

/// How long what a service says of its fields is good for (Marketo docs: best
/// practices, describe).
const DESCRIPTION_LIFE: Duration = Duration::from_secs(24 * 3600);
/// How long it is taken for granted that a user may not read activities. A test of the
/// connection asks again at once.
const DENIAL_LIFE: Duration = Duration::from_secs(24 * 3600);

/// How much is read before a plan is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// What was never read, or is no longer fresh.
    #[default]
    WhereStale,
    /// Everything.
    Refresh,
    /// Nothing.
    Offline,
}

/// The ways of the service that somebody wishes for; what is not said is chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct RouteWish {
    /// How the destination's people are read.
    pub read: Option<ReadRoute>,
    /// How the plan is sent.
    pub write: Option<WriteRoute>,
}

/// What counts as fresh.
struct Fresh {
    now: Timestamp,
    /// When runs for other destinations last changed something there.
    elsewhere: Option<Timestamp>,
}

impl Fresh {
    /// Whether something is that was read then: pauses make it no fresher.
    fn is(&self, when: When) -> bool {
        let read_at = when.started_at.after(when.took());
        when.says_its_age(self.now)
            && read_at.after(freshness(when.took())) >= self.now
            && self.elsewhere.is_none_or(|at| at < when.started_at)
    }
}

impl Usher {
    /// Plans a sync without sending anything, and keeps the plan.
    pub async fn preview(
        self: &Arc<Self>,
        id_or_name: &str,
        look: Look,
        routes: RouteWish,
        progress: &Progress,
    ) -> Result<PlanSummary, Problem> {
        let inputs = self.look(id_or_name, look, routes, progress).await?;
        let (_, plan) = self.make_plan(Arc::new(inputs), progress).await?;
        Ok(plan.summary)
    }

    /// Brings together what a plan is made from, reading first as wished.
    pub(crate) async fn look(
        self: &Arc<Self>,
        id_or_name: &str,
        look: Look,
        routes: RouteWish,
        progress: &Progress,
    ) -> Result<Inputs, Problem> {
        let service = self.service_of(&self.find(id_or_name)?)?;
        self.look_by(service, id_or_name, look, routes, progress)
            .await
    }

    /// The same with a service that counts the calls this takes.
    pub(crate) async fn look_by(
        self: &Arc<Self>,
        service: Arc<Service>,
        id_or_name: &str,
        look: Look,
        routes: RouteWish,
        progress: &Progress,
    ) -> Result<Inputs, Problem> {
        if look != Look::Offline {
            self.describe_if_stale(&service, look == Look::Refresh, progress)
                .await?;
        }
        let mut inputs = self.inputs_of(self.find(id_or_name)?, service)?;
        if routes.write == Some(WriteRoute::Bulk) && !route::takes_files(&inputs.ground.settings) {
            return Err(no_files());
        }
        inputs.routes = routes;
        if look != Look::Offline {
            let now = (look == Look::WhereStale).then(|| self.now());
            self.read_for(&inputs, now, progress).await?;
        }
        Ok(inputs)
    }

    /// The service that a sync's people go to.
    pub(crate) fn service_of(&self, sync: &Sync) -> Result<Arc<Service>, Problem> {
        let destination: Destination = self.find(sync.destination.as_str())?;
        let connection: Connection = self.find(destination.connection.as_str())?;
        self.service(&connection)
    }

    async fn describe_if_stale(
        &self,
        service: &Service,
        always: bool,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let connection = &service.connection().id;
        let is_stale = || {
            let known = definitions::description(&*self.journal.reader()?, connection)?;
            let is_old = known.is_none_or(|said| said.read_at.after(DESCRIPTION_LIFE) < self.now());
            Ok::<bool, Problem>(is_old)
        };
        if always || is_stale()? {
            self.describe(service, progress).await?;
            match service.ask_usage(Patience::ONCE, progress).await {
                // Without the service's count ours alone counts.
                Ok(_) | Err(CallError::Service(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Reads the people and the list of these inputs: all of them or, given the
    /// time, only what is missing or no longer fresh then. Says how many keys
    /// were looked up.
    async fn read_for(
        self: &Arc<Self>,
        inputs: &Inputs,
        stale_at: Option<Timestamp>,
        progress: &Progress,
    ) -> Result<u64, Problem> {
        let ground = &inputs.ground;
        let fresh = match stale_at {
            Some(now) => Some(Fresh {
                now,
                elsewhere: self.changed_elsewhere_at(inputs)?,
            }),
            None => None,
        };
        let readings = match &fresh {
            Some(fresh) => self.fresh_readings(inputs, fresh)?,
            None => Vec::new(),
        };
        let keys = self.unread_keys(ground, &readings)?;
        let looked_up = keys.len() as u64;
        if !keys.is_empty() {
            self.read_by_route(inputs, keys, progress).await?;
        }
        if inputs.sync.list != ListChoice::None {
            let workspace = inputs.destination.workspace.as_deref();
            let known = self.list_as_read(&inputs.service, &inputs.sync.list, workspace)?;
            let is_fresh = fresh
                .zip(known)
                .is_some_and(|(fresh, (list, _))| fresh.is(list.when));
            if !is_fresh {
                self.read_list(&inputs.service, &inputs.sync.list, workspace, progress)
                    .await?;
            }
        }
        Ok(looked_up)
    }

    /// The readings that are fresh, or carried on by one of changes that is.
    fn fresh_readings(
        &self,
        inputs: &Inputs,
        fresh: &Fresh,
    ) -> Result<Vec<(i64, Reading)>, Problem> {
        let all = self.readings_of(inputs)?;
        let is_fresh = |at: &usize| {
            let reading = &all[*at].1;
            fresh.is(reading.when)
        };
        let carried = carried(&all);
        let fresh = all.iter().zip(&carried).filter(|(_, last)| is_fresh(last));
        Ok(fresh.map(|(reading, _)| reading.clone()).collect())
    }

    /// Reads the people of these keys by the route that was wished for or chosen. Changes
    /// give way where they cannot be asked for, or are too many. An export that does not
    /// come to its end, and was not wished for, gives way to lookups.
    async fn read_by_route(
        self: &Arc<Self>,
        inputs: &Inputs,
        keys: Vec<(KeyHash, String)>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let (service, settings) = (&inputs.service, &inputs.ground.settings);
        let wished = inputs.routes.read;
        let count = keys.len() as u64;
        let ask = self.changes_to_ask(inputs)?;
        let least = ask.as_ref().map(|ask| ask.least);
        let mut choice = self.reading_route(service, count, least, wished)?;
        if let (ReadRoute::Changes, Some(ask)) = (choice.route, ask) {
            let otherwise = self.reading_route(service, count, None, wished)?;
            // What is given up has cost at most half of what comes in its place.
            let most = match choice.why {
                RouteReason::Wished => u64::MAX,
                _ => (otherwise.calls() / 2).max(ask.least),
            };
            if self.read_by_changes(inputs, &ask, most, progress).await? {
                return Ok(());
            }
            choice = otherwise;
        }
        if choice.route == ReadRoute::Extract {
            let read = self.read_everyone(service, settings, &inputs.said, progress);
            match read.await {
                Ok(Whose::Others) => return self.carry_on(inputs, progress).await,
                Err(CallError::Service(failure)) if wished.is_none() => {
                    tracing::warn!(code = ?failure.code(), "exports fail; people are looked up");
                }
                other => return Ok(other.map(drop)?),
            }
        }
        self.read_people(service, settings, keys, progress).await
    }

    /// Reads what changed since somebody began to read everyone, where that is told: much
    /// of it was read long ago.
    async fn carry_on(
        self: &Arc<Self>,
        inputs: &Inputs,
        progress: &Progress,
    ) -> Result<(), Problem> {
        if let Some(ask) = self.changes_to_ask(inputs)? {
            self.read_by_changes(inputs, &ask, u64::MAX, progress)
                .await?;
        }
        Ok(())
    }

    /// Reads what changed, and looks up the keys that it leaves open; whether it did.
    async fn read_by_changes(
        self: &Arc<Self>,
        inputs: &Inputs,
        ask: &ChangesAsk,
        most: u64,
        progress: &Progress,
    ) -> Result<bool, Problem> {
        let (service, ground) = (&inputs.service, &inputs.ground);
        let before = service.counted().0;
        let read = self.read_changes(service, &ground.settings, &inputs.said, ask, most, progress);
        match read.await {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(CallError::Service(failure)) => {
                tracing::warn!(code = ?failure.code(), "changes are not told; people are read anew");
                if matches!(failure, Failure::Denied { .. }) {
                    self.note_activities(service, Some(self.now())).await?;
                }
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
        let partitions = inputs.said.partition_numbers();
        let mut readings = self.readings_of(inputs)?;
        readings.drain(..first_usable(&readings, self.now(), &partitions));
        let open = self.open_keys(ground, readings, self.now())?;
        let spent = service.counted().0 - before;
        if least_calls(open.len() as u64) + spent > most.saturating_mul(2) {
            return Ok(false);
        }
        if !open.is_empty() {
            let settings = &ground.settings;
            self.read_people(service, settings, open, progress).await?;
        }
        Ok(true)
    }

    /// What changes can be asked for in place of reading the audience's keys anew, where
    /// there are readings over which they can be laid.
    fn changes_to_ask(&self, inputs: &Inputs) -> Result<Option<ChangesAsk>, Problem> {
        let ground = &inputs.ground;
        let partitions = inputs.said.partition_numbers();
        let mut readings = self.readings_of(inputs)?;
        readings.drain(..first_usable(&readings, self.now(), &partitions));
        if readings.is_empty() {
            return Ok(None);
        }
        let meeting = self.speakers(ground, &readings)?;
        let unread = (0..meeting.rows()).filter(|row| meeting.at(*row) == At::Unread);
        let least = least_calls(unread.count() as u64);
        let since = since(&readings, |at| meeting.speaks(at), ground.snapshot.rows);
        Ok(since.map(|since| ChangesAsk {
            since,
            least,
            readings,
        }))
    }

    /// How the people of that many keys are read; by changes where it is known how many
    /// calls these take at the least.
    pub(crate) fn reading_route(
        &self,
        service: &Service,
        keys: u64,
        changes: Option<u64>,
        wished: Option<ReadRoute>,
    ) -> Result<RouteChoice<ReadRoute>, Problem> {
        let connection = service.connection();
        let known = definitions::description(&*self.journal.reader()?, &connection.id)?;
        let denied_at = known.and_then(|said| said.activities_denied_at);
        let changes = changes.map(|least| Changes {
            least,
            denied: denied_at.is_some_and(|at| at.after(DENIAL_LIFE) > self.now()),
        });
        let (since, limits) = (connection.people_since(), &connection.limits);
        Ok(route::reading(
            keys,
            since,
            self.now(),
            limits,
            changes,
            wished,
        ))
    }

    /// Fills or refreshes what is known of the destination's people for an
    /// audience; says how many keys were looked up and as of when.
    pub async fn read_destination(
        self: &Arc<Self>,
        destination: &str,
        audience: &str,
        progress: &Progress,
    ) -> Result<ReadDocument, Problem> {
        let destination: Destination = self.find(destination)?;
        let connection: Connection = self.find(destination.connection.as_str())?;
        let service = self.service(&connection)?;
        self.describe_if_stale(&service, true, progress).await?;
        let (audience, _) = self.audience(audience)?;
        let inputs = self.inputs_of(only_reading(&destination, &audience), service)?;
        let keys = self.read_for(&inputs, None, progress).await?;
        Ok(ReadDocument {
            destination: destination.name,
            audience: Some(audience.name),
            keys,
            calls: inputs.service.counted().0,
            as_of: self.now(),
        })
    }
}

fn no_files() -> Problem {
    Problem::usage(
        "An import of files makes people who are not there, so it cannot serve a destination that only updates, or writes no profiles.",
    )
}

/// A sync that nobody keeps: it names what is read, and fills no list.
fn only_reading(destination: &Destination, audience: &Audience) -> Sync {
    Sync {
        id: SyncId(String::new()),
        name: String::new(),
        audience: audience.id.clone(),
        destination: destination.id.clone(),
        list: ListChoice::None,
        mode: Mode::default(),
        on_drift: OnDrift::default(),
        consent: None,
        max_creations: None,
        paused: false,
        schedule: None,
        missed: Missed::default(),
        alerts: Vec::new(),
    }
}

/// The document of `destination read`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadDocument {
    /// The destination's name.
    pub destination: String,
    /// The audience whose keys were looked up; none when a file of all people was read.
    pub audience: Option<String>,
    /// Distinct keys that were looked up, or people in the file.
    pub keys: u64,
    /// Calls that took.
    pub calls: u64,
    /// When the reading ended.
    pub as_of: Timestamp,
}
