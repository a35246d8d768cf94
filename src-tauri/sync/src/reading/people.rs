//! Who has these keys. What is read is kept with the keys it is complete for,
//! and nothing is concluded for any other key.

use crate::audience::key_hashes;
use crate::points;
use crate::progress::Progress;
use crate::reading::block::{LeadBlock, LeadColumn, PARTITION, ReadLead, UPDATED, asked};
use crate::reading::lookup::{Lookups, Question};
use crate::service::{CallError, Service};
use crate::usher::Usher;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use usher_matching::{KeyHash, KeyKind, Settings, normalize};
use usher_model::{Code, ConnectionId, DestinationId, Field, Problem, Timestamp};
use usher_remote::failure::Failure;
use usher_store::table::When;
use usher_store::table::readings::{self, Reading};
use usher_store::table::{definitions, plans};

/// Fields that are read of every lead beside the mapped ones.
const ALWAYS: [&str; 3] = ["id", UPDATED, PARTITION];
/// What stands for the dedupe field in the scope of a reading of all people.
pub(super) const ALL: &str = "*";

/// Which people a reading is of: one service user, looked up by one field.
pub(super) fn scope(connection: &ConnectionId, dedupe_field: &str) -> String {
    format!("{connection}/{dedupe_field}")
}

/// How long a reading is fresh: 15 minutes, or as long as it took, whichever is more; at
/// most a day.
pub(crate) fn freshness(took: Duration) -> Duration {
    fresh_for(took, 15)
}

/// The same of what is fresh for so many minutes, a day at most, as a plan may be.
pub(crate) fn fresh_for(took: Duration, minutes: u64) -> Duration {
    took.clamp(
        Duration::from_secs(minutes * 60),
        Duration::from_secs(24 * 3600),
    )
}

/// Whether what is fresh from one time until another is now. Before it, a clock was set back:
/// how old it is nobody knows. By less than a second clocks are set all the time.
pub(crate) fn is_fresh(now: Timestamp, since: Timestamp, until: Timestamp) -> bool {
    since <= now.after(Duration::from_secs(1)) && now <= until
}

/// Leads, or keys that were asked for, that are gathered before they are kept.
pub(super) const GATHERED: usize = 8192;

/// The flat columns that plans by these settings look at.
pub(crate) fn planned_columns(settings: &Settings) -> Vec<LeadColumn> {
    let values = settings.fields.iter().map(|mapped| mapped.field.clone());
    let values = values.map(|field| LeadColumn::Value(Box::new(field)));
    key_columns(&settings.key.field)
        .into_iter()
        .chain(values)
        .collect()
}

/// Of these, what plans by any mapping look at, given the dedupe field.
pub(super) fn key_columns(field: &Field) -> Vec<LeadColumn> {
    let kind = KeyKind::of(field.data_type);
    let key = |kind| LeadColumn::Key(field.name.clone(), kind);
    let mut columns = vec![LeadColumn::Id, LeadColumn::Updated, key(kind)];
    if kind != KeyKind::Email || field.name != "email" {
        columns.push(LeadColumn::Email);
    }
    if kind.joins_by() != kind {
        columns.push(key(kind.joins_by()));
    }
    columns
}

impl Usher {
    /// When this connection was last read for people by this field, or for all of them.
    pub(crate) fn last_read(
        &self,
        connection: &ConnectionId,
        dedupe_field: &str,
    ) -> Result<Option<Timestamp>, Problem> {
        let reader = self.cache.reader()?;
        let mut all = readings::of_scope(&reader, &scope(connection, dedupe_field))?;
        all.extend(readings::of_scope(&reader, &scope(connection, ALL))?);
        Ok(all.iter().map(|(_, reading)| reading.when.as_of()).max())
    }

    /// The readings that may say something of these people, the oldest first:
    /// those that asked for all of the fields that are needed.
    pub(crate) fn readings_for(
        &self,
        service: &Service,
        destination: &DestinationId,
        settings: &Settings,
    ) -> Result<Vec<(i64, Reading)>, Problem> {
        let reader = self.cache.reader()?;
        let connection = &service.connection().id;
        let needed = settings.fields_to_read();
        let mut all = readings::of_scope(&reader, &scope(connection, &settings.key.field.name))?;
        all.extend(readings::of_scope(&reader, &scope(connection, ALL))?);
        all.extend(readings::of_scope(
            &reader,
            &told_scope(connection, destination),
        )?);
        let mut kept = Vec::new();
        for (id, mut reading) in all {
            let is_complete = readings::blocks(&reader, id)?.len() as u64 == reading.blocks;
            // One that lost a part does not speak for everybody any more, and does not
            // tell of all changes.
            reading.whole &= is_complete;
            let says_it = needed.iter().all(|field| reading.fields.contains(field));
            if says_it && (is_complete || !reading.is_laid_over()) {
                kept.push((id, reading));
            }
        }
        kept.sort_unstable_by_key(|(id, _)| *id);
        Ok(in_order(kept))
    }

