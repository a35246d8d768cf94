//! The people of a plan: all, by verdict, by reason, or one by key.

use crate::plan::Look;
use crate::progress::Progress;
use crate::usher::Usher;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use usher_matching::{Decision, Key, normalize};
use usher_model::{Code, Person, PlanId, Problem, Sync, Verdict};
use usher_store::table::plans;

/// Which people of a plan are wanted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PeopleFilter {
    /// Only those with this verdict.
    pub verdict: Option<Verdict>,
    /// Only those with this reason.
    pub reason: Option<String>,
}

impl PeopleFilter {
    fn wants_decision(&self, decision: &Decision) -> bool {
        let reason = decision.reason.map(|reason| reason.as_str());
        self.verdict
            .is_none_or(|verdict| decision.verdict == verdict)
            && self
                .reason
                .as_deref()
                .is_none_or(|wanted| reason == Some(wanted))
    }

    fn wants(&self, person: &Person) -> bool {
        let reason = person.reason.as_ref().map(|reason| reason.code.as_str());
        self.verdict
            .is_none_or(|verdict| person.verdict == Some(verdict))
            && self
                .reason
                .as_deref()
                .is_none_or(|wanted| reason == Some(wanted))
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
        let wanted = |_: &str, decision: &Decision| filter.wants_decision(decision);
        self.each_planned_of(&plan, wanted, |people| {
            let people = people.into_iter().map(|planned| planned.person);
            people
                .filter(|person| filter.wants(person))
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
        let inputs = self.look(sync, Look::WhereStale, progress).await?;
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
