//! Under which leads, rows and other keys the person is kept, so that they are
//! also erased where their own key does not stand.

use crate::forget::whom::Whom;
use crate::plan::PlannedPerson;
use crate::reading::{LeadBlock, ReadLead};
use crate::run::RunRecord;
use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use usher_matching::{KeyHash, KeyKind, normalize, read_as_text};
use usher_model::{Item, ReasonCode, Receipt, RunId, Sync};
use usher_store::table::{batches, ledger, readings, runs};
use usher_store::{Reader, StoreError};

/// What names the person beside their key.
#[derive(Default)]
pub(super) struct Traces {
    /// Leads by the id of the connection that knows them.
    leads: HashMap<String, HashSet<i64>>,
    /// Rows of each run's audience.
    rows: HashMap<RunId, HashSet<u64>>,
    /// Hashes of all keys they were looked up by.
    keys: HashSet<u128>,
}

impl Traces {
    /// Reads both stores through.
    pub(super) fn find(
        journal: &<Reader<'_> as Deref>::Target,
        cache: &<Reader<'_> as Deref>::Target,
        syncs: &[(Sync, String)],
        whom: &Whom,
    ) -> Result<Self, StoreError> {
        let mut traces = Self::default();
        traces.keys.insert(whom.hash().0);
        for (sync, connection) in syncs {
            ledger::each(journal, &sync.id, |entry| {
                if entry.place.iter().flatten().any(|key| whom.names(key)) {
                    traces.add_lead(connection, entry.lead);
                }
            })?;
        }
        for run in runs::all::<RunRecord>(journal, None)? {
            runs::each_block::<PlannedPerson, StoreError>(journal, &run.run_id, |people| {
                let connection = run.connection.as_str();
                let is_them = |planned: &&PlannedPerson| whom.names_person(connection, planned);
                let named = people.iter().filter(is_them);
                named.for_each(|planned| traces.add_person(&run, planned));
                Ok(())
            })?;
            batches::each::<StoreError>(journal, &run.run_id, |batch| {
                for (at, item) in batch.items.iter().enumerate() {
                    if whom.names_item(run.connection.as_str(), item) {
                        traces.add_item(&run, item, batch.receipts.get(at));
                    }
                }
                Ok(())
            })?;
        }
        // Last, because leads are known by number now; all their keys, because
        // an older reading may say of one of them that nobody has it.
        for (id, scope, _) in readings::ids(cache)? {
            let connection = connection_of(&scope);
            for place in readings::blocks(cache, id)? {
                let block = LeadBlock::from_batch(readings::block(cache, place)?)
                    .map_err(|problem| StoreError::Damaged(problem.message))?;
                for lead in (0..block.len()).map(|at| block.lead(at)) {
                    if traces.has_lead(connection, lead.0) || whom.names_lead(connection, &lead.1) {
                        traces.add_lead(connection, lead.0);
                        traces.keys.extend(keys_of(&lead));
                    }
                }
            }
        }
        Ok(traces)
    }

    /// Whether this lead of a connection is the person.
    pub(super) fn has_lead(&self, connection: &str, lead: i64) -> bool {
        let leads = self.leads.get(connection);
        leads.is_some_and(|leads| leads.contains(&lead))
    }

    /// Whether this row of a run is the person.
    pub(super) fn has_row(&self, run: &RunId, row: Option<u64>) -> bool {
        let rows = self.rows.get(run).zip(row);
        rows.is_some_and(|(rows, row)| rows.contains(&row))
    }

    /// Whether the person was looked up by the key of this hash.
    pub(super) fn has_key(&self, hash: u128) -> bool {
        self.keys.contains(&hash)
    }

    fn add_lead(&mut self, connection: &str, lead: i64) {
        self.leads
            .entry(connection.to_owned())
            .or_default()
            .insert(lead);
    }

    fn add_person(&mut self, run: &RunRecord, planned: &PlannedPerson) {
        let person = &planned.person;
        let connection = run.connection.as_str();
        let named = person.lead_id.into_iter().chain(person.list_lead_id);
        named.for_each(|lead| self.add_lead(connection, lead));
        // Leads that differ by case are said not to be this person.
        let code = person.reason.as_ref().map(|reason| reason.code.as_str());
        if code != Some(ReasonCode::CaseDiffers.as_str()) {
            for candidate in &person.explain.candidates {
                self.add_lead(connection, candidate.lead_id);
            }
        }
        self.add_row(run, person.row);
        self.keys
            .extend(person.key.as_deref().map(|key| KeyHash::of(key).0));
    }

    fn add_item(&mut self, run: &RunRecord, item: &Item, receipt: Option<&Receipt>) {
        let told = match receipt {
            Some(Receipt::Done { lead }) => Some(*lead),
            _ => None,
        };
        for lead in item.lead.into_iter().chain(told) {
            self.add_lead(run.connection.as_str(), lead);
        }
        self.add_row(run, item.row);
        self.keys.insert(KeyHash::of(&item.key).0);
    }

    fn add_row(&mut self, run: &RunRecord, row: Option<u64>) {
        let rows = self.rows.entry(run.run_id.clone()).or_default();
        rows.extend(row);
    }
}

/// The connection that a reading's scope begins with.
pub(super) fn connection_of(scope: &str) -> &str {
    scope.split_once('/').map_or(scope, |(id, _)| id)
}

/// Hashes of every value of a lead, of whatever kind it is: among them is the
/// key it was asked for by.
pub(super) fn keys_of((_, values): &ReadLead) -> HashSet<u128> {
    let texts = values.values().filter_map(read_as_text);
    texts
        .flat_map(|text| {
            [KeyKind::Email, KeyKind::Text, KeyKind::Number]
                .map(|kind| normalize(kind, &text).hash().0)
        })
        .collect()
}
