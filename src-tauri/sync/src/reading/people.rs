//! Who has these keys. What is read is kept with the keys it is complete for,
//! and nothing is concluded for any other key.

use crate::audience::key_hashes;
use crate::points;
use crate::progress::Progress;
use crate::reading::block::{LeadBlock, LeadColumn, PARTITION, ReadLead, UPDATED, asked};
use crate::service::{CallError, Patience, Service};
use crate::usher::Usher;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use usher_matching::{KeyHash, KeyKind, Settings, normalize};
use usher_model::{Code, ConnectionId, Field, Problem, Timestamp};
use usher_remote::failure::Failure;
use usher_remote::marketo::{LeadQuery, MAX_VALUES};
use usher_store::table::plans;
use usher_store::table::readings::{self, Reading};

/// Fields that are read of every lead beside the mapped ones.
const ALWAYS: [&str; 3] = ["id", UPDATED, PARTITION];
/// What stands for the dedupe field in the scope of a reading of all people.
pub(super) const ALL: &str = "*";

/// Which people a reading is of: one service user, looked up by one field.
pub(super) fn scope(connection: &ConnectionId, dedupe_field: &str) -> String {
    format!("{connection}/{dedupe_field}")
}

/// How long a reading, or a plan, is fresh: 15 minutes, or as long as reading
/// took, whichever is more; at most a day.
pub(crate) fn freshness(took: Duration) -> Duration {
    took.clamp(Duration::from_secs(15 * 60), Duration::from_secs(24 * 3600))
}

/// Leads, or keys that were asked for, that are gathered before they are kept.
const GATHERED: usize = 8192;

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
        Ok(all.iter().map(|(_, reading)| reading.finished_at).max())
    }

    /// The readings that may say something of these people, the oldest first:
    /// those that asked for all of the fields that are needed.
    pub(crate) fn readings_for(
        &self,
        service: &Service,
        settings: &Settings,
    ) -> Result<Vec<(i64, Reading)>, Problem> {
        let reader = self.cache.reader()?;
        let connection = &service.connection().id;
        let needed = settings.fields_to_read();
        let mut all = readings::of_scope(&reader, &scope(connection, &settings.key.field.name))?;
        all.extend(readings::of_scope(&reader, &scope(connection, ALL))?);
        for (id, reading) in &mut all {
            // One that lost a part does not speak for everybody any more.
            reading.whole &= readings::blocks(&reader, *id)?.len() as u64 == reading.blocks;
        }
        all.retain(|(_, reading)| needed.iter().all(|field| reading.fields.contains(field)));
        all.sort_unstable_by_key(|(id, _)| *id);
        Ok(all)
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
        let mut reading = Reading {
            fields: settings.fields_to_read(),
            started_at: self.now(),
            finished_at: self.now(),
            calls: 0,
            keys: total,
            whole: false,
            blocks: 0,
        };
        let (begun, first) = (scope.clone(), reading.clone());
        let id = self
            .cache
            .write(move |tx| readings::begin(tx, &begun, &first))
            .await?;
        points::pass("reading_begun");
        let mut waiting: VecDeque<Vec<(KeyHash, String)>> =
            keys.chunks(MAX_VALUES).map(<[_]>::to_vec).collect();
        drop(keys);
        let mut asked = JoinSet::new();
        let mut gathered = Gathered::new(id, settings);
        let mut done = 0;
        loop {
            while asked.len() < service.connection().limits.concurrency as usize
                && let Some(chunk) = waiting.pop_front()
            {
                let ask = Lookup {
                    service: service.clone(),
                    field: dedupe_field.to_owned(),
                    fields: settings.fields_to_read(),
                    progress: progress.clone(),
                };
                asked.spawn(async move {
                    let answer = ask.everyone(&chunk).await;
                    (chunk, answer)
                });
            }
            let Some(answer) = asked.join_next().await else {
                break;
            };
            let (chunk, answer) = answer
                .map_err(|_| Problem::new(Code::Internal, "A lookup broke off.", "Try again."))?;
            match answer {
                Ok(leads) => {
                    done += chunk.len() as u64;
                    progress.step("reading people", done, Some(total))?;
                    gathered.add(chunk, leads);
                    if gathered.is_full() || done == total {
                        self.keep_gathered(&mut gathered).await?;
                        points::pass("reading_block_kept");
                    }
                }
                Err(CallError::Service(Failure::TooMany)) if chunk.len() > 1 => {
                    let (left, right) = chunk.split_at(chunk.len() / 2);
                    waiting.extend([left.to_vec(), right.to_vec()]);
                }
                Err(CallError::Service(Failure::TooMany)) => return Err(not_unique(dedupe_field)),
                Err(error) => return Err(error.into()),
            }
        }
        reading.finished_at = self.now();
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

/// One question after another until everyone who has these keys is known.
struct Lookup {
    service: Arc<Service>,
    field: String,
    fields: Vec<String>,
    progress: Progress,
}

impl Lookup {
    async fn everyone(&self, keys: &[(KeyHash, String)]) -> Result<Vec<ReadLead>, CallError> {
        let mut ask = LeadQuery {
            field: self.field.clone(),
            values: keys.iter().map(|(_, key)| key.clone()).collect(),
            fields: fields_asked(&self.fields),
            page_token: None,
        };
        let mut leads = Vec::new();
        loop {
            let question = &ask;
            let page = self
                .service
                .call(Patience::READ, &self.progress, |marketo| async move {
                    marketo.leads_by(question).await
                })
                .await?;
            leads.extend(page.leads.into_iter().map(|lead| (lead.id, lead.values)));
            ask.page_token = page.next;
            if ask.page_token.is_none() {
                return Ok(leads);
            }
        }
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

/// Readings that say nothing any more: all their keys are in newer ones that
/// asked for at least as much.
fn superseded(
    tx: &usher_store::Tx<'_>,
    scope: &str,
    kind: KeyKind,
    fields: &[String],
) -> Result<Vec<i64>, usher_store::StoreError> {
    let mut seen: HashSet<KeyHash> = HashSet::new();
    let mut spent = Vec::new();
    for (id, reading) in readings::of_scope(tx, scope)? {
        let mut says_more = false;
        for place in readings::blocks(tx, id)? {
            let keys = readings::column(tx, place, &asked(kind))?.unwrap_or_default();
            key_hashes(&keys)
                .into_iter()
                .for_each(|key| says_more |= seen.insert(key));
        }
        if !says_more && reading.fields.iter().all(|field| fields.contains(field)) {
            spent.push(id);
        }
    }
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
