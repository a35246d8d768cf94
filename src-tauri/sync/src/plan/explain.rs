//! The people of a plan: all, by verdict, by reason, or one by key.

use crate::audience::contains;
use crate::plan::{Look, RouteWish};
use crate::progress::Progress;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;
use usher_matching::{Decision, Key, normalize};
use usher_model::{Code, ListAct, Person, PlanId, Problem, ReasonCode, Sync, Verdict};
use usher_store::table::plans;

/// Which people of a plan are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
#[ts(optional_fields = nullable)]
pub struct PeopleFilter {
    /// Only those with this verdict.
    pub verdict: Option<Verdict>,
    /// Only those with this reason.
    pub reason: Option<String>,
    /// Only those whose place on the list changes so.
    pub list: Option<ListAct>,
    /// Only those who have this text in their key, whatever the case.
    pub search: Option<String>,
}

impl PeopleFilter {
    /// Whether a row of this verdict, reason and act is wanted, whatever its key.
    pub(super) fn wants(&self, row: (Verdict, Option<ReasonCode>, ListAct)) -> bool {
        let (verdict, reason, list) = row;
        self.wants_words(Some(verdict), reason.map(|reason| reason.as_str()), list)
    }

    /// Whether a person is wanted, whatever their key.
    pub(super) fn wants_person(&self, person: &Person) -> bool {
        let reason = person.reason.as_ref().map(|reason| reason.code.as_str());
        self.wants_words(person.verdict, reason, person.list)
    }

    fn wants_words(&self, verdict: Option<Verdict>, reason: Option<&str>, list: ListAct) -> bool {
        let wanted = self.reason.as_deref();
        (self.verdict.is_none() || verdict == self.verdict)
            && (wanted.is_none() || reason == wanted)
            && self.list.is_none_or(|act| act == list)
    }

    fn names(&self, key: &str) -> bool {
        let search = self.search.as_deref().filter(|text| !text.is_empty());
        search.is_none_or(|text| contains(key, &text.to_lowercase()))
    }
}

impl Usher {
    /// Gives the people of a sync's plan with this digest to `take`, in row order.
    pub fn people_of_plan(
        &self,
        sync: &str,
        digest: &str,
        filter: &PeopleFilter,
        mut take: impl FnMut(Person) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        let sync: Sync = self.find(sync)?;
        let found: Option<(PlanId, serde_json::Value)> =
            plans::find(&*self.cache.reader()?, &sync.id, digest)?;
        let (plan, _) = found.ok_or_else(|| no_such_plan(digest))?;
        let wanted = |key: &str, decision: &Decision| {
            filter.names(key) && filter.wants((decision.verdict, decision.reason, decision.list))
        };
        let wants_leaver = |person: &Person| {
            filter.wants_person(person) && filter.names(person.key.as_deref().unwrap_or_default())
        };
        self.each_planned_of(&plan, wanted, |people| {
            let people = people.into_iter().map(|planned| planned.person);
            people
                .filter(|person| person.row.is_some() || wants_leaver(person))
                .try_for_each(&mut take)
        })
    }

    /// Everyone with this key, as the cell or as the key it becomes, with why
    /// they get what they get.
    pub async fn explain(
        self: &Arc<Self>,
        sync: &str,
        key: &str,
        progress: &Progress,
    ) -> Result<Vec<Person>, Problem> {
        let inputs = self
            .look(sync, Look::WhereStale, RouteWish::default(), progress)
            .await?;
        let wanted = match normalize(inputs.ground.settings.key_kind(), key) {
            Key::Valid(key) => Some(key.into_owned()),
            _ => None,
        };
        let kind = inputs.ground.settings.key_kind();
        let (plan, _) = self.make_plan(Arc::new(inputs), progress).await?;
        let is_it = |raw: &str| {
            let as_key = || match (normalize(kind, raw), &wanted) {
                (Key::Valid(key), Some(wanted)) => key == wanted.as_str(),
                _ => false,
            };
            raw.trim() == key.trim() || as_key()
        };
        let mut found = Vec::new();
        self.each_planned_of(
            &plan,
            |raw, _| is_it(raw),
            |people| {
                // Those who leave the list are put in words whoever they are.
                let people = people.into_iter().map(|planned| planned.person);
                let by_key = |person: &Person| person.key.as_deref().is_some_and(&is_it);
                found.extend(people.filter(|person| person.row.is_some() || by_key(person)));
                Ok(())
            },
        )?;
        if found.is_empty() {
            return Err(Problem::new(
                Code::NotFound,
                "Nobody in the audience has that key, and nobody with it leaves the list.",
                "Look for them with `usher audience members NAME --search TEXT`.",
            ));
        }
        Ok(found)
    }
}

/// The error of a digest that names no stored plan.
pub(crate) fn no_such_plan(digest: &str) -> Problem {
    Problem::new(
        Code::NotFound,
        format!("There is no stored plan with the digest `{digest}`."),
        "Preview the sync again, and take the digest it shows.",
    )
}
