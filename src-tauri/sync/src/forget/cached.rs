//! Erasing the person from what can be imported or read again: rows of
//! audiences, leads of readings.

use crate::audience::{Columns, Content, blanked, key_hashes};
use crate::forget::Forgotten;
use crate::forget::traces::{Traces, connection_of, keys_of};
use crate::forget::whom::Whom;
use crate::reading::{LeadBlock, ReadLead, asked};
use crate::usher::Usher;
use arrow_array::RecordBatch;
use std::collections::HashSet;
use std::sync::Arc;
use usher_matching::{KeyHash, KeyKind};
use usher_model::{Problem, Snapshot, SnapshotId};
use usher_store::table::readings::Place;
use usher_store::table::{readings, snapshots};
use usher_store::{StoreError, Tx, block};

impl Usher {
    /// Blanks the rows of all snapshots that name the person. An import that
    /// is under way is left to end; what is left of lost ones goes.
    pub(super) async fn erase_rows(
        &self,
        whom: &Arc<Whom>,
        forgotten: &mut Forgotten,
    ) -> Result<(), Problem> {
        self.cache
            .write(|tx| snapshots::forget_lost_rows(tx))
            .await?;
        let all = snapshots::ids(&*self.cache.reader()?)?;
        for (id, _, is_published) in all {
            if !is_published {
                forgotten.pending += 1;
                continue;
            }
            let whom = whom.clone();
            let write = move |tx: &Tx<'_>| erase_rows_of(tx, &id, &whom);
            forgotten.rows += self.cache.write(write).await?;
        }
        Ok(())
    }

    /// Takes the person's leads out of all readings, and the keys they were
    /// asked for by: nobody is thought absent, they were just not read.
    pub(super) async fn erase_leads(
        &self,
        whom: &Arc<Whom>,
        traces: &Arc<Traces>,
        forgotten: &mut Forgotten,
    ) -> Result<(), Problem> {
        self.forget_unfinished(|_| true).await?;
        let all = readings::ids(&*self.cache.reader()?)?;
        for (id, scope, is_published) in all {
            forgotten.pending += u64::from(!is_published);
            let (whom, traces) = (whom.clone(), traces.clone());
            let write = move |tx: &Tx<'_>| {
                let mut erased = 0;
                for place in readings::blocks(tx, id)? {
                    erased += erase_leads_of(tx, place, connection_of(&scope), &whom, &traces)?;
                }
                Ok(erased)
            };
            forgotten.leads += self.cache.write(write).await?;
        }
        Ok(())
    }
}

/// Takes the person's leads out of a block, and the keys that led to them; the
/// flat columns beside it are made again where a plan asks for them.
fn erase_leads_of(
    tx: &Tx<'_>,
    place: Place,
    connection: &str,
    whom: &Whom,
    traces: &Traces,
) -> Result<u64, StoreError> {
    let not_leads = |problem: Problem| StoreError::Damaged(problem.message);
    let block = LeadBlock::from_batch(readings::block(tx, place)?).map_err(not_leads)?;
    let is_them = |lead: &ReadLead| {
        traces.has_lead(connection, lead.0) || whom.names_lead(connection, &lead.1)
    };
    let leads = (0..block.len()).map(|lead| block.lead(lead));
    let gone: HashSet<u128> = leads
        .filter(is_them)
        .flat_map(|lead| keys_of(&lead))
        .collect();
    let mut kept: Vec<(KeyKind, Vec<KeyHash>)> = Vec::new();
    let mut goes: Option<Vec<bool>> = None;
    // The exact form of a key says whose it is; its folded form stands at the same place.
    for kind in [
        KeyKind::Email,
        KeyKind::Text,
        KeyKind::Number,
        KeyKind::Folded,
    ] {
        if let Some(bytes) = readings::column(tx, place, &asked(kind))? {
            let mut keys = key_hashes(&bytes);
            let is_theirs = |key: &KeyHash| traces.has_key(key.0) || gone.contains(&key.0);
            let goes = goes.get_or_insert_with(|| keys.iter().map(is_theirs).collect());
            let mut at = goes.iter();
            keys.retain(|_| at.next() != Some(&true));
            kept.push((kind, keys));
        }
    }
    let without = block.without(is_them).map_err(not_leads)?;
    let erased = (block.len() - without.len()) as u64;
    if erased > 0 || goes.is_some_and(|goes| goes.contains(&true)) {
        readings::put_block(tx, place.reading, place.seq, &without.stored(&[], &kept)?)?;
    }
    Ok(erased)
}

/// Blanks every cell of the rows in which any cell names the person.
fn erase_rows_of(tx: &Tx<'_>, id: &SnapshotId, whom: &Whom) -> Result<u64, StoreError> {
    let Some(mut snapshot) = snapshots::get(tx, id)? else {
        return Ok(0);
    };
    let names = snapshot.columns.iter().enumerate();
    let named: Vec<usize> = names
        .filter(|(_, name)| whom.is_named_in(name))
        .map(|(at, _)| at)
        .collect();
    let mut erased = 0;
    for (first_row, _) in snapshots::blocks(tx, id)? {
        let batch = snapshots::block(tx, id, first_row)?;
        let columns = columns(&batch)?;
        let is_them = |row: &usize| {
            let mut cells = named.iter().map(|at| columns.cell(*at, *row));
            cells.any(|cell| whom.names(cell))
        };
        let rows: Vec<usize> = (0..batch.num_rows()).filter(is_them).collect();
        if rows.is_empty() {
            continue;
        }
        let blank = blanked(&batch, &rows).map_err(|_| not_text())?;
        snapshots::replace_block(tx, id, first_row, &block::encode(&block::worded(&blank))?)?;
        snapshots::remove_columns(tx, id, first_row)?;
        erased += rows.len() as u64;
    }
    if erased > 0 {
        snapshot.content = content(tx, &snapshot)?;
        snapshots::publish(tx, &snapshot)?;
    }
    Ok(erased)
}

/// The snapshot's content hash, as the import of the same rows makes it.
fn content(tx: &Tx<'_>, snapshot: &Snapshot) -> Result<String, StoreError> {
    let mut content = Content::new(&snapshot.columns);
    for (first_row, _) in snapshots::blocks(tx, &snapshot.id)? {
        let columns = columns(&snapshots::block(tx, &snapshot.id, first_row)?)?;
        content.add(&columns);
    }
    Ok(content.finish())
}

fn columns(batch: &RecordBatch) -> Result<Columns, StoreError> {
    Columns::new(batch).map_err(|_| not_text())
}

fn not_text() -> StoreError {
    StoreError::Damaged("a block of an audience does not hold text".to_owned())
}
