//! Everything a plan is made from, brought together from the stores.

use crate::plan::make::PlannedPerson;
use crate::reading::{Coverage, scope};
use crate::run::RunRecord;
use crate::service::Service;
use crate::usher::Usher;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use usher_matching::{
    KeyHash, LeadTable, Ledger, ListState, MappedField, Place, Settings, Suppressions,
};
use usher_model::{
    Audience, BatchKind, Code, Connection, Destination, Field, ListChoice, Problem, Receipt,
    ServiceDescription, Snapshot, Sync, Timestamp,
};
use usher_remote::marketo::MAX_RECORDS;
use usher_store::table::lists::ReadList;
use usher_store::table::{batches, definitions, ledger, readings, runs};

/// The calls that read what a service says of its fields and partitions.
const DESCRIPTION_CALLS: u64 = 2;

/// A sync with all that it refers to, and what is known for it.
pub(crate) struct Inputs {
    pub(crate) sync: Sync,
    pub(crate) audience: Audience,
    pub(crate) destination: Destination,
    pub(crate) snapshot: Snapshot,
    pub(crate) said: ServiceDescription,
    pub(crate) settings: Settings,
    pub(crate) suppressions: Suppressions,
    pub(crate) service: Arc<Service>,
    /// Key hashes of the dedupe column by the first row of their block.
    pub(crate) keys: BTreeMap<u64, Vec<KeyHash>>,
    /// The distinct keys that are looked up, with their text.
    pub(crate) to_look_up: Vec<(KeyHash, String)>,
}

/// What was read of the destination, as of the older of the two readings.
pub(crate) struct Destined {
    pub(crate) leads: LeadTable,
    pub(crate) list: Option<(ReadList, ListState)>,
    pub(crate) as_of: Option<Timestamp>,
    pub(crate) reading_calls: u64,
    /// How long the longest reading took.
    pub(crate) took: Duration,
}

impl Usher {
    /// Brings together what a sync's plan is made from, the destination's
    /// people left out. The sync need not be kept.
    pub(crate) async fn inputs_of(
        &self,
        mut sync: Sync,
        service: Arc<Service>,
    ) -> Result<Inputs, Problem> {
        let destination: Destination = self.find(sync.destination.as_str())?;
        let connection = service.connection();
        let (audience, snapshot) = self.audience(sync.audience.as_str())?;
        let said = definitions::description(&*self.journal.reader()?, &connection.id)?
            .ok_or_else(|| undescribed(connection))?;
        let settings = settings_for(&sync, &destination, &snapshot, &said)?;
        let suppressions = self.suppressions()?;
        let keys = self
            .key_column(&snapshot, settings.key.column, settings.key_kind())
            .await?;
        let to_look_up = self.distinct_keys(&snapshot, &settings, &keys)?;
        sync.list = list_now(sync.list, &audience, &destination);
        Ok(Inputs {
            sync,
            audience,
            destination,
            snapshot,
            said,
            settings,
            suppressions,
            service,
            keys,
            to_look_up,
        })
    }

    /// The distinct valid keys, each once, in row order. Who is suppressed is
    /// looked up too: it may be that they are to leave the list.
    fn distinct_keys(
        &self,
        snapshot: &Snapshot,
        settings: &Settings,
        keys: &BTreeMap<u64, Vec<KeyHash>>,
    ) -> Result<Vec<(KeyHash, String)>, Problem> {
        let mut seen = HashSet::new();
        let mut distinct = Vec::new();
        self.each_block(snapshot, 0, |first_row, columns| {
            let hashes = keys.get(&first_row).map(Vec::as_slice).unwrap_or_default();
            for (hash, cell) in hashes.iter().zip(columns.column(settings.key.column)) {
                if hash.is_valid()
                    && seen.insert(*hash)
                    && let usher_matching::Key::Valid(key) =
                        usher_matching::normalize(settings.key_kind(), cell.unwrap_or_default())
                {
                    distinct.push((*hash, key.into_owned()));
                }
            }
            Ok(true)
        })?;
        Ok(distinct)
    }

