//! Doubts settled by reading: what was sent and never answered is looked at,
//! and only what is not so is sent again.

use crate::points;
use crate::reading::fields_asked;
use crate::run::attempt::{Next, Sender, delivered};
use crate::service::Patience;
use serde_json::{Map, Value};
use std::collections::HashMap;
use usher_matching::{KeyHash, KeyKind, normalize, read_as_text, same};
use usher_model::{Batch, BatchKind, BatchState, Item, Problem, Receipt};
use usher_remote::marketo::{LeadQuery, Membership};
use usher_store::table::{batches, ledger};

/// How often something is sent whose outcome stays unknown.
const TRIES: u32 = 3;

/// Leads by id, with their values.
type Read = HashMap<i64, Map<String, Value>>;

impl Sender {
    /// Reads what became of a batch in doubt. Who is found as wanted has a
    /// receipt; the others go back to be sent when `again`, and are unconfirmed
    /// once it was tried often enough.
    pub(super) async fn find_out(&self, seq: i64, again: bool) -> Result<Next, Problem> {
        let batch = self.load(seq)?;
        self.service.count_retry();
        points::pass("before_doubt_read");
        let found = match batch.kind {
            BatchKind::Create => self.found_by_key(&batch).await?,
            BatchKind::Update => self.found_by_id(&batch).await?,
            BatchKind::Add | BatchKind::Remove => self.found_on_list(&batch).await?,
        };
        let tired = batch.attempt >= TRIES;
        let mut settled = Batch {
            items: Vec::new(),
            receipts: Vec::new(),
            ..batch.clone()
        };
        let mut rest = Vec::new();
        for (item, receipt) in batch.items.iter().zip(found) {
            match receipt {
                Some(receipt) => {
                    settled.items.push(item.clone());
                    settled.receipts.push(receipt);
                }
                None if tired && again => {
                    settled.items.push(item.clone());
                    settled.receipts.push(Receipt::Unconfirmed);
                }
                None => rest.push(item.clone()),
            }
        }
        if rest.is_empty() {
            let next = self.settle(&batch, settled.receipts).await?;
            points::pass("doubt_settled");
            return Ok(next);
        }
        let rest = Batch {
            items: rest,
            state: BatchState::Planned,
            ..batch.clone()
        };
        let (run, later) = (self.run_id.clone(), rest);
        let (sync, now) = (self.sync_id.clone(), self.usher.now().0);
        let entries = delivered(&settled, &settled.receipts, &self.fields);
        self.usher
            .journal
            .write(move |tx| {
                batches::plan(tx, &run, &later)?;
                if settled.items.is_empty() {
                    return batches::remove(tx, &run, settled.seq);
                }
                ledger::append(tx, &sync, &entries)?;
                batches::keep_items(tx, &run, settled.seq, &settled)?;
                batches::settle(tx, &run, settled.seq, now, &settled.receipts)
            })
            .await?;
        points::pass("doubt_settled");
        Ok(Next::Replaced)
    }

    /// Creations: whoever has the key now. With all our values it is ours; with
    /// others, somebody made it meanwhile.
    pub(super) async fn found_by_key(
        &self,
        batch: &Batch,
    ) -> Result<Vec<Option<Receipt>>, Problem> {
        let keys = batch.items.iter().map(|item| item.key.clone()).collect();
        let leads = self.read(&self.dedupe_field, keys).await?;
        let kind = self
            .fields
            .iter()
            .find(|field| field.name == self.dedupe_field)
            .map_or(KeyKind::Text, |field| KeyKind::of(field.data_type));
        let mut by_key: HashMap<KeyHash, Vec<i64>> = HashMap::new();
        for (lead, values) in &leads {
            let cell = values.get(&self.dedupe_field).and_then(read_as_text);
            by_key
                .entry(normalize(kind, &cell.unwrap_or_default()).hash())
                .or_default()
                .push(*lead);
        }
        let judge = |item: &Item| {
            let here = by_key.get(&KeyHash::of(&item.key))?;
            let ours = here
                .iter()
                .find(|lead| self.is_as_wanted(item, &leads[lead]));
            Some(match ours {
                Some(lead) => Receipt::Done { lead: *lead },
                None => Receipt::Rejected {
                    code: "1005".into(),
                    message: "Somebody else made this person meanwhile.".into(),
                },
            })
        };
        Ok(batch.items.iter().map(judge).collect())
    }

    async fn found_by_id(&self, batch: &Batch) -> Result<Vec<Option<Receipt>>, Problem> {
        let ids = batch
            .items
            .iter()
            .filter_map(|item| item.lead)
            .map(|lead| lead.to_string())
            .collect();
        let leads = self.read("id", ids).await?;
        let judge = |item: &Item| match item
            .lead
            .and_then(|lead| leads.get(&lead).map(|values| (lead, values)))
        {
            Some((lead, values)) if self.is_as_wanted(item, values) => Some(Receipt::Done { lead }),
            Some(_) => None,
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
        let told = self
            .service
            .call(
                Patience {
                    tries: 8,
                    ..Patience::READ
                },
                &self.progress,
                |marketo| async move { marketo.members_of(list, ids).await },
            )
            .await?;
        let adding = batch.kind == BatchKind::Add;
        let judge = |(lead, membership): (i64, Membership)| match (adding, membership) {
            (true, Membership::Member) | (false, Membership::NotMember | Membership::Gone) => {
                Some(Receipt::Done { lead })
            }
            (true, Membership::Gone) => Some(gone()),
            (true, Membership::NotMember) | (false, Membership::Member) => None,
        };
        Ok(told.into_iter().map(judge).collect())
    }

    pub(super) async fn read(&self, field: &str, values: Vec<String>) -> Result<Read, Problem> {
        let names: Vec<String> = self.fields.iter().map(|field| field.name.clone()).collect();
        let mut ask = LeadQuery {
            field: field.to_owned(),
            values,
            fields: fields_asked(&names),
            page_token: None,
        };
        let mut leads = Read::new();
        loop {
            let question = &ask;
            let page = self
                .service
                .call(
                    Patience {
                        tries: 8,
                        ..Patience::READ
                    },
                    &self.progress,
                    |marketo| async move { marketo.leads_by(question).await },
                )
                .await?;
            leads.extend(page.leads.into_iter().map(|lead| (lead.id, lead.values)));
            ask.page_token = page.next;
            if ask.page_token.is_none() {
                return Ok(leads);
            }
        }
    }

    /// Whether a lead has every value that was to be written.
    fn is_as_wanted(&self, item: &Item, values: &Map<String, Value>) -> bool {
        item.wanted().all(|(name, wanted)| {
            let there = values.get(name).and_then(read_as_text);
            let field = self.fields.iter().find(|field| field.name == name);
            field.is_some_and(|field| same(field, wanted, there.as_deref()))
        })
    }

    /// Whether a lead still has every value that an update was planned against.
    pub(super) fn is_as_planned(&self, item: &Item, values: &Map<String, Value>) -> bool {
        item.changes.iter().all(|(name, pair)| {
            let before = pair.get(0).unwrap_or(&Value::Null);
            let there = values.get(name).and_then(read_as_text);
            let field = self.fields.iter().find(|field| field.name == *name);
            field.is_some_and(|field| same(field, before, there.as_deref()))
        })
    }
}

fn gone() -> Receipt {
    Receipt::Rejected {
        code: "1004".into(),
        message: "The person is no longer there.".into(),
    }
}
