//! From a file to a published snapshot: one thread reads, others pack. Nothing is
//! seen before the last commit, and a stop or a crash leaves nothing behind.

use super::blocks::Columns;
use super::keys::{RowColumn, address_columns};
use super::{AudienceDocument, Content, document};
use crate::connections::named;
use crate::points;
use crate::progress::{Progress, stopped};
use crate::threads::handed_on;
use crate::usher::Usher;
use arrow_array::RecordBatch;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::Arc;
use usher_model::{Audience, AudienceId, Code, Problem, Snapshot, SnapshotId};
use usher_remote::file::{self, Format, Options};
use usher_remote::rows::Rows;
use usher_store::block;
use usher_store::table::{definitions, plans, snapshots};

/// Snapshots that are kept of an audience: the newest, and the one before it,
/// which says whether more lines are unreadable now.
const KEPT: usize = 2;

/// What to import, and how to read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportRequest {
    /// The file.
    pub file: PathBuf,
    /// The audience's name; an existing one gets its next snapshot.
    pub name: String,
    /// `csv`, `tsv`, `parquet` or `xlsx`; by the file's content and name when not
    /// given.
    pub format: Option<String>,
    /// The name of an encoding; by the byte order mark, else UTF-8.
    pub encoding: Option<String>,
    /// The delimiter; detected when not given.
    pub delimiter: Option<char>,
    /// The sheet of a workbook; needed only if several have rows.
    pub sheet: Option<String>,
}

impl Usher {
    /// Imports a file as the next snapshot of an audience.
    pub async fn import(
        self: &Arc<Self>,
        request: ImportRequest,
        progress: &Progress,
    ) -> Result<AudienceDocument, Problem> {
        let name = named(&request.name)?;
        let _turn = tokio::select! {
            turn = self.turn_to_import(&name) => turn,
            () = progress.until_stopped() => return Err(stopped()),
        };
        let known = self
            .all::<Audience>()?
            .into_iter()
            .find(|audience| audience.name == name);
        let is_new = known.is_none();
        let source = std::path::absolute(&request.file)
            .unwrap_or_else(|_| request.file.clone())
            .display()
            .to_string();
        let known = known.map(|known| (known.id, known.watched));
        let (id, watched) =
            known.unwrap_or_else(|| (AudienceId(self.world.entropy.id("aud")), None));
        let audience = Audience {
            id,
            name,
            source,
            watched,
            looked_over: None,
        };
        let id = SnapshotId(self.world.entropy.id("snp"));
        let (begun, owner) = (id.clone(), audience.id.clone());
        self.cache
            .write(move |tx| snapshots::begin(tx, &begun, &owner))
            .await?;
        points::pass("import_begun");

        let work = Work {
            usher: self.clone(),
            id: id.clone(),
            audience: audience.id.clone(),
            progress: progress.clone(),
        };
        let done = tokio::task::spawn_blocking(move || work.run(&request)).await;
        let snapshot = match done.unwrap_or_else(|_| {
            Err(Problem::new(
                Code::Internal,
                "The import broke off.",
                "Nothing of it was kept; try again.",
            ))
        }) {
            Ok(snapshot) => snapshot,
            Err(problem) => {
                self.cache
                    .write(move |tx| snapshots::remove(tx, &id))
                    .await?;
                return Err(problem);
            }
        };
        let (published, owner) = (snapshot.clone(), audience.clone());
        self.cache
            .write(move |tx| {
                snapshots::publish(tx, &published)?;
                for old in snapshots::of_audience(tx, &owner.id)?.iter().skip(KEPT) {
                    snapshots::remove(tx, &old.id)?;
                    plans::remove_of_snapshot(tx, &old.id)?;
                }
                Ok(())
            })
            .await?;
        points::pass("import_published");
        if is_new {
            self.insert(&audience).await?
        } else {
            self.replace(&audience).await?
        }
        points::pass("import_named");
        Ok(document(&audience, snapshot))
    }

    /// Removes what a crash left: snapshots that were not published, and those
    /// whose audience was never written down.
    pub(crate) async fn sweep_snapshots(&self) -> Result<(), Problem> {
        let known: Vec<AudienceId> = definitions::all::<Audience>(&*self.journal.reader()?)?
            .into_iter()
            .map(|audience| audience.id)
            .collect();
        self.cache
            .write(move |tx| {
                for (id, audience, published) in snapshots::ids(tx)? {
                    if !published || !known.contains(&audience) {
                        snapshots::remove(tx, &id)?;
                    }
                }
                Ok(())
            })
            .await?;
        Ok(())
    }
}

