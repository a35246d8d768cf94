//! A reading of everyone: what files with a column a field say, kept as blocks of leads.
//! It is complete for every key, once all files are there.

use crate::points;
use crate::progress::Progress;
use crate::reading::ahead::Began;
use crate::reading::block::{ID, LeadBlock, LeadColumn, PARTITION, UPDATED};
use crate::reading::people::{ALL, scope};
use crate::reading::unfinished::{Turn, is_gone_on_with};
use crate::threads::handed_on;
use crate::usher::Usher;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow_select::filter::filter_record_batch;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use usher_model::{Code, ConnectionId, Problem, ServiceDescription, Timestamp};
use usher_remote::file;
use usher_remote::rows::Rows;
use usher_store::table::When;
use usher_store::table::plans;
use usher_store::table::readings::{self, Reading};

/// What the service writes for a field without a value (Marketo docs: bulk lead extract).
const NULL: &str = "null";
/// Other names of the columns that every lead has.
const ALSO_CALLED: [(&str, &str); 1] = [("partitionId", PARTITION)];

/// A reading of everyone that is being made. Nobody sees it before it is published.
pub(super) struct Everyone {
    pub(super) usher: Arc<Usher>,
    pub(super) id: i64,
    connection: ConnectionId,
    columns: Vec<LeadColumn>,
    /// Partitions whose people count; all where it is not known which the user sees.
    partitions: Vec<String>,
    reading: Mutex<Reading>,
    blocks: AtomicU64,
    /// The calls of those who were at it before.
    pub(super) calls_before: u64,
    /// Where others could go on with it: that they do not meanwhile.
    pub(super) turn: Option<Turn>,
    /// When this process began to be at it.
    began: Began,
}

/// A reading of everyone whom the user sees, before anything of it is there.
pub(super) fn of_everyone(said: Option<&ServiceDescription>, at: Timestamp) -> Reading {
    Reading {
        fields: Vec::new(),
        when: When::new(at, at),
        calls: 0,
        keys: 0,
        whole: true,
        blocks: 0,
        there_at: None,
        partitions: said.map_or(Vec::new(), ServiceDescription::partition_numbers),
        changes_since: None,
        told_by: None,
        exports: None,
    }
}

impl Everyone {
    /// Begins this one, with these flat columns beside it.
    pub(super) fn begin(
        usher: &Arc<Usher>,
        connection: &ConnectionId,
        columns: Vec<LeadColumn>,
        reading: Reading,
    ) -> Result<Self, Problem> {
        let (scope, first) = (scope(connection, ALL), reading.clone());
        let begun = move |tx: &usher_store::Tx<'_>| readings::begin(tx, &scope, &first);
        let id = usher.cache.write_blocking(begun)?;
        points::pass("reading_begun");
        Ok(Self::of(usher, connection, columns, id, reading))
    }

    /// The one that has this number and is so far.
    pub(super) fn of(
        usher: &Arc<Usher>,
        connection: &ConnectionId,
        columns: Vec<LeadColumn>,
        id: i64,
        reading: Reading,
    ) -> Self {
        Self {
            usher: usher.clone(),
            id,
            connection: connection.clone(),
            columns,
            partitions: reading.partitions.iter().map(i64::to_string).collect(),
            blocks: AtomicU64::new(reading.blocks),
            calls_before: reading.calls,
            turn: None,
            began: usher.begins(),
            reading: Mutex::new(reading),
        }
    }

    /// From when until now it is being read; `reading`: as it was begun or gone on with.
    pub(super) fn when(&self, reading: &Reading) -> When {
        reading.when.gone_on_with(self.usher.since(&self.began))
    }

