//! Doubts settled by reading: what was sent and never answered is looked at,
//! and only what is not so is sent again.

use crate::points;
use crate::reading::fields_asked;
use crate::run::attempt::{Next, Sender};
use crate::run::certain::TRIES;
use crate::run::cut::unsent;
use crate::run::imported::Found;
use crate::run::read_back::ReadBack;
use crate::run::receipts::delivered;
use crate::service::{CallError, Patience};
use serde_json::{Map, Value};
use std::collections::HashMap;
use usher_matching::{KeyHash, KeyKind, normalize, read_as_text, same};
use usher_model::{Batch, BatchKind, BatchState, Item, Problem, ReasonCode, Receipt};
use usher_remote::marketo::{LeadQuery, MAX_RECORDS, MAX_VALUES, Membership};
use usher_store::table::{batches, ledger};

/// The service's code for a list that is not there.
const NO_LIST: &str = "1013";

/// For reading that others wait for.
const PATIENCE: Patience = Patience {
    tries: 8,
    ..Patience::READ
};

/// Leads by id, with their values.
pub(super) type Read = HashMap<i64, Map<String, Value>>;

impl Sender {
    /// Reads what became of a batch in doubt. Who is found as wanted has a
    /// receipt; the others go back to be sent when `again`, and are unconfirmed
    /// once it was tried often enough.
    pub(super) async fn find_out(&self, seq: i64, again: bool) -> Result<Next, Problem> {
        let batch = self.load(seq)?;
        if batch.file.is_some() && batch.items.len() > MAX_RECORDS {
            return self.part(batch).await;
        }
        if batch.file.is_none() && batch.attempt > 0 {
            self.service.count_retry();
        }
        points::pass("before_doubt_read");
        let found = self.found(&batch).await?;
        let partly = self.partly_there(&batch, &found);
        let tired = batch.attempt >= TRIES;
        let mut settled = batch.with_items(Vec::new());
        // Those whose lead is known are sent by it, others by their key: not together.
        let mut rest = [Vec::new(), Vec::new()];
        for (item, found) in batch.items.iter().zip(found) {
            let receipt = match found {
                Found::Settled(receipt) => receipt,
                Found::Again { .. } if tired && again => Receipt::Unconfirmed,
                Found::Again { item, .. } => {
                    rest[usize::from(item.lead.is_some())].push(item);
                    continue;
                }
            };
            settled.items.push(item.clone());
            settled.receipts.push(receipt);
        }
        let joined = self.joined(&settled).await?;
        let later = rest.map(|rest| Batch {
            state: BatchState::Planned,
            // Whoever did not arrive with a file is sent in a call.
            file: None,
            ..batch.with_items(rest)
        });
        let next = match later.iter().all(|later| later.items.is_empty()) {
            true => Next::Settled,
            false => Next::Replaced,
        };
        let (run, sync, now) = (
            self.run_id.clone(),
            self.sync_id.clone(),
            self.usher.now().0,
        );
        let mut entries = delivered(&settled, &settled.receipts, &self.fields);
        entries.extend(delivered(&joined, &joined.receipts, &self.fields));
        entries.extend(delivered(&partly, &partly.receipts, &self.fields));
        self.usher
            .journal
            .write(move |tx| {
                let some = later.iter().filter(|later| !later.items.is_empty());
                some.into_iter()
                    .try_for_each(|later| batches::plan(tx, &run, later))?;
                if !joined.items.is_empty() {
                    batches::plan_settled(tx, &run, now, &joined)?;
                }
                ledger::append(tx, &sync, &entries)?;
                if settled.items.is_empty() {
                    return batches::remove(tx, &run, settled.seq);
                }
                batches::rewrite(tx, &run, &settled)?;
                batches::settle(tx, &run, settled.seq, now, &settled.receipts)
            })
            .await?;
        points::pass("doubt_settled");
        Ok(next)
    }

    async fn found(&self, batch: &Batch) -> Result<Vec<Found>, Problem> {
        let found = match batch.kind {
            BatchKind::Create | BatchKind::Update if batch.file.is_some() => {
                return self.found_of_file(batch).await;
            }
            BatchKind::Create if !batch.names_leads() => self.found_by_key(batch).await?,
            BatchKind::Create | BatchKind::Update => self.found_by_id(batch).await?,
            BatchKind::Add | BatchKind::Remove => self.found_on_list(batch).await?,
        };
        let items = batch.items.iter().zip(found);
        let told = items.map(|(item, receipt)| match receipt {
            Some(receipt) => Found::Settled(receipt),
            None => Found::again(item),
        });
        Ok(told.collect())
    }

