//! Syncs: created, changed, held, removed.

use crate::change::given;
use crate::connections::named;
use crate::run::RunRecord;
use crate::schedule::Times;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use ts_rs::TS;
use usher_model::{
    Alert, Audience, Connection, Consent, Destination, ListChoice, ListRef, Missed, Mode, OnDrift,
    Problem, RunId, Schedule, Sync, SyncId,
};
use usher_store::table::readings::Reading;
use usher_store::table::{alerts, batches, definitions, ledger, purges, readings, runs, schedules};

/// The list a user asks for; nothing asked means the audience's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct ListWish {
    /// By name.
    pub name: Option<String>,
    /// In which folder.
    pub folder: Option<ListRef>,
    /// By number.
    pub id: Option<i64>,
}

/// What a new sync is made of.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct NewSync {
    /// Its name.
    pub name: String,
    /// The audience's id or name.
    pub audience: String,
    /// The destination's id or name.
    pub destination: String,
    /// The list people join.
    pub list: ListWish,
    /// Whether those who left are removed.
    pub mode: Mode,
    /// What happens to fields that others changed.
    pub on_drift: OnDrift,
    /// Who may be sent at all.
    pub consent: Option<Consent>,
    /// The most people a run may create without being asked.
    pub max_creations: Option<u64>,
    /// When it runs by itself.
    #[serde(default)]
    pub schedule: Option<Schedule>,
    /// What happens about times that went by.
    #[serde(default)]
    pub missed: Missed,
    /// What somebody is told of it; each kind once.
    #[serde(default)]
    pub alerts: Vec<Alert>,
}

/// What `sync edit` may change; what is not given stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
#[allow(missing_docs, reason = "each is the field of that name in `NewSync`")]
pub struct SyncChange {
    pub name: Option<String>,
    pub mode: Option<Mode>,
    pub on_drift: Option<OnDrift>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub consent: Option<Option<Consent>>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub max_creations: Option<Option<u64>>,
    pub list: Option<ListWish>,
    pub paused: Option<bool>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "given"
    )]
    pub schedule: Option<Option<Schedule>>,
    pub missed: Option<Missed>,
    pub alerts: Option<Vec<Alert>>,
}

impl Usher {
    /// Whether something is done without anybody asking while this process stays: a
    /// schedule that is not paused, or a file that an audience follows.
    pub fn acts_by_itself(&self) -> Result<bool, Problem> {
        let scheduled = |sync: &Sync| sync.schedule.is_some() && !sync.paused;
        Ok(self.all::<Sync>()?.iter().any(scheduled)
            || self
                .all::<Audience>()?
                .iter()
                .any(|one| one.watched.is_some()))
    }

    /// Keeps a new sync.
    pub async fn create_sync(&self, new: NewSync) -> Result<Sync, Problem> {
        let audience: Audience = self.find(&new.audience)?;
        let destination: Destination = self.find(&new.destination)?;
        let sync = Sync {
            id: SyncId(self.world.entropy.id("syn")),
            name: named(&new.name)?,
            list: list_choice(new.list, &audience, &destination)?,
            audience: audience.id.clone(),
            destination: destination.id.clone(),
            mode: new.mode,
            on_drift: new.on_drift,
            consent: new.consent,
            max_creations: new.max_creations,
            paused: false,
            schedule: new.schedule,
            missed: new.missed,
            alerts: each_once(new.alerts)?,
        };
        self.check_columns(&sync, &destination)?;
        if let Some(schedule) = &sync.schedule {
            Times::read(schedule)?;
        }
        let turn = self.telling.lock().await;
        self.insert(&sync).await?;
        self.resubscribe(&sync, &[], turn).await?;
        self.reschedule(&sync).await?;
        Ok(sync)
    }

    /// Changes a sync.
    pub async fn edit_sync(&self, id_or_name: &str, change: SyncChange) -> Result<Sync, Problem> {
        let mut sync: Sync = self.find(id_or_name)?;
        let audience: Audience = self.find(sync.audience.as_str())?;
        let destination: Destination = self.find(sync.destination.as_str())?;
        if let Some(name) = change.name {
            sync.name = named(&name)?;
        }
        let list_before = sync.list.clone();
        if let Some(wish) = change.list {
            let wish = kept(&sync.list, wish);
            sync.list = list_choice(wish, &audience, &destination)?;
        }
        sync.mode = change.mode.unwrap_or(sync.mode);
        sync.on_drift = change.on_drift.unwrap_or(sync.on_drift);
        sync.consent = change.consent.unwrap_or(sync.consent);
        sync.max_creations = change.max_creations.unwrap_or(sync.max_creations);
        let before = (sync.paused, sync.schedule.clone());
        sync.paused = change.paused.unwrap_or(sync.paused);
        sync.schedule = change.schedule.unwrap_or(sync.schedule);
        sync.missed = change.missed.unwrap_or(sync.missed);
        let alerts_before = sync.alerts.clone();
        if let Some(alerts) = change.alerts {
            sync.alerts = each_once(alerts)?;
        }
        if let Some(schedule) = &sync.schedule {
            Times::read(schedule)?;
        }
        self.check_columns(&sync, &destination)?;
        if sync.list != list_before {
            self.give_up_places(&sync).await?;
        }
        let turn = self.telling.lock().await;
        self.replace(&sync).await?;
        self.resubscribe(&sync, &alerts_before, turn).await?;
        // A sync that was held owes nothing of the time meanwhile.
        if before != (sync.paused, sync.schedule.clone()) {
            self.reschedule(&sync).await?;
        }
        Ok(sync)
    }

