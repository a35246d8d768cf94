//! One verdict a row, by the rules of seed 001 and of the command line's contract.

use crate::counts::Counts;
use crate::decided::{Decided, NOBODY};
use crate::hash::{self, BLANK, MISFIT, NULL, ValueHash};
use crate::lead_set::LeadSet;
use crate::leads::Leads;
use crate::meeting::{At, Meeting};
use crate::settings::Settings;
use usher_model::{Destination, ListAct, Mode, OnDrift, PersonAction, ReasonCode, Verdict};

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

/// A block of the audience, in columns of hashes; each has all rows of the block.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// The block's first row, 0-based.
    pub first: usize,
    /// How many there are.
    pub count: usize,
    /// How long what a row would send for the dedupe field is; nothing where it
    /// does not fit.
    pub key_lengths: &'a [u32],
    /// The other mapped columns, in the mapping's order.
    pub fields: &'a [&'a [ValueHash]],
    /// The consent column, if one is asked for: see [`hash::plain_hash`].
    pub consent: Option<&'a [ValueHash]>,
    /// Whether a cell of a row is suppressed; empty when none is.
    pub forbidden: &'a [bool],
}

/// Plans for one audience against what is known of a destination. It does not
/// change while it decides, so blocks may be decided in any order, at once.
pub struct Planner<'a> {
    settings: &'a Settings,
    leads: &'a Leads,
    meeting: &'a Meeting,
    consent: Option<ValueHash>,
    /// Of each field that a new person needs: the mapped fields of that name.
    required: Vec<Vec<usize>>,
    protected: Vec<Protected>,
}

#[derive(Clone, Copy, PartialEq)]
enum Protected {
    No,
    Flag,
    Reason,
}

impl<'a> Planner<'a> {
    /// For rows that met these leads.
    pub fn new(settings: &'a Settings, leads: &'a Leads, meeting: &'a Meeting) -> Self {
        let named = |name: &str| {
            let fields = settings.fields.iter().enumerate();
            let named = fields.filter(|(_, mapped)| mapped.field.name == name);
            named.map(|(at, _)| at).collect()
        };
        let required = Destination::REQUIRED_TO_CREATE.iter();
        let protected = |name: &str| {
            if PROTECTED_FLAGS.contains(&name) {
                Protected::Flag
            } else if PROTECTED_REASONS.contains(&name) {
                Protected::Reason
            } else {
                Protected::No
            }
        };
        Self {
            settings,
            leads,
            meeting,
            consent: settings
                .consent
                .as_ref()
                .map(|(_, yes)| hash::plain_hash(yes)),
            required: required
                .filter(|name| **name != settings.key.field.name)
                .map(|name| named(name))
                .collect(),
            protected: settings
                .fields
                .iter()
                .map(|mapped| protected(&mapped.field.name))
                .collect(),
        }
    }

    /// Decides a block.
    pub fn decide(&self, rows: &Rows<'_>) -> Decided {
        let mut decided = Decided::new(self.settings.fields.len(), rows.count);
        let chosen = Chosen::of(rows, self.meeting, self.leads);
        for row in 0..rows.count {
            let said = self.verdict(rows, row, &chosen, &mut decided);
            decided.verdicts.push(said.verdict);
            decided.reasons.push(said.reason);
            decided.list.push(said.list);
            decided.counts.add(said.verdict, said.reason, said.list);
        }
        decided
    }

    fn verdict(&self, rows: &Rows<'_>, row: usize, chosen: &Chosen, decided: &mut Decided) -> Said {
        let at = self.meeting.at(rows.first + row);
        match at {
            At::Blank => return Said::skip(ReasonCode::NoKey),
            At::Invalid => return Said::skip(ReasonCode::InvalidKey),
            At::Duplicate => return Said::skip(ReasonCode::DuplicateInAudience),
            At::Unread | At::Nobody | At::Leads(_) | At::Nearly(_) => {}
        }
        let candidates = self.meeting.leads(&at);
        let first = candidates.first();
        let has_key = matches!(at, At::Leads(_));
        decided.counts.ambiguous_keys += u64::from(has_key && candidates.len() > 1);
        // The audience names them, also in a row that is not sent: as members of
        // the list they are no strangers.
        let members = candidates
            .iter()
            .filter(|lead| self.leads.is_on_list(**lead));
        decided.named.extend(members);
        let forbidden = rows.forbidden.get(row).is_some_and(|forbidden| *forbidden);
        let suppressed = |lead: &u32| self.leads.is_suppressed(*lead);
        if forbidden || (has_key && candidates.iter().any(suppressed)) {
            return Said::skip(ReasonCode::Suppressed);
        }
        if let Some((yes, consent)) = self.consent.zip(rows.consent)
            && consent[row] != yes
        {
            return Said::skip(ReasonCode::NoConsent);
        }
        // This row leads to them: Usher's own stay on the list.
        let ours = candidates.iter().filter(|lead| self.leads.is_ours(**lead));
        decided.staying.extend(ours);
        match (first, at) {
            (None, _) => self.unmatched(rows, row, decided),
            (Some(_), At::Nearly(_)) => Said::skip(ReasonCode::CaseDiffers),
            (Some(_), _) => self.matched(candidates, rows, row, chosen, decided),
        }
    }