    /// Looks these keys up, all of them, and keeps the answer. The calls go out
    /// as many at once as the limits let.
    pub(crate) async fn read_people(
        &self,
        service: &Arc<Service>,
        settings: &Settings,
        keys: Vec<(KeyHash, String)>,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let dedupe_field = settings.key.field.name.as_str();
        let scope = scope(&service.connection().id, dedupe_field);
        let before = service.counted().0;
        let total = keys.len() as u64;
        let connection = &service.connection().id;
        let said = definitions::description(&*self.journal.reader()?, connection)?;
        let (began, now) = (self.begins(), self.now());
        let mut reading = Reading {
            fields: settings.fields_to_read(),
            when: When::new(now, now),
            calls: 0,
            keys: total,
            whole: false,
            blocks: 0,
            there_at: None,
            partitions: said.map_or(Vec::new(), |said| said.partition_numbers()),
            changes_since: None,
            told_by: None,
            exports: None,
        };
        let (begun, first) = (scope.clone(), reading.clone());
        let id = self
            .cache
            .write(move |tx| readings::begin(tx, &begun, &first))
            .await?;
        points::pass("reading_begun");
        let question = Question {
            service: service.clone(),
            field: dedupe_field.to_owned(),
            fields: settings.fields_to_read(),
            progress: progress.clone(),
        };
        let mut lookups = Lookups::of(question, &keys, |(_, key)| key.clone());
        drop(keys);
        let mut gathered = Gathered::new(id, settings);
        let mut done = 0;
        while let Some(answer) = lookups.next().await {
            let (chunk, leads) = match answer {
                Ok(answered) => answered,
                Err(CallError::Service(Failure::TooMany)) => return Err(not_unique(dedupe_field)),
                Err(error) => return Err(error.into()),
            };
            done += chunk.len() as u64;
            progress.step("reading people", done, Some(total))?;
            gathered.add(chunk, leads);
            if gathered.is_full() || done == total {
                self.keep_gathered(&mut gathered).await?;
                points::pass("reading_block_kept");
            }
        }
        reading.there_at = service.began_there();
        reading.when = self.since(&began);
        reading.calls = service.counted().0 - before;
        reading.blocks = gathered.seq;
        let kind = settings.key_kind();
        self.cache
            .write(move |tx| {
                readings::publish(tx, id, &reading)?;
                let spent = superseded(tx, &scope, kind, &reading.fields)?;
                readings::supersede(tx, &spent)?;
                readings::prune(tx, &plans::readings(tx)?)
            })
            .await?;
        points::pass("reading_published");
        Ok(())
    }

    async fn keep_gathered(&self, gathered: &mut Gathered) -> Result<(), Problem> {
        let (id, seq) = (gathered.reading, gathered.seq);
        let leads = gathered.take()?;
        Ok(self
            .cache
            .write(move |tx| readings::put_block(tx, id, seq, &leads))
            .await?)
    }
}

/// What was answered and is not kept yet.
struct Gathered {
    reading: i64,
    seq: u64,
    fields: Vec<String>,
    columns: Vec<LeadColumn>,
    kind: KeyKind,
    keys: Vec<(KeyHash, String)>,
    leads: Vec<ReadLead>,
}

impl Gathered {
    fn new(reading: i64, settings: &Settings) -> Self {
        Self {
            reading,
            seq: 0,
            fields: fields_asked(&settings.fields_to_read()),
            columns: planned_columns(settings),
            kind: settings.key_kind(),
            keys: Vec::new(),
            leads: Vec::new(),
        }
    }

    fn add(&mut self, keys: Vec<(KeyHash, String)>, leads: Vec<ReadLead>) {
        self.keys.extend(keys);
        self.leads.extend(leads);
    }

    fn is_full(&self) -> bool {
        self.keys.len().max(self.leads.len()) >= GATHERED
    }

