//! What a run did, read back before it ends: receipts are the service's word, and this
//! looks whether it kept it (reliability: resume and verify).
//!
//! Whoever was in doubt is read, a sample of all others, and every place on the list that
//! was changed. What is still as it was before goes back into doubt, to be looked at once
//! more and sent again; what somebody else changed meanwhile is left to them. People who
//! went in files are not read here: nobody of them was believed before they were read.

use crate::points;
use crate::progress::Progress;
use crate::reading::members_of;
use crate::route::{self, Places};
use crate::run::attempt::Sender;
use crate::run::doubt::{Read, Standing};
use crate::run::{RunRecord, Stage};
use crate::service::Service;
use crate::usher::Usher;
use std::collections::{BTreeMap, BinaryHeap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use usher_matching::MISFIT;
use usher_model::{Batch, BatchKind, BatchState, Item, Problem, Receipt, RunState, Verification};
use usher_remote::marketo::{MAX_RECORDS, Membership};
use usher_store::table::{batches, ledger};

/// Where a person's receipt is: the batch, and the place in it.
type At = (i64, usize);

/// What is to be read back.
#[derive(Default)]
struct Asked {
    people: Vec<Confirmed>,
    places: Vec<Place>,
}

/// A person whose fields the service confirmed.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Confirmed {
    lot: u64,
    at: At,
    lead: i64,
}

/// A place on the list that the service confirmed.
struct Place {
    at: At,
    lead: i64,
    joined: bool,
}

/// People drawn by lot: as many as whole calls read, the more there are of them.
#[derive(Default)]
struct Sample {
    of: u64,
    drawn: BinaryHeap<Confirmed>,
}

impl Sample {
    fn add(&mut self, person: Confirmed) {
        self.of += 1;
        let most = route::people_read_back(self.of) as usize * MAX_RECORDS;
        if self.drawn.len() < most {
            self.drawn.push(person);
        } else if self.drawn.peek().is_some_and(|last| person < *last) {
            self.drawn.pop();
            self.drawn.push(person);
        }
    }
}

impl Usher {
    /// Reads back what is confirmed, and puts into doubt what is not so; how many that
    /// were. The sample is read the first time only.
    pub(super) async fn verify(
        self: &Arc<Self>,
        run: &mut RunRecord,
        service: &Arc<Service>,
        progress: &Progress,
    ) -> Result<u64, Problem> {
        let is_first = run.verification.is_none();
        let asked = self.to_read_back(run, is_first)?;
        let total = (asked.people.len() + asked.places.len()) as u64;
        if total == 0 {
            // People of files were read back as they were settled, and the list with them.
            if let Some(members) = run.list_counted.filter(|_| is_first) {
                run.verification = Some(Verification {
                    list_members: Some(members),
                    list_expected: self.list_expected(run)?,
                    ..Verification::default()
                });
            }
            return Ok(0);
        }
        run.stage = Stage::Verifying;
        self.enter(run, RunState::Verifying).await?;
        progress.step("verifying", 0, Some(total))?;
        let sender = Sender::of(self, service, run, progress);
        let mut seen = run.verification.clone().unwrap_or_default();
        let (mut again, changed) = sender.people_again(&asked.people).await?;
        progress.step("verifying", asked.people.len() as u64, Some(total))?;
        let places = sender.places_again(run, &asked.places, &mut seen).await?;
        again.extend(places);
        points::pass("read_back");
        let reopened = again.len() as u64;
        if is_first {
            seen.people = asked.people.len() as u64;
            // Whoever was in doubt is read each time, and counted once.
            seen.changed_meanwhile = changed;
            seen.places = asked.places.len() as u64;
            let read = seen.list_members.is_some();
            seen.list_expected = self.list_expected(run)?.filter(|_| read);
        }
        seen.reopened += reopened;
        sender.reopen(again).await?;
        run.verification = Some(seen);
        self.keep_run(run).await?;
        points::pass("reopened");
        Ok(reopened)
    }