    pub(super) fn reading(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn kept_blocks(&self) -> u64 {
        self.blocks.load(Ordering::Relaxed)
    }

    /// Keeps the rows of a file: one thread parses, others make the columns. Says how
    /// many people there were, and which fields the file has. Lines that cannot be read
    /// are an error: it would not be everyone.
    pub(super) fn keep(
        &self,
        rows: &mut dyn Rows,
        progress: &Progress,
    ) -> Result<(u64, Vec<String>), Problem> {
        let names = names(rows.columns())?;
        let read = |hand_on: &dyn Fn((u64, RecordBatch)) -> bool| {
            let mut people = 0;
            loop {
                let amount = rows.progress();
                progress.step("reading people", amount.done, Some(amount.total))?;
                let Some(batch) = rows.next_batch()? else {
                    break;
                };
                people += batch.num_rows() as u64;
                let seq = self.blocks.fetch_add(1, Ordering::Relaxed) + 1;
                if !hand_on((seq, batch)) {
                    break;
                }
            }
            match rows.quarantine().count {
                0 => Ok(people),
                odd => Err(odd_lines(odd)),
            }
        };
        let people = handed_on(read, |(seq, batch): (u64, RecordBatch)| {
            let leads = self.seen(leads(&batch, &names)?)?;
            let leads = LeadBlock::from_batch(leads)?.stored(&self.columns, &[])?;
            let id = self.id;
            self.usher
                .cache
                .write_blocking(move |tx| readings::put_block(tx, id, seq, &leads))?;
            points::pass("reading_block_kept");
            Ok(())
        })?;
        Ok((people, names))
    }

    /// Without those whom the user does not see elsewhere: an export may cover all
    /// workspaces (Marketo docs: bulk extract), while nothing could be done for them.
    fn seen(&self, leads: RecordBatch) -> Result<RecordBatch, Problem> {
        let partitions = leads.column_by_name(PARTITION);
        let (Some(partitions), false) = (partitions, self.partitions.is_empty()) else {
            return Ok(leads);
        };
        let texts = partitions
            .as_string_opt::<i32>()
            .ok_or_else(broke_off)?
            .iter();
        let is_seen = |text: &str| self.partitions.iter().any(|seen| seen == text.trim());
        let seen: BooleanArray = texts.map(|text| Some(text.is_none_or(is_seen))).collect();
        match seen.true_count() == leads.num_rows() {
            true => Ok(leads),
            false => filter_record_batch(&leads, &seen).map_err(|_| broke_off()),
        }
    }

    /// Publishes what was kept; it has these fields, took that many calls, began at that
    /// time of the service, and began and ended at these. Older readings that say less say
    /// nothing any more.
    pub(super) fn publish(
        self,
        fields: Vec<String>,
        calls: u64,
        there_at: Option<Timestamp>,
        when: When,
    ) -> Result<(), Problem> {
        let (id, connection) = (self.id, &self.connection);
        let begun = self.reading().clone();
        let of_every_lead = [ID, UPDATED, PARTITION];
        let fields = fields.into_iter();
        let reading = Reading {
            fields: fields
                .filter(|field| !of_every_lead.contains(&field.as_str()))
                .collect(),
            when,
            calls: self.calls_before + calls,
            there_at: self.began_there(&begun, there_at),
            blocks: self.kept_blocks(),
            exports: None,
            ..begun
        };
        let connection = connection.clone();
        self.usher.cache.write_blocking(move |tx| {
            readings::publish(tx, id, &reading)?;
            let mut spent = Vec::new();
            for (older, scope, _) in readings::ids(tx)? {
                let same = scope
                    .split_once('/')
                    .is_some_and(|(of, _)| of == connection.as_str());
                let fields = readings::get(tx, older)?.map(|older| older.fields);
                let says_less =
                    |fields: Vec<String>| fields.iter().all(|field| reading.fields.contains(field));
                if same && older < id && fields.is_some_and(says_less) {
                    spent.push(older);
                }
            }
            readings::supersede(tx, &spent)?;
            readings::prune(tx, &plans::readings(tx)?)
        })?;
        points::pass("reading_published");
        Ok(())
    }

    /// Leaves it to whoever goes on with it, where something is kept for them.
    pub(super) fn leave(self) -> Result<(), Problem> {
        let (reading, now) = (self.reading().clone(), self.usher.now());
        match is_gone_on_with(&reading, now) {
            true => Ok(()),
            false => self.discard(),
        }
    }

    /// Forgets what was kept.
    pub(super) fn discard(self) -> Result<(), Problem> {
        let id = self.id;
        let forget = move |tx: &usher_store::Tx<'_>| readings::remove(tx, id);
        Ok(self.usher.cache.write_blocking(forget)?)
    }
}

/// The leads of an exported file; nothing where it cannot be read.
pub(crate) fn exported_leads(bytes: Vec<u8>) -> Result<Option<Vec<LeadBlock>>, Problem> {
    if bytes.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let read = || -> Result<Vec<LeadBlock>, Problem> {
        let mut rows = file::sent(bytes, "the export").map_err(|error| error.problem())?;
        let names = names(rows.columns())?;
        let mut blocks = Vec::new();
        while let Some(batch) = rows.next_batch()? {
            blocks.push(LeadBlock::from_batch(leads(&batch, &names)?)?);
        }
        match rows.quarantine().count {
            0 => Ok(blocks),
            odd => Err(odd_lines(odd)),
        }
    };
    match read() {
        Ok(blocks) => Ok(Some(blocks)),
        Err(problem) if problem.code == Code::FileUnreadable => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// The fields that a file's columns are; it needs the id of everyone.
fn names(columns: &[String]) -> Result<Vec<String>, Problem> {
    let renamed = |name: &String| {
        let other = ALSO_CALLED.iter().find(|(also, _)| also == name);
        other.map_or_else(|| name.clone(), |(_, field)| (*field).to_owned())
    };
    let names: Vec<String> = columns.iter().map(renamed).collect();
    if names.iter().any(|name| name == ID) {
        return Ok(names);
    }
    Err(Problem::new(
        Code::FileUnreadable,
        "The file has no column `id`, so it does not say which people it is of.",
        "Export all people with their fields by the names of the service's API, `id` and `updatedAt` among them.",
    ))
}

/// A batch of text as leads: blank, or the word that stands for it, is no value.
fn leads(batch: &RecordBatch, names: &[String]) -> Result<RecordBatch, Problem> {
    let mut ids: Option<Int64Array> = None;
    let mut named: Vec<(String, ArrayRef, bool)> = Vec::new();
    for (name, column) in names.iter().zip(batch.columns()) {
        let texts = column.as_string_opt::<i32>().ok_or_else(broke_off)?;
        if name == ID {
            let number = |text: &str| text.trim().parse::<i64>().ok().filter(|id| *id > 0);
            let id = |text: Option<&str>| text.and_then(number);
            let parsed: Option<Vec<i64>> = texts.iter().map(id).collect();
            ids = Some(parsed.ok_or_else(odd_id)?.into());
        } else {
            named.push((name.clone(), Arc::new(with_nulls(texts)), true));
        }
    }
    let ids = ids.ok_or_else(odd_id)?;
    named.insert(0, (ID.to_owned(), Arc::new(ids), false));
    RecordBatch::try_from_iter_with_nullable(named).map_err(|_| broke_off())
}

fn with_nulls(texts: &StringArray) -> StringArray {
    let (offsets, values, _) = texts.clone().into_parts();
    let valid = texts
        .iter()
        .map(|text| text.is_some_and(|text| !matches!(text, "" | NULL)));
    StringArray::new(offsets, values, Some(valid.collect()))
}

fn odd_id() -> Problem {
    Problem::new(
        Code::FileUnreadable,
        "A row's `id` is not a number, so the file is no export of people.",
        "Export the people again; nothing of this file was kept.",
    )
}

fn odd_lines(count: u64) -> Problem {
    Problem::new(
        Code::FileUnreadable,
        format!(
            "{count} lines of the file cannot be read, so it does not say who is there and who is not."
        ),
        "Export the people again; nothing of this file was kept.",
    )
}

pub(super) fn broke_off() -> Problem {
    Problem::new(
        Code::Internal,
        "Reading the file broke off.",
        "Nothing of it was kept; try again.",
    )
}
