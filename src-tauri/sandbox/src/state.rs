//! Everything the sandbox knows, behind one lock.
//!
//! Invariant: the lock is held for whole steps only and never while waiting, so every
//! step sees and leaves a consistent database.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

use crate::activities::Activities;
use crate::bulk::Bulk;
use crate::clock::Clock;
use crate::config::Config;
use crate::faults::Faults;
use crate::identity::Identity;
use crate::leads::record::Lead;
use crate::leads::store::Leads;
use crate::leads::sync_plan::Written;
use crate::limits::Limits;
use crate::lists::store::Lists;
use crate::log::Log;
use crate::partitions;
use crate::permissions::Permissions;
use crate::random::Random;

/// What the service has done for its client; "somebody else" is not counted.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Counters {
    pub(crate) calls: u64,
    pub(crate) created: u64,
    pub(crate) updated: u64,
    pub(crate) list_added: u64,
    pub(crate) list_removed: u64,
    pub(crate) lists_created: u64,
}

/// The whole instance.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) identity: Identity,
    pub(crate) limits: Limits,
    pub(crate) permissions: Permissions,
    /// Partitions that the API user does not see.
    pub(crate) hidden: BTreeSet<u8>,
    pub(crate) leads: Leads,
    pub(crate) lists: Lists,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) counters: Counters,
    /// Added to every call; a write takes effect at its end.
    pub(crate) latency_ms: u64,
    pub(crate) lists_writable: bool,
    /// The custom rule that makes the partition a second key.
    pub(crate) dedupe_by_partition: bool,
    pub(crate) bulk: Bulk,
    pub(crate) activities: Activities,
    /// Lead changes tell of fields, too, that were not asked for.
    pub(crate) leak_other_fields: bool,
    /// Draws request ids.
    pub(crate) ids: Random,
}

impl State {
    /// An instance without people, everything allowed.
    pub(crate) fn new(config: &Config) -> Self {
        let clock = Clock::starting_at(config.starts_at_ms);
        let life = i64::try_from(config.token_life.as_millis()).unwrap_or(i64::MAX / 4);
        Self {
            identity: Identity::new(config.seed, life),
            limits: Limits::new(config, &clock),
            permissions: Permissions::default(),
            hidden: BTreeSet::new(),
            leads: Leads::new(),
            lists: Lists::default(),
            faults: Faults::new(config.seed),
            log: Log::default(),
            counters: Counters::default(),
            latency_ms: 0,
            lists_writable: true,
            dedupe_by_partition: false,
            bulk: Bulk::new(config),
            activities: Activities::default(),
            leak_other_fields: false,
            ids: Random::new(config.seed, "request ids"),
            clock,
        }
    }

    /// Whether the lead exists, and in a partition that the API user sees.
    pub(crate) fn sees(&self, id: u32) -> bool {
        self.leads
            .get(id)
            .is_some_and(|lead| !self.hidden.contains(&lead.partition))
    }

    /// A partition that the API user sees, by its exact name.
    pub(crate) fn partition_named(&self, name: &str) -> Option<u8> {
        partitions::id(name).filter(|id| !self.hidden.contains(id))
    }

    /// The name of a lead's partition, for messages.
    pub(crate) fn partition_of(&self, lead: u32) -> &'static str {
        self.leads
            .get(lead)
            .map_or("", |lead| partitions::name(lead.partition))
    }

    /// Stores a new lead, which is an activity.
    pub(crate) fn create(&mut self, lead: Lead, now: i64) -> u32 {
        let partition = lead.partition;
        let id = self.leads.insert(lead);
        self.activities.created(id, partition, now);
        id
    }

    /// Writes values of a lead, each change being an activity. Whether the lead was there.
    pub(crate) fn write(&mut self, id: u32, values: Written, now: i64) -> bool {
        let Some(changes) = self.leads.update(id, values, now) else {
            return false;
        };
        let partition = self.leads.get(id).map_or(0, |lead| lead.partition);
        for change in changes {
            self.activities.changed(id, partition, change, now);
        }
        true
    }

    /// Deletes a lead everywhere.
    pub(crate) fn forget(&mut self, lead: u32) -> Option<Lead> {
        self.lists.forget(lead);
        let lost = self.leads.remove(lead)?;
        self.activities.deleted(lead, &lost, self.clock.now_s());
        Some(lost)
    }

    /// Merges leads: the winner fills its empty fields and takes over the memberships,
    /// the losers' ids vanish.
    pub(crate) fn merge(&mut self, winner: u32, losers: &[u32]) {
        let now = self.clock.now_s();
        for &loser in losers {
            self.lists.replace(loser, winner);
            let Some(lost) = self.forget(loser) else {
                continue;
            };
            let Some(kept) = self.leads.get(winner) else {
                continue;
            };
            let gained = lost
                .values()
                .iter()
                .filter(|(no, _)| kept.get(*no).is_none());
            let gained = gained
                .map(|(no, datum)| (*no, Some(datum.clone())))
                .collect();
            self.write(winner, gained, now);
        }
        self.leads.with(winner, |lead| lead.update_at(now));
    }
}

/// The state together with what never changes while the server runs.
#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) config: Config,
    stopping: watch::Sender<bool>,
}

impl Shared {
    pub(crate) fn new(state: State, config: Config) -> Self {
        Self {
            state: Mutex::new(state),
            config,
            stopping: watch::Sender::new(false),
        }
    }

    /// The state with every job where it is by now. A panic elsewhere leaves whole steps
    /// behind, so a poisoned lock is taken all the same.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.settle();
        state
    }

    /// Ends the server, every wait and every hanging call.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Returns when the server is to stop.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.stopping.subscribe();
        // The sender lives in `self`, so this cannot fail while we wait.
        let _ = stopping.wait_for(|stop| *stop).await;
    }
}