    /// Who of these is on the list by the file they went in: a batch of its own, as
    /// joining by a call is one.
    async fn joined(&self, settled: &Batch) -> Result<Batch, Problem> {
        let mut joined = Batch {
            file: settled.file,
            ..unsent(BatchKind::Add, Vec::new())
        };
        let is_profile = matches!(settled.kind, BatchKind::Create | BatchKind::Update);
        let joins = is_profile && settled.file.is_some_and(|file| file.joins);
        let Some(list) = self.list.filter(|_| joins) else {
            return Ok(joined);
        };
        let done = settled.items.iter().zip(&settled.receipts);
        let done = done.filter_map(|(item, receipt)| match receipt {
            Receipt::Done { lead } => Some(Item {
                lead: Some(*lead),
                changes: Map::new(),
                warning: None,
                ..item.clone()
            }),
            _ => None,
        });
        let done: Vec<Item> = done.collect();
        let ids: Vec<i64> = done.iter().filter_map(|item| item.lead).collect();
        if ids.is_empty() {
            return Ok(joined);
        }
        let told = match self.read_back.as_deref() {
            Some(read) if read.has_list() => read.memberships(&ids),
            _ => match self.ask_memberships(list, &ids).await {
                // Nobody is on a list that is there no more.
                Err(CallError::Service(failure)) if failure.code() == Some(NO_LIST) => Vec::new(),
                told => told?,
            },
        };
        for (item, (lead, membership)) in done.into_iter().zip(told) {
            if membership == Membership::Member {
                joined.items.push(item);
                joined.receipts.push(Receipt::Done { lead });
            }
        }
        Ok(joined)
    }

    /// Creations: whoever has the key now. With all our values it is ours; with
    /// others, somebody made it meanwhile.
    pub(super) async fn found_by_key(
        &self,
        batch: &Batch,
    ) -> Result<Vec<Option<Receipt>>, Problem> {
        let keys = batch.items.iter().map(|item| item.key.clone()).collect();
        let leads = self.read(&self.dedupe_field, keys).await?;
        let by_key = self.by_key(&leads);
        let judge = |item: &Item| {
            let here = by_key.get(&KeyHash::of(&item.key))?;
            let ours = here
                .iter()
                .find(|lead| self.standing(item, &leads[lead]) == Standing::Wanted);
            Some(match ours {
                Some(lead) => Receipt::Done { lead: *lead },
                None => made_by_others(),
            })
        };
        Ok(batch.items.iter().map(judge).collect())
    }

    async fn found_by_id(&self, batch: &Batch) -> Result<Vec<Option<Receipt>>, Problem> {
        let leads = self.read_leads(&batch.items).await?;
        let judge = |item: &Item| match item
            .lead
            .and_then(|lead| leads.get(&lead).map(|values| (lead, values)))
        {
            Some((lead, values)) => match self.standing(item, values) {
                Standing::Wanted => Some(Receipt::Done { lead }),
                Standing::Changed => Some(Receipt::Withheld(ReasonCode::ChangedSincePlan)),
                Standing::Before => None,
            },
            None => Some(gone()),
        };
        Ok(batch.items.iter().map(judge).collect())
    }

    pub(super) async fn found_on_list(
        &self,
        batch: &Batch,
    ) -> Result<Vec<Option<Receipt>>, Problem> {
        let Some(list) = self.list else {
            return Ok(vec![None; batch.items.len()]);
        };
        let ids: &[i64] = &batch
            .items
            .iter()
            .filter_map(|item| item.lead)
            .collect::<Vec<_>>();
        let adding = batch.kind == BatchKind::Add;
        let told = match self.read_back.as_ref().filter(|_| batch.file.is_some()) {
            Some(read) if read.has_list() => read.memberships(ids),
            _ => match self.ask_memberships(list, ids).await {
                Err(CallError::Service(failure)) if failure.code() == Some(NO_LIST) => {
                    let told = batch.items.iter();
                    return Ok(told.map(|item| Some(on_no_list(item, adding))).collect());
                }
                told => told?,
            },
        };
        let judge = |(lead, membership): (i64, Membership)| match (adding, membership) {
            (true, Membership::Member) | (false, Membership::NotMember | Membership::Gone) => {
                Some(Receipt::Done { lead })
            }
            (true, Membership::Gone) => Some(gone()),
            (true, Membership::NotMember) | (false, Membership::Member) => None,
        };
        Ok(told.into_iter().map(judge).collect())
    }

    /// Who of these is on the list.
    pub(super) async fn memberships(
        &self,
        list: i64,
        ids: &[i64],
    ) -> Result<Vec<(i64, Membership)>, Problem> {
        Ok(self.ask_memberships(list, ids).await?)
    }

