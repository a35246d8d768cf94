//! What a row that has leads does with them: which fields are written, and who
//! holds the place on the list.

use crate::leads::Lead;
use crate::planner::{Decision, Planner};
use crate::settings::MappedField;
use crate::value::{canonical, same, value_hash};
use serde_json::Value;
use usher_model::{ListAct, OnDrift, ReasonCode, Verdict};

/// Fields that say "do not": once true at the destination they are never made
/// false or null by a sync.
const PROTECTED_FLAGS: [&str; 4] = [
    "unsubscribed",
    "emailInvalid",
    "doNotCall",
    "marketingSuspended",
];
/// Their reasons, never cleared.
const PROTECTED_REASONS: [&str; 4] = [
    "unsubscribedReason",
    "emailInvalidCause",
    "doNotCallReason",
    "marketingSuspendedCause",
];

#[derive(Default)]
struct Compared {
    writes: Vec<usize>,
    seen_equal: Vec<usize>,
    drifted: bool,
}

impl Planner<'_> {
    pub(crate) fn matched(&self, candidates: &[Lead<'_>], cells: &[&str]) -> Decision {
        let lead = candidates[0];
        let writes_profiles = self.settings.sync_type.writes_profiles();
        if writes_profiles && let Some(misfit) = self.misfit(cells, false) {
            let lead = Some(lead.id());
            return Decision {
                misfit: Some(misfit),
                lead,
                ..Decision::skip(ReasonCode::InvalidValue)
            };
        }
        let profile = if writes_profiles {
            self.compare(lead, cells)
        } else {
            Compared::default()
        };
        let (list, holder, place_drifted) = self.place(candidates);
        let drifted = profile.drifted || place_drifted;
        Decision {
            verdict: if profile.writes.is_empty() {
                Verdict::Leave
            } else {
                Verdict::Update
            },
            reason: drifted.then_some(ReasonCode::Drifted),
            misfit: None,
            list,
            lead: Some(lead.id()),
            list_lead: holder.filter(|&holder| holder != lead.id()),
            writes: profile.writes,
            seen_equal: profile.seen_equal,
            drifted,
        }
    }

    /// Which mapped fields are written, which are left because somebody else
    /// changed them since they were delivered, and which are found equal.
    fn compare(&self, lead: Lead<'_>, cells: &[&str]) -> Compared {
        let mut compared = Compared::default();
        for (at, mapped) in self.settings.fields.iter().enumerate() {
            let Some(sent) = mapped.sent(cells) else {
                continue;
            };
            let name = &mapped.field.name;
            let there = lead.value(name);
            let as_delivered = || {
                self.ledger.delivered.value(lead.id(), name)
                    == Some(value_hash(&mapped.field, &sent))
            };
            if same(&mapped.field, &sent, there) {
                if !as_delivered() {
                    compared.seen_equal.push(at);
                }
            } else if self.settings.on_drift == OnDrift::Leave && as_delivered() {
                compared.drifted = true;
            } else if !is_protected(name, &sent, there) {
                compared.writes.push(at);
            }
        }
        compared
    }

    /// What happens to the place on the list, which lead holds it, and whether
    /// somebody else took a person away whom Usher had added.
    fn place(&self, candidates: &[Lead<'_>]) -> (ListAct, Option<i64>, bool) {
        let Some(list) = self.list else {
            return (ListAct::None, None, false);
        };
        let ours = |lead: &i64| self.ledger.members.contains_key(lead);
        let on_list = |lead: &i64| list.members.contains(lead);
        let ids = || candidates.iter().map(|lead| lead.id());
        if let Some(holder) = ids().find(|lead| ours(lead) && on_list(lead)) {
            return (ListAct::Keep, Some(holder), false);
        }
        let lead = candidates[0].id();
        if on_list(&lead) {
            return (ListAct::Keep, Some(lead), false);
        }
        if ids().any(|lead| ours(&lead)) {
            return (ListAct::None, None, true);
        }
        (ListAct::Add, Some(lead), false)
    }
}

impl MappedField {
    /// What this row would send for the field: nothing when it is blank and a
    /// blank says nothing, null when a blank clears. The value fits.
    pub fn sent(&self, cells: &[&str]) -> Option<Value> {
        let cell = cells[self.column];
        if cell.trim().is_empty() {
            return self.clear_when_blank.then_some(Value::Null);
        }
        canonical(&self.field, cell).ok()
    }
}

fn is_protected(field: &str, sent: &Value, there: Option<&str>) -> bool {
    let releases = matches!(sent, Value::Null | Value::Bool(false));
    let set = there.is_some_and(|there| there.eq_ignore_ascii_case("true") || there == "1");
    (PROTECTED_FLAGS.contains(&field) && releases && set)
        || (PROTECTED_REASONS.contains(&field) && sent.is_null())
}