    fn unmatched(&self, rows: &Rows<'_>, row: usize, decided: &mut Decided) -> Said {
        if self.settings.person_action == PersonAction::UpdateExisting {
            return Said::skip(ReasonCode::NotInDestination);
        }
        let filled = |field: &usize| rows.fields[*field][row] != BLANK;
        if !self.required.iter().all(|fields| fields.iter().any(filled)) {
            return Said::skip(ReasonCode::MissingRequired);
        }
        if rows.key_lengths[row] == 0 || has_misfit(rows, row) {
            return Said::skip(ReasonCode::InvalidValue);
        }
        for field in 0..rows.fields.len() {
            if self.sent(rows, row, field).is_some() {
                decided.writes.set(row, field);
            }
        }
        let list = if self.settings.sync_type.fills_list() {
            ListAct::Add
        } else {
            ListAct::None
        };
        Said {
            verdict: Verdict::Create,
            reason: None,
            list,
        }
    }

    fn matched(
        &self,
        candidates: &[u32],
        rows: &Rows<'_>,
        row: usize,
        chosen: &Chosen,
        decided: &mut Decided,
    ) -> Said {
        decided.leads[row] = chosen.ids[row];
        let mut drifted = false;
        if self.settings.sync_type.writes_profiles() {
            if has_misfit(rows, row) {
                return Said::skip(ReasonCode::InvalidValue);
            }
            drifted = self.compare(rows, row, chosen, decided);
        }
        let mut list = ListAct::None;
        if self.settings.sync_type.fills_list() {
            let (act, holder, taken_away) = self.place(candidates, chosen.leads[row]);
            list = act;
            drifted |= taken_away;
            if let Some(holder) = holder.filter(|holder| *holder != chosen.leads[row]) {
                decided.list_leads[row] = self.leads.id(holder);
            }
        }
        let writes = !decided.writes.is_empty(row);
        Said {
            verdict: if writes {
                Verdict::Update
            } else {
                Verdict::Leave
            },
            reason: drifted.then_some(ReasonCode::Drifted),
            list,
        }
    }

    /// Notes which mapped fields are written and which are found equal; says
    /// whether one is left because somebody else changed it since it was delivered.
    fn compare(&self, rows: &Rows<'_>, row: usize, chosen: &Chosen, decided: &mut Decided) -> bool {
        let mut drifted = false;
        for (at, mapped) in self.settings.fields.iter().enumerate() {
            let Some(sent) = self.sent(rows, row, at) else {
                continue;
            };
            let there = chosen.there[at][row];
            let as_delivered = || chosen.delivered[at].get(row) == Some(&sent);
            if hash::equal(&mapped.field, sent, there) {
                if !as_delivered() {
                    decided.seen_equal.set(row, at);
                }
            } else if self.settings.on_drift == OnDrift::Leave && as_delivered() {
                drifted = true;
            } else if !self.is_protected(at, sent, there) {
                decided.writes.set(row, at);
                decided.before.push(there);
            }
        }
        drifted
    }

    /// What happens to the place on the list, which lead holds it, and whether
    /// somebody else took a person away whom Usher had added.
    fn place(&self, candidates: &[u32], lead: u32) -> (ListAct, Option<u32>, bool) {
        let ours = |lead: &&u32| self.leads.is_ours(**lead);
        let held = |lead: &&u32| ours(lead) && self.leads.is_on_list(**lead);
        if let Some(holder) = candidates.iter().find(held) {
            return (ListAct::Keep, Some(*holder), false);
        }
        if self.leads.is_on_list(lead) {
            return (ListAct::Keep, Some(lead), false);
        }
        if candidates.iter().any(|lead| ours(&lead)) {
            return (ListAct::None, None, true);
        }
        (ListAct::Add, Some(lead), false)
    }

    /// What a row would send for a field: nothing when it is blank and a blank
    /// says nothing, [`NULL`] when a blank clears.
    fn sent(&self, rows: &Rows<'_>, row: usize, field: usize) -> Option<ValueHash> {
        match rows.fields[field][row] {
            BLANK => self.settings.fields[field].clear_when_blank.then_some(NULL),
            hash => Some(hash),
        }
    }