    async fn ask_memberships(
        &self,
        list: i64,
        ids: &[i64],
    ) -> Result<Vec<(i64, Membership)>, CallError> {
        let mut told = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MAX_RECORDS) {
            let part = self
                .service
                .call(PATIENCE, &self.progress, |marketo| async move {
                    marketo.members_of(list, ids).await
                })
                .await?;
            told.extend(part);
        }
        Ok(told)
    }

    /// What was read at once of the people of a batch that went as a file.
    pub(super) fn read_back_of(&self, batch: &Batch) -> Option<&ReadBack> {
        let read = self.read_back.as_deref()?;
        read.covers(batch).then_some(read)
    }

    pub(super) fn key_kind(&self) -> KeyKind {
        let key = self
            .fields
            .iter()
            .find(|field| field.name == self.dedupe_field);
        key.map_or(KeyKind::Text, |field| KeyKind::of(field.data_type))
    }

    pub(super) fn key_of(&self, values: &Map<String, Value>) -> KeyHash {
        let cell = values.get(&self.dedupe_field).and_then(read_as_text);
        normalize(self.key_kind(), &cell.unwrap_or_default()).hash()
    }

    /// Whether a lead still has the key that a person met it by.
    pub(super) fn has_key(&self, item: &Item, values: &Map<String, Value>) -> bool {
        self.key_of(values) == KeyHash::of(&item.key)
    }

    /// The leads that these name, as they are now.
    pub(super) async fn read_leads(&self, items: &[Item]) -> Result<Read, Problem> {
        let ids = items.iter().filter_map(|item| item.lead);
        self.read("id", ids.map(|lead| lead.to_string()).collect())
            .await
    }

    pub(super) async fn read(&self, field: &str, values: Vec<String>) -> Result<Read, Problem> {
        let mut leads = Read::new();
        for values in values.chunks(MAX_VALUES) {
            self.read_some(field, values, &mut leads).await?;
        }
        Ok(leads)
    }

    async fn read_some(
        &self,
        field: &str,
        values: &[String],
        leads: &mut Read,
    ) -> Result<(), Problem> {
        let names: Vec<String> = self.fields.iter().map(|field| field.name.clone()).collect();
        let mut ask = LeadQuery {
            field: field.to_owned(),
            values: values.to_vec(),
            fields: fields_asked(&names),
            page_token: None,
        };
        loop {
            let question = &ask;
            let page = self
                .service
                .call(PATIENCE, &self.progress, |marketo| async move {
                    marketo.leads_by(question).await
                })
                .await?;
            leads.extend(page.leads.into_iter().map(|lead| (lead.id, lead.values)));
            ask.page_token = page.next;
            if ask.page_token.is_none() {
                return Ok(());
            }
        }
    }

    /// How a lead's fields are against what was to be written: as wanted if all are, as
    /// somebody else made it if one is.
    pub(super) fn standing(&self, item: &Item, values: &Map<String, Value>) -> Standing {
        let mut all = Standing::Wanted;
        for (name, pair) in &item.changes {
            match self.field_standing(name, pair, values) {
                Standing::Wanted => {}
                Standing::Before => all = Standing::Before,
                Standing::Changed => return Standing::Changed,
            }
        }
        all
    }

    /// How one field of a lead is, of which the value before and the wanted one are given.
    pub(super) fn field_standing(
        &self,
        name: &str,
        pair: &Value,
        values: &Map<String, Value>,
    ) -> Standing {
        let there = values.get(name).and_then(read_as_text);
        let field = self.fields.iter().find(|field| field.name == name);
        let is = |at: usize| {
            let value = pair.get(at).unwrap_or(&Value::Null);
            field.is_some_and(|field| same(field, value, there.as_deref()))
        };
        if is(1) {
            Standing::Wanted
        } else if is(0) {
            Standing::Before
        } else {
            Standing::Changed
        }
    }
}

/// How something is at the destination that was to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// As it was to be.
    Wanted,
    /// As it was when it was planned, as far as it is not wanted so.
    Before,
    /// As somebody else made it since.
    Changed,
}

/// The answer for a list change where the list is there no more: nobody is on it.
fn on_no_list(item: &Item, adding: bool) -> Receipt {
    match item.lead.filter(|_| !adding) {
        Some(lead) => Receipt::Done { lead },
        None => Receipt::Rejected {
            code: NO_LIST.into(),
            message: "The list is no longer there.".into(),
        },
    }
}

/// The answer for a creation whose key somebody has who was not made by it.
pub(super) fn made_by_others() -> Receipt {
    Receipt::Rejected {
        code: "1005".into(),
        message: "Somebody else made this person meanwhile.".into(),
    }
}

pub(super) fn gone() -> Receipt {
    Receipt::Rejected {
        code: "1004".into(),
        message: "The person is no longer there.".into(),
    }
}
