//! People of a plan that is old by now, after a pause or a wait: they are read again before
//! they are sent, and who changed since is not.

use crate::progress::Progress;
use crate::reading::{freshness, is_fresh};
use crate::run::attempt::{Next, Sender};
use crate::run::doubt::Standing;
use crate::run::{RunRecord, Stage};
use crate::usher::Usher;
use std::sync::Arc;
use usher_model::{BatchKind, BatchState, Problem, ReasonCode, Receipt};
use usher_store::table::batches;

impl Usher {
    /// Reads people that are still to be sent again where the plan is no longer fresh.
    pub(super) async fn read_again_if_old(
        self: &Arc<Self>,
        run: &mut RunRecord,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let (began, now) = (self.begins(), self.now());
        let since = run.fresh_since.unwrap_or(run.started_at);
        let is_old = |until| !is_fresh(now, since, until);
        if !run.fresh_until.is_some_and(is_old) {
            return Ok(());
        }
        run.list_is_old |= run.stage == Stage::Profiles;
        self.withhold_changed(run, progress).await?;
        let read = self.since(&began);
        run.fresh_since = Some(read.started_at);
        run.fresh_until = Some(read.finished_at.after(freshness(read.took())));
        self.keep_run(run).await
    }

    /// Reads the list changes of a plan that was old before they were written down.
    pub(super) async fn read_list_if_old(
        self: &Arc<Self>,
        run: &mut RunRecord,
        progress: &Progress,
    ) -> Result<(), Problem> {
        if !run.list_is_old {
            return Ok(());
        }
        self.withhold_changed(run, progress).await?;
        run.list_is_old = false;
        self.keep_run(run).await
    }

    /// Reads people that are still to be sent again; who changed since the plan is not
    /// sent.
    pub(super) async fn withhold_changed(
        self: &Arc<Self>,
        run: &mut RunRecord,
        progress: &Progress,
    ) -> Result<(), Problem> {
        let service = self.service_of_run(run)?;
        let sender = Sender::of(self, &service, run, progress);
        let mut open = batches::open(&*self.journal.reader()?, &run.run_id)?;
        open.retain(|one| one.state == BatchState::Planned);
        let mut read = Ok(Next::Settled);
        for one in open {
            read = sender.withhold_changed(one.seq).await;
            if read.is_err() {
                break;
            }
        }
        run.count_calls(&service);
        read.map(drop)
    }
}

impl Sender {
    /// Takes people out of a planned batch whose lead, fields or membership
    /// changed since the plan.
    async fn withhold_changed(&self, seq: i64) -> Result<Next, Problem> {
        let batch = self.load(seq)?;
        let unchanged: Vec<bool> = match batch.kind {
            BatchKind::Create if !batch.names_leads() => {
                let found = self.found_by_key(&batch).await?;
                found.into_iter().map(|receipt| receipt.is_none()).collect()
            }
            BatchKind::Create | BatchKind::Update => {
                let leads = self.read_leads(&batch.items).await?;
                let as_planned = |item: &usher_model::Item| {
                    item.lead
                        .and_then(|lead| leads.get(&lead))
                        .is_some_and(|values| {
                            let standing = self.standing(item, values);
                            standing == Standing::Before && self.has_key(item, values)
                        })
                };
                batch.items.iter().map(as_planned).collect()
            }
            BatchKind::Add | BatchKind::Remove => {
                let found = self.found_on_list(&batch).await?;
                found.into_iter().map(|receipt| receipt.is_none()).collect()
            }
        };
        if unchanged.iter().all(|same| *same) {
            return Ok(Next::Replaced);
        }
        let mut going = batch.with_items(Vec::new());
        let mut held = going.clone();
        for (item, same) in batch.items.iter().zip(unchanged) {
            if same {
                going.items.push(item.clone())
            } else {
                held.items.push(item.clone())
            }
        }
        held.receipts = vec![Receipt::Withheld(ReasonCode::ChangedSincePlan); held.items.len()];
        let (run, now) = (self.run_id.clone(), self.usher.now().0);
        self.usher
            .journal
            .write(move |tx| {
                batches::rewrite(tx, &run, &held)?;
                batches::settle(tx, &run, held.seq, now, &held.receipts)?;
                if going.items.is_empty() {
                    Ok(())
                } else {
                    batches::plan(tx, &run, &going)
                }
            })
            .await?;
        Ok(Next::Replaced)
    }
}