    /// What was read of the destination for these inputs, with what runs have
    /// since been told was done. An error when something was never read.
    pub(crate) fn destined(&self, inputs: &Inputs) -> Result<Destined, Problem> {
        let settings = &inputs.settings;
        let scope = scope(&inputs.service, &settings.key.field.name);
        let coverage = self.coverage(&scope, &settings.fields_to_read())?;
        let missing = coverage.missing(&inputs.to_look_up, None).len();
        let fills_list = inputs.sync.list != ListChoice::None;
        let read = self.list_as_read(
            &inputs.service,
            &inputs.sync.list,
            inputs.destination.workspace.as_deref(),
        )?;
        if missing > 0 || (fills_list && read.is_none()) {
            return Err(not_read(missing as u64, fills_list && read.is_none()));
        }
        let mut as_of: Option<Timestamp> = None;
        let mut since: Option<Timestamp> = None;
        let mut took = Duration::ZERO;
        let mut older = |started: Timestamp, finished: Timestamp| {
            took = took.max(finished.since(started));
            as_of = Some(as_of.map_or(finished, |known| known.min(finished)));
            since = Some(since.map_or(started, |known| known.min(started)));
        };
        let (leads, used) = self.leads(inputs, &coverage)?;
        let mut reading_calls = 0;
        for id in used {
            if let Some(reading) = coverage.reading(id) {
                older(reading.started_at, reading.finished_at);
                reading_calls += reading.calls;
            }
        }
        let list = read.map(|(list, members)| {
            older(list.started_at, list.finished_at);
            reading_calls += list.calls - pages(&list, members.len());
            (list, ListState { members })
        });
        let mut destined = Destined {
            leads,
            list,
            as_of,
            reading_calls,
            took,
        };
        if let Some(since) = since {
            self.overlay(inputs, since, &mut destined)?;
        }
        if let Some((list, state)) = &destined.list {
            destined.reading_calls += pages(list, state.members.len());
        }
        destined.reading_calls += DESCRIPTION_CALLS;
        Ok(destined)
    }

    fn leads(
        &self,
        inputs: &Inputs,
        coverage: &Coverage,
    ) -> Result<(LeadTable, Vec<i64>), Problem> {
        let settings = &inputs.settings;
        let mut table = LeadTable::new(
            settings.key_kind(),
            settings.fields_to_read(),
            &inputs.said.partitions,
        );
        let mut used: Vec<i64> = Vec::new();
        for (key, _) in &inputs.to_look_up {
            if let Some((id, _)) = coverage.of(*key)
                && !used.contains(&id)
            {
                used.push(id);
            }
        }
        used.sort_unstable();
        let reader = self.cache.reader()?;
        for id in &used {
            let counts = |key: KeyHash| coverage.of(key).map(|(newest, _)| newest == *id);
            readings::each_block(&reader, *id, |keys, leads| {
                // A lead in other upper and lower case than any key that was asked
                // for belongs to the keys it was found with.
                let some_key_counts = keys.iter().any(|key| counts(KeyHash(*key)) == Some(true));
                for (lead, values) in &leads {
                    let key = table.key_of(values);
                    if key.is_some_and(|key| counts(key).unwrap_or(some_key_counts)) {
                        table.put(*lead, values);
                    }
                }
                Ok(())
            })?;
        }
        Ok((table, used))
    }

