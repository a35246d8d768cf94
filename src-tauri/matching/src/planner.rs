//! One verdict a row, by the rules of seed 001 and of the command line's contract.

use crate::counts::Counts;
use crate::key::{Key, KeyHash, KeyKind, normalize};
use crate::leads::{Lead, LeadTable};
use crate::ledger::Ledger;
use crate::settings::{MappedField, Settings};
use crate::suppression::Suppressions;
use crate::value::{Misfit, canonical};
use std::collections::HashSet;
use usher_model::{Destination, ListAct, Mode, PersonAction, ReasonCode, Verdict};

/// The list as it was read. A list that does not exist yet has no members.
#[derive(Clone, Debug, Default)]
pub struct ListState {
    /// Everyone on it, by lead.
    pub members: HashSet<i64>,
}

/// What is intended for one row. Leads are named by id; the words are made
/// from it by [`Planner::person`] where somebody looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What is intended for the profile.
    pub verdict: Verdict,
    /// Why, where there is something to say.
    pub reason: Option<ReasonCode>,
    /// The mapped field that is the reason, and what is wrong with it.
    pub misfit: Option<(String, Misfit)>,
    /// What is intended for the place on the list.
    pub list: ListAct,
    /// The lead whose profile is meant.
    pub lead: Option<i64>,
    /// The lead that holds the place, where it is another one.
    pub list_lead: Option<i64>,
    /// Positions of the mapped fields that are written.
    pub writes: Vec<usize>,
    /// Positions of the mapped fields that are equal at the destination and
    /// were not known to be: a run remembers them as delivered.
    pub seen_equal: Vec<usize>,
    /// Whether something was left because somebody else changed it.
    pub drifted: bool,
}

impl Decision {
    pub(crate) fn skip(reason: ReasonCode) -> Self {
        Self {
            reason: Some(reason),
            ..Self::bare(Verdict::Skip)
        }
    }

    fn bare(verdict: Verdict) -> Self {
        Self {
            verdict,
            reason: None,
            misfit: None,
            list: ListAct::None,
            lead: None,
            list_lead: None,
            writes: Vec::new(),
            seen_equal: Vec::new(),
            drifted: false,
        }
    }
}

/// Someone who leaves the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The lead.
    pub lead: i64,
    /// The key under which Usher added it.
    pub key: String,
}

/// Plans for one audience against one reading of a destination. Rows are given
/// in order; the first row of a key counts.
pub struct Planner<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) leads: &'a LeadTable,
    pub(crate) ledger: &'a Ledger,
    pub(crate) list: Option<&'a ListState>,
    suppressions: &'a Suppressions,
    suppression_columns: Vec<(String, Vec<usize>)>,
    seen: HashSet<KeyHash>,
    staying: HashSet<i64>,
    named: HashSet<i64>,
    counts: Counts,
}

impl<'a> Planner<'a> {
    /// A planner before its first row. `list` is `None` for profile-only.
    pub fn new(
        settings: &'a Settings,
        leads: &'a LeadTable,
        ledger: &'a Ledger,
        list: Option<&'a ListState>,
        suppressions: &'a Suppressions,
    ) -> Self {
        let suppression_columns = suppressions
            .namespaces()
            .map(|namespace| (namespace.to_owned(), settings.columns_of(namespace)))
            .collect();
        Self {
            settings,
            leads,
            ledger,
            list,
            suppressions,
            suppression_columns,
            seen: HashSet::new(),
            staying: HashSet::new(),
            named: HashSet::new(),
            counts: Counts::default(),
        }
    }

    /// Decides the next row. `key` is the hash of its dedupe cell, `cells` all
    /// its cells in the snapshot's column order.
    pub fn decide(&mut self, key: KeyHash, cells: &[&str]) -> Decision {
        let decision = self.verdict(key, cells);
        self.counts
            .add(decision.verdict, decision.reason, decision.list);
        self.counts.drifted += u64::from(decision.drifted);
        decision
    }

    fn verdict(&mut self, key: KeyHash, cells: &[&str]) -> Decision {
        if key == KeyHash::BLANK {
            return Decision::skip(ReasonCode::NoKey);
        }
        if key == KeyHash::INVALID {
            return Decision::skip(ReasonCode::InvalidKey);
        }
        if !self.seen.insert(key) {
            return Decision::skip(ReasonCode::DuplicateInAudience);
        }
        let candidates = self.leads.of_key(key);
        let nearly = self.nearly(&candidates, cells);
        self.counts.ambiguous_keys += u64::from(candidates.len() > 1);
        self.name_members(candidates.iter().chain(&nearly));
        if self.row_is_suppressed(cells) || self.any_lead_is_suppressed(&candidates) {
            return Decision::skip(ReasonCode::Suppressed);
        }
        if let Some((column, yes)) = &self.settings.consent
            && cells[*column].trim() != yes
        {
            return Decision::skip(ReasonCode::NoConsent);
        }
        if !nearly.is_empty() {
            self.hold_places(&nearly);
            return Decision::skip(ReasonCode::CaseDiffers);
        }
        if candidates.is_empty() {
            return self.unmatched(cells);
        }
        self.hold_places(&candidates);
        self.matched(&candidates, cells)
    }

