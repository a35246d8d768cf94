//! What is known, kept in memory for the next plan that is made from the same:
//! somebody who looks at a plan looks again, and tries other settings.

use crate::plan::inputs::Inputs;
use crate::plan::known::Known;
use crate::reading::list_scope;
use crate::usher::Usher;
use serde_json::json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use usher_model::{PlanId, Problem, Timestamp};
use usher_store::table::{batches, ledger, lists};

/// What was known is kept for so many ways to match on the same ground: who tries
/// another key looks back at the one before.
const WAYS: usize = 2;

/// The last that was known, the latest last, under what it was made from; and which
/// plans were made of it.
#[derive(Default)]
pub(crate) struct Remembered {
    ways: Mutex<Vec<(Basis, Arc<Known>)>>,
    plans: Mutex<Vec<(PlanId, Weak<Known>)>>,
}

/// All that what is known depends on, by names, numbers and marks.
#[derive(Clone, PartialEq)]
struct Basis {
    /// The sync, the audience, the list, and what runs did.
    ground: String,
    /// How people are matched, and which fields are compared.
    way: String,
    /// What was read.
    readings: Vec<(i64, bool, u64)>,
}

impl Remembered {
    fn all(&self) -> MutexGuard<'_, Vec<(Basis, Arc<Known>)>> {
        self.ways.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what a plan was made of.
    pub(crate) fn note(&self, plan: &PlanId, known: &Arc<Known>) {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        plans.retain(|(_, known)| known.strong_count() > 0);
        plans.push((plan.clone(), Arc::downgrade(known)));
    }

    /// What a plan was made of, if that is still in memory.
    pub(crate) fn of_plan(&self, plan: &PlanId) -> Option<Arc<Known>> {
        let plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, known) = plans.iter().find(|(id, _)| id == plan)?;
        known.upgrade()
    }

    /// Forgets it: something that it was made from is not as it was.
    pub(crate) fn forget(&self) {
        self.all().clear();
    }
}

impl Usher {
    /// What is known for these inputs now, and whether it is as it was: nothing that
    /// it is made from has changed since somebody looked.
    pub(crate) fn known_now(
        &self,
        inputs: &Inputs,
        now: Timestamp,
    ) -> Result<(Arc<Known>, bool), Problem> {
        let basis = self.basis(inputs)?;
        let mut all = self.remembered.all();
        if let Some(at) = all.iter().position(|(of, _)| *of == basis) {
            let latest = all.remove(at);
            let known = latest.1.clone();
            all.push(latest);
            return Ok((known, true));
        }
        self.paged_plan.forget();
        // What is not needed any more is gone before there is more in memory: what
        // stands on other ground, and the same way from older readings.
        all.retain(|(of, _)| of.ground == basis.ground && of.way != basis.way);
        if all.len() >= WAYS {
            all.remove(0);
        }
        let known = Arc::new(self.known(inputs, now)?);
        all.push((basis, known.clone()));
        Ok((known, false))
    }

    fn basis(&self, inputs: &Inputs) -> Result<Basis, Problem> {
        let ground = &inputs.ground;
        let settings = &ground.settings;
        let readings = self.readings_of(inputs)?;
        let readings = readings.iter();
        let readings = readings.map(|(id, reading)| (*id, reading.whole, reading.blocks));
        let workspace = inputs.destination.workspace.as_deref();
        let list = list_scope(&inputs.service, &inputs.sync.list, workspace);
        let cache = self.cache.reader()?;
        let list = list.map(|scope| lists::mark(&cache, &scope)).transpose()?;
        let journal = self.journal.reader()?;
        let stands_on = json!([
            (&inputs.sync.id, &inputs.sync.list),
            (&ground.destination, workspace),
            (&ground.snapshot.id, &ground.snapshot.content),
            ground.suppressions.mark(),
            list,
            ledger::mark(&journal, &inputs.sync.id)?,
            batches::settled_mark(&journal)?,
        ]);
        let way = json!([&settings.key, &settings.fields, &settings.consent]);
        Ok(Basis {
            ground: stands_on.to_string(),
            way: way.to_string(),
            readings: readings.collect(),
        })
    }
}