    /// Lays over a reading what runs were told was done after it began, so that
    /// a plan shown offline knows Usher's own deliveries.
    fn overlay(
        &self,
        inputs: &Inputs,
        since: Timestamp,
        destined: &mut Destined,
    ) -> Result<(), Problem> {
        let reader = self.journal.reader()?;
        let all: Vec<RunRecord> = runs::all(&reader, None)?;
        let mut later: Vec<RunRecord> = all
            .into_iter()
            .filter(|run| {
                run.destination == inputs.destination.id
                    && run.finished_at.is_none_or(|at| at > since)
            })
            .collect();
        later.reverse();
        for run in later {
            let same_list = |list: &(ReadList, ListState)| {
                run.list
                    .as_ref()
                    .is_some_and(|told| told.name == list.0.name || told.id == list.0.id)
            };
            batches::each::<Problem>(&reader, &run.run_id, |batch| {
                for (item, receipt) in batch.items.iter().zip(&batch.receipts) {
                    let Receipt::Done { lead } = receipt else {
                        continue;
                    };
                    if batch.sent_at.is_none_or(|at| at < since.0) {
                        continue;
                    }
                    match batch.kind {
                        BatchKind::Create | BatchKind::Update => {
                            destined.leads.amend(
                                *lead,
                                item.wanted(),
                                batch.sent_at.map(Timestamp),
                            );
                        }
                        BatchKind::Add | BatchKind::Remove => {
                            if let Some(list) =
                                destined.list.as_mut().filter(|list| same_list(list))
                            {
                                list.0.id = list
                                    .0
                                    .id
                                    .or_else(|| run.list.as_ref().and_then(|told| told.id));
                                match batch.kind {
                                    BatchKind::Add => list.1.members.insert(*lead),
                                    _ => list.1.members.remove(lead),
                                };
                            }
                        }
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// What a sync remembers of its deliveries.
    pub(crate) fn ledger(&self, sync: &Sync) -> Result<Ledger, Problem> {
        let mut known = Ledger::default();
        ledger::each(&*self.journal.reader()?, &sync.id, |entry| {
            for (field, value) in &entry.values {
                known.delivered.note(entry.lead, field, *value);
            }
            match entry.place {
                Some(Some(key)) => drop(known.members.insert(entry.lead, Place { key })),
                Some(None) => drop(known.members.remove(&entry.lead)),
                None => {}
            }
        })?;
        Ok(known)
    }
}

impl PlannedPerson {
    /// What a run remembers of this person as seen equal at the destination.
    pub(crate) fn seen_entry(&self) -> Option<ledger::Entry> {
        let lead = self.person.lead_id?;
        (!self.seen.is_empty()).then(|| ledger::Entry {
            lead,
            values: self.seen.clone(),
            place: None,
        })
    }
}

/// The calls that reading a list's members takes.
fn pages(list: &ReadList, members: usize) -> u64 {
    match list.id {
        Some(_) => members.div_ceil(MAX_RECORDS).max(1) as u64,
        None => 0,
    }
}

/// The list as the destination's sync type has it now, which may have been
/// edited since the sync was made.
fn list_now(list: ListChoice, audience: &Audience, destination: &Destination) -> ListChoice {
    match (destination.sync_type.fills_list(), list) {
        (false, _) => ListChoice::None,
        (true, ListChoice::None) if !audience.name.contains(',') => ListChoice::Named {
            name: audience.name.clone(),
            folder: None,
        },
        (true, list) => list,
    }
}

/// Resolves a sync to the columns of a snapshot and the fields of a service.
pub(crate) fn settings_for(
    sync: &Sync,
    destination: &Destination,
    snapshot: &Snapshot,
    said: &ServiceDescription,
) -> Result<Settings, Problem> {
    let column = |name: &str| {
        snapshot
            .columns
            .iter()
            .position(|column| column == name)
            .ok_or_else(|| unknown_column(name, snapshot))
    };
    let field = |name: &str| -> Result<Field, Problem> {
        said.field(name).cloned().ok_or_else(|| {
            Problem::new(
                Code::UnknownField,
                format!("The destination no longer has the field `{name}`."),
                "Edit the destination's mapping.",
            )
        })
    };
    let mapping = &destination.mapping;
    let rules = mapping.fields.iter();
    Ok(Settings {
        sync_type: destination.sync_type,
        person_action: destination.person_action,
        mode: sync.mode,
        on_drift: sync.on_drift,
        partition: destination.partition.clone(),
        key: MappedField {
            column: column(&mapping.key_column)?,
            field: field(&destination.dedupe_field)?,
            clear_when_blank: false,
        },
        fields: rules
            .map(|rule| {
                Ok(MappedField {
                    column: column(&rule.source)?,
                    field: field(&rule.target)?,
                    clear_when_blank: rule.clear_when_blank,
                })
            })
            .collect::<Result<_, Problem>>()?,
        consent: sync
            .consent
            .as_ref()
            .map(|consent| {
                Ok::<_, Problem>((column(&consent.column)?, consent.value.trim().to_owned()))
            })
            .transpose()?,
    })
}

fn unknown_column(name: &str, snapshot: &Snapshot) -> Problem {
    Problem::new(
        Code::UnknownColumn,
        format!(
            "The audience has no column `{name}`; it has: {}.",
            snapshot.columns.join(", ")
        ),
        "Correct the mapping, or import a file that has the column.",
    )
}

fn undescribed(connection: &Connection) -> Problem {
    Problem::new(
        Code::DestinationNotRead,
        format!(
            "What fields the connection `{}` has was never read.",
            connection.name
        ),
        format!("Run `usher connection test {}`.", connection.name),
    )
}

fn not_read(missing: u64, list: bool) -> Problem {
    let what = match (missing, list) {
        (0, _) => "The list was never read completely.".to_owned(),
        (keys, false) => {
            format!("{keys} keys of this audience were never looked up at the destination.")
        }
        (keys, true) => format!(
            "{keys} keys of this audience were never looked up at the destination, and the list was never read completely."
        ),
    };
    Problem::passing(
        Code::DestinationNotRead,
        format!("{what} Who is there and who is not cannot be told from a partial reading."),
        "Preview without `--offline`, or `usher destination read`.",
    )
}