    /// Forgets who was added to the list so far: the sync fills another one now,
    /// and nobody of the new one was added by it.
    async fn give_up_places(&self, sync: &Sync) -> Result<(), Problem> {
        let mut places = HashSet::new();
        ledger::each(&*self.journal.reader()?, &sync.id, |entry| {
            match entry.place {
                Some(Some(_)) => places.insert(entry.lead),
                Some(None) => places.remove(&entry.lead),
                None => false,
            };
        })?;
        let given_up: Vec<ledger::Entry> = places
            .into_iter()
            .map(|lead| ledger::Entry {
                lead,
                values: Vec::new(),
                place: Some(None),
            })
            .collect();
        let id = sync.id.clone();
        self.journal
            .write(move |tx| ledger::append(tx, &id, &given_up))
            .await?;
        Ok(())
    }

    /// Removes a sync with its runs and with what it delivered. Nothing changes
    /// at the destination.
    pub async fn remove_sync(&self, id_or_name: &str) -> Result<Sync, Problem> {
        let sync: Sync = self.find(id_or_name)?;
        let gone = sync.clone();
        self.forget_told(&gone).await?;
        self.journal
            .write(move |tx| {
                for run in runs::all::<RunRecord>(tx, Some(&gone.id))? {
                    batches::remove_all(tx, &run.run_id)?;
                    runs::remove(tx, &run.run_id)?;
                    purges::remove(tx, &run.run_id)?;
                }
                ledger::remove(tx, &gone.id)?;
                schedules::remove(tx, &gone.id)?;
                schedules::owe_no_more(tx, &gone.id)?;
                alerts::remove(tx, &gone.id)?;
                definitions::remove(tx, &gone)
            })
            .await?;
        Ok(sync)
    }

    /// Forgets what the runs of a sync were told as far as it is kept by itself.
    async fn forget_told(&self, sync: &Sync) -> Result<(), Problem> {
        let runs: Vec<RunRecord> = runs::all(&*self.journal.reader()?, Some(&sync.id))?;
        let runs: HashSet<RunId> = runs.into_iter().map(|run| run.run_id).collect();
        let is_theirs = move |reading: &Reading| {
            let told_by = reading.told_by.as_ref();
            told_by.is_some_and(|run| runs.contains(run))
        };
        let write =
            move |tx: &usher_store::Tx<'_>| readings::remove_where(tx, |one| is_theirs(one));
        Ok(self.cache.write(write).await?)
    }

    /// Refuses a mapping or consent column that the audience does not have now.
    fn check_columns(&self, sync: &Sync, destination: &Destination) -> Result<(), Problem> {
        let (_, snapshot) = self.audience(sync.audience.as_str())?;
        let connection: Connection = self.find(destination.connection.as_str())?;
        match definitions::description(&*self.journal.reader()?, &connection.id)? {
            Some(said) => crate::plan::settings_for(sync, destination, &snapshot, &said).map(drop),
            None => Ok(()),
        }
    }
}

/// Subscriptions in the order of their kinds; an error where a kind has two limits.
fn each_once(mut alerts: Vec<Alert>) -> Result<Vec<Alert>, Problem> {
    alerts.sort_unstable();
    alerts.dedup();
    let twice = alerts
        .windows(2)
        .find(|pair| pair[0].kind() == pair[1].kind());
    match twice {
        Some(pair) => Err(Problem::usage(format!(
            "An alert has one limit: `{}` or `{}`.",
            pair[0], pair[1]
        ))),
        None => Ok(alerts),
    }
}

/// What is not said anew of a named list stays.
fn kept(before: &ListChoice, wish: ListWish) -> ListWish {
    match before {
        ListChoice::Named { name, folder } if wish.id.is_none() => ListWish {
            name: wish.name.or_else(|| Some(name.clone())),
            folder: wish.folder.or_else(|| folder.clone()),
            id: None,
        },
        _ => wish,
    }
}

fn list_choice(
    wish: ListWish,
    audience: &Audience,
    destination: &Destination,
) -> Result<ListChoice, Problem> {
    if !destination.sync_type.fills_list() {
        return match wish {
            ListWish {
                name: None,
                folder: None,
                id: None,
            } => Ok(ListChoice::None),
            _ => Err(Problem::usage("A profile-only destination fills no list.")),
        };
    }
    match wish {
        ListWish {
            id: Some(id),
            name: None,
            folder: None,
        } => Ok(ListChoice::Id(id)),
        ListWish { id: Some(_), .. } => Err(Problem::usage(
            "A list is named by its number or by its name, not both.",
        )),
        ListWish { name, folder, .. } => {
            let name = named(&name.unwrap_or_else(|| audience.name.clone()))?;
            if name.contains(',') {
                return Err(Problem::usage(
                    "The service cannot find a list again that has a comma in its name.",
                ));
            }
            Ok(ListChoice::Named { name, folder })
        }
    }
}