    /// Every address by which a suppression may name this row beside its key:
    /// cells mapped to e-mail, and the e-mails of the leads that have its key.
    pub fn other_emails(&self, key: KeyHash, cells: &[&str]) -> Vec<KeyHash> {
        let leads = self.leads.of_key(key);
        let columns = self
            .settings
            .columns_of("email")
            .into_iter()
            .map(|column| cells[column]);
        let mut hashes: Vec<KeyHash> = columns
            .chain(leads.iter().filter_map(|lead| lead.email()))
            .map(|cell| {
                KeyHash::from_sha256_hex(cell.trim())
                    .unwrap_or_else(|| normalize(KeyKind::Email, cell).hash())
            })
            .filter(|hash| hash.is_valid() && *hash != key)
            .collect();
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    }

    fn row_is_suppressed(&self, cells: &[&str]) -> bool {
        self.suppression_columns.iter().any(|(namespace, columns)| {
            columns
                .iter()
                .any(|&column| self.suppressions.forbids(namespace, cells[column]))
        })
    }

    fn any_lead_is_suppressed(&self, candidates: &[Lead<'_>]) -> bool {
        !self.suppressions.is_empty()
            && candidates
                .iter()
                .filter_map(|lead| lead.email())
                .any(|email| self.suppressions.forbids("email", email))
    }

    /// The leads from which an unmatched row differs by case alone.
    fn nearly(&self, candidates: &[Lead<'a>], cells: &[&str]) -> Vec<Lead<'a>> {
        let kind = self.settings.key_kind();
        if !candidates.is_empty() || kind != KeyKind::Text {
            return Vec::new();
        }
        match normalize(kind, cells[self.settings.key.column]) {
            Key::Valid(key) => self.leads.of_folded_key(&key),
            _ => Vec::new(),
        }
    }

    /// Notes that the audience names these leads, also in a row that is not sent:
    /// as members of the list they are no strangers.
    fn name_members<'l>(&mut self, leads: impl Iterator<Item = &'l Lead<'a>>)
    where
        'a: 'l,
    {
        let Some(list) = self.list else { return };
        let members = leads.map(|lead| lead.id());
        self.named
            .extend(members.filter(|lead| list.members.contains(lead)));
    }

    /// Notes that this row leads to these leads: Usher's own stay on the list.
    fn hold_places(&mut self, candidates: &[Lead<'_>]) {
        let ours = candidates.iter().map(|lead| lead.id());
        self.staying
            .extend(ours.filter(|lead| self.ledger.members.contains_key(lead)));
    }

    fn unmatched(&self, cells: &[&str]) -> Decision {
        if self.settings.person_action == PersonAction::UpdateExisting {
            return Decision::skip(ReasonCode::NotInDestination);
        }
        if let Some(field) = self.blank_required(cells) {
            let misfit = Some((field, Misfit("The field is blank.")));
            return Decision {
                misfit,
                ..Decision::skip(ReasonCode::MissingRequired)
            };
        }
        if let Some(misfit) = self.misfit(cells, true) {
            return Decision {
                misfit: Some(misfit),
                ..Decision::skip(ReasonCode::InvalidValue)
            };
        }
        let list = if self.list.is_some() {
            ListAct::Add
        } else {
            ListAct::None
        };
        let filled = |(at, mapped): (usize, &MappedField)| mapped.sent(cells).map(|_| at);
        let writes = self
            .settings
            .fields
            .iter()
            .enumerate()
            .filter_map(filled)
            .collect();
        Decision {
            list,
            writes,
            ..Decision::bare(Verdict::Create)
        }
    }

    /// The first field that a new person needs and this row leaves blank.
    fn blank_required(&self, cells: &[&str]) -> Option<String> {
        let filled = |name: &str| {
            let mut mapped = self
                .settings
                .fields
                .iter()
                .filter(|mapped| mapped.field.name == name);
            mapped.any(|mapped| !cells[mapped.column].trim().is_empty())
        };
        let required = Destination::REQUIRED_TO_CREATE;
        let blank = required
            .iter()
            .find(|name| **name != self.settings.key.field.name && !filled(name));
        blank.map(|name| (*name).to_owned())
    }

    /// The first mapped value that does not fit its field.
    pub(crate) fn misfit(&self, cells: &[&str], creating: bool) -> Option<(String, Misfit)> {
        let key = creating.then_some(&self.settings.key);
        key.into_iter()
            .chain(&self.settings.fields)
            .find_map(|mapped| {
                let cell = cells[mapped.column];
                let blank = cell.trim().is_empty();
                let misfit = if blank {
                    None
                } else {
                    canonical(&mapped.field, cell).err()
                };
                misfit.map(|misfit| (mapped.field.name.clone(), misfit))
            })
    }

    /// Everyone who leaves the list now that all rows are decided, by lead, and
    /// the counts of the whole. In add-only mode nobody leaves.
    pub fn finish(mut self) -> (Counts, Vec<Removal>) {
        let mut removals = Vec::new();
        if let Some(list) = self.list {
            if self.settings.mode == Mode::Mirror {
                removals = self
                    .ledger
                    .members
                    .iter()
                    .filter(|(lead, _)| list.members.contains(lead) && !self.staying.contains(lead))
                    .map(|(lead, place)| Removal {
                        lead: *lead,
                        key: place.key.clone(),
                    })
                    .collect();
                removals.sort_by_key(|removal| removal.lead);
            }
            let foreign = list
                .members
                .iter()
                .filter(|lead| !self.ledger.members.contains_key(lead));
            self.counts.list_others =
                foreign.filter(|lead| !self.named.contains(lead)).count() as u64;
        }
        self.counts.list_remove = removals.len() as u64;
        (self.counts, removals)
    }
}
