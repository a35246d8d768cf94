//! What a run was told, kept as a reading once nothing of it can change any more: plans lay
//! it over what was read before without a look at the run's batches. What it did to the list
//! is kept with the list.

use crate::plan::inputs::Inputs;
use crate::plan::told::{Told, pages};
use crate::reading::{LeadBlock, list_scope, planned_columns, told_scope};
use crate::run::RunRecord;
use crate::service::Service;
use crate::threads::each_on_threads;
use crate::usher::Usher;
use std::sync::Arc;
use usher_model::{Problem, RunId, Sync, SyncId, Timestamp};
use usher_store::table::When;
use usher_store::table::lists::{self, ReadList};
use usher_store::table::readings::{self, Reading};
use usher_store::table::{ledger, plans};

/// Whether a run sent by the key and the fields that its sync has now: over what was read by
/// others it cannot be laid.
fn is_as_run(inputs: &Inputs, run: &RunRecord) -> bool {
    let settings = &inputs.ground.settings;
    let fields = settings.fields.iter().map(|mapped| &mapped.field);
    inputs.destination.id == run.destination
        && run.dedupe_field.as_ref() == Some(&settings.key.field)
        && fields.eq(&run.fields)
}

impl Usher {
    /// Keeps what a run was told, where it is over and nothing was read or told meanwhile:
    /// else its batches go on telling it. Blocks while somebody is erased, who would be kept
    /// anew.
    pub(crate) fn keep_told(&self, run: &RunRecord, service: &Arc<Service>) -> Result<(), Problem> {
        if run.tallies.is_none() {
            return Ok(());
        }
        let _nobody_is_erased = self.erasing.blocking_lock();
        let sync: Sync = self.find(run.sync_id.as_str())?;
        let inputs = self.inputs_of(sync, service.clone())?;
        self.keep_list_told(&inputs)?;
        if !is_as_run(&inputs, run) {
            return Ok(());
        }
        let readings = self.readings_of(&inputs)?;
        let mut read = self.read_leads(&inputs.ground, readings)?;
        read.leads.index();
        let told = self.told_leads(&inputs.ground, &read, Timestamp(i64::MAX))?;
        let of_this_alone = told.by.iter().eq([&run.run_id]);
        let Some((first, last)) = told.first.zip(told.last).filter(|_| of_this_alone) else {
            return Ok(());
        };
        let is_newest = |(_, reading): &(i64, Reading)| reading.when.finished_at <= first;
        if !read.readings.iter().all(is_newest) {
            return Ok(());
        }
        let spent = self.told_before(&inputs, &read.readings)?;
        self.keep_as_reading(&inputs, &run.run_id, told, When::new(first, last), spent)
    }

    /// Keeps the list as runs left it that are over, where no run for another destination
    /// changed it meanwhile: which of both came last their batches do not say.
    fn keep_list_told(&self, inputs: &Inputs) -> Result<(), Problem> {
        let workspace = inputs.destination.workspace.as_deref();
        let Some(scope) = list_scope(&inputs.service, &inputs.sync.list, workspace) else {
            return Ok(());
        };
        let Some(read) = lists::read(&*self.cache.reader()?, &scope)? else {
            return Ok(());
        };
        let elsewhere = self.changed_elsewhere_at(inputs)?;
        if elsewhere.is_some_and(|at| at >= read.when.started_at) {
            return Ok(());
        }
        let known = self.list_known(inputs, Timestamp(i64::MAX))?;
        let Some(told) = known.filter(|known| known.all_over && !known.by.is_empty()) else {
            return Ok(());
        };
        let pages = pages(&told.list, told.members.len());
        let list = ReadList {
            calls: told.finding_calls + pages,
            told_by: read.told_by.iter().cloned().chain(told.by).collect(),
            ..told.list
        };
        let members = told.members;
        Ok(self
            .cache
            .write_blocking(move |tx| lists::carry_on(tx, &scope, &read, &list, members.ids()))?)
    }

    /// Merges what a sync's ledger was told piece by piece.
    pub(crate) fn merge_ledger(&self, sync: &SyncId) -> Result<(), Problem> {
        let merge = |sync: SyncId| move |tx: &usher_store::Tx<'_>| ledger::merge(tx, &sync);
        while self.journal.write_blocking(merge(sync.clone()))? {}
        Ok(())
    }

    fn keep_as_reading(
        &self,
        inputs: &Inputs,
        run: &RunId,
        told: Told,
        when: When,
        spent: Vec<i64>,
    ) -> Result<(), Problem> {
        let (ground, connection) = (&inputs.ground, &inputs.service.connection().id);
        let reading = Reading {
            fields: ground.settings.fields_to_read(),
            when,
            calls: 0,
            keys: 0,
            whole: false,
            blocks: told.blocks.len() as u64,
            there_at: None,
            partitions: Vec::new(),
            changes_since: None,
            told_by: Some(run.clone()),
            exports: None,
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
        Ok(self.cache.write_blocking(move |tx| {
            readings::publish(tx, id, &reading)?;
            readings::supersede(tx, &spent)?;
            readings::prune(tx, &plans::readings(tx)?)
        })?)
    }

    /// What runs were told before all of these, over which it is laid no more.
    fn told_before(
        &self,
        inputs: &Inputs,
        readings: &[(i64, Reading)],
    ) -> Result<Vec<i64>, Problem> {
        let (destination, connection) = (&inputs.destination.id, &inputs.service.connection().id);
        let read = readings
            .iter()
            .filter(|(_, reading)| reading.told_by.is_none());
        let Some(oldest) = read.map(|(id, _)| *id).min() else {
            return Ok(Vec::new());
        };
        let scope = told_scope(connection, destination);
        let told = readings::of_scope(&*self.cache.reader()?, &scope)?;
        let ids = told.into_iter().map(|(id, _)| id);
        Ok(ids.filter(|id| *id < oldest).collect())
    }
}