    /// Who would be on the list if nobody else changed it since the plan was made; nothing
    /// where the run has no plan of its own.
    fn list_expected(&self, run: &RunRecord) -> Result<Option<u64>, Problem> {
        let planned = run.list.as_ref().filter(|_| run.retry_of.is_none());
        let Some(planned) = planned else {
            return Ok(None);
        };
        let tallies = self.tallies(run)?;
        let done = |kind| tallies.get(&kind).map_or(0, |tally| tally.done);
        let stays = planned.keep + planned.others + planned.remove;
        let expected = stays + done(BatchKind::Add);
        Ok(Some(expected.saturating_sub(done(BatchKind::Remove))))
    }

    fn to_read_back(&self, run: &RunRecord, is_first: bool) -> Result<Asked, Problem> {
        let mut asked = Asked::default();
        let mut sample = Sample::default();
        batches::each::<Problem>(&*self.journal.reader()?, &run.run_id, |batch| {
            if batch.file.is_some() || batch.state != BatchState::Done {
                return Ok(());
            }
            let was_in_doubt = batch.attempt > 0;
            for (at, receipt) in batch.receipts.iter().enumerate() {
                let &Receipt::Done { lead } = receipt else {
                    continue;
                };
                let at = (batch.seq, at);
                match batch.kind {
                    BatchKind::Create | BatchKind::Update => {
                        let lot = lot(run, lead);
                        let person = Confirmed { lot, at, lead };
                        match was_in_doubt {
                            true => asked.people.push(person),
                            false if is_first => sample.add(person),
                            false => {}
                        }
                    }
                    BatchKind::Add | BatchKind::Remove if is_first || was_in_doubt => {
                        let joined = batch.kind == BatchKind::Add;
                        asked.places.push(Place { at, lead, joined });
                    }
                    BatchKind::Add | BatchKind::Remove => {}
                }
            }
            Ok(())
        })?;
        asked.people.extend(sample.drawn);
        Ok(asked)
    }
}

/// The same for one person of one run each time it is drawn.
fn lot(run: &RunRecord, lead: i64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (run.run_id.as_str(), lead).hash(&mut hasher);
    hasher.finish()
}

impl Sender {
    /// People who are not as confirmed, each with what is to be sent again; and how many
    /// others changed meanwhile.
    async fn people_again(&self, people: &[Confirmed]) -> Result<(Vec<(At, Item)>, u64), Problem> {
        let ids = people.iter().map(|person| person.lead.to_string());
        let leads = self.read("id", ids.collect()).await?;
        let mut by_batch: BTreeMap<i64, Vec<&Confirmed>> = BTreeMap::new();
        for person in people {
            by_batch.entry(person.at.0).or_default().push(person);
        }
        let (mut again, mut changed) = (Vec::new(), 0);
        for (seq, people) in by_batch {
            let batch = self.load(seq)?;
            for person in people {
                let item = &batch.items[person.at.1];
                match self.left_undone(&batch, item, person.lead, &leads) {
                    Some(undone) if undone.changes.is_empty() => changed += 1,
                    Some(undone) => again.push((person.at, undone)),
                    None => {}
                }
            }
        }
        Ok((again, changed))
    }

    /// What is not there of what was confirmed; nothing where all is. Only fields that are
    /// as they were before are sent again; with none, others changed them.
    fn left_undone(&self, batch: &Batch, item: &Item, lead: i64, leads: &Read) -> Option<Item> {
        let Some(values) = leads.get(&lead) else {
            // A creation that is nowhere is looked for by its key.
            let lead = Some(lead).filter(|_| batch.kind != BatchKind::Create);
            return Some(Item {
                lead,
                ..item.clone()
            });
        };
        if self.standing(item, values) == Standing::Wanted {
            return None;
        }
        let changes = item.changes.iter();
        let changes = changes
            .filter(|(name, pair)| self.field_standing(name, pair, values) == Standing::Before);
        Some(Item {
            lead: Some(lead),
            changes: changes
                .map(|(name, pair)| (name.clone(), pair.clone()))
                .collect(),
            ..item.clone()
        })
    }

