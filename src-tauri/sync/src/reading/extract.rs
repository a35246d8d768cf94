//! Reading everyone at once: a file of all the destination's people, with a column
//! a field, as the service's own export of all people is. What it says is complete
//! for every key, as of when the file was written.

use crate::plan::ReadDocument;
use crate::points;
use crate::progress::Progress;
use crate::reading::block::{ID, LeadBlock, LeadColumn, PARTITION, UPDATED};
use crate::reading::people::{ALL, key_columns, scope};
use crate::threads::handed_on;
use crate::usher::Usher;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use std::path::Path;
use std::sync::Arc;
use usher_model::{Code, Connection, Destination, Problem, ServiceDescription, Timestamp};
use usher_remote::file::{self, Options};
use usher_remote::rows::Rows;
use usher_store::table::readings::{self, Reading};
use usher_store::table::{definitions, plans};

/// What the service writes for a field without a value.
const NULL: &str = "null";
/// Other names of the columns that every lead has.
const ALSO_CALLED: [(&str, &str); 1] = [("partitionId", PARTITION)];

impl Usher {
    /// Takes a file of all people of a destination for its reading.
    pub async fn read_extract(
        self: &Arc<Self>,
        destination: &str,
        file: &Path,
        progress: &Progress,
    ) -> Result<ReadDocument, Problem> {
        let destination: Destination = self.find(destination)?;
        let connection: Connection = self.find(destination.connection.as_str())?;
        let said = definitions::description(&*self.journal.reader()?, &connection.id)?;
        let (usher, file, progress) = (self.clone(), file.to_owned(), progress.clone());
        let read = move || usher.extract(&destination, &said, &file, &progress);
        let read = tokio::task::spawn_blocking(read).await;
        read.unwrap_or_else(|_| Err(broke_off()))
    }

    fn extract(
        &self,
        destination: &Destination,
        said: &Option<ServiceDescription>,
        file: &Path,
        progress: &Progress,
    ) -> Result<ReadDocument, Problem> {
        let fields = |name: &String| said.as_ref().and_then(|said| said.field(name)).cloned();
        let key = fields(&destination.dedupe_field);
        let mapped = destination.mapping.fields.iter();
        let mapped = mapped.filter_map(|rule| fields(&rule.target));
        let mut columns: Vec<LeadColumn> = key.iter().flat_map(key_columns).collect();
        columns.extend(mapped.map(|field| LeadColumn::Value(Box::new(field))));

        let mut reader = file::open(file, &Options::default()).map_err(|error| error.problem())?;
        let names = names(reader.columns())?;
        let at = written_at(file).map_or(self.now(), |at| at.min(self.now()));
        let scope = scope(&destination.connection, ALL);
        let mut reading = Reading {
            fields: names.iter().filter(|name| *name != ID).cloned().collect(),
            started_at: at,
            finished_at: at,
            calls: 0,
            keys: 0,
            whole: true,
            blocks: 0,
        };
        let (begun, first) = (scope, reading.clone());
        let id = self
            .cache
            .write_blocking(move |tx| readings::begin(tx, &begun, &first))?;
        points::pass("reading_begun");
        let kept = self.keep_extract(id, reader.as_mut(), &names, &columns, progress);
        let people = match kept {
            Ok((people, blocks)) => {
                reading.blocks = blocks;
                people
            }
            Err(problem) => {
                self.cache
                    .write_blocking(move |tx| readings::remove(tx, id))?;
                return Err(problem);
            }
        };
        reading
            .fields
            .retain(|field| field != UPDATED && field != PARTITION);
        let connection = destination.connection.clone();
        self.cache.write_blocking(move |tx| {
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
        Ok(ReadDocument {
            destination: destination.name.clone(),
            audience: None,
            keys: people,
            calls: 0,
            as_of: at,
        })
    }

    /// Keeps the file's rows as blocks of leads: one thread parses, others make
    /// the columns. Says how many people and blocks there were.
    fn keep_extract(
        &self,
        reading: i64,
        reader: &mut dyn Rows,
        names: &[String],
        columns: &[LeadColumn],
        progress: &Progress,
    ) -> Result<(u64, u64), Problem> {
        let read = |hand_on: &dyn Fn((u64, RecordBatch)) -> bool| {
            let (mut people, mut blocks) = (0, 0);
            loop {
                let amount = reader.progress();
                progress.step("reading people", amount.done, Some(amount.total))?;
                let Some(batch) = reader.next_batch()? else {
                    break;
                };
                people += batch.num_rows() as u64;
                blocks += 1;
                if !hand_on((blocks, batch)) {
                    break;
                }
            }
            match reader.quarantine().count {
                0 => Ok((people, blocks)),
                odd => Err(odd_lines(odd)),
            }
        };
        handed_on(read, |(seq, batch): (u64, RecordBatch)| {
            let leads = leads(&batch, names)?.stored(columns, &[])?;
            self.cache
                .write_blocking(move |tx| readings::put_block(tx, reading, seq, &leads))?;
            points::pass("reading_block_kept");
            Ok(())
        })
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
fn leads(batch: &RecordBatch, names: &[String]) -> Result<LeadBlock, Problem> {
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
    let batch = RecordBatch::try_from_iter_with_nullable(named).map_err(|_| broke_off())?;
    LeadBlock::from_batch(batch)
}

fn with_nulls(texts: &StringArray) -> StringArray {
    let (offsets, values, _) = texts.clone().into_parts();
    let valid = texts
        .iter()
        .map(|text| text.is_some_and(|text| !matches!(text, "" | NULL)));
    StringArray::new(offsets, values, Some(valid.collect()))
}

/// When a file was last written.
fn written_at(file: &Path) -> Option<Timestamp> {
    let written = std::fs::metadata(file)
        .and_then(|meta| meta.modified())
        .ok()?;
    let since = written.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok().map(Timestamp)
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

fn broke_off() -> Problem {
    Problem::new(
        Code::Internal,
        "Reading the file broke off.",
        "Nothing of it was kept; try again.",
    )
}