/// One import, off the async threads.
struct Work {
    usher: Arc<Usher>,
    id: SnapshotId,
    audience: AudienceId,
    progress: Progress,
}

impl Work {
    fn run(&self, request: &ImportRequest) -> Result<Snapshot, Problem> {
        let mut rows =
            file::open(&request.file, &options(request)?).map_err(|error| error.problem())?;
        let names = rows.columns().to_vec();
        let mut content = Content::new(&names);
        let count = handed_on(
            |hand_on| self.read(&mut *rows, &names, &mut content, hand_on),
            |block| self.keep(&block),
        )?;
        Ok(Snapshot {
            id: self.id.clone(),
            audience: self.audience.clone(),
            rows: count,
            columns: names,
            taken_at: self.usher.now(),
            content: content.finish(),
            quarantine: rows.quarantine().clone(),
        })
    }

    /// Hands on all rows, without those of who was erased; how many there are.
    fn read(
        &self,
        rows: &mut dyn Rows,
        names: &[String],
        content: &mut Content,
        hand_on: &dyn Fn(Block) -> bool,
    ) -> Result<u64, Problem> {
        let erased = self.usher.erased(names)?;
        let mut addresses = None;
        let mut first_row = 0;
        loop {
            let amount = rows.progress();
            self.progress
                .step("importing", amount.done, Some(amount.total))?;
            let Some(batch) = rows.next_batch()? else {
                return Ok(first_row);
            };
            let batch = match &erased {
                Some(erased) => erased.blank(batch)?,
                None => batch,
            };
            let cells = Columns::new(&batch)?;
            content.add(&cells);
            let addresses: &Arc<[RowColumn]> =
                addresses.get_or_insert_with(|| address_columns(&cells, names.len()).into());
            let addresses = addresses.clone();
            let count = batch.num_rows() as u64;
            let block = Block {
                first_row,
                batch,
                addresses,
            };
            if !hand_on(block) {
                return Ok(first_row);
            }
            first_row += count;
        }
    }

    /// Packs and stores a block and the hashes of the addresses in it.
    fn keep(&self, block: &Block) -> Result<(), Problem> {
        let (id, first_row) = (self.id.clone(), block.first_row);
        let rows = block.batch.num_rows() as u64;
        let batch = block::worded(&block.batch);
        let packed = block::encode(&batch)?;
        let (addresses, cells) = (block.addresses.clone(), Columns::new(&batch)?);
        let keys: Vec<_> = addresses
            .iter()
            .map(|column| column.packed(&cells))
            .collect();
        self.usher.cache.write_blocking(move |tx| {
            snapshots::add_block(tx, &id, first_row, rows, &packed)?;
            let mut keys = addresses.iter().zip(&keys);
            keys.try_for_each(|(column, bytes)| column.keep(tx, &id, first_row, bytes))
        })?;
        points::pass("import_block_kept");
        Ok(())
    }
}

/// A batch of rows on its way into the store.
struct Block {
    first_row: u64,
    batch: RecordBatch,
    /// The columns that hold addresses.
    addresses: Arc<[RowColumn]>,
}

/// How the file of a request is to be read.
pub(super) fn options(request: &ImportRequest) -> Result<Options, Problem> {
    let format = match request.format.as_deref() {
        None => None,
        Some("csv") => Some(Format::Csv),
        Some("tsv") => Some(Format::Tsv),
        Some("parquet") => Some(Format::Parquet),
        Some("xlsx") => Some(Format::Xlsx),
        Some(other) => {
            return Err(Problem::usage(format!(
                "`{other}` is not a format; csv, tsv, parquet and xlsx are."
            )));
        }
    };
    let delimiter = match request.delimiter {
        None => None,
        Some(one) if one.is_ascii() && !matches!(one, '"' | '\r' | '\n' | '\0') => Some(one as u8),
        Some(_) => {
            return Err(Problem::usage(
                "A delimiter is one ASCII character, and neither a quote nor a line break.",
            ));
        }
    };
    Ok(Options {
        format,
        encoding: request.encoding.clone(),
        delimiter,
        sheet: request.sheet.clone(),
    })
}