    /// Places on the list that are not as confirmed.
    async fn places_again(
        &self,
        run: &RunRecord,
        places: &[Place],
        seen: &mut Verification,
    ) -> Result<Vec<(At, Item)>, Problem> {
        let Some((list, planned)) = self
            .list
            .zip(run.list.as_ref())
            .filter(|_| !places.is_empty())
        else {
            return Ok(Vec::new());
        };
        let expected = planned.keep + planned.others + planned.add;
        let on_list: HashSet<i64> = match route::places_read_back(places.len() as u64, expected) {
            Places::List { .. } => {
                let expected = usize::try_from(expected).ok();
                let members = members_of(&self.service, list, expected, &self.progress).await?;
                seen.list_members = Some(members.len() as u64);
                members.into_iter().collect()
            }
            Places::Asked { .. } => {
                // What was counted before something was sent again is not so any more.
                (seen.list_members, seen.list_expected) = (None, None);
                let ids: Vec<i64> = places.iter().map(|place| place.lead).collect();
                let told = self.memberships(list, &ids).await?;
                let is_member = |told: &(i64, Membership)| told.1 == Membership::Member;
                told.into_iter()
                    .filter(is_member)
                    .map(|(lead, _)| lead)
                    .collect()
            }
        };
        let mut by_batch: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        let is_so = |place: &&Place| on_list.contains(&place.lead) == place.joined;
        for place in places.iter().filter(|place| !is_so(place)) {
            by_batch.entry(place.at.0).or_default().push(place.at.1);
        }
        let mut again = Vec::new();
        for (seq, places) in by_batch {
            let batch = self.load(seq)?;
            again.extend(
                places
                    .iter()
                    .map(|&at| ((seq, at), batch.items[at].clone())),
            );
        }
        Ok(again)
    }

    /// Puts confirmed people back into doubt, in one commit with the ledger's taking back
    /// what it had learned of them.
    async fn reopen(&self, again: Vec<(At, Item)>) -> Result<(), Problem> {
        let mut by_batch: BTreeMap<i64, BTreeMap<usize, Item>> = BTreeMap::new();
        for ((seq, at), item) in again {
            by_batch.entry(seq).or_default().insert(at, item);
        }
        for (seq, mut again) in by_batch {
            let batch = self.load(seq)?;
            let entries = undelivered(&batch, &again);
            let mut kept = batch.with_items(Vec::new());
            // Those whose lead is known are sent by it, others by their key: not together.
            let doubtful = Batch {
                state: BatchState::InDoubt,
                attempt: batch.attempt + 1,
                ..kept.clone()
            };
            let mut asked = [doubtful.clone(), doubtful];
            for (at, (item, receipt)) in batch.items.into_iter().zip(batch.receipts).enumerate() {
                match again.remove(&at) {
                    Some(item) => asked[usize::from(item.lead.is_some())].items.push(item),
                    None => {
                        kept.items.push(item);
                        kept.receipts.push(receipt);
                    }
                }
            }
            let (run, sync) = (self.run_id.clone(), self.sync_id.clone());
            let write = move |tx: &usher_store::Tx<'_>| {
                ledger::append(tx, &sync, &entries)?;
                match kept.items.is_empty() {
                    true => batches::remove(tx, &run, seq)?,
                    false => batches::rewrite(tx, &run, &kept)?,
                }
                let some = asked.iter().filter(|asked| !asked.items.is_empty());
                some.into_iter()
                    .try_for_each(|asked| batches::plan(tx, &run, asked))
            };
            self.usher.journal.write(write).await?;
        }
        Ok(())
    }
}

/// What the ledger takes back: that these values, or this place, were delivered. A value
/// that no row can have stands for "something else was".
fn undelivered(batch: &Batch, again: &BTreeMap<usize, Item>) -> Vec<ledger::Entry> {
    let places = matches!(batch.kind, BatchKind::Add | BatchKind::Remove);
    let entry = |(at, item): (&usize, &Item)| {
        let &Receipt::Done { lead } = &batch.receipts[*at] else {
            return None;
        };
        let place = match batch.kind {
            BatchKind::Add => Some(None),
            BatchKind::Remove => Some(Some(item.key.clone())),
            BatchKind::Create | BatchKind::Update => None,
        };
        let values = item.changes.keys().filter(|_| !places);
        Some(ledger::Entry {
            lead,
            values: values.map(|name| (name.clone(), MISFIT)).collect(),
            place,
        })
    };
    again.iter().filter_map(entry).collect()
}
