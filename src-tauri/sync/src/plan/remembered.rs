//! What is known, kept in memory for the next plan that is made from the same:
//! somebody who looks at a plan looks again, and tries other settings.

use crate::plan::inputs::Inputs;
use crate::plan::known::Known;
use crate::reading::list_scope;
use crate::usher::Usher;
use serde_json::json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use usher_model::{Problem, Timestamp};
use usher_store::table::{batches, ledger, lists};

/// The last that was known, under what it was made from.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Option<(String, Arc<Known>)>>);

impl Remembered {
    fn last(&self) -> MutexGuard<'_, Option<(String, Arc<Known>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets it: something that it was made from is not as it was.
    pub(crate) fn forget(&self) {
        *self.last() = None;
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
        let mut last = self.remembered.last();
        if let Some((of, known)) = &*last
            && *of == basis
        {
            return Ok((known.clone(), true));
        }
        // Not both in memory at once.
        *last = None;
        let known = Arc::new(self.known(inputs, now)?);
        *last = Some((basis, known.clone()));
        Ok((known, false))
    }

    /// All that what is known depends on, by names, numbers and marks.
    fn basis(&self, inputs: &Inputs) -> Result<String, Problem> {
        let ground = &inputs.ground;
        let readings = self.readings_for(&inputs.service, &ground.settings)?;
        let readings: Vec<(i64, bool, u64)> = readings
            .iter()
            .map(|(id, reading)| (*id, reading.whole, reading.blocks))
            .collect();
        let workspace = inputs.destination.workspace.as_deref();
        let list = list_scope(&inputs.service, &inputs.sync.list, workspace);
        let cache = self.cache.reader()?;
        let list = list.map(|scope| lists::mark(&cache, &scope)).transpose()?;
        let journal = self.journal.reader()?;
        let settings = &ground.settings;
        Ok(json!([
            (
                &inputs.sync.id,
                &inputs.sync.list,
                &ground.destination,
                workspace
            ),
            (&ground.snapshot.id, &ground.snapshot.content),
            (&settings.key, &settings.fields, &settings.consent),
            ground.suppressions.mark(),
            (readings, list),
            ledger::mark(&journal, &inputs.sync.id)?,
            batches::settled_mark(&journal)?,
        ])
        .to_string())
    }
}
