//! What became of people who went in files, read at once: an export of the list, or of
//! whom the run made, in place of thousands of lookups.

use crate::progress::Progress;
use crate::reading::{Exporter, LeadBlock, exported_leads, fields_asked};
use crate::route::{self, reading_back};
use crate::run::RunRecord;
use crate::run::attempt::Sender;
use crate::run::doubt::Read;
use crate::service::{CallError, Service};
use crate::usher::Usher;
use std::collections::HashMap;
use std::sync::Arc;
use usher_matching::{KeyHash, normalize};
use usher_model::{Batch, BatchKind, BatchState, Item, Problem, ReadRoute};
use usher_remote::marketo::{ExtractFilter, Membership};
use usher_store::table::batches;

/// People as they are at the destination now.
#[derive(Default)]
pub(super) struct ReadBack {
    blocks: Vec<LeadBlock>,
    /// Block and place there, and whether the list has the lead.
    by_id: HashMap<i64, (usize, usize, bool)>,
    by_key: HashMap<KeyHash, Vec<i64>>,
    has_list: bool,
    has_made: bool,
}

/// People in doubt who went in files, by what could tell of them.
#[derive(Clone, Copy, Default)]
struct Doubts {
    joining: u64,
    made: u64,
}

impl ReadBack {
    /// Whether everyone on the list was read.
    pub(super) fn has_list(&self) -> bool {
        self.has_list
    }

    /// Everybody on the list, where they were read.
    pub(super) fn list_members(&self) -> Option<u64> {
        let on_list = || self.by_id.values().filter(|(_, _, on_list)| *on_list);
        self.has_list.then(|| on_list().count() as u64)
    }

    /// Whether it speaks for the people of a batch.
    pub(super) fn covers(&self, batch: &Batch) -> bool {
        match batch.file {
            Some(file) if file.joins => self.has_list,
            Some(_) => self.has_made && batch.kind == BatchKind::Create,
            None => false,
        }
    }

    /// Whoever has the keys of these.
    pub(super) fn of_keys(&self, items: &[Item]) -> Read {
        let keys = items.iter().map(|item| KeyHash::of(&item.key));
        let ids = keys.filter_map(|key| self.by_key.get(&key)).flatten();
        ids.filter_map(|id| self.lead(*id)).collect()
    }

    /// These leads.
    pub(super) fn of_ids(&self, items: &[Item]) -> Read {
        let ids = items.iter().filter_map(|item| item.lead);
        ids.filter_map(|id| self.lead(id)).collect()
    }

    /// Whether these leads are on the list.
    pub(super) fn memberships(&self, ids: &[i64]) -> Vec<(i64, Membership)> {
        let told = |id: &i64| match self.by_id.get(id) {
            Some((_, _, true)) => (*id, Membership::Member),
            _ => (*id, Membership::NotMember),
        };
        ids.iter().map(told).collect()
    }

    fn lead(&self, id: i64) -> Option<(i64, serde_json::Map<String, serde_json::Value>)> {
        let (block, at, _) = self.by_id.get(&id)?;
        Some(self.blocks[*block].lead(*at))
    }

    fn add(&mut self, sender: &Sender, blocks: Vec<LeadBlock>, on_list: bool) {
        let (field, kind) = (&sender.dedupe_field, sender.key_kind());
        for block in blocks {
            let number = self.blocks.len();
            for at in 0..block.len() {
                let id = block.id(at);
                let place = self.by_id.entry(id).or_insert((number, at, false));
                place.2 |= on_list;
                if *place != (number, at, on_list) {
                    continue;
                }
                let key = normalize(kind, block.text(field, at).unwrap_or_default());
                self.by_key.entry(key.hash()).or_default().push(id);
            }
            self.blocks.push(block);
        }
    }
}

impl Usher {
    /// Reads people in doubt who went in files, where an export is the better way;
    /// nothing where they are looked up.
    pub(super) async fn read_back(
        self: &Arc<Self>,
        run: &RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) -> Result<Option<Arc<ReadBack>>, Problem> {
        let mut doubts = Doubts::default();
        for open in batches::open(&*self.journal.reader()?, &run.run_id)? {
            match (open.state, open.file, open.kind) {
                (BatchState::InDoubt, Some(file), _) if file.joins => doubts.joining += open.people,
                (BatchState::InDoubt, Some(_), BatchKind::Create) => doubts.made += open.people,
                _ => {}
            }
        }
        let sender = Sender::of(self, service, run, progress);
        let limits = &service.connection().limits;
        let mut read = ReadBack::default();
        let by_export = |people, looks| reading_back(people, looks, limits) == ReadRoute::Extract;
        if let Some(list) = sender.list.filter(|_| by_export(doubts.joining, 2)) {
            let exported = sender.exported(ExtractFilter::List(list)).await?;
            if let Some(blocks) = exported {
                read.add(&sender, blocks, true);
                read.has_list = true;
            }
        }
        if by_export(doubts.made, 1) {
            let mut all = Some(Vec::new());
            // By the service's clock: with one that is behind, the newest would be left out.
            let until = service.now_there().unwrap_or_default().max(self.now());
            for (from, to) in route::windows(run.started_at, until) {
                let exported = sender.exported(ExtractFilter::Created(from, to)).await?;
                all = all.zip(exported).map(|(mut all, blocks)| {
                    all.extend(blocks);
                    all
                });
            }
            if let Some(blocks) = all {
                read.add(&sender, blocks, false);
                read.has_made = true;
            }
        }
        Ok((read.has_list || read.has_made).then(|| Arc::new(read)))
    }
}

impl Sender {
    /// An export with all that is needed to recognise people; nothing where the service
    /// gives none.
    async fn exported(&self, filter: ExtractFilter) -> Result<Option<Vec<LeadBlock>>, Problem> {
        let names: Vec<String> = self.fields.iter().map(|field| field.name.clone()).collect();
        let exporter = Exporter {
            service: self.service.clone(),
            fields: fields_asked(&names),
            progress: self.progress.clone(),
        };
        match exporter.file(filter).await {
            Ok(bytes) => Ok(exported_leads(bytes)?),
            Err(CallError::Service(failure)) => {
                tracing::warn!(code = ?failure.code(), "exports fail; people are looked up");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }
}
