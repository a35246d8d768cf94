//! Who has these keys. What is read is kept with the keys it is complete for,
//! and nothing is concluded for any other key.

use crate::points;
use crate::progress::Progress;
use crate::service::{CallError, Patience, Service};
use crate::usher::Usher;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use usher_matching::KeyHash;
use usher_model::{Code, Problem, Timestamp};
use usher_remote::failure::Failure;
use usher_remote::marketo::{LeadQuery, MAX_VALUES};
use usher_store::table::readings::{self, ReadLead, Reading};

/// Fields that are read of every lead beside the mapped ones.
const ALWAYS: [&str; 3] = ["id", "updatedAt", "leadPartitionId"];

/// Which people a reading is of: one service user, looked up by one field.
pub(crate) fn scope(service: &Service, dedupe_field: &str) -> String {
    format!("{}/{dedupe_field}", service.connection().id)
}

/// How long a reading, or a plan, is fresh: 15 minutes, or as long as reading
/// took, whichever is more; at most a day.
pub(crate) fn freshness(took: Duration) -> Duration {
    took.clamp(Duration::from_secs(15 * 60), Duration::from_secs(24 * 3600))
}

/// What is known of a set of keys.
pub(crate) struct Coverage {
    /// For each key that was read, the newest reading that has it.
    by_key: HashMap<KeyHash, i64>,
    readings: HashMap<i64, Reading>,
}

impl Coverage {
    /// The reading that says who has this key.
    pub(crate) fn of(&self, key: KeyHash) -> Option<(i64, &Reading)> {
        let id = self.by_key.get(&key)?;
        self.readings.get(id).map(|reading| (*id, reading))
    }

    /// A reading by its number.
    pub(crate) fn reading(&self, id: i64) -> Option<&Reading> {
        self.readings.get(&id)
    }

    /// The keys among these that no reading is complete for or, with `now`,
    /// whose reading is no longer fresh.
    pub(crate) fn missing<'a>(
        &self,
        keys: &'a [(KeyHash, String)],
        now: Option<Timestamp>,
    ) -> Vec<&'a (KeyHash, String)> {
        let stale = |reading: &Reading| {
            now.is_some_and(|now| {
                reading
                    .finished_at
                    .after(freshness(reading.finished_at.since(reading.started_at)))
                    < now
            })
        };
        keys.iter()
            .filter(|(key, _)| self.of(*key).is_none_or(|(_, reading)| stale(reading)))
            .collect()
    }
}

impl Usher {
    /// What is known of the people of a scope, counting only readings that
    /// asked for all of these fields.
    pub(crate) fn coverage(&self, scope: &str, fields: &[String]) -> Result<Coverage, Problem> {
        let reader = self.cache.reader()?;
        let mut coverage = Coverage {
            by_key: HashMap::new(),
            readings: HashMap::new(),
        };
        for (id, reading) in readings::of_scope(&reader, scope)? {
            if !fields.iter().all(|field| reading.fields.contains(field)) {
                continue;
            }
            readings::each_block(&reader, id, |keys, _| {
                for key in keys {
                    coverage.by_key.entry(KeyHash(key)).or_insert(id);
                }
                Ok(())
            })?;
            coverage.readings.insert(id, reading);
        }
        Ok(coverage)
    }

    /// Looks these keys up, all of them, and keeps the answer. The calls go out
    /// as many at once as the limits let.
    pub(crate) async fn read_people(
        &self,
        service: &Arc<Service>,
        dedupe_field: &str,
        fields: &[String],
        keys: &[&(KeyHash, String)],
        progress: &Progress,
    ) -> Result<(), Problem> {
        let scope = scope(service, dedupe_field);
        let before = service.counted().0;
        let mut reading = Reading {
            fields: fields.to_vec(),
            started_at: self.now(),
            finished_at: self.now(),
            calls: 0,
            keys: keys.len() as u64,
        };
        let (begun, first) = (scope.clone(), reading.clone());
        let id = self
            .cache
            .write(move |tx| readings::begin(tx, &begun, &first))
            .await?;
        points::pass("reading_begun");
        let mut waiting: VecDeque<Vec<(KeyHash, String)>> = keys
            .chunks(MAX_VALUES)
            .map(|chunk| chunk.iter().map(|key| (*key).clone()).collect())
            .collect();
        let mut asked = JoinSet::new();
        let mut done = 0;
        loop {
            while asked.len() < service.connection().limits.concurrency as usize
                && let Some(chunk) = waiting.pop_front()
            {
                let ask = Lookup {
                    service: service.clone(),
                    field: dedupe_field.to_owned(),
                    fields: fields.to_vec(),
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
                    progress.step("reading people", done, Some(keys.len() as u64))?;
                    let hashes: Vec<u128> = chunk.iter().map(|(key, _)| key.0).collect();
                    self.cache
                        .write(move |tx| readings::add_block(tx, id, &hashes, &leads))
                        .await?;
                    points::pass("reading_block_kept");
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
        self.cache
            .write(move |tx| {
                readings::publish(tx, id, &reading)?;
                let spent = superseded(tx, &scope, &reading.fields)?;
                readings::remove(tx, &spent)
            })
            .await?;
        points::pass("reading_published");
        Ok(())
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
    fields: &[String],
) -> Result<Vec<i64>, usher_store::StoreError> {
    let mut seen: HashSet<u128> = HashSet::new();
    let mut spent = Vec::new();
    for (id, reading) in readings::of_scope(tx, scope)? {
        let mut says_more = false;
        readings::each_block(tx, id, |keys, _| {
            keys.into_iter()
                .for_each(|key| says_more |= seen.insert(key));
            Ok(())
        })?;
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
