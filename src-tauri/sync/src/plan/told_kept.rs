//! What a run was told, kept as a reading once nothing of it can change any more: plans lay
//! it over what was read before without a look at the run's batches.

use crate::plan::inputs::Inputs;
use crate::plan::told::Told;
use crate::reading::{LeadBlock, planned_columns, told_scope};
use crate::run::RunRecord;
use crate::service::Service;
use crate::threads::each_on_threads;
use crate::usher::Usher;
use std::sync::Arc;
use usher_model::{Problem, RunId, Sync, Timestamp};
use usher_store::table::plans;
use usher_store::table::readings::{self, Reading};

impl Usher {
    /// Keeps what a run was told, where it is over and nothing was read or told meanwhile:
    /// else its batches go on telling it.
    pub(crate) fn keep_told(&self, run: &RunRecord, service: &Arc<Service>) -> Result<(), Problem> {
        if run.tallies.is_none() {
            return Ok(());
        }
        let sync: Sync = self.find(run.sync_id.as_str())?;
        if sync.destination != run.destination {
            return Ok(());
        }
        let inputs = self.inputs_of(sync, service.clone())?;
        let readings = self.readings_of(&inputs)?;
        let mut read = self.read_leads(&inputs.ground, readings)?;
        read.leads.index();
        let told = self.told_leads(&inputs.ground, &read, self.now())?;
        let of_this_alone = told.by.iter().eq([&run.run_id]);
        let Some((first, last)) = told.first.zip(told.last).filter(|_| of_this_alone) else {
            return Ok(());
        };
        let is_newest = |(_, reading): &(i64, Reading)| reading.finished_at <= first;
        match read.readings.iter().all(is_newest) {
            true => self.keep_as_reading(&inputs, &run.run_id, told, [first, last]),
            false => Ok(()),
        }
    }

    fn keep_as_reading(
        &self,
        inputs: &Inputs,
        run: &RunId,
        told: Told,
        [started_at, finished_at]: [Timestamp; 2],
    ) -> Result<(), Problem> {
        let (ground, connection) = (&inputs.ground, &inputs.service.connection().id);
        let reading = Reading {
            fields: ground.settings.fields_to_read(),
            started_at,
            finished_at,
            calls: 0,
            keys: 0,
            whole: false,
            blocks: told.blocks.len() as u64,
            there_at: None,
            partitions: Vec::new(),
            changes_since: None,
            told_by: Some(run.clone()),
        };
        let (scope, first) = (told_scope(connection, &ground.destination), reading.clone());
        let begin = move |tx: &usher_store::Tx<'_>| readings::begin(tx, &scope, &first);
        let id = self.cache.write_blocking(begin)?;
        let columns = planned_columns(&ground.settings);
        let numbered: Vec<(u64, LeadBlock)> = (0..).zip(told.blocks).collect();
        each_on_threads(&numbered, |(seq, block)| {
            let (seq, leads) = (*seq, block.stored(&columns, &[])?);
            let put = move |tx: &usher_store::Tx<'_>| readings::put_block(tx, id, seq, &leads);
            Ok(self.cache.write_blocking(put)?)
        })?;
        let spent = self.told_before_all(inputs)?;
        Ok(self.cache.write_blocking(move |tx| {
            readings::publish(tx, id, &reading)?;
            readings::supersede(tx, &spent)?;
            readings::prune(tx, &plans::readings(tx)?)
        })?)
    }

    /// What runs were told before anything was read that still says something.
    fn told_before_all(&self, inputs: &Inputs) -> Result<Vec<i64>, Problem> {
        let all = self.readings_of(inputs)?;
        let is_told = |reading: &Reading| reading.told_by.is_some();
        let read = all.iter().filter(|(_, reading)| !is_told(reading));
        let oldest = read.map(|(_, reading)| reading.started_at).min();
        let is_spent = |reading: &Reading| is_told(reading) && Some(reading.finished_at) < oldest;
        let spent = all.iter().filter(|(_, reading)| is_spent(reading));
        Ok(spent.map(|(id, _)| *id).collect())
    }
}