    fn is_protected(&self, field: usize, sent: ValueHash, there: ValueHash) -> bool {
        match self.protected[field] {
            Protected::No => false,
            Protected::Flag => {
                hash::releases(sent) && hash::is_true(&self.settings.fields[field].field, there)
            }
            Protected::Reason => sent == NULL,
        }
    }
}

/// The lead that each row of a block means, if any, and what is known of it: fetched
/// for the whole block a column at a time, since one lead after another, scattered
/// as they are, keeps the processor waiting for each.
struct Chosen {
    /// By position; `u32::MAX` for rows that mean nobody.
    leads: Vec<u32>,
    ids: Vec<i64>,
    /// Of each mapped field: what the destination has.
    there: Vec<Vec<ValueHash>>,
    /// Of each mapped field: what was last delivered; empty where nothing ever was.
    delivered: Vec<Vec<ValueHash>>,
}

impl Chosen {
    fn of(rows: &Rows<'_>, meeting: &Meeting, leads: &Leads) -> Self {
        let first = |row: usize| {
            let at = meeting.at(rows.first + row);
            meeting.leads(&at).first().copied()
        };
        let chosen: Vec<u32> = (0..rows.count)
            .map(|row| first(row).unwrap_or(u32::MAX))
            .collect();
        let each = |columns: &[Vec<ValueHash>]| {
            let of = |column: &Vec<ValueHash>| match column.is_empty() {
                true => Vec::new(),
                false => picked(column, &chosen, 0),
            };
            columns.iter().map(of).collect()
        };
        Self {
            ids: picked(leads.ids(), &chosen, NOBODY),
            there: each(leads.there()),
            delivered: each(leads.delivered()),
            leads: chosen,
        }
    }
}

/// What a column has at these positions.
fn picked<T: Copy>(column: &[T], at: &[u32], none: T) -> Vec<T> {
    at.iter()
        .map(|at| column.get(*at as usize).copied().unwrap_or(none))
        .collect()
}

/// Adds up what was decided, once every row is: the counts of the whole, and
/// everyone who leaves the list, by lead. In add-only mode nobody leaves.
#[derive(Debug, Default)]
pub struct Tally {
    counts: Counts,
    named: Marks,
    staying: Marks,
}

impl Tally {
    /// Takes in a block.
    pub fn add(&mut self, decided: &Decided) {
        self.counts += &decided.counts;
        decided.named.iter().for_each(|lead| self.named.set(*lead));
        decided
            .staying
            .iter()
            .for_each(|lead| self.staying.set(*lead));
    }

    /// The end: `members` are on the list as it was read, `ours` were put there
    /// by Usher. `None` for a sync that fills no list.
    pub fn finish(
        mut self,
        mode: Mode,
        leads: &Leads,
        list: Option<(&LeadSet, &LeadSet)>,
    ) -> (Counts, Vec<i64>) {
        let mut leaving = Vec::new();
        if let Some((members, ours)) = list {
            if mode == Mode::Mirror {
                let mut is_member = members.has_each();
                let goes = |(lead, at): &(i64, Option<u32>)| {
                    is_member(*lead) && !at.is_some_and(|at| self.staying.has(at))
                };
                leaving.extend(leads.places(ours).filter(goes).map(|(lead, _)| lead));
            }
            let mut is_ours = ours.has_each();
            let unnamed = |(lead, at): &(i64, Option<u32>)| {
                !is_ours(*lead) && !at.is_some_and(|at| self.named.has(at))
            };
            self.counts.list_others = leads.places(members).filter(unnamed).count() as u64;
        }
        self.counts.list_remove = leaving.len() as u64;
        (self.counts, leaving)
    }
}

/// Leads by position, a bit for each.
#[derive(Debug, Default)]
struct Marks(Vec<u64>);

impl Marks {
    fn set(&mut self, lead: u32) {
        let (word, bit) = (lead as usize / 64, lead % 64);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << bit;
    }

    fn has(&self, lead: u32) -> bool {
        let word = self.0.get(lead as usize / 64);
        word.is_some_and(|word| word >> (lead % 64) & 1 == 1)
    }
}

struct Said {
    verdict: Verdict,
    reason: Option<ReasonCode>,
    list: ListAct,
}

impl Said {
    fn skip(reason: ReasonCode) -> Self {
        Self {
            verdict: Verdict::Skip,
            reason: Some(reason),
            list: ListAct::None,
        }
    }
}

fn has_misfit(rows: &Rows<'_>, row: usize) -> bool {
    rows.fields.iter().any(|field| field[row] == MISFIT)
}
