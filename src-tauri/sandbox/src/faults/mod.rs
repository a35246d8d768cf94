//! Things that go wrong on purpose.
//!
//! A fault says on which requests, at which point of a request's life, and what
//! happens. Invariant: without faults set, nothing in here changes a reply.

mod act;
mod rule;

pub(crate) use act::Act;
pub(crate) use rule::{At, Rule};

use serde_json::{Map, Value};

use crate::random::Random;
use crate::values::plain;

/// All faults in force.
#[derive(Debug)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
    random: Random,
}

/// What will happen to one request, decided when it arrives.
#[derive(Debug, Default)]
pub(crate) struct Armed {
    acts: Vec<(At, Act)>,
}

impl Armed {
    /// What strikes at this point, if anything does.
    pub(crate) fn at(&self, at: At) -> Option<&Act> {
        self.acts
            .iter()
            .find(|(when, _)| *when == at)
            .map(|(_, act)| act)
    }

    /// For the log.
    pub(crate) fn label(&self) -> String {
        let labels: Vec<String> = self
            .acts
            .iter()
            .map(|(at, act)| format!("{at:?}:{}", act.label()))
            .collect();
        labels.join(",")
    }
}

impl Faults {
    /// No faults; probabilities draw from the seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            rules: Vec::new(),
            random: Random::new(seed, "faults"),
        }
    }

    /// Adds faults behind those in force; earlier ones win.
    pub(crate) fn add(&mut self, rules: Vec<Rule>) {
        self.rules.extend(rules);
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// With how often each has been met and has struck.
    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Counts a request against every fault and collects those that strike; at each
    /// point the first one wins.
    pub(crate) fn arm(&mut self, method: &str, path: &str, write: bool) -> Armed {
        let mut armed = Armed::default();
        for rule in &mut self.rules {
            if let Some(act) = rule.strike(method, path, write, &mut self.random) {
                armed.acts.push((rule.at, act));
            }
        }
        armed
    }

    /// The code and text with which a record of Sync Leads is refused.
    pub(crate) fn rejection(&mut self, record: &Map<String, Value>) -> Option<(String, String)> {
        self.rules.iter_mut().find_map(|rule| {
            let value = record.get(rule.rejected_field()?)?;
            rule.reject(&plain(value))
        })
    }

    /// The text with which a row of an import is taken all the same.
    pub(crate) fn warning(&mut self, record: &Map<String, Value>) -> Option<String> {
        self.rules.iter_mut().find_map(|rule| {
            let value = record.get(rule.warned_field()?)?;
            rule.reject(&plain(value)).map(|(_, text)| text)
        })
    }

    /// The same for an id of a list operation; only faults on the field `id` apply.
    pub(crate) fn id_rejection(&mut self, id: u64) -> Option<(String, String)> {
        self.rules.iter_mut().find_map(|rule| {
            (rule.rejected_field()? == "id")
                .then(|| rule.reject(&id.to_string()))
                .flatten()
        })
    }
}
