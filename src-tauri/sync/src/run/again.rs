//! Who is tried again, with what is left of each to do, and their batches.

use crate::plan::PlannedPerson;
use crate::run::cut::{Cutter, doubtful, item, unsent};
use crate::run::people::{Known, Told};
use crate::run::retry::RetryRequest;
use usher_model::{Batch, BatchKind, Item, ListAct, ReasonCode, Receipt, Verdict};
use usher_remote::marketo::MAX_RECORDS;

/// Why a person is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Was {
    Refused,
    InDoubt,
}

/// One person who is tried again, with what is left to do.
pub(super) struct Again {
    pub(super) planned: PlannedPerson,
    profile: Option<Was>,
    place: Option<Was>,
}

impl Again {
    /// What is left to do of a person; nothing where all of it was done or is no concern
    /// of a retry.
    pub(super) fn of(
        mut planned: PlannedPerson,
        told: &Told,
        request: &RetryRequest,
    ) -> Option<Self> {
        let profile = told.profile(&planned.person).cloned();
        let place = told.place(&planned.person).cloned();
        let failed = [was(profile.as_ref()), was(place.as_ref())];
        let codes = failed.iter().flatten().map(|(_, code)| code.as_str());
        if !request.wants(planned.person.key.as_deref(), codes) {
            return None;
        }
        let [of_profile, of_place] = failed.map(|failed| failed.map(|(was, _)| was));
        let person = &mut planned.person;
        if of_profile.is_none() {
            if let Some(Known::Receipt(Receipt::Done { lead })) = profile {
                person.lead_id = Some(lead);
            }
            person.verdict = person.verdict.map(|_| Verdict::Leave);
            person.explain.changes.clear();
        }
        person.list = match (person.list, place) {
            (ListAct::Add, Some(Known::Receipt(Receipt::Done { .. }))) => ListAct::Keep,
            (ListAct::Add, Some(Known::Receipt(Receipt::Withheld(_)))) => ListAct::None,
            (act, _) => act,
        };
        Some(Self {
            planned,
            profile: of_profile,
            place: of_place,
        })
    }
}

/// Whether something failed so that it can be tried again, and its reason's code.
fn was(known: Option<&Known>) -> Option<(Was, String)> {
    match known? {
        Known::Receipt(Receipt::Rejected { code, .. }) => Some((Was::Refused, code.clone())),
        Known::Receipt(Receipt::Unconfirmed) | Known::InDoubt => {
            Some((Was::InDoubt, ReasonCode::Unconfirmed.as_str().to_owned()))
        }
        Known::Receipt(Receipt::Done { .. } | Receipt::Withheld(_)) => None,
    }
}

/// People who are tried again, gathered into batches: what was refused is sent anew,
/// what is in doubt is read first.
pub(super) struct Sheaf {
    refused: Cutter,
    in_doubt: Cutter,
    places: Vec<(BatchKind, Was, Vec<Item>)>,
    full: Vec<Batch>,
    sent_at: Option<i64>,
}

impl Sheaf {
    pub(super) fn new(sent_at: Option<i64>) -> Self {
        Self {
            refused: Cutter::default(),
            in_doubt: Cutter::default(),
            places: Vec::new(),
            full: Vec::new(),
            sent_at,
        }
    }

    /// Adds a person. Where the list is still to be made, the run makes it and writes
    /// down who joins.
    pub(super) fn add(&mut self, again: &Again, list_exists: bool) {
        match again.profile {
            Some(Was::Refused) => self.full.extend(self.refused.add(&again.planned)),
            Some(Was::InDoubt) => {
                let full = self.in_doubt.add(&again.planned);
                self.full
                    .extend(full.map(|batch| doubtful(batch, self.sent_at)));
            }
            None => {}
        }
        let kind = match again.planned.person.list {
            ListAct::Add => BatchKind::Add,
            ListAct::Remove => BatchKind::Remove,
            ListAct::Keep | ListAct::None => return,
        };
        if let Some(was) = again.place.filter(|_| list_exists) {
            self.add_place(kind, was, item(&again.planned, kind));
        }
    }

    fn add_place(&mut self, kind: BatchKind, was: Was, item: Item) {
        let there = self.places.iter_mut();
        let same = there
            .into_iter()
            .find(|place| (place.0, place.1) == (kind, was));
        match same {
            Some((_, _, items)) => items.push(item),
            None => self.places.push((kind, was, vec![item])),
        }
        let full = |place: &(BatchKind, Was, Vec<Item>)| place.2.len() == MAX_RECORDS;
        if let Some(at) = self.places.iter().position(full) {
            let place = self.places.remove(at);
            self.full.push(self.cut(place));
        }
    }

    fn cut(&self, (kind, was, items): (BatchKind, Was, Vec<Item>)) -> Batch {
        match was {
            Was::Refused => unsent(kind, items),
            Was::InDoubt => doubtful(unsent(kind, items), self.sent_at),
        }
    }

    /// The batches that are full by now.
    pub(super) fn take(&mut self) -> Vec<Batch> {
        std::mem::take(&mut self.full)
    }

    /// Those that are left.
    pub(super) fn finish(mut self) -> Vec<Batch> {
        let mut all = self.take();
        let places = std::mem::take(&mut self.places);
        all.extend(places.into_iter().map(|place| self.cut(place)));
        all.extend(self.refused.finish());
        let in_doubt = self.in_doubt.finish().into_iter();
        all.extend(in_doubt.map(|batch| doubtful(batch, self.sent_at)));
        all
    }
}