    /// All of it as one block, with the keys that it is complete for.
    fn take(&mut self) -> Result<readings::Leads, Problem> {
        self.seq += 1;
        let keys: Vec<KeyHash> = self.keys.iter().map(|(key, _)| *key).collect();
        let mut asked = vec![(self.kind, keys)];
        let joins_by = self.kind.joins_by();
        if joins_by != self.kind {
            let joined = self
                .keys
                .iter()
                .map(|(_, key)| normalize(joins_by, key).hash());
            asked.push((joins_by, joined.collect()));
        }
        let block = LeadBlock::of(&self.fields, &self.leads)?;
        self.keys.clear();
        self.leads.clear();
        Ok(block.stored(&self.columns, &asked)?)
    }
}

/// The fields a lookup asks for: what planning needs, and what it always needs.
pub(crate) fn fields_asked(fields: &[String]) -> Vec<String> {
    let always = ALWAYS.iter().map(|name| (*name).to_owned());
    let extra = fields
        .iter()
        .filter(|name| !ALWAYS.contains(&name.as_str()))
        .cloned();
    always.chain(extra).collect()
}

/// Where what runs of a destination were told is kept.
pub(crate) fn told_scope(connection: &ConnectionId, destination: &DestinationId) -> String {
    scope(connection, &format!("told/{destination}"))
}

/// Without what runs were told while something else was read, or by a clock that was set
/// back since: which of the two is later is told batch by batch. And without what they were
/// told before all that was read: it is laid over nothing.
fn in_order(all: Vec<(i64, Reading)>) -> Vec<(i64, Reading)> {
    let first = all
        .iter()
        .position(|(_, reading)| reading.told_by.is_none());
    let all = &all[first.unwrap_or(all.len())..];
    let is_clear = |(id, told): &(i64, Reading)| {
        let mut others = all.iter().filter(|(other, _)| other != id);
        others.all(|(other, reading)| match other < id {
            true => reading.when.finished_at <= told.when.started_at,
            false => reading.when.started_at >= told.when.finished_at,
        })
    };
    let kept = all
        .iter()
        .filter(|one| one.1.told_by.is_none() || is_clear(one));
    kept.cloned().collect()
}

/// Readings that say nothing any more: all their keys are in newer ones that
/// asked for at least as much. One of changes says something as long as there is
/// an older one that does, over which it is laid.
fn superseded(
    tx: &usher_store::Tx<'_>,
    scope: &str,
    kind: KeyKind,
    fields: &[String],
) -> Result<Vec<i64>, usher_store::StoreError> {
    let mut seen: HashSet<KeyHash> = HashSet::new();
    let (mut spent, mut changes) = (Vec::new(), Vec::new());
    let connection = scope.split_once('/').map_or(scope, |(of, _)| of);
    let of_all = readings::of_scope(tx, &format!("{connection}/{ALL}"))?;
    let mut oldest = of_all.iter().map(|(id, _)| *id).min();
    for (id, reading) in readings::of_scope(tx, scope)? {
        let asks_no_more = reading.fields.iter().all(|field| fields.contains(field));
        if reading.is_of_changes() {
            changes.extend(asks_no_more.then_some(id));
            continue;
        }
        let mut says_more = false;
        for place in readings::blocks(tx, id)? {
            let keys = readings::column(tx, place, &asked(kind))?.unwrap_or_default();
            key_hashes(&keys)
                .into_iter()
                .for_each(|key| says_more |= seen.insert(key));
        }
        match (says_more, asks_no_more) {
            (true, _) => oldest = Some(oldest.map_or(id, |oldest| oldest.min(id))),
            (false, true) => spent.push(id),
            (false, false) => {}
        }
    }
    let lies_over_none = |id: &i64| oldest.is_none_or(|oldest| oldest > *id);
    spent.extend(changes.into_iter().filter(lies_over_none));
    Ok(spent)
}

fn not_unique(field: &str) -> Problem {
    Problem::new(
        Code::DedupeFieldNotUnique,
        format!(
            "More than 1,000 people have one and the same `{field}`, which is more than the service lists."
        ),
        "Choose a dedupe field that is unique for each person.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_fresh_by_a_clock_that_was_set_back_to_before_it() {
        let minute = |minute: i64| Timestamp(minute * 60_000);
        let (since, until) = (minute(10), minute(25));
        for (now, fresh) in [(9, false), (10, true), (25, true), (26, false)] {
            assert_eq!(is_fresh(minute(now), since, until), fresh, "{now}");
        }
        let a_step_back = Duration::from_millis(900);
        assert!(is_fresh(since.before(a_step_back), since, until));
    }
}
