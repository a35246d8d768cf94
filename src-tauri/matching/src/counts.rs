//! The tally of a plan: counts that add up.

use std::ops::AddAssign;
use usher_model::{ListAct, PeopleCounts, ReasonCode, Verdict};

/// What a plan comes to. `people` adds up to the rows that were decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Verdicts.
    pub people: PeopleCounts,
    /// Leads that join the list.
    pub list_add: u64,
    /// Leads that are on it and stay.
    pub list_keep: u64,
    /// Leads that leave it.
    pub list_remove: u64,
    /// Members whom Usher did not add and the audience does not name.
    pub list_others: u64,
    /// Keys with several leads.
    pub ambiguous_keys: u64,
    /// People with something left because somebody else changed it.
    pub drifted: u64,
}

impl Counts {
    /// Everybody on the list once it is as planned.
    pub fn members_afterwards(&self) -> u64 {
        self.list_keep + self.list_others + self.list_add
    }
}

impl AddAssign<&Self> for Counts {
    fn add_assign(&mut self, other: &Self) {
        let (people, more) = (&mut self.people, &other.people);
        people.rows += more.rows;
        people.create += more.create;
        people.update += more.update;
        people.leave += more.leave;
        let (skip, more) = (&mut people.skip, &more.skip);
        skip.no_key += more.no_key;
        skip.invalid_key += more.invalid_key;
        skip.case_differs += more.case_differs;
        skip.duplicate_in_audience += more.duplicate_in_audience;
        skip.suppressed += more.suppressed;
        skip.no_consent += more.no_consent;
        skip.not_in_destination += more.not_in_destination;
        skip.missing_required += more.missing_required;
        skip.invalid_value += more.invalid_value;
        self.list_add += other.list_add;
        self.list_keep += other.list_keep;
        self.list_remove += other.list_remove;
        self.list_others += other.list_others;
        self.ambiguous_keys += other.ambiguous_keys;
        self.drifted += other.drifted;
    }
}

impl Counts {
    pub(crate) fn add(&mut self, verdict: Verdict, reason: Option<ReasonCode>, list: ListAct) {
        self.people.rows += 1;
        self.drifted += u64::from(reason == Some(ReasonCode::Drifted));
        match verdict {
            Verdict::Create => self.people.create += 1,
            Verdict::Update => self.people.update += 1,
            Verdict::Leave => self.people.leave += 1,
            Verdict::Skip => self.add_skip(reason),
        }
        match list {
            ListAct::Add => self.list_add += 1,
            ListAct::Keep => self.list_keep += 1,
            ListAct::Remove | ListAct::None => {}
        }
    }

    fn add_skip(&mut self, reason: Option<ReasonCode>) {
        let skip = &mut self.people.skip;
        let count = match reason {
            Some(ReasonCode::NoKey) => &mut skip.no_key,
            Some(ReasonCode::CaseDiffers) => &mut skip.case_differs,
            Some(ReasonCode::DuplicateInAudience) => &mut skip.duplicate_in_audience,
            Some(ReasonCode::Suppressed) => &mut skip.suppressed,
            Some(ReasonCode::NoConsent) => &mut skip.no_consent,
            Some(ReasonCode::NotInDestination) => &mut skip.not_in_destination,
            Some(ReasonCode::MissingRequired) => &mut skip.missing_required,
            Some(ReasonCode::InvalidValue) => &mut skip.invalid_value,
            _ => &mut skip.invalid_key,
        };
        *count += 1;
    }
}
